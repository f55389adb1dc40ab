//! A schema as one flat set of keywords, whatever variant of `openapiv3`'s enum it was parsed to.

use super::bounds::Bounds;
use crate::openapi::parked;
use crate::resolve::name_of;
use indexmap::IndexMap;
use openapiv3::{
    AdditionalProperties, IntegerFormat, NumberFormat, ReferenceOr, Schema, SchemaData, SchemaKind,
    StringFormat, Type, VariantOrUnknownOrEmpty,
};
use serde_json::Value;

/// A schema or a reference to a component.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    Reference(&'a str),
    Schema(&'a Schema),
}

impl<'a> From<&'a ReferenceOr<Schema>> for Node<'a> {
    fn from(node: &'a ReferenceOr<Schema>) -> Self {
        match node {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(schema) => Self::Schema(schema),
        }
    }
}

impl<'a> From<&'a ReferenceOr<Box<Schema>>> for Node<'a> {
    fn from(node: &'a ReferenceOr<Box<Schema>>) -> Self {
        match node {
            ReferenceOr::Reference { reference } => Self::Reference(reference),
            ReferenceOr::Item(schema) => Self::Schema(schema),
        }
    }
}

impl Node<'_> {
    /// The component's name, for references.
    pub(crate) fn component(&self) -> Option<String> {
        match self {
            Self::Reference(reference) => Some(name_of(reference)),
            Self::Schema(_) => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
}

#[cfg(test)]
thread_local! {
    /// How many times a schema was read.
    pub(crate) static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The keywords of a schema.
#[derive(Debug)]
pub(crate) struct Keywords<'a> {
    pub(crate) data: &'a SchemaData,
    pub(crate) kind: Option<Kind>,
    pub(crate) format: String,
    pub(crate) values: Vec<Value>,
    pub(crate) properties: Option<&'a IndexMap<String, ReferenceOr<Box<Schema>>>>,
    pub(crate) required: &'a [String],
    pub(crate) additional: Option<&'a AdditionalProperties>,
    pub(crate) items: Option<Node<'a>>,
    pub(crate) one_of: &'a [ReferenceOr<Schema>],
    pub(crate) any_of: &'a [ReferenceOr<Schema>],
    pub(crate) all_of: &'a [ReferenceOr<Schema>],
    pub(crate) bounds: Bounds<'a>,
}

impl<'a> Keywords<'a> {
    pub(crate) fn of(schema: &'a Schema) -> Self {
        #[cfg(test)]
        READ.set(READ.get() + 1);
        let mut keywords = Self {
            data: &schema.schema_data,
            kind: None,
            format: String::new(),
            values: Vec::new(),
            properties: None,
            required: &[],
            additional: None,
            items: None,
            one_of: &[],
            any_of: &[],
            all_of: &[],
            bounds: Bounds::default(),
        };
        match &schema.schema_kind {
            SchemaKind::Type(ty) => keywords.typed(ty),
            SchemaKind::OneOf { one_of } => keywords.one_of = one_of,
            SchemaKind::AllOf { all_of } => keywords.all_of = all_of,
            SchemaKind::AnyOf { any_of } => keywords.any_of = any_of,
            SchemaKind::Not { .. } => {}
            SchemaKind::Any(any) => keywords.any(any),
        }
        keywords
    }

    fn typed(&mut self, ty: &'a Type) {
        match ty {
            Type::String(string) => {
                self.kind = Some(Kind::String);
                self.format = string_format(&string.format);
                self.values = values(&string.enumeration);
                self.bounds = Bounds::string(string);
            }
            Type::Number(number) => {
                self.kind = Some(Kind::Number);
                self.format = match &number.format {
                    VariantOrUnknownOrEmpty::Item(NumberFormat::Float) => "float".to_owned(),
                    VariantOrUnknownOrEmpty::Item(NumberFormat::Double) => "double".to_owned(),
                    VariantOrUnknownOrEmpty::Unknown(other) => other.clone(),
                    VariantOrUnknownOrEmpty::Empty => String::new(),
                };
                self.values =
                    number.enumeration.iter().map(|value| value.map_or(Value::Null, Value::from)).collect();
                self.bounds = Bounds::number(number);
            }
            Type::Integer(integer) => {
                self.kind = Some(Kind::Integer);
                self.format = match &integer.format {
                    VariantOrUnknownOrEmpty::Item(IntegerFormat::Int32) => "int32".to_owned(),
                    VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64) => "int64".to_owned(),
                    VariantOrUnknownOrEmpty::Unknown(other) => other.clone(),
                    VariantOrUnknownOrEmpty::Empty => String::new(),
                };
                self.values =
                    integer.enumeration.iter().map(|value| value.map_or(Value::Null, Value::from)).collect();
                self.bounds = Bounds::integer(integer);
            }
            Type::Boolean(boolean) => {
                self.kind = Some(Kind::Boolean);
                self.values =
                    boolean.enumeration.iter().map(|value| value.map_or(Value::Null, Value::from)).collect();
            }
            Type::Object(object) => {
                self.kind = Some(Kind::Object);
                self.properties = Some(&object.properties).filter(|map| !map.is_empty());
                self.required = &object.required;
                self.additional = object.additional_properties.as_ref();
                self.bounds = Bounds::object(object);
            }
            Type::Array(array) => {
                self.kind = Some(Kind::Array);
                self.items = array.items.as_ref().map(Node::from);
                self.bounds = Bounds::array(array);
            }
        }
    }

    fn any(&mut self, any: &'a openapiv3::AnySchema) {
        self.kind = any.typ.as_deref().and_then(kind);
        self.format = any.format.clone().unwrap_or_default();
        self.values = any.enumeration.clone();
        self.properties = Some(&any.properties).filter(|map| !map.is_empty());
        self.required = &any.required;
        self.additional = any.additional_properties.as_ref();
        self.items = any.items.as_ref().map(Node::from);
        self.one_of = &any.one_of;
        self.any_of = &any.any_of;
        self.all_of = &any.all_of;
        self.bounds = Bounds::any(any);
    }

    /// An extension.
    pub(crate) fn extension(&self, key: &str) -> Option<&'a Value> {
        self.data.extensions.get(key)
    }

    /// Whether the schema allows `null` and nothing else.
    pub(crate) fn is_null(&self) -> bool {
        let only_null = !self.values.is_empty() && self.values.iter().all(Value::is_null);
        only_null || (parked::is_null(&self.data.extensions) && !self.has_shape())
    }

    /// Whether the schema has a shape beside its `allOf`.
    pub(crate) fn has_own_shape(&self) -> bool {
        self.kind.is_some() || !self.values.is_empty() || self.properties.is_some() || self.items.is_some()
    }

    /// Whether the schema says anything about the shape of its values.
    pub(crate) fn has_shape(&self) -> bool {
        self.kind.is_some()
            || !self.values.is_empty()
            || self.properties.is_some()
            || self.additional.is_some()
            || self.items.is_some()
            || self.is_combined()
            || self.has_patterns()
            || self.unevaluated().is_some()
    }

    /// Where the schema is parked of properties that neither this one names nor what it is combined with.
    pub(crate) fn unevaluated(&self) -> Option<parked::Slot> {
        parked::unevaluated(&self.data.extensions)
    }

    /// Where the schemas are parked that hold under conditions only.
    pub(crate) fn conditional(&self) -> Option<parked::Slot> {
        parked::conditional(&self.data.extensions)
    }

    /// Whether there are schemas for keys of a pattern, and other keys may stand beside them.
    pub(crate) fn has_patterns(&self) -> bool {
        parked::has_patterns(&self.data.extensions)
    }

    pub(crate) fn is_combined(&self) -> bool {
        !self.all_of.is_empty() || !self.one_of.is_empty() || !self.any_of.is_empty()
    }

    /// Whether values are objects. `additionalProperties: true` without a type or properties says nothing.
    pub(crate) fn is_object(&self) -> bool {
        let says_nothing = matches!(self.additional, None | Some(AdditionalProperties::Any(true)));
        self.kind == Some(Kind::Object)
            || (self.kind.is_none() && (self.properties.is_some() || !says_nothing))
            || self.has_patterns()
            || self.unevaluated().is_some()
    }
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "string" => Kind::String,
        "number" => Kind::Number,
        "integer" => Kind::Integer,
        "boolean" => Kind::Boolean,
        "array" => Kind::Array,
        "object" => Kind::Object,
        _ => return None,
    })
}

fn string_format(format: &VariantOrUnknownOrEmpty<StringFormat>) -> String {
    match format {
        VariantOrUnknownOrEmpty::Item(StringFormat::Date) => "date",
        VariantOrUnknownOrEmpty::Item(StringFormat::DateTime) => "date-time",
        VariantOrUnknownOrEmpty::Item(StringFormat::Password) => "password",
        VariantOrUnknownOrEmpty::Item(StringFormat::Byte) => "byte",
        VariantOrUnknownOrEmpty::Item(StringFormat::Binary) => "binary",
        VariantOrUnknownOrEmpty::Unknown(other) => other,
        VariantOrUnknownOrEmpty::Empty => "",
    }
    .to_owned()
}

fn values(values: &[Option<String>]) -> Vec<Value> {
    values.iter().map(|value| value.clone().map_or(Value::Null, Value::String)).collect()
}
