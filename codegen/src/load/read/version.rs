use crate::diagnostic::{Code, Diagnostic, Place};
use crate::openapi::grammar::Sections;
use serde_json::Value;

/// The dialects that documents are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::load) enum Dialect {
    Swagger2,
    V30,
    /// 3.1 and 3.2: schemas are JSON Schema 2020-12.
    V31,
}

impl Dialect {
    /// Where documents of the dialect have their components.
    pub(in crate::load) fn sections(self) -> Sections {
        match self {
            Self::Swagger2 => Sections::Top,
            Self::V30 | Self::V31 => Sections::Components,
        }
    }
}

pub(in crate::load) fn dialect(tree: &Value, root: &Place) -> Result<Dialect, Diagnostic> {
    let fail = |place: Place, message: String| {
        Err(Diagnostic::error(Code::Version, place, message)
            .help("documents of Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2 are read"))
    };
    let Some(object) = tree.as_object() else {
        return fail(root.clone(), "this is no OpenAPI document: it is not an object".to_owned());
    };
    let (key, value) = match (object.get("openapi"), object.get("swagger")) {
        (Some(_), Some(_)) => {
            return fail(root.clone(), "the document has both `openapi` and `swagger`".to_owned());
        }
        (Some(value), None) => ("openapi", value),
        (None, Some(value)) => ("swagger", value),
        (None, None) => {
            return fail(root.clone(), "this is no OpenAPI document: it has no `openapi` version".to_owned());
        }
    };
    let place = root.key(key);
    let version = match value {
        Value::String(text) => text.trim().to_owned(),
        // `openapi: 3.0` without quotes is a number in YAML.
        Value::Number(number) => number.to_string(),
        _ => return fail(place, format!("`{key}` must be a version in quotes")),
    };
    let mut parts = version.split(['.', '-']);
    match (key, parts.next(), parts.next()) {
        ("swagger", Some("2"), Some("0") | None) => Ok(Dialect::Swagger2),
        ("openapi", Some("3"), Some("0") | None) => Ok(Dialect::V30),
        ("openapi", Some("3"), Some("1" | "2")) => Ok(Dialect::V31),
        _ => fail(place, format!("`{key}: {version}` is not a version that is read here")),
    }
}
