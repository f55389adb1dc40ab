//! Which operation an exchange is of. In come an exchange and the calls that a client has, out comes the call with the texts
//! of its path's parameters. Reads no schema.

use super::exchange::Exchange;
use cloudrun_codegen::Call;
use std::collections::BTreeMap;

/// The call whose path and method are those of the exchange, and what stands for its path's parameters, decoded. Where several
/// paths match, the one that says most literally.
pub(super) fn matching<'c>(
    calls: &'c [Call],
    exchange: &Exchange,
) -> Option<(&'c Call, BTreeMap<String, String>)> {
    let path = |call: &'c Call| {
        let is_of_query = call.query.split('&').filter(|pair| !pair.is_empty()).all(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            exchange
                .query
                .iter()
                .any(|(known, values)| known == name && values.iter().any(|known| known == value))
        });
        let found = is_of_query.then(|| template(&call.path, &exchange.path)).flatten()?;
        Some((call, found))
    };
    let of_method = calls.iter().filter(|call| call.http_method == exchange.method);
    of_method.filter_map(path).max_by_key(|(call, _)| literal(&call.path) + call.query.len())
}

/// How much of a template is no parameter.
fn literal(template: &str) -> usize {
    let parameters: usize =
        template.split('{').skip(1).filter_map(|rest| rest.find('}')).map(|end| end + 2).sum();
    template.len().saturating_sub(parameters)
}

/// What stands for a template's parameters in a path, if it is of that template.
fn template(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let Some((head, rest)) = template.split_once('{') else {
        return (template.trim_end_matches('/') == path.trim_end_matches('/')).then(BTreeMap::new);
    };
    let (name, rest) = rest.split_once('}')?;
    let (name, takes_slashes) = name.strip_prefix('+').map_or((name, false), |name| (name, true));
    let path = path.strip_prefix(head)?;
    let end = if takes_slashes { path.len() } else { path.find('/').unwrap_or(path.len()) };
    // The longest first, as URI templates are read.
    let ends = (1..=end).rev().filter(|end| path.is_char_boundary(*end));
    for end in ends {
        if let Some(mut found) = self::template(rest, &path[end..]) {
            found.insert(name.to_owned(), decoded(&path[..end]));
            return Some(found);
        }
    }
    None
}

/// Without percent encoding.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let hex = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(hex.unwrap_or(*byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn parameters_are_told_from_what_is_literal() {
        let found = template("/a/{x}/b{y}", "/a/1%202/b;y=3").unwrap_or_default();
        assert_eq!((found["x"].as_str(), found["y"].as_str()), ("1 2", ";y=3"));
        assert_eq!(template("/a/{x}", "/a/1/2"), None);
        assert_eq!(template("/a/{+x}", "/a/1/2").unwrap_or_default()["x"], "1/2");
    }
}
