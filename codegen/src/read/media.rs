//! Media types: what kind of body a name stands for, and what it is called in names.

/// What kind of body a media type stands for, the most useful first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Media {
    Json,
    Form,
    Multipart,
    Text,
    Bytes,
    Events,
    Lines,
    Sequence,
}

impl Media {
    /// Whether an answer of this kind is read while it arrives.
    pub(crate) fn is_stream(self) -> bool {
        matches!(self, Self::Events | Self::Lines | Self::Sequence)
    }
}

/// A media type without its parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a body of a media type says what to change of something, by RFC 7396.
pub(crate) fn is_merge_patch(media_type: &str) -> bool {
    essence(media_type) == "application/merge-patch+json"
}

/// A media type with the parameters that select a representation (RFC 9110, section 12.5.1): `charset` says how a text is
/// written, `q` how much it is wanted.
pub(crate) fn representation(media_type: &str) -> String {
    let mut representation = essence(media_type);
    for (name, value) in parameters(media_type) {
        representation.push_str(&format!(";{name}={value}"));
    }
    representation
}

/// What the parameters of a media type select.
pub(crate) fn selection(media_type: &str) -> Vec<(String, &str)> {
    parameters(media_type).collect()
}

/// The parameters of a media type that select a representation and that a header can carry.
fn parameters(media_type: &str) -> impl Iterator<Item = (String, &str)> {
    let written = outside_quotes(media_type).skip(1).filter_map(|parameter| parameter.split_once('='));
    written.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim())).filter(|(name, value)| {
        let is_name = |text: &str| !text.is_empty() && text.bytes().all(is_token);
        !matches!(name.as_str(), "charset" | "q" | "boundary")
            && is_name(name)
            && (is_name(value) || is_quoted(value))
    })
}

/// What stands between semicolons, but for those between quotes.
fn outside_quotes(media_type: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    media_type.split(move |c| {
        is_quoted ^= c == '"';
        c == ';' && !is_quoted
    })
}

/// Whether a value is a quoted string without escapes (RFC 9110, section 5.6.4).
fn is_quoted(value: &str) -> bool {
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    inner.is_some_and(|inner| {
        inner.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"\"\\".contains(&byte))
    })
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Sorts a media type. Parameters such as `; charset=utf-8` do not matter.
pub(crate) fn media(media_type: &str) -> Media {
    match essence(media_type).as_str() {
        "application/json" | "text/json" | "*/*" | "application/*" | "json" | "" => Media::Json,
        "application/x-www-form-urlencoded" => Media::Form,
        "text/event-stream" => Media::Events,
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines"
        | "application/jsonlines"
        | "application/stream+json"
        | "application/x-json-stream" => Media::Lines,
        "application/json-seq" => Media::Sequence,
        "application/xml" | "application/yaml" | "application/x-yaml" | "application/graphql" => Media::Text,
        other if other.ends_with("+json-seq") => Media::Sequence,
        other if other.ends_with("+json") || other.starts_with("application/json") => Media::Json,
        other if other.starts_with("text/") || other.ends_with("+xml") || other.ends_with("+yaml") => {
            Media::Text
        }
        other if other.starts_with("multipart/") => Media::Multipart,
        _ => Media::Bytes,
    }
}

/// What a media type is called in the name of a method.
pub(crate) fn word(media_type: &str) -> String {
    let essence = essence(media_type);
    let word = match essence.as_str() {
        "application/x-www-form-urlencoded" => "form",
        "application/octet-stream" => "bytes",
        "text/plain" => "text",
        other if other.starts_with("multipart/") => "multipart",
        // A range is called by what it is a range of.
        other => match other.split_once('/') {
            Some((kind, "*")) => kind,
            Some((_, subtype)) => subtype.trim_start_matches("x-"),
            None => other,
        },
    };
    let mut word = word.to_owned();
    for (name, value) in parameters(media_type) {
        word.push_str(&format!(" {name} {value}"));
    }
    word.replace(|c: char| !c.is_alphanumeric(), " ")
}

/// Whether a header can carry a media type as it stands; documents have others.
pub(crate) fn is_usable(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.contains('/')
        && !essence.contains('*')
        && media_type.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && essence.bytes().all(|byte| (b'!'..=b'~').contains(&byte) && byte != b',')
}

/// Whether the header `Accept` can carry a media type; it takes ranges such as `image/*`.
pub(crate) fn is_acceptable(media_type: &str) -> bool {
    let essence = essence(media_type);
    let is_token = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&byte))
    };
    essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

#[cfg(test)]
mod tests {
    use super::{Media, is_acceptable, is_usable, media, representation, word};

    #[test]
    fn media_types_are_sorted_by_their_essence() {
        for name in ["application/json; charset=utf-8", "application/vnd.api+json", "*/*"] {
            assert_eq!(media(name), Media::Json, "{name}");
        }
        assert_eq!(media("text/csv"), Media::Text);
        assert_eq!(media("image/png"), Media::Bytes);
        assert_eq!(media("text/event-stream"), Media::Events);
        assert_eq!(media("application/geo+json-seq"), Media::Sequence);
    }

    #[test]
    fn words_say_what_a_media_type_is() {
        let words = [
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/merge-patch+json",
            "image/png",
        ];
        assert_eq!(words.map(word), ["form", "multipart", "merge patch json", "png"]);
        assert_eq!(word("image/*"), "image");
        assert_eq!(word("application/vnd.a+json; version=2; charset=utf-8"), "vnd a json version 2");
    }

    #[test]
    fn parameters_that_select_a_representation_are_part_of_it() {
        let rows = [
            ("Application/Vnd.A+JSON; Version=1.0", "application/vnd.a+json;version=1.0"),
            ("text/csv; charset=utf-8; header=present", "text/csv;header=present"),
            ("a/b;q=0.5;x=\"y\"", "a/b;x=\"y\""),
            ("a/b; x=\"y, z; w\"; bad", "a/b;x=\"y, z; w\""),
            ("application/ld+json;profile=\"http://a/x\"", "application/ld+json;profile=\"http://a/x\""),
            ("a/b; x=\"y; é=\"; z=\u{1}", "a/b"),
        ];
        for (written, expected) in rows {
            assert_eq!(representation(written), expected);
        }
    }

    #[test]
    fn what_no_header_can_carry_is_not_sent() {
        assert!(is_usable("text/csv; charset=utf-8"));
        for bad in ["*/*", "json", "text/é", "a/b\r\nx: y", "a/b,c/d"] {
            assert!(!is_usable(bad), "{bad:?}");
        }
        assert!(is_acceptable("image/*") && is_acceptable("*/*") && !is_acceptable("a/b,c/d"));
    }
}
