//! Which object stands where in an OpenAPI document: one table for all dialects, by which the walker goes.

use super::parked::{CONDITIONAL, CONTENT_SCHEMA, ITEM_SCHEMA, OPERATIONS, PATTERNS, UNEVALUATED};

/// The kind of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Document,
    Info,
    Server,
    ServerVariable,
    Tag,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Encoding,
    Schema,
    Discriminator,
    Callback,
    Example,
    Link,
    SecurityScheme,
}

/// What a member's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Text; scalars are read as their text.
    Text,
    Flag,
    /// A whole number that is not negative.
    Count,
    Number,
    /// Anything, left as it is.
    Any,
    /// A list of anything.
    Values,
    Texts,
    /// Text by key.
    TextMap,
    Node(Kind),
    List(Kind),
    Map(Kind),
    /// A boolean or a schema.
    FlagOrSchema,
}

pub(crate) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A member that OpenAPI 3.0 knows.
pub(crate) fn member(kind: Kind, key: &str) -> Option<Form> {
    use Form::{Any, Count, Flag, FlagOrSchema, List, Map, Node, Number, Text, TextMap, Texts, Values};
    Some(match (kind, key) {
        (Kind::Document, "openapi") => Text,
        (Kind::Document, "info") => Node(Kind::Info),
        (Kind::Document, "servers") | (Kind::PathItem | Kind::Operation, "servers") => List(Kind::Server),
        (Kind::Document, "paths") => Map(Kind::PathItem),
        (Kind::Document, "components") => Node(Kind::Components),
        (Kind::Document | Kind::Operation, "security") => Values,
        (Kind::Document, "tags") => List(Kind::Tag),
        (Kind::Info, "title" | "description" | "termsOfService" | "version") => Text,
        (Kind::Info, "contact" | "license") => Any,
        (Kind::Server, "url" | "description") => Text,
        (Kind::Server, "variables") => Map(Kind::ServerVariable),
        (Kind::ServerVariable, "default" | "description") => Text,
        (Kind::ServerVariable, "enum") => Texts,
        (Kind::Tag, "name" | "description") => Text,
        (Kind::Components, "schemas") => Map(Kind::Schema),
        (Kind::Components, "responses") => Map(Kind::Response),
        (Kind::Components, "parameters") => Map(Kind::Parameter),
        (Kind::Components, "examples") => Map(Kind::Example),
        (Kind::Components, "requestBodies") => Map(Kind::RequestBody),
        (Kind::Components | Kind::Response | Kind::Encoding, "headers") => Map(Kind::Header),
        (Kind::Components, "securitySchemes") => Map(Kind::SecurityScheme),
        (Kind::Components | Kind::Response, "links") => Map(Kind::Link),
        (Kind::Components | Kind::Operation, "callbacks") => Map(Kind::Callback),
        (Kind::PathItem, method) if METHODS.contains(&method) => Node(Kind::Operation),
        (Kind::PathItem, "summary" | "description") => Text,
        (Kind::PathItem | Kind::Operation, "parameters") => List(Kind::Parameter),
        (Kind::Operation, "tags") => Texts,
        (Kind::Operation, "summary" | "description" | "operationId") => Text,
        (Kind::Operation, "requestBody") => Node(Kind::RequestBody),
        (Kind::Operation, "responses") => Map(Kind::Response),
        (Kind::Operation, "deprecated") => Flag,
        (Kind::Parameter, "name" | "in") => Text,
        (Kind::Parameter, "allowEmptyValue" | "allowReserved") => Flag,
        (Kind::Parameter | Kind::Header, "description" | "style") => Text,
        (Kind::Parameter | Kind::Header, "required" | "deprecated" | "explode") => Flag,
        (Kind::Parameter | Kind::Header | Kind::MediaType, "schema") => Node(Kind::Schema),
        (Kind::Parameter | Kind::Header | Kind::MediaType | Kind::Schema, "example") => Any,
        (Kind::Parameter | Kind::Header | Kind::MediaType, "examples") => Map(Kind::Example),
        (Kind::Parameter | Kind::Header | Kind::RequestBody | Kind::Response, "content") => {
            Map(Kind::MediaType)
        }
        (Kind::RequestBody, "description") => Text,
        (Kind::RequestBody, "required") => Flag,
        (Kind::Response, "description") => Text,
        (Kind::MediaType, "encoding") => Map(Kind::Encoding),
        (Kind::Encoding, "contentType" | "style") => Text,
        (Kind::Encoding, "explode" | "allowReserved") => Flag,
        (Kind::Discriminator, "propertyName") => Text,
        (Kind::Discriminator, "mapping") => TextMap,
        (Kind::Example, "summary" | "description" | "externalValue") => Text,
        (Kind::Example, "value") => Any,
        (Kind::Link, "operationRef" | "operationId" | "description") => Text,
        (Kind::Link, "parameters" | "requestBody" | "server") => Any,
        (Kind::SecurityScheme, "type" | "description" | "name" | "in" | "scheme" | "bearerFormat") => Text,
        (Kind::SecurityScheme, "openIdConnectUrl") => Text,
        (Kind::SecurityScheme, "flows") => Any,
        (Kind::Callback, expression) if expression != "$ref" && !expression.starts_with("x-") => {
            Node(Kind::PathItem)
        }
        (Kind::Schema, "title" | "description" | "type" | "format" | "pattern") => Text,
        (Kind::Schema, "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems") => Flag,
        (Kind::Schema, "exclusiveMinimum" | "exclusiveMaximum") => Flag,
        (Kind::Schema, "minimum" | "maximum" | "multipleOf") => Number,
        (Kind::Schema, "minLength" | "maxLength" | "minItems" | "maxItems") => Count,
        (Kind::Schema, "minProperties" | "maxProperties") => Count,
        (Kind::Schema, "default" | "xml" | "externalDocs") => Any,
        (Kind::Document | Kind::Operation | Kind::Tag, "externalDocs") => Any,
        (Kind::Schema, "enum") => Values,
        (Kind::Schema, "required") => Texts,
        (Kind::Schema, "properties") => Map(Kind::Schema),
        (Kind::Schema, "additionalProperties") => FlagOrSchema,
        (Kind::Schema, "items" | "not") => Node(Kind::Schema),
        (Kind::Schema, "allOf" | "oneOf" | "anyOf") => List(Kind::Schema),
        (Kind::Schema, "discriminator") => Node(Kind::Discriminator),
        // Keys that the upgrade parks here.
        (Kind::Schema, PATTERNS) => Map(Kind::Schema),
        (Kind::Schema, CONDITIONAL | CONTENT_SCHEMA | UNEVALUATED) | (Kind::MediaType, ITEM_SCHEMA) => {
            Node(Kind::Schema)
        }
        (Kind::PathItem, OPERATIONS) => Map(Kind::Operation),
        _ => return None,
    })
}

/// A member that Swagger 2.0, OpenAPI 3.1 or 3.2 knows and 3.0 does not.
pub(crate) fn newer_member(kind: Kind, key: &str) -> Option<Form> {
    use Form::{Any, List, Map, Node};
    Some(match (kind, key) {
        (Kind::Document, "definitions") => Map(Kind::Schema),
        (Kind::Document, "parameters") => Map(Kind::Parameter),
        (Kind::Document, "responses") => Map(Kind::Response),
        (Kind::Document, "securityDefinitions") => Map(Kind::SecurityScheme),
        (Kind::Document, "webhooks") => Map(Kind::PathItem),
        (Kind::Components, "pathItems") => Map(Kind::PathItem),
        (Kind::Components, "mediaTypes") => Map(Kind::MediaType),
        (Kind::Parameter | Kind::Header, "items") => Node(Kind::Schema),
        (Kind::Response, "schema") => Node(Kind::Schema),
        (Kind::PathItem, "query") => Node(Kind::Operation),
        (Kind::PathItem, "additionalOperations") => Map(Kind::Operation),
        (Kind::MediaType, "itemSchema") => Node(Kind::Schema),
        (Kind::MediaType | Kind::Encoding, "prefixEncoding") => List(Kind::Encoding),
        (Kind::MediaType | Kind::Encoding, "itemEncoding") => Node(Kind::Encoding),
        (Kind::Encoding, "encoding") => Map(Kind::Encoding),
        (Kind::Schema, "patternProperties" | "$defs" | "definitions" | "dependentSchemas") => {
            Map(Kind::Schema)
        }
        (Kind::Schema, "prefixItems") => List(Kind::Schema),
        (
            Kind::Schema,
            "contains"
            | "propertyNames"
            | "if"
            | "then"
            | "else"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "contentSchema",
        ) => Node(Kind::Schema),
        // What says something to readers, and nothing about what is sent.
        (Kind::Document, "$self" | "jsonSchemaDialect") => Any,
        (Kind::Info | Kind::Response, "summary") | (Kind::Server, "name") => Any,
        (Kind::Tag, "summary" | "parent" | "kind") => Any,
        (Kind::Example, "dataValue" | "serializedValue") => Any,
        (Kind::SecurityScheme, "deprecated" | "oauth2MetadataUrl") => Any,
        _ => return None,
    })
}

/// What stands under a key, whatever the dialect.
pub(crate) fn form(kind: Kind, key: &str) -> Option<Form> {
    member(kind, key).or_else(|| newer_member(kind, key))
}

/// Where the components of a document stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sections {
    /// Below `components`, as 3.0 has them.
    Components,
    /// At the top, as Swagger 2.0 has them.
    Top,
}

impl Sections {
    /// The keys down to the section that holds objects of a kind.
    pub(crate) fn keys(self, kind: Kind) -> Option<Vec<&'static str>> {
        match self {
            Self::Components => Some(vec!["components", section(kind)?]),
            Self::Top => Some(vec![match kind {
                Kind::Schema => "definitions",
                Kind::Parameter => "parameters",
                Kind::Response => "responses",
                _ => return None,
            }]),
        }
    }
}

/// The section of 3.0's components that holds objects of a kind.
pub(crate) fn section(kind: Kind) -> Option<&'static str> {
    REFERABLE.iter().find(|(known, _)| *known == kind).map(|(_, section)| *section)
}

/// The kinds that 3.0's components hold, with their sections.
pub(crate) const REFERABLE: [(Kind, &str); 9] = [
    (Kind::Schema, "schemas"),
    (Kind::Parameter, "parameters"),
    (Kind::Response, "responses"),
    (Kind::RequestBody, "requestBodies"),
    (Kind::Header, "headers"),
    (Kind::Example, "examples"),
    (Kind::Link, "links"),
    (Kind::Callback, "callbacks"),
    (Kind::SecurityScheme, "securitySchemes"),
];

/// Whether a key of a map of such objects is an extension. Paths, methods and an operation's statuses are; a header or
/// schema may well be named `x-request-id`.
pub(crate) fn is_extension(owner: Kind, kind: Kind, key: &str) -> bool {
    let has_extensions = matches!(kind, Kind::PathItem | Kind::Operation) || owner == Kind::Operation;
    has_extensions && key.starts_with("x-")
}
