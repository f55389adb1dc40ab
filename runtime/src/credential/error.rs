use super::tokens::Tokens;
use crate::shown::hidden::Hidden;
use crate::shown::line::{EXCERPT, Line, QUOTE, write_line};
use crate::shown::reasons::{covered, whole};
use crate::transport::body::BoxError;
use crate::transport::error::TransportError;
use http::StatusCode;
use std::fmt;
use std::sync::Arc;

/// Why a call could not be authorized. It was not sent.
#[derive(Clone)]
#[non_exhaustive]
pub enum CredentialError {
    /// The sign-in was refused: a wrong password, a refresh token that is no longer valid.
    Refused {
        /// The status of the answer.
        status: StatusCode,
        /// The error's code, for example `invalid_grant`.
        code: Option<String>,
        /// What the gateway says about it.
        message: String,
        /// What to look at, where the way to sign in has something of its own.
        advice: Option<&'static str>,
    },
    /// The sign-in got no answer.
    Unavailable(TransportError),
    /// The sign-in's answer is not what is documented.
    Answer(String),
    /// The store of the tokens failed. New tokens are kept, and stored before they are used.
    Store(Arc<dyn std::error::Error + Send + Sync>),
    /// The caller's own code failed.
    Own(Arc<dyn std::error::Error + Send + Sync>),
    /// The token holds characters that an HTTP header cannot carry.
    Unusable,
    /// A body that is a stream cannot be signed.
    Unsignable,
    /// The task that signed in was stopped before its end.
    Interrupted,
    /// This credential, or its store, belongs to another gateway or environment; sessions are not shared.
    OtherGateway {
        /// Where it signed in.
        signed_in: String,
    },
}

impl CredentialError {
    /// The error of a caller's own code. What is a secret in it by its name is left out.
    pub fn own(error: impl Into<BoxError>) -> Self {
        Self::Own(covered(Arc::from(error.into()), &Hidden::default().cover()))
    }

    /// The error of a store, without the tokens that it was given and what is a secret by its name.
    pub(super) fn store(error: BoxError, given: Option<&Tokens>) -> Self {
        let mut cover = Hidden::default().cover();
        if let Some(tokens) = given {
            cover.add(tokens.access_token());
            cover.add(tokens.refresh_token().unwrap_or_default());
        }
        Self::Store(covered(Arc::from(error), &cover))
    }

    /// Whether the grant itself, a refresh token, is no longer good and never will be (RFC 6749, section 5.2). Any other refusal
    /// may be mended without a new one: an unpaid bill, a rule, a proxy that answers in the gateway's place.
    pub(super) fn ends_grant(&self) -> bool {
        matches!(self, Self::Refused { status, code: Some(code), .. } if code == "invalid_grant" && !passes(*status))
    }

    /// The same refusal with what to look at; one that passes needs no advice.
    pub(super) fn advised(mut self, hint: Option<&'static str>) -> Self {
        if let Self::Refused { status, advice, .. } = &mut self
            && !passes(*status)
        {
            *advice = hint;
        }
        self
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Refused { status, .. } => passes(*status),
            Self::Unavailable(_) | Self::Store(_) | Self::Own(_) | Self::Interrupted => true,
            Self::Answer(_) | Self::Unusable | Self::Unsignable | Self::OtherGateway { .. } => false,
        }
    }
}

/// Statuses that say "later": busy, locked, too early, broken.
fn passes(status: StatusCode) -> bool {
    use StatusCode as Status;
    let is_later = matches!(
        status,
        Status::REQUEST_TIMEOUT | Status::LOCKED | Status::TOO_EARLY | Status::TOO_MANY_REQUESTS
    );
    is_later || status.is_server_error()
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = |text: &dyn fmt::Display| Line::new(&text.to_string(), QUOTE);
        match self {
            Self::Refused { status, code, message, advice } => {
                write!(f, "the sign-in was refused with {status}")?;
                if let Some(code) = code {
                    write!(f, ": {}", Line::new(code, EXCERPT))?;
                }
                if !message.is_empty() {
                    write!(f, ": {}", quote(message))?;
                }
                match (*advice, *status) {
                    (Some(advice), _) => write!(f, "; {advice}"),
                    (None, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) => {
                        f.write_str("; sign in again with a credential that is valid")
                    }
                    _ => Ok(()),
                }
            }
            Self::Unavailable(error) => write_line(f, format_args!("the sign-in got no answer: {error}")),
            Self::Answer(reason) => {
                write_line(f, format_args!("the sign-in's answer cannot be read: {reason}"))
            }
            Self::Store(error) => {
                write!(
                    f,
                    "the store of the tokens failed: {}; new tokens are kept, and stored before they are used",
                    quote(&whole(&**error))
                )
            }
            Self::Own(error) => {
                write_line(f, format_args!("the credential's own code failed: {}", whole(&**error)))
            }
            Self::Unusable => f.write_str("the token holds characters that an HTTP header cannot carry"),
            Self::Unsignable => f.write_str(
                "a body that is a stream cannot be signed; send bytes, or use a credential with a token",
            ),
            Self::Interrupted => {
                f.write_str("the sign-in was stopped before its end: its runtime was shut down")
            }
            Self::OtherGateway { signed_in } => {
                write!(
                    f,
                    "the credential has signed in at {}; make another one for this gateway, with a store of its own",
                    quote(signed_in)
                )
            }
        }
    }
}

impl fmt::Debug for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialError({self})")
    }
}

/// It is its own whole cause: what is below it is part of its line, and in its variants.
impl std::error::Error for CredentialError {}
