use super::Type;

/// An operation of the document.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The id as it stands in the document, or method and path: what messages call the operation.
    pub(crate) id: String,
    /// Words that the operation's names are made of.
    pub(crate) hint: String,
    /// The method's name, the request type's name, the constant's name.
    pub(crate) method_name: String,
    pub(crate) type_name: String,
    pub(crate) constant: String,
    /// The module that the operation is in; made from the tag.
    pub(crate) tag: Option<String>,
    pub(crate) module: String,
    pub(crate) http_method: String,
    /// The whole template, the server's base path before it.
    pub(crate) path: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) deprecated: bool,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) success: Success,
    /// The index of the set of documented errors.
    pub(crate) errors: Option<usize>,
    pub(crate) error_name: String,
    pub(crate) accept: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) location: Location,
    pub(crate) style: Style,
    pub(crate) required: bool,
    pub(crate) deprecated: bool,
    pub(crate) doc: String,
    pub(crate) ty: Type,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

/// The styles of the runtime, by their names there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Form,
    FormJoined,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Simple,
    SimpleExploded,
    Label,
    LabelExploded,
    Matrix,
    MatrixExploded,
    Json,
}

#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) doc: String,
    pub(crate) media_type: String,
    pub(crate) kind: BodyKind,
}

#[derive(Clone, Debug)]
pub(crate) enum BodyKind {
    Json(Type),
    Form(Type),
    Text,
    Bytes,
}

/// How a response's body is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Content {
    Json(Type),
    Text,
    Bytes,
    Empty,
}

/// What a documented status answers with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Answer {
    /// `404`, `4XX` or `default`.
    pub(crate) pattern: String,
    pub(crate) content: Content,
    pub(crate) doc: String,
}

/// A documented status as a variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) answer: Answer,
}

#[derive(Clone, Debug)]
pub(crate) enum Success {
    /// All documented successes answer alike.
    One { patterns: Vec<String>, content: Content },
    /// They differ: an enum of this operation.
    Many { name: String, variants: Vec<Variant> },
}

/// The documented errors of one or more operations.
#[derive(Clone, Debug)]
pub(crate) struct ErrorSet {
    pub(crate) name: String,
    pub(crate) unknown: String,
    pub(crate) variants: Vec<Variant>,
    /// Operations that have exactly these errors.
    pub(crate) users: usize,
}
