use super::{Hint, Unnamed, Wire};

/// The index of a [`TypeDef`] in its [`Api`](super::Api).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) usize);

/// A type as it stands in a field, a parameter or a body.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    Bool,
    I32,
    I64,
    U32,
    U64,
    F32,
    F64,
    Decimal,
    /// A number of this type, or its text.
    Numeric(Box<Type>),
    Text,
    Base64,
    Base64Url,
    DateTime,
    Date,
    Time,
    Uuid,
    /// A type of the user's own, by its path.
    Custom(String),
    /// Any JSON.
    Any,
    /// `null` and nothing else.
    Null,
    List(Box<Type>),
    Map(Box<Type>),
    Nullable(Box<Type>),
    Named(TypeId),
    /// A named type behind a pointer, where a type would contain itself.
    Boxed(TypeId),
}

impl Type {
    pub(crate) fn nullable(self) -> Self {
        match self {
            Self::Nullable(_) | Self::Any | Self::Null => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// Calls `each` with every named type inside.
    pub(crate) fn each_named(&self, each: &mut dyn FnMut(TypeId)) {
        match self {
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.each_named(each),
            Self::Named(id) | Self::Boxed(id) => each(*id),
            _ => {}
        }
    }
}

impl Type {
    /// The same type with other ids.
    pub(crate) fn renumbered(&self, number: &dyn Fn(TypeId) -> TypeId) -> Self {
        match self {
            Self::List(inner) => Self::List(Box::new(inner.renumbered(number))),
            Self::Map(inner) => Self::Map(Box::new(inner.renumbered(number))),
            Self::Nullable(inner) => Self::Nullable(Box::new(inner.renumbered(number))),
            Self::Named(id) => Self::Named(number(*id)),
            Self::Boxed(id) => Self::Boxed(number(*id)),
            other => other.clone(),
        }
    }
}

/// A type that the client defines.
#[derive(Clone, Debug)]
pub(crate) struct TypeDef<N = Unnamed> {
    pub(crate) hint: Hint,
    pub(crate) name: N,
    /// Whether the document names the type; such names are minted first.
    pub(crate) component: bool,
    pub(crate) doc: String,
    pub(crate) deprecated: bool,
    pub(crate) shape: Shape<N>,
}

#[derive(Clone, Debug)]
pub(crate) enum Shape<N = Unnamed> {
    Struct(Struct<N>),
    StringEnum(Enumeration<Wire, N>),
    IntegerEnum(Enumeration<i64, N>),
    Union(Union<N>),
    Alias(Type),
    /// Like an alias, for types that contain themselves.
    Newtype(Type),
}

#[derive(Clone, Debug)]
pub(crate) struct Struct<N = Unnamed> {
    pub(crate) fields: Vec<Field<N>>,
    /// Additional properties, kept beside the fields.
    pub(crate) extra: Option<Extra<N>>,
    /// Whether no value has others than the fields.
    pub(crate) is_closed: bool,
}

/// A field for what the document does not name, and the type of its values.
#[derive(Clone, Debug)]
pub(crate) struct Extra<N = Unnamed> {
    pub(crate) name: N,
    pub(crate) ty: Type,
}

impl Extra {
    pub(crate) fn of(ty: Type) -> Self {
        Self { name: Unnamed, ty }
    }
}

impl<N> Struct<N> {
    /// Whether every field may be left out.
    pub(crate) fn has_default(&self) -> bool {
        self.fields.iter().all(|field| field.presence != Presence::Required)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Field<N = Unnamed> {
    pub(crate) wire: Wire,
    pub(crate) name: N,
    pub(crate) doc: String,
    pub(crate) deprecated: bool,
    pub(crate) presence: Presence,
    /// Whether only the service sets it (`readOnly`), or only the caller (`writeOnly`).
    pub(crate) access: Access,
    /// The type without the `Option`s that the presence brings.
    pub(crate) ty: Type,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Both,
    ReadOnly,
    WriteOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    /// Required, may be null.
    Nullable,
    Optional,
    OptionalNullable,
}

/// An open enumeration of text or integers.
#[derive(Clone, Debug)]
pub(crate) struct Enumeration<T, N = Unnamed> {
    pub(crate) values: Vec<EnumValue<T, N>>,
    /// The name of the variant for other values.
    pub(crate) unknown: N,
}

impl<T> Enumeration<T> {
    pub(crate) fn of(values: Vec<EnumValue<T>>) -> Self {
        Self { values, unknown: Unnamed }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct EnumValue<T, N = Unnamed> {
    pub(crate) value: T,
    /// What the document calls the value, if it does.
    pub(crate) title: Option<Hint>,
    pub(crate) name: N,
    pub(crate) doc: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Union<N = Unnamed> {
    /// How its variants are told apart; `None` for unions that are resolved by the best fit.
    pub(crate) tag: Option<Tag<N>>,
    pub(crate) variants: Vec<Variant<N>>,
}

/// What tells variants apart.
#[derive(Clone, Debug)]
pub(crate) struct Tag<N = Unnamed> {
    /// A property of each variant; `None` where the only member's name is the tag, or the text that a variant is.
    pub(crate) property: Option<Wire>,
    /// The name of the variant for values that the document does not list.
    pub(crate) unknown: N,
}

impl Tag {
    pub(crate) fn of(property: impl Into<Wire>) -> Self {
        Self { property: Some(property.into()), unknown: Unnamed }
    }

    /// The tag of variants that are told apart by their only member.
    pub(crate) fn member() -> Self {
        Self { property: None, unknown: Unnamed }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Variant<N = Unnamed> {
    pub(crate) hint: Hint,
    pub(crate) name: N,
    pub(crate) doc: String,
    /// The discriminator's values that stand for this variant.
    pub(crate) tags: Vec<String>,
    /// What the variant holds; `None` if its tag says it all.
    pub(crate) ty: Option<Type>,
}

impl<N> Shape<N> {
    /// Calls `each` with every type that a value of this shape holds.
    pub(crate) fn each_type<'a>(&'a self, each: &mut dyn FnMut(&'a Type)) {
        match self {
            Self::Struct(object) => {
                object.fields.iter().for_each(|field| each(&field.ty));
                object.extra.iter().for_each(|extra| each(&extra.ty));
            }
            Self::Union(union) => {
                union.variants.iter().filter_map(|variant| variant.ty.as_ref()).for_each(each)
            }
            Self::Alias(ty) | Self::Newtype(ty) => each(ty),
            Self::StringEnum(_) | Self::IntegerEnum(_) => {}
        }
    }

    /// Replaces every type that a value of this shape holds.
    pub(crate) fn map_types(&mut self, map: &dyn Fn(&Type) -> Type) {
        match self {
            Self::Struct(object) => {
                for field in &mut object.fields {
                    field.ty = map(&field.ty);
                }
                object.extra.iter_mut().for_each(|extra| extra.ty = map(&extra.ty));
            }
            Self::Union(union) => {
                for ty in union.variants.iter_mut().filter_map(|variant| variant.ty.as_mut()) {
                    *ty = map(ty);
                }
            }
            Self::Alias(ty) | Self::Newtype(ty) => *ty = map(ty),
            Self::StringEnum(_) | Self::IntegerEnum(_) => {}
        }
    }
}
