//! Objects, and types around another type.

/// `Encode`, `Decode` and the serde bridge for a struct, from a table of its fields:
/// name on the wire, field, presence. A last row `..extra` names the map of additional properties, `..!` says that there are
/// none, so that a union takes another variant for an object with more. A name that JSON writes with escapes is followed
/// by `("")`.
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
        $crate::object!(@named $name ::core::option::Option::None; $($wire $(($quoted))? $field $presence),*);
    };
    ($name:ident { $($wire:literal $(($quoted:literal))? $field:ident $presence:ident,)* ..! $(,)? }) => {
        $crate::object!(@named $name ::core::option::Option::Some(&mut $crate::json::Closed);
            $($wire $(($quoted))? $field $presence),*);
    };
    (@named $name:ident $rest:expr; $($wire:literal $(($quoted:literal))? $field:ident $presence:ident),*) => {
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
                decoder.object(&mut [$(($wire, &mut $field)),*], &[$($crate::json::Presence::$presence),*], $rest)?;
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
                decoder.object(&mut [$(($wire, &mut $field)),*], &[$($crate::json::Presence::$presence),*], ::core::option::Option::Some(rest))?;
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
