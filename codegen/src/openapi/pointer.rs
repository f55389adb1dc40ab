//! JSON pointers (RFC 6901): the one place that escapes and unescapes their tokens.

/// The pointer of a member.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    let mut child = String::with_capacity(pointer.len() + key.len() + 1);
    child.push_str(pointer);
    child.push('/');
    for c in key.chars() {
        match c {
            '~' => child.push_str("~0"),
            '/' => child.push_str("~1"),
            other => child.push(other),
        }
    }
    child
}

/// The pointer that leads down these keys.
pub(crate) fn join(keys: &[&str]) -> String {
    keys.iter().fold(String::new(), |pointer, key| child(&pointer, key))
}

/// A token as the key that it means.
pub(crate) fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The keys on the way, outermost first.
pub(crate) fn keys(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(unescape)
}

/// The pointer of the parent, and the key in it; the whole document has neither.
pub(crate) fn split(pointer: &str) -> Option<(&str, String)> {
    pointer.rsplit_once('/').map(|(parent, token)| (parent, unescape(token)))
}

/// The last key of a pointer or a reference.
pub(crate) fn last(pointer: &str) -> String {
    unescape(pointer.rsplit('/').next().unwrap_or(pointer))
}

#[cfg(test)]
mod tests {
    use super::{child, join, keys, last, split};

    #[test]
    fn every_key_comes_back_from_its_token() {
        for key in ["", "a", "/pets/{id}", "~", "~1", "~01", "a/b~c", "宠物"] {
            let pointer = child("/paths", key);
            assert_eq!(split(&pointer), Some(("/paths", key.to_owned())));
            assert_eq!(last(&pointer), key);
            assert_eq!(keys(&pointer).collect::<Vec<_>>(), ["paths", key]);
        }
        assert_eq!(join(&["a/b", "c"]), "/a~1b/c");
        assert_eq!(split(""), None);
    }
}
