//! How a client is called: its methods, what they take and what they answer, as Rust text at the client's root. For programs
//! that write calls of it; plain data, never part of a client.
//!
//! May import from no other room.

/// How a client is called.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Surface {
    /// The operations that have a method.
    pub calls: Vec<Call>,
    /// The methods that give the client a secret of the service's own.
    pub secrets: Vec<Secret>,
}

/// How an operation is called.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// The id of the operation, made up where the document has none.
    pub id: String,
    /// The HTTP method in capitals.
    pub http_method: String,
    /// The path at the service, with its parameters in braces.
    pub path: String,
    /// The query that the document writes behind the path.
    pub query: String,
    /// The client's method.
    pub method: String,
    /// The parameters, the required ones as the method's arguments, the others as setters of the request.
    pub parameters: Vec<Argument>,
    /// The ways to send a body, the first of which is the method's own.
    pub bodies: Vec<BodyArgument>,
    /// Whether the request can be sent for the whole answer.
    pub sends: bool,
    /// What `stream()` gives one after the other while the answer arrives, where there is such a way.
    pub streams: Option<StreamOf>,
    /// What `send()` answers with.
    pub answers: Vec<AnswerCase>,
    /// Other ways to send it: the media type, the method and what it answers with.
    pub others: Vec<(String, String, ReadAs)>,
    /// The documented errors.
    pub errors: Vec<AnswerCase>,
    /// The documented headers of successes: their struct, and its fields with their names on the wire.
    pub headers: Option<(String, Vec<(String, String)>)>,
}

/// A parameter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Argument {
    /// The name on the wire.
    pub wire: String,
    /// `path`, `query`, `header`, `cookie` or `querystring`.
    pub location: &'static str,
    /// The setter, where it is not required.
    pub name: String,
    /// Whether it is an argument of the method.
    pub required: bool,
    /// The type of a value, without the reference.
    pub rust: String,
    /// Whether it is taken by reference.
    pub is_borrowed: bool,
}

/// A way to send a body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BodyArgument {
    /// The media type.
    pub media_type: String,
    /// The client's method that takes it where it is required, else the request's setter.
    pub method: String,
    /// Whether the method takes it as its last argument.
    pub required: bool,
    /// What is taken.
    pub kind: BodyShape,
}

/// What a body is given as.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BodyShape {
    /// A value of a type, sent as JSON or as a form.
    Value {
        /// The type, without the reference.
        rust: String,
        /// Whether it is taken by reference.
        is_borrowed: bool,
    },
    /// A struct of parts.
    Form {
        /// The struct.
        rust: String,
        /// Its fields.
        parts: Vec<PartField>,
        /// The field of the parts that have no field of their own.
        extra: Option<String>,
    },
    /// Any parts.
    Parts,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
}

/// A part of a form.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PartField {
    /// The name on the wire.
    pub wire: String,
    /// The field.
    pub name: String,
    /// Whether it has to be there; lists of files may be empty.
    pub required: bool,
    /// What it is given as.
    pub kind: PartShape,
}

/// What a part is given as.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PartShape {
    /// A part of bytes.
    File,
    /// Some parts of bytes.
    Files,
    /// A value of a type.
    Value(String),
}

/// What a status answers with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AnswerCase {
    /// The variant with its enum, where the answers differ.
    pub variant: Option<String>,
    /// How the body is read.
    pub read: ReadAs,
}

/// What an answer that is read while it arrives is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamOf {
    /// Values of a type.
    Values,
    /// Server-sent events.
    Events,
    /// Bytes.
    Bytes,
}

/// What a body is read as.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReadAs {
    /// A value of a type.
    Value(String),
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// Nothing.
    Empty,
}

/// A method of the client that gives it a secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Secret {
    /// The method.
    pub method: String,
    /// Where the secret goes.
    pub kind: SecretKind,
}

/// Where a secret goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretKind {
    /// Into a header as it is.
    Header(String),
    /// Into the query.
    Query(String),
    /// Into a cookie.
    Cookie(String),
    /// User and password, in two arguments.
    Basic,
    /// Behind `Bearer`.
    Bearer,
}
