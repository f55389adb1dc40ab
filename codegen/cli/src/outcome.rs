//! How a command ends.
//!
//! May import from no other room.

/// What a command ended with.
pub(crate) enum Outcome {
    Fine,
    /// The command looked for something and found it.
    Found,
}

/// Why a command did not end. The message is complete: what is wrong and what to do. No error of a library becomes one by
/// itself: who meets one knows what it was about, and says so.
pub(crate) struct Failure(pub(crate) String);
