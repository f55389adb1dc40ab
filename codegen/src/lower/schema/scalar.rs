use crate::config::{DateTime, Types};
use crate::ir::Type;
use crate::read::Kind;

/// Types without parts, by type and format. Unknown formats are documentation.
pub(super) fn scalar(types: &Types, kind: Option<Kind>, format: &str, maximum: Option<f64>) -> Type {
    if let Some(path) = types.replace_format.get(format) {
        return Type::Custom(path.clone());
    }
    match kind {
        Some(Kind::Boolean) => Type::Bool,
        Some(Kind::Integer) => integer(format, maximum),
        Some(Kind::Number) => match format {
            "float" => Type::F32,
            "decimal" if types.decimal => Type::Decimal,
            _ => Type::F64,
        },
        Some(Kind::String) => text(types, format),
        _ => Type::Any,
    }
}

fn text(types: &Types, format: &str) -> Type {
    match format {
        "date-time" | "date" | "time" if types.date_time == DateTime::String => Type::Text,
        "uuid" if types.uuid_as_string => Type::Text,
        "date-time" => Type::DateTime,
        "date" => Type::Date,
        "time" => Type::Time,
        "uuid" => Type::Uuid,
        "byte" | "base64" => Type::Base64,
        "base64url" => Type::Base64Url,
        _ => Type::Text,
    }
}

fn integer(format: &str, maximum: Option<f64>) -> Type {
    match format {
        "int32" | "int16" | "int8" => Type::I32,
        "uint32" | "uint16" | "uint8" => Type::U32,
        "uint64" | "uint" => Type::U64,
        _ if maximum.is_some_and(|maximum| maximum > i64::MAX as f64) => Type::U64,
        _ => Type::I64,
    }
}
