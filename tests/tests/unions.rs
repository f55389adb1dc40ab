//! How a union without a discriminator chooses, and when it gives up.

use cloudrun_runtime::json::{Decode, DecodeError, Decoder, from_slice};

/// How one variant is read.
type Read = fn(&mut Decoder<'_>) -> Result<String, DecodeError>;

/// Defines a union of these variants, whose value is the name of the one that was chosen.
macro_rules! union {
    ($name:ident, $attempts:expr) => {
        struct $name(String);

        impl Decode for $name {
            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let attempts: Vec<(&'static str, Read)> = $attempts;
                decoder.one_of::<String>(stringify!($name), &attempts).map(Self)
            }
        }
    };
}

fn number(decoder: &mut Decoder<'_>) -> Result<String, DecodeError> {
    i64::decode(decoder).map(|_| "number".to_owned())
}

fn text(decoder: &mut Decoder<'_>) -> Result<String, DecodeError> {
    String::decode(decoder).map(|_| "text".to_owned())
}

fn numbers(decoder: &mut Decoder<'_>) -> Result<String, DecodeError> {
    Vec::<i64>::decode(decoder).map(|_| "numbers".to_owned())
}

union!(Scalar, vec![("Number", number), ("Text", text)]);
union!(Many, vec![("a variant of numbers", numbers as Read); 200]);

fn error<T: Decode>(json: &[u8]) -> Result<String, String> {
    from_slice::<T>(json).err().map(|error| error.to_string()).ok_or_else(|| "it fits".to_owned())
}

#[test]
fn the_reasons_are_those_of_each_variant_as_far_as_anybody_reads() -> Result<(), String> {
    let chosen = |json: &[u8]| from_slice::<Scalar>(json).map(|value| value.0).unwrap_or_default();
    assert_eq!([chosen(b"7"), chosen(b"\"7\"")], ["number", "text"]);
    assert_eq!(from_slice::<Many>(b"[7]").map(|value| value.0).unwrap_or_default(), "numbers");
    let message = error::<Scalar>(b"[]")?;
    assert!(
        message.contains("no variant of Scalar fits; Number: ") && message.contains("; Text: "),
        "{message}"
    );
    let message = error::<Many>(b"[1, \"x\"]")?;
    assert!(message.contains("no variant of Many fits; a variant of numbers: "), "{message}");
    assert!(message.matches("a variant of numbers").count() > 2, "{message}");
    assert!((300..500).contains(&message.len()) && message.ends_with('…'), "{message}");
    Ok(())
}

#[test]
fn a_text_is_worth_so_much_reading_and_no_more() -> Result<(), String> {
    let list = |length: usize| format!("[{}\"x\"]", "1,".repeat(length / 2)).into_bytes();
    // All of 200 variants read all of it: a short one may be read so often, a long one may not.
    let message = error::<Many>(&list(10_000))?;
    assert!(message.contains("no variant of Many fits"), "{message}");
    let message = error::<Many>(&list(100_000))?;
    assert!(message.contains("too many nested unions"), "{message}");
    Ok(())
}

/// A union with a tag, whose value is the name of the variant that the tag stands for.
struct Tagged(String);

impl Decode for Tagged {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder
            .tagged(
                "kind",
                &[
                    (&["1"][..], |decoder| serde_json::Value::decode(decoder).map(|_| "one".to_owned())),
                    (&["true"][..], |decoder| serde_json::Value::decode(decoder).map(|_| "yes".to_owned())),
                    (&["text"][..], |decoder| serde_json::Value::decode(decoder).map(|_| "text".to_owned())),
                ],
                |_| "unknown".to_owned(),
            )
            .map(Self)
    }
}

#[test]
fn a_tag_may_be_a_text_a_number_or_a_truth() {
    for (json, expected) in [
        (r#"{"kind": 1}"#, "one"),
        (r#"{"x": [{"kind": 1}], "kind": true}"#, "yes"),
        (r#"{"kind": "text", "x": 1}"#, "text"),
        (r#"{"kind": "1"}"#, "one"),
        (r#"{"kind": null}"#, "unknown"),
        (r#"{"kind": "2"}"#, "unknown"),
        ("{}", "unknown"),
    ] {
        let chosen = from_slice::<Tagged>(json.as_bytes()).map(|value| value.0);
        assert_eq!(chosen.unwrap_or_default(), expected, "{json}");
    }
}
