//! Which object stands where in an OpenAPI document: one table for all dialects, read by the stage that gathers
//! references and by the one that repairs.

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
        (Kind::Callback, expression) if !expression.starts_with("x-") => Node(Kind::PathItem),
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
        (Kind::Schema, "x-pattern-properties") => Map(Kind::Schema),
        (Kind::Schema, "x-content-schema") | (Kind::MediaType, "x-item-schema") => Node(Kind::Schema),
        (Kind::PathItem, "x-additional-operations") => Map(Kind::Operation),
        _ => return None,
    })
}

/// A member of Swagger 2.0, OpenAPI 3.1 or 3.2 that may hold references.
pub(crate) fn foreign_member(kind: Kind, key: &str) -> Option<Form> {
    use Form::{List, Map, Node};
    Some(match (kind, key) {
        (Kind::Document, "definitions") => Map(Kind::Schema),
        (Kind::Document, "parameters") => Map(Kind::Parameter),
        (Kind::Document, "responses") => Map(Kind::Response),
        (Kind::Document, "webhooks") => Map(Kind::PathItem),
        (Kind::Components, "pathItems") => Map(Kind::PathItem),
        (Kind::Components, "mediaTypes") => Map(Kind::MediaType),
        (Kind::Parameter | Kind::Header, "items") => Node(Kind::Schema),
        (Kind::Response, "schema") => Node(Kind::Schema),
        (Kind::PathItem, "query") => Node(Kind::Operation),
        (Kind::PathItem, "additionalOperations") => Map(Kind::Operation),
        (Kind::MediaType, "itemSchema") => Node(Kind::Schema),
        (Kind::MediaType, "prefixEncoding") => List(Kind::Encoding),
        (Kind::MediaType, "itemEncoding") => Node(Kind::Encoding),
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
        _ => return None,
    })
}

/// The section of the components that holds objects of a kind.
pub(crate) fn section(kind: Kind, swagger: bool) -> Option<&'static str> {
    Some(match (kind, swagger) {
        (Kind::Schema, false) => "schemas",
        (Kind::Schema, true) => "definitions",
        (Kind::Parameter, _) => "parameters",
        (Kind::Response, _) => "responses",
        (Kind::RequestBody, false) => "requestBodies",
        (Kind::Header, false) => "headers",
        (Kind::Example, false) => "examples",
        (Kind::Link, false) => "links",
        (Kind::Callback, false) => "callbacks",
        (Kind::SecurityScheme, false) => "securitySchemes",
        _ => return None,
    })
}

/// Whether a key of a map of such objects is an extension. Paths and methods are; a header or schema may well be
/// named `x-request-id`.
pub(crate) fn is_extension(kind: Kind, key: &str) -> bool {
    matches!(kind, Kind::PathItem | Kind::Operation) && key.starts_with("x-")
}
