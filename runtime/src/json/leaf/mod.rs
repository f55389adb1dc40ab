//! The values that have no parts: text, numbers, bytes, dates and times.

pub(crate) mod base64;
#[cfg(feature = "decimal")]
mod decimal;
mod float;
mod integer;
pub(crate) mod numeric;
pub(crate) mod offset_date_time;
mod scalar;
mod time;
pub(crate) mod time_of_day;
