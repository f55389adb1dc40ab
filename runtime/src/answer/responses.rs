use super::reply::Reply;
use crate::json::error::DecodeError;
use std::fmt;
use std::ops::Deref;

/// The typed answers of an operation by status. Implemented by [`responses!`](crate::responses).
pub trait Responses: Sized {
    /// Reads the answer that the status calls for.
    ///
    /// # Errors
    ///
    /// The body is not what the document promises for this status.
    fn from_reply(reply: &Reply) -> Result<Self, DecodeError>;
}

/// An answer that the document does not list; everything that came is kept. The error type of operations that
/// document no errors.
#[derive(Clone)]
pub struct Undocumented(Reply);

impl From<&Reply> for Undocumented {
    fn from(reply: &Reply) -> Self {
        Self(reply.clone())
    }
}

impl Responses for Undocumented {
    fn from_reply(reply: &Reply) -> Result<Self, DecodeError> {
        Ok(Self::from(reply))
    }
}

impl Deref for Undocumented {
    type Target = Reply;
    fn deref(&self) -> &Reply {
        &self.0
    }
}

/// Two answers are equal if status and body are.
impl PartialEq for Undocumented {
    fn eq(&self, other: &Self) -> bool {
        self.status() == other.status() && self.body() == other.body()
    }
}

impl fmt::Debug for Undocumented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Undocumented({}, {:?})", self.status(), self.excerpt())
    }
}
