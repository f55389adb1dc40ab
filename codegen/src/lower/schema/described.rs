use crate::ir::{Shape, Type};

/// What a schema is, before it gets a name.
pub(super) enum Described {
    /// It needs a definition.
    Shape(Shape),
    /// It is a type already.
    Type(Type),
}
