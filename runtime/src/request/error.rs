use crate::shown::line::{Line, QUOTE, write_line};
use std::fmt;

/// Why a request could not be put together. Nothing was sent.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A path parameter would change the path's shape: it is empty, `.` or `..` where a segment belongs.
    PathShape {
        /// The template's segment.
        segment: String,
        /// What it would have become.
        value: String,
    },
    /// The path's template names a parameter that the document does not declare.
    MissingParameter(String),
    /// A header's name or value holds characters that HTTP cannot carry.
    Header(String),
    /// A value has no JSON form.
    Encode {
        /// The body, or the parameter by name.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A value breaks a bound or a pattern of the document. Only clients that were generated to check this do.
    Constraint {
        /// The body, or the parameter by name.
        place: String,
        /// Where in it: `$.owner.name`.
        path: String,
        /// What was found, and what is asked for.
        reason: String,
    },
    /// The method or the URL is not valid HTTP.
    Http(String),
    /// This security scheme of the service needs the header `Authorization`, which holds the gateway's token.
    AuthorizationTaken(&'static str),
    /// The caller has set the header `Authorization`, which holds the gateway's token.
    AuthorizationSet,
    /// The body is a stream that was sent before, and nobody has kept its bytes.
    BodyTaken,
}

impl RequestError {
    pub(crate) fn body(reason: String) -> Self {
        Self::Encode { place: "body".to_owned(), reason }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = |text: &str| Line::new(text, QUOTE / 2);
        match self {
            Self::PathShape { segment, value } => write!(
                f,
                "the path segment `{}` would become {:?}, which would call another path",
                quote(segment),
                quote(value)
            ),
            Self::MissingParameter(name) => {
                write!(f, "the path parameter `{}` has no value", quote(name))
            }
            Self::Header(name) => {
                write!(f, "the header {:?} holds characters that HTTP cannot carry", quote(name))
            }
            Self::Encode { place, reason } => {
                write_line(f, format_args!("the {place} cannot be encoded: {reason}"))
            }
            Self::Constraint { place, path, reason } => write_line(
                f,
                format_args!("the {place} breaks a rule of the document at {}: {reason}", quote(path)),
            ),
            Self::Http(reason) => write_line(f, format_args!("{reason}")),
            Self::AuthorizationSet => f.write_str(
                "the header `Authorization` holds the gateway's token, so it cannot be set for one call; make a gateway with \
                 another credential, call the service directly, or use another header for the service's own",
            ),
            Self::BodyTaken => f.write_str(
                "the body is a stream that was sent before; give bytes if the call is to be made again",
            ),
            Self::AuthorizationTaken(scheme) => write!(
                f,
                "the security scheme `{scheme}` needs the header `Authorization`, which holds the gateway's token; call the \
                 service directly, or set the header that it reads instead by `authorization_header`"
            ),
        }
    }
}

impl fmt::Debug for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestError({self})")
    }
}

impl std::error::Error for RequestError {}
