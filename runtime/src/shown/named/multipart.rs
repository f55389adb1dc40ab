//! Secrets in bodies of several parts, by the names of these.

use super::{Found, is_secret};
use crate::shown::line::floor;

/// How long the name of a part is, and its head from there on. What is longer is no part that anybody wrote.
const NAME: usize = 64;
const HEAD: usize = 1 << 10;

/// The parts of a multipart body whose names say so (RFC 7578). Without its boundary, a part ends before a line that could be one.
/// `lower` is the body in lower case, since what names a part may be written in any.
pub(super) fn parts<'a>(media_type: &str, body: &'a str, lower: &str, found: &mut Vec<Found<'a>>) {
    let boundary = media_type.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let boundary = boundary.filter(|(name, _)| name.eq_ignore_ascii_case("boundary")).map(|(_, value)| value);
    let end = format!("\n--{}", boundary.last().unwrap_or_default().trim_matches('"'));
    let mut at = 0;
    while let Some(next) = lower.get(at..).and_then(|rest| rest.find("name=")) {
        at += next + "name=".len();
        let after = body.get(at..).unwrap_or_default();
        let name = after.get(..floor(after, NAME)).unwrap_or_default().trim_start_matches('"');
        if !is_secret(name.split(['"', ';', '\r', '\n']).next().unwrap_or_default()) {
            continue;
        }
        let head = after.get(..floor(after, HEAD)).unwrap_or_default();
        let blank = ["\r\n\r\n", "\n\n"].iter().find_map(|blank| Some(head.find(blank)? + blank.len()));
        if let Some(blank) = blank {
            let value = after.get(blank..).unwrap_or_default();
            let value = value.get(..value.find(&end).unwrap_or(value.len())).unwrap_or_default();
            found.push(Found::Here(value.trim_end_matches('\r')));
            at += blank + value.len();
        }
    }
}
