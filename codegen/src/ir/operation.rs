use super::{Extra, Hint, Rule, Type, Unnamed, Wire};
use crate::config::Pagination;
use crate::diagnostic::Place;
use serde_json::Value;

/// An operation of the document.
#[derive(Clone, Debug)]
pub(crate) struct Operation<N = Unnamed> {
    /// The id as it stands in the document, or method and path: what messages call the operation.
    pub(crate) id: String,
    pub(crate) hint: Hint,
    /// The client's method.
    pub(crate) method_name: N,
    /// The request's type.
    pub(crate) type_name: N,
    /// The function that calls it with sample values.
    pub(crate) sample_name: N,
    pub(crate) tag: Option<String>,
    /// The module that it is in where the document is large; made from the tag.
    pub(crate) module: N,
    pub(crate) http_method: String,
    /// The whole template, the server's base path before it.
    pub(crate) path: String,
    /// The query that the document writes behind the path.
    pub(crate) query: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) deprecated: bool,
    pub(crate) parameters: Vec<Parameter<N>>,
    /// The ways to send a body, the first of which is the usual one.
    pub(crate) bodies: Vec<Body<N>>,
    pub(crate) success: Success<N>,
    /// Whether there is a way to wait for the whole answer; event streams have none.
    pub(crate) sends: bool,
    /// How the answer is read while it arrives.
    pub(crate) stream: Option<Stream>,
    /// The WebSocket that the operation opens.
    pub(crate) socket: Option<Socket>,
    /// How its pages follow each other.
    pub(crate) paging: Option<Paging>,
    /// Other media types of the answer.
    pub(crate) alternatives: Vec<Alternative<N>>,
    /// The headers that successes document.
    pub(crate) headers: Option<Headers<N>>,
    /// The security schemes that may apply, by their index.
    pub(crate) security: Vec<usize>,
    pub(crate) errors: Option<Errors<N>>,
    pub(crate) accept: Vec<String>,
}

/// The documented errors of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Errors<N = Unnamed> {
    /// The index of their set.
    pub(crate) set: usize,
    /// What the operation calls them.
    pub(crate) name: N,
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter<N = Unnamed> {
    pub(crate) wire: Wire,
    /// An argument of the client's method, or a setter and its argument.
    pub(crate) name: N,
    pub(crate) location: Location,
    pub(crate) style: Style,
    pub(crate) required: bool,
    /// Whether reserved characters stay as they are.
    pub(crate) allow_reserved: bool,
    pub(crate) deprecated: bool,
    pub(crate) doc: String,
    pub(crate) ty: Type,
    /// What is checked before the request is sent.
    pub(crate) rules: Vec<Rule>,
    /// A value for calls in tests, where they are asked for.
    pub(crate) sample: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Location {
    Path,
    Query,
    Header,
    Cookie,
    /// 3.2's `querystring`: the whole query.
    QueryString,
}

/// The styles of the runtime, by their names there.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Lists inside of lists, by what separates each level.
    Lists(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Body<N = Unnamed> {
    /// The media type in a word.
    pub(crate) hint: Hint,
    /// The client's method, or the request's setter, that takes it.
    pub(crate) method: N,
    pub(crate) argument: N,
    pub(crate) required: bool,
    pub(crate) doc: String,
    pub(crate) media_type: String,
    pub(crate) kind: BodyKind<N>,
    /// Whether it says what to change of something, by RFC 7396.
    pub(crate) is_merge_patch: bool,
    /// What is checked before the request is sent.
    pub(crate) rules: Vec<Rule>,
    /// A value for calls in tests, where they are asked for.
    pub(crate) sample: Option<Value>,
}

#[derive(Clone, Debug)]
pub(crate) enum BodyKind<N = Unnamed> {
    Json(Type),
    /// A form, and the properties that are not encoded in the usual style.
    Form(Type, Vec<(Wire, Style)>),
    Multipart(Multipart<N>),
    Text,
    Bytes,
}

/// A body of parts.
#[derive(Clone, Debug)]
pub(crate) struct Multipart<N = Unnamed> {
    /// `form-data`, `mixed`, …
    pub(crate) subtype: String,
    /// The parts, where the document says which there are.
    pub(crate) form: Option<Form<N>>,
}

/// A struct of parts.
#[derive(Clone, Debug)]
pub(crate) struct Form<N = Unnamed> {
    pub(crate) name: N,
    pub(crate) parts: Vec<Part<N>>,
    /// Further parts.
    pub(crate) extra: Option<Extra<N>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Part<N = Unnamed> {
    pub(crate) wire: Wire,
    pub(crate) name: N,
    pub(crate) doc: String,
    pub(crate) required: bool,
    pub(crate) kind: PartKind,
    /// The media type that the document gives the part, if it has one only.
    pub(crate) media_type: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum PartKind {
    File,
    Files,
    Value(Type),
}

/// How an answer is read while it arrives.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) media_type: String,
    pub(crate) kind: StreamKind,
}

#[derive(Clone, Debug)]
pub(crate) enum StreamKind {
    Events(Type),
    TextEvents,
    Lines(Type),
    Sequence(Type),
    Bytes,
}

/// How the pages of an operation follow each other. Every path leads somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Paging {
    pub(crate) how: Pagination,
    /// The properties on the way to the items.
    pub(crate) items: Vec<String>,
    /// The properties on the way to the next cursor.
    pub(crate) next: Vec<String>,
    /// Where the document says so, or the operation.
    pub(crate) place: Place,
}

/// The messages of a WebSocket; `None` stands for messages as they are.
#[derive(Clone, Debug)]
pub(crate) struct Socket {
    pub(crate) sent: Option<Type>,
    pub(crate) received: Option<Type>,
}

/// Another media type that the answer can be had in.
#[derive(Clone, Debug)]
pub(crate) struct Alternative<N = Unnamed> {
    /// The media type in a word.
    pub(crate) hint: Hint,
    pub(crate) name: N,
    pub(crate) media_type: String,
    pub(crate) content: Content,
}

/// The documented headers of an operation's successes.
#[derive(Clone, Debug)]
pub(crate) struct Headers<N = Unnamed> {
    pub(crate) name: N,
    pub(crate) fields: Vec<HeaderField<N>>,
}

#[derive(Clone, Debug)]
pub(crate) struct HeaderField<N = Unnamed> {
    pub(crate) wire: Wire,
    pub(crate) name: N,
    pub(crate) doc: String,
    pub(crate) ty: Type,
    /// What separates the items of each level of lists, if not commas.
    pub(crate) separators: Option<String>,
}

/// A security scheme of the service itself.
#[derive(Clone, Debug)]
pub(crate) struct Scheme<N = Unnamed> {
    /// What the document calls it.
    pub(crate) hint: Hint,
    pub(crate) constant: N,
    /// The client's method that sets the secret.
    pub(crate) method_name: N,
    pub(crate) doc: String,
    pub(crate) kind: SchemeKind,
}

#[derive(Clone, Debug)]
pub(crate) enum SchemeKind {
    Header(String),
    Query(String),
    Cookie(String),
    Basic,
    Bearer,
}

/// How a response's body is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Content {
    Json(Type),
    /// JSON or a text, as the answer says.
    JsonOrText(Type),
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
pub(crate) struct AnswerVariant<N = Unnamed> {
    pub(crate) name: N,
    pub(crate) answer: Answer,
}

#[derive(Clone, Debug)]
pub(crate) enum Success<N = Unnamed> {
    /// All documented successes answer alike.
    One { patterns: Vec<String>, content: Content },
    /// They differ: an enum of this operation.
    Many { name: N, variants: Vec<AnswerVariant<N>> },
}

/// The documented errors of one or more operations.
#[derive(Clone, Debug)]
pub(crate) struct ErrorSet<N = Unnamed> {
    pub(crate) name: N,
    pub(crate) unknown: N,
    pub(crate) variants: Vec<AnswerVariant<N>>,
    /// Operations that have exactly these errors.
    pub(crate) users: usize,
}

impl<N> Operation<N> {
    /// Calls `each` with the types that the operation sends.
    pub(crate) fn each_sent(&self, each: &mut dyn FnMut(&Type)) {
        self.parameters.iter().for_each(|parameter| each(&parameter.ty));
        for body in &self.bodies {
            match &body.kind {
                BodyKind::Json(ty) | BodyKind::Form(ty, _) => each(ty),
                BodyKind::Multipart(multipart) => {
                    if let Some(form) = &multipart.form {
                        form.parts.iter().filter_map(|part| part.kind.value()).for_each(&mut *each);
                        form.extra.iter().for_each(|extra| each(&extra.ty));
                    }
                }
                BodyKind::Text | BodyKind::Bytes => {}
            }
        }
        self.socket.iter().filter_map(|socket| socket.sent.as_ref()).for_each(each);
    }

    /// Calls `each` with the types that the operation answers with; those of its errors are the sets'.
    pub(crate) fn each_answered(&self, each: &mut dyn FnMut(&Type)) {
        match &self.success {
            Success::One { content, .. } => content.each_type(each),
            Success::Many { variants, .. } => {
                variants.iter().for_each(|variant| variant.answer.content.each_type(each));
            }
        }
        match self.stream.as_ref().map(|stream| &stream.kind) {
            Some(StreamKind::Events(ty) | StreamKind::Lines(ty) | StreamKind::Sequence(ty)) => each(ty),
            Some(StreamKind::TextEvents | StreamKind::Bytes) | None => {}
        }
        self.socket.iter().filter_map(|socket| socket.received.as_ref()).for_each(&mut *each);
        self.alternatives.iter().for_each(|other| other.content.each_type(each));
        self.headers.iter().flat_map(|headers| &headers.fields).for_each(|field| each(&field.ty));
    }

    /// Replaces every type.
    pub(crate) fn map_types(&mut self, map: &dyn Fn(&Type) -> Type) {
        let put = |ty: &mut Type| *ty = map(ty);
        self.parameters.iter_mut().for_each(|parameter| put(&mut parameter.ty));
        for body in &mut self.bodies {
            match &mut body.kind {
                BodyKind::Json(ty) | BodyKind::Form(ty, _) => put(ty),
                BodyKind::Multipart(multipart) => {
                    if let Some(form) = &mut multipart.form {
                        for part in &mut form.parts {
                            if let PartKind::Value(ty) = &mut part.kind {
                                put(ty);
                            }
                        }
                        form.extra.iter_mut().for_each(|extra| put(&mut extra.ty));
                    }
                }
                BodyKind::Text | BodyKind::Bytes => {}
            }
        }
        match &mut self.success {
            Success::One { content, .. } => content.map_type(map),
            Success::Many { variants, .. } => {
                variants.iter_mut().for_each(|variant| variant.answer.content.map_type(map));
            }
        }
        match self.stream.as_mut().map(|stream| &mut stream.kind) {
            Some(StreamKind::Events(ty) | StreamKind::Lines(ty) | StreamKind::Sequence(ty)) => put(ty),
            Some(StreamKind::TextEvents | StreamKind::Bytes) | None => {}
        }
        if let Some(socket) = &mut self.socket {
            socket.sent.iter_mut().chain(&mut socket.received).for_each(put);
        }
        self.alternatives.iter_mut().for_each(|other| other.content.map_type(map));
        self.headers.iter_mut().flat_map(|headers| &mut headers.fields).for_each(|field| put(&mut field.ty));
    }
}

impl PartKind {
    /// The type of a part that is no file.
    fn value(&self) -> Option<&Type> {
        match self {
            Self::Value(ty) => Some(ty),
            Self::File | Self::Files => None,
        }
    }
}

impl Content {
    pub(crate) fn each_type(&self, each: &mut dyn FnMut(&Type)) {
        if let Self::Json(ty) | Self::JsonOrText(ty) = self {
            each(ty);
        }
    }

    pub(crate) fn map_type(&mut self, map: &dyn Fn(&Type) -> Type) {
        if let Self::Json(ty) | Self::JsonOrText(ty) = self {
            *ty = map(ty);
        }
    }
}
