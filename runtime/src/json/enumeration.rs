use super::decode::Decoder;
use super::error::DecodeError;

/// Reads an open string enum. A value that the document does not list is kept, and a union prefers a variant that
/// knows it.
///
/// # Errors
///
/// The next value is not a string.
pub fn decode_string_enum<T>(
    decoder: &mut Decoder<'_>,
    known: fn(&str) -> Option<T>,
    unknown: fn(String) -> T,
) -> Result<T, DecodeError> {
    let text = decoder.str()?;
    if let Some(value) = known(text) {
        return Ok(value);
    }
    let value = unknown(text.to_owned());
    decoder.loosen(8);
    Ok(value)
}

/// Reads an open integer enum, in the manner of [`decode_string_enum`].
///
/// # Errors
///
/// The next value is not an integer.
pub fn decode_integer_enum<T>(
    decoder: &mut Decoder<'_>,
    known: fn(i64) -> Option<T>,
    unknown: fn(i64) -> T,
) -> Result<T, DecodeError> {
    let wide = decoder.integer()?;
    let value =
        i64::try_from(wide).map_err(|_| DecodeError::new(format!("the integer {wide} does not fit i64")))?;
    Ok(known(value).unwrap_or_else(|| {
        decoder.loosen(8);
        unknown(value)
    }))
}
