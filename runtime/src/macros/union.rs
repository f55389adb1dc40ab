//! Unions, with and without a discriminator.

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

/// A union that is told apart from outside, as Rust's serde writes enums: a variant is an object whose only member has
/// this name, or with `unit` the text itself; the last row names the variant that keeps any other JSON.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum Job { Idle, Running(i64), Unknown(cloudrun_runtime::Value) }
/// cloudrun_runtime::keyed!(Job {
///     "idle" Idle unit,
///     "running" Running,
///     ..Unknown
/// });
/// assert_eq!(cloudrun_runtime::json::from_slice::<Job>(br#"{"running":3}"#).unwrap(), Job::Running(3));
/// assert_eq!(cloudrun_runtime::json::to_vec(&Job::Idle).unwrap(), br#""idle""#);
/// ```
#[macro_export]
macro_rules! keyed {
    (@encode $encoder:ident $key:literal $name:ident $variant:ident $this:ident) => {
        if let $name::$variant(value) = $this {
            return $encoder.keyed($key, value);
        }
    };
    (@encode $encoder:ident $key:literal $name:ident $variant:ident unit $this:ident) => {
        if let $name::$variant = $this {
            return $encoder.string($key);
        }
    };
    (@row $key:literal $variant:ident) => {
        $crate::json::Keyed::Member($key, |decoder| $crate::json::Decode::decode(decoder).map(Self::$variant))
    };
    (@row $key:literal $variant:ident unit) => { $crate::json::Keyed::Text($key, || Self::$variant) };
    ($name:ident { $($key:literal $variant:ident $($unit:ident)?,)* ..$unknown:ident $(,)? }) => {
        impl $crate::json::Encode for $name {
            #[inline]
            fn encode(&self, encoder: &mut $crate::json::Encoder) {
                $($crate::keyed!(@encode encoder $key $name $variant $($unit)? self);)*
                if let Self::$unknown(value) = self {
                    $crate::json::Encode::encode(value, encoder)
                }
            }
        }
        impl $crate::json::Decode for $name {
            #[inline]
            fn decode(decoder: &mut $crate::json::Decoder<'_>) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                decoder.keyed(&[$($crate::keyed!(@row $key $variant $($unit)?)),*], Self::$unknown)
            }
        }
        $crate::serde_bridge!($name);
    };
}
