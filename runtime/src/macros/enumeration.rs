//! Open enums.

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
            fn from_str(value: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
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
