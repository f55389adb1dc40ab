use super::decode::{Decode, from_slice};
use super::encode::{Encode, to_vec};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::Value;

/// `serde::Serialize` for a type that is [`Encode`], so that users can store and log models.
///
/// # Errors
///
/// The value has no JSON form, or the serializer fails.
pub fn serialize<S: Serializer>(value: &dyn Encode, serializer: S) -> Result<S::Ok, S::Error> {
    json_value(value).map_err(ser::Error::custom)?.serialize(serializer)
}

/// `serde::Deserialize` for a type that is [`Decode`].
///
/// # Errors
///
/// The deserializer fails, or its value is not of this type.
pub fn deserialize<'de, T: Decode, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    from_slice(&value.to_string().into_bytes()).map_err(de::Error::custom)
}

pub(crate) fn json_value(value: &dyn Encode) -> Result<Value, String> {
    let json = to_vec(value).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}
