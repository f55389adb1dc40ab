//! The declarative macros of generated code. They stand for derives, and cost a fraction of them to compile.

/// `Encode`, `Decode` and the serde bridge for a struct, from a table of its fields:
/// name on the wire, field, presence. A last row `..extra` names the map of additional properties. A name that JSON
/// writes with escapes is followed by `("")`.
///
/// ```
/// use std::collections::BTreeMap;
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct Pet { pub id: i64, pub tag: Option<String>, pub extra: BTreeMap<String, bool> }
/// cloudrun_runtime::object!(Pet {
///     "id" id required,
///     "petTag" tag optional,
///     ..extra
/// });
/// let pet: Pet = cloudrun_runtime::json::from_slice(br#"{"id": 7, "loud": true}"#)?;
/// assert_eq!(pet, Pet { id: 7, tag: None, extra: [("loud".to_owned(), true)].into() });
/// # Ok::<(), cloudrun_runtime::json::DecodeError>(())
/// ```
#[macro_export]
macro_rules! object {
    (@quoted $wire:literal) => { ::core::concat!("\"", $wire, "\":") };
    (@quoted $wire:literal $quoted:literal) => { $quoted };
    ($name:ident { $($wire:literal $(($quoted:literal))? $field:ident $presence:ident),* $(,)? }) => {
        impl $crate::json::Encode for $name {
            #[inline]
            fn encode(&self, encoder: &mut $crate::json::Encoder) {
                encoder.object(&[$(($wire, $crate::object!(@quoted $wire $($quoted)?), $crate::json::Presence::$presence, &self.$field)),*], ::core::option::Option::None);
            }
        }
        impl $crate::json::Decode for $name {
            #[inline]
            fn decode(decoder: &mut $crate::json::Decoder<'_>) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                $(let mut $field = ::core::option::Option::None;)*
                decoder.object(&mut [$(($wire, &mut $field)),*], ::core::option::Option::None)?;
                ::core::result::Result::Ok(Self { $($field: $crate::json::$presence($field, $wire, decoder)?),* })
            }
        }
        $crate::serde_bridge!($name);
    };
    ($name:ident { $($wire:literal $(($quoted:literal))? $field:ident $presence:ident,)* ..$extra:ident $(,)? }) => {
        impl $crate::json::Encode for $name {
            #[inline]
            fn encode(&self, encoder: &mut $crate::json::Encoder) {
                encoder.object(
                    &[$(($wire, $crate::object!(@quoted $wire $($quoted)?), $crate::json::Presence::$presence, &self.$field)),*],
                    ::core::option::Option::Some(&self.$extra),
                );
            }
        }
        impl $crate::json::Decode for $name {
            #[inline]
            fn decode(decoder: &mut $crate::json::Decoder<'_>) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                $(let mut $field = ::core::option::Option::None;)*
                let mut $extra = ::core::default::Default::default();
                let rest = $crate::json::extra(&mut $extra, |value: &Self| &value.$extra);
                decoder.object(&mut [$(($wire, &mut $field)),*], ::core::option::Option::Some(rest))?;
                ::core::result::Result::Ok(Self { $($field: $crate::json::$presence($field, $wire, decoder)?,)* $extra })
            }
        }
        $crate::serde_bridge!($name);
    };
}

/// `serde::Serialize` and `serde::Deserialize` for a type that is `Encode` and `Decode`.
#[macro_export]
macro_rules! serde_bridge {
    ($name:ident) => {
        impl $crate::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::json::serialize(self, serializer)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::json::deserialize(deserializer)
            }
        }
    };
}

/// An open string enum: `as_str`, `FromStr`, `Display`, `Encode`, `Decode` and the serde bridge from a table of
/// values and variants; the last row names the variant that keeps any other value.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum Status { Open, Closed, Unknown(String) }
/// cloudrun_runtime::string_enum!(Status {
///     "open" Open,
///     "closed" Closed,
///     ..Unknown
/// });
/// assert_eq!(Status::from("open"), Status::Open);
/// assert_eq!(Status::from("ajar").as_str(), "ajar");
/// ```
#[macro_export]
macro_rules! string_enum {
    ($name:ident { $($value:literal $variant:ident,)* ..$unknown:ident $(,)? }) => {
        impl $name {
            /// The value as it stands on the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::$unknown(value) => value,
                }
            }
            #[inline]
            fn known(value: &str) -> ::core::option::Option<Self> {
                match value {
                    $($value => ::core::option::Option::Some(Self::$variant),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
        impl ::core::convert::From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                Self::known(value).unwrap_or_else(|| Self::$unknown(value.to_owned()))
            }
        }
        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;
            #[inline]
            fn from_str(value: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::result::Result::Ok(Self::from(value))
            }
        }
        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl $crate::json::Encode for $name {
            #[inline]
            fn encode(&self, encoder: &mut $crate::json::Encoder) {
                encoder.string(self.as_str());
            }
        }
        impl $crate::json::Decode for $name {
            #[inline]
            fn decode(decoder: &mut $crate::json::Decoder<'_>) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                $crate::json::decode_string_enum(decoder, Self::known, Self::$unknown)
            }
        }
        $crate::serde_bridge!($name);
    };
}

/// An open integer enum: `as_i64`, `From<i64>`, `Display`, `Encode`, `Decode` and the serde bridge.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum Level { Low, High, Unknown(i64) }
/// cloudrun_runtime::integer_enum!(Level {
///     1 Low,
///     2 High,
///     ..Unknown
/// });
/// assert_eq!(Level::from(2), Level::High);
/// assert_eq!(Level::from(9).as_i64(), 9);
/// ```
#[macro_export]
macro_rules! integer_enum {
    ($name:ident { $($value:literal $variant:ident,)* ..$unknown:ident $(,)? }) => {
        impl $name {
            /// The value as it stands on the wire.
            #[inline]
            pub fn as_i64(&self) -> i64 {
                match self {
                    $(Self::$variant => $value,)*
                    Self::$unknown(value) => *value,
                }
            }
            #[inline]
            fn known(value: i64) -> ::core::option::Option<Self> {
                match value {
                    $($value => ::core::option::Option::Some(Self::$variant),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
        impl ::core::convert::From<i64> for $name {
            #[inline]
            fn from(value: i64) -> Self {
                Self::known(value).unwrap_or(Self::$unknown(value))
            }
        }
        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.as_i64(), f)
            }
        }
        impl $crate::json::Encode for $name {
            #[inline]
            fn encode(&self, encoder: &mut $crate::json::Encoder) {
                $crate::json::Encode::encode(&self.as_i64(), encoder);
            }
        }
        impl $crate::json::Decode for $name {
            #[inline]
            fn decode(decoder: &mut $crate::json::Decoder<'_>) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                $crate::json::decode_integer_enum(decoder, Self::known, Self::$unknown)
            }
        }
        $crate::serde_bridge!($name);
    };
}

/// A union without a discriminator: the variant that fits the JSON best is taken.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum Id { Number(i64), Text(String) }
/// cloudrun_runtime::one_of!(Id {
///     Number,
///     Text,
/// });
/// assert_eq!(cloudrun_runtime::json::from_slice::<Id>(b"\"x\"").unwrap(), Id::Text("x".into()));
/// ```
#[macro_export]
macro_rules! one_of {
    ($name:ident { $($variant:ident),* $(,)? }) => {
        impl $crate::json::Encode for $name {
            #[inline]
            fn encode(&self, encoder: &mut $crate::json::Encoder) {
                match self {
                    $(Self::$variant(value) => $crate::json::Encode::encode(value, encoder),)*
                }
            }
        }
        impl $crate::json::Decode for $name {
            #[inline]
            fn decode(decoder: &mut $crate::json::Decoder<'_>) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                decoder.one_of(
                    stringify!($name),
                    &[$((stringify!($variant), |decoder| $crate::json::Decode::decode(decoder).map(Self::$variant))),*],
                )
            }
        }
        $crate::serde_bridge!($name);
    };
}

/// A union with a discriminator: the property's name, then each variant with the values that stand for it; the
/// last row names the variant that keeps JSON with any other value. `unit` marks variants that hold nothing but
/// their tag. The discriminator is written by the union: it need not be set in the variant.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct Cat { pub lives: i64 }
/// cloudrun_runtime::object!(Cat {
///     "lives" lives required,
/// });
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum Pet { Cat(Cat), Fish, Unknown(cloudrun_runtime::Value) }
/// cloudrun_runtime::tagged!(Pet by "kind" {
///     "cat" Cat,
///     "fish" | "shark" Fish unit,
///     ..Unknown
/// });
/// let json = cloudrun_runtime::json::to_vec(&Pet::Cat(Cat { lives: 9 })).unwrap();
/// assert_eq!(json, br#"{"kind":"cat","lives":9}"#);
/// ```
#[macro_export]
macro_rules! tagged {
    (@encode $encoder:ident $tag:literal $values:expr, $name:ident $variant:ident $this:ident) => {
        if let $name::$variant(value) = $this {
            return $encoder.tagged($tag, $values, value);
        }
    };
    (@encode $encoder:ident $tag:literal $values:expr, $name:ident $variant:ident unit $this:ident) => {
        if let $name::$variant = $this {
            return $encoder.tagged($tag, $values, &$crate::json::Empty);
        }
    };
    (@decode $decoder:ident $variant:ident) => { $crate::json::Decode::decode($decoder).map(Self::$variant) };
    (@decode $decoder:ident $variant:ident unit) => { $decoder.empty().map(|()| Self::$variant) };
    ($name:ident by $tag:literal { $($($value:literal)|+ $variant:ident $($unit:ident)?,)* ..$unknown:ident $(,)? }) => {
        impl $crate::json::Encode for $name {
            #[inline]
            fn encode(&self, encoder: &mut $crate::json::Encoder) {
                $($crate::tagged!(@encode encoder $tag &[$($value),+], $name $variant $($unit)? self);)*
                if let Self::$unknown(value) = self {
                    $crate::json::Encode::encode(value, encoder)
                }
            }
        }
        impl $crate::json::Decode for $name {
            #[inline]
            fn decode(decoder: &mut $crate::json::Decoder<'_>) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                decoder.tagged(
                    $tag,
                    &[$((&[$($value),+], |decoder| $crate::tagged!(@decode decoder $variant $($unit)?))),*],
                    Self::$unknown,
                )
            }
        }
        $crate::serde_bridge!($name);
    };
}

/// `Encode`, `Decode` and the serde bridge for a type around another one; it travels as what it holds.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct Tree(pub Vec<Tree>);
/// cloudrun_runtime::newtype!(Tree);
/// let tree: Tree = cloudrun_runtime::json::from_slice(b"[[],[[]]]").unwrap();
/// assert_eq!(tree.0.len(), 2);
/// ```
#[macro_export]
macro_rules! newtype {
    ($name:ident) => {
        impl $crate::json::Encode for $name {
            #[inline]
            fn encode(&self, encoder: &mut $crate::json::Encoder) {
                $crate::json::Encode::encode(&self.0, encoder);
            }
        }
        impl $crate::json::Decode for $name {
            #[inline]
            fn decode(
                decoder: &mut $crate::json::Decoder<'_>,
            ) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                $crate::json::Decode::decode(decoder).map(Self)
            }
        }
        $crate::serde_bridge!($name);
    };
}

/// What an operation may answer, by status: patterns are `"404"`, `"4XX"` or `"default"`, each with its variant and how
/// its body is read (`json`, `text`, `bytes` or `empty`); the last row names the variant that keeps any other answer.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum GetPetError { NotFound(String), Unknown(cloudrun_runtime::Undocumented) }
/// cloudrun_runtime::responses!(GetPetError {
///     "404" NotFound text,
///     ..Unknown
/// });
/// ```
#[macro_export]
macro_rules! responses {
    (@empty $reply:ident $variant:ident) => { ::core::result::Result::Ok(Self::$variant) };
    (@$kind:ident $reply:ident $variant:ident) => { $crate::body::$kind($reply).map(Self::$variant) };
    ($name:ident { $($pattern:literal $variant:ident $kind:ident,)* ..$unknown:ident $(,)? }) => {
        impl $crate::Responses for $name {
            fn from_reply(reply: &$crate::Reply) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                match reply.pattern(&[$($pattern),*]) {
                    $(::core::option::Option::Some($pattern) => $crate::responses!(@$kind reply $variant),)*
                    _ => ::core::result::Result::Ok(Self::$unknown($crate::Undocumented::from(reply))),
                }
            }
        }
    };
    ($name:ident { $($pattern:literal $variant:ident $kind:ident),* $(,)? }) => {
        impl $crate::Responses for $name {
            fn from_reply(reply: &$crate::Reply) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                match reply.pattern(&[$($pattern),*]) {
                    $(::core::option::Option::Some($pattern) => $crate::responses!(@$kind reply $variant),)*
                    _ => ::core::result::Result::Err(reply.undocumented()),
                }
            }
        }
    };
}

/// What every request type of a generated client offers beside its own setters.
#[macro_export]
macro_rules! request {
    ($name:ident) => {
        impl $name {
            /// Sets how long this call may take.
            #[inline]
            pub fn timeout(self, timeout: ::core::time::Duration) -> Self {
                Self(self.0.timeout(timeout))
            }
            /// Sets a header that the document does not declare.
            #[inline]
            pub fn header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }
            /// Sends the request and answers with status, headers and bytes, whatever the status is.
            #[inline]
            pub fn send_raw(self) -> $crate::PendingRaw {
                self.0.send_raw()
            }
        }
    };
}

/// Brings in the client that `build.rs` generated for a service: a module of the service's name in snake case.
///
/// ```text
/// cloudrun_runtime::include_client!("petstore");
/// use petstore::Client;
/// ```
#[macro_export]
macro_rules! include_client {
    ($service:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $service, ".rs"));
    };
}
