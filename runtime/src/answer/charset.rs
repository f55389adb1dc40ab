//! Text in other charsets than UTF-8: in come a body and the charset that its media type names, out goes the text. What the
//! body does not say is not guessed.

use crate::json::error::DecodeError;
use http::{HeaderMap, header};

/// The charset that the media type of a body names, unless that is UTF-8.
pub(super) fn foreign(headers: &HeaderMap) -> Option<&str> {
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let charset = media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })?;
    let is_utf8 = ["utf-8", "utf8", "us-ascii", ""].iter().any(|name| charset.eq_ignore_ascii_case(name));
    (!is_utf8).then_some(charset)
}

/// Whether a JSON text is UTF-8 though its media type names another charset. JSON is UTF-8 whatever is named (RFC 8259, sections
/// 8.1 and 11), and browsers read it so, which lets wrong names live on.
pub(super) fn is_utf8_json(charset: &str, body: &[u8]) -> bool {
    // A text of UTF-16 is full of zero bytes, which no JSON text has.
    let text = std::str::from_utf8(body).ok().filter(|text| !text.contains('\0'));
    text.is_some_and(|text| match text.is_ascii() {
        true => !is_shifted(charset, body),
        false => !may_be_pairs(charset) || text.chars().any(|c| c > '\u{7ff}'),
    })
}

/// Whether ASCII may stand for something else: charsets of several states switch between them by escapes (ISO 2022), by `+`
/// (UTF-7) or by `~` (HZ).
fn is_shifted(charset: &str, body: &[u8]) -> bool {
    let starts = |with: &str| charset.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    body.contains(&0x1b)
        || (starts("utf-7") && body.contains(&b'+'))
        || (starts("hz") && body.windows(2).any(|pair| pair == b"~{"))
}

/// Whether characters of a charset may be two bytes that happen to be one character of UTF-8.
#[cfg(feature = "charset")]
fn may_be_pairs(charset: &str) -> bool {
    encoding_rs::Encoding::for_label(charset.as_bytes()).is_some_and(|encoding| !encoding.is_single_byte())
}

/// … which nobody here knows.
#[cfg(not(feature = "charset"))]
fn may_be_pairs(_: &str) -> bool {
    false
}

/// The text of a body in a charset.
///
/// # Errors
///
/// The charset is not known, or the body is not a text in it.
#[cfg(feature = "charset")]
pub(super) fn decode(charset: &str, body: &[u8]) -> Result<String, DecodeError> {
    let Some(encoding) = encoding_rs::Encoding::for_label_no_replacement(charset.as_bytes()) else {
        return plain(charset, body, "is not known");
    };
    // A byte order mark says more than a header does.
    let (text, _, is_broken) = encoding.decode(body);
    if is_broken {
        return Err(DecodeError::new(format!("the text is not in its charset `{}`", charset.escape_debug())));
    }
    Ok(text.into_owned())
}

/// … which takes the feature `charset` of `cloudrun-runtime`.
///
/// # Errors
///
/// The text is more than ASCII.
#[cfg(not(feature = "charset"))]
pub(super) fn decode(charset: &str, body: &[u8]) -> Result<String, DecodeError> {
    plain(charset, body, "is read by the feature `charset` of cloudrun-runtime, which is off")
}

/// ASCII is the same in all charsets but those that write each character in several bytes or switch by escapes.
fn plain(charset: &str, body: &[u8], why: &str) -> Result<String, DecodeError> {
    let is_plain = body.iter().all(|byte| byte.is_ascii() && *byte != 0)
        && !is_shifted(charset, body)
        && !charset.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("utf"));
    match std::str::from_utf8(body) {
        Ok(text) if is_plain => Ok(text.to_owned()),
        _ => Err(DecodeError::new(format!("the charset `{}` of the text {why}", charset.escape_debug()))),
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, foreign, is_utf8_json};
    use http::{HeaderMap, HeaderValue, header};

    #[test]
    fn the_media_type_names_the_charset() {
        let named = |value: &'static str| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]);
            foreign(&headers).map(str::to_owned)
        };
        assert_eq!(named("text/plain; charset=GBK").as_deref(), Some("GBK"));
        assert_eq!(named("text/plain;format=flowed; Charset = \"gb18030\"").as_deref(), Some("gb18030"));
        for other in
            ["text/plain", "text/plain; charset=UTF-8", "a/b;charset=\"utf8\"", "a/b;charset=", "a/b;charset"]
        {
            assert_eq!(named(other), None, "{other}");
        }
        assert_eq!(foreign(&HeaderMap::new()), None);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_charset() {
        assert_eq!(decode("x-none", b"plain").ok().as_deref(), Some("plain"));
        for (charset, body) in [("x-none", &b"\xc4\xe3"[..]), ("utf-7", b"+ZeVnLIqe-"), ("x-none", b"\x1b$B")]
        {
            let error = decode(charset, body).err().map(|error| error.message().to_owned());
            assert!(error.is_some_and(|error| error.contains(charset)), "{charset}");
        }
    }

    #[cfg(not(feature = "charset"))]
    #[test]
    fn without_the_feature_an_error_names_it() {
        let error = decode("gbk", b"\xc4\xe3\xba\xc3").err().map(|error| error.message().to_owned());
        assert!(error.is_some_and(|error| error.contains("`gbk`") && error.contains("feature `charset`")));
    }

    #[cfg(feature = "charset")]
    #[test]
    fn texts_are_read_in_their_charset() {
        let texts: [(&str, &[u8], &str); 5] = [
            ("GBK", b"\xc4\xe3\xba\xc3", "你好"),
            ("gb2312", b"\xc4\xe3", "你"),
            ("iso-8859-1", b"caf\xe9", "café"),
            ("Big5", b"\xa7A", "你"),
            ("utf-16", b"\xff\xfea\0", "a"),
        ];
        for (charset, body, text) in texts {
            assert_eq!(decode(charset, body).ok().as_deref(), Some(text), "{charset}");
        }
        assert!(decode("gbk", b"\xff\xff").is_err());
    }

    #[test]
    fn json_is_utf_8_unless_it_is_not() {
        for (charset, body) in
            [("iso-8859-1", "{\"é\":1}"), ("gbk", "{\"你\":1}"), ("gbk", "{}"), ("x-none", "\"é\"")]
        {
            assert!(is_utf8_json(charset, body.as_bytes()), "{charset} {body}");
        }
        for (charset, body) in [
            ("iso-2022-jp", &b"\"\x1b$BG-\x1b(B\""[..]),
            ("utf-7", b"\"+ZeVnLIqe-\""),
            ("HZ-GB-2312", b"\"~{<:Ky2;~}\""),
        ] {
            assert!(!is_utf8_json(charset, body), "{charset}");
            let read = decode(charset, body).ok();
            let right = (cfg!(feature = "charset") && charset == "iso-2022-jp").then_some("\"猫\"");
            assert_eq!(read.as_deref(), right, "{charset}");
        }
        assert!(is_utf8_json("iso-2022-jp", b"{}") && is_utf8_json("utf-16", b"[1]"));
        for body in [&b"\"\xc4\xe3\""[..], b"{\0}\0"] {
            assert!(!is_utf8_json("gbk", body), "{body:?}");
        }
        // A character of GBK, or another one of UTF-8.
        assert_eq!(is_utf8_json("gbk", b"\"\xc3\xa8\""), !cfg!(feature = "charset"));
    }

    #[cfg(feature = "charset")]
    #[test]
    fn the_gateways_words_are_read_in_their_charset() {
        use crate::answer::gateway_error::GatewayError;
        use crate::answer::reply::Reply;
        use crate::operation::Operation;
        use crate::operation::call_info::CallInfo;
        use crate::operation::method::Method;
        use crate::shown::hidden::Hidden;
        const GET: Operation = Operation::new("get", Method::GET, "/");
        let refusal = |body: &'static [u8]| {
            let mut head = http::Response::new(()).into_parts().0;
            head.headers
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=GBK"));
            let call = CallInfo::new(&GET, String::new(), 1);
            GatewayError::new(Reply::new(head, bytes::Bytes::from_static(body), call, Hidden::default()))
        };
        assert_eq!(refusal(b"{\"message\":\"\xc3\xa8\"}").message(), Some("猫"));
        assert!(refusal(b"<p>\xc4\xe3</p>").to_string().contains("<p>你</p>"));
    }
}
