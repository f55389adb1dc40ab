//! JSON for generated models: in come Rust values or bytes, out go bytes or Rust values.
//! Generic code stays out of generated crates: every model hands a table of type-erased slots to one shared
//! encoder and one shared decoder, which is what makes large clients cheap to compile.
//! This module never talks to the network and never panics on what a server sends.
//!
//! May import from `shown`.

pub(crate) mod bridge;
mod choices;
mod collections;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod enumeration;
pub(crate) mod error;
mod keyed;
pub(crate) mod leaf;
pub(crate) mod object;
pub(crate) mod tagged;
pub(crate) mod union;

pub use self::bridge::{deserialize, serialize};
pub use self::decode::{Decode, Decoder, from_slice};
pub use self::encode::{Encode, Encoder, to_vec};
pub use self::enumeration::{decode_integer_enum, decode_string_enum};
pub use self::error::{DecodeError, EncodeError};
pub use self::keyed::Keyed;
pub use self::leaf::base64::{Base64, Base64Url};
pub use self::leaf::numeric::Numeric;
pub use self::leaf::offset_date_time::OffsetDateTime;
pub use self::leaf::time_of_day::TimeOfDay;
pub use self::object::{
    Closed, Entries, Extra, Field, Presence, Slot, empty_if_null, extra, nullable, optional,
    optional_nullable, optional_value, required,
};
pub use self::tagged::{Empty, Tagged};
pub use self::union::Attempt;
