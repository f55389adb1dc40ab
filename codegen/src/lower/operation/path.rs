//! Path templates: which parameters a path really has.

/// The names in `/pets/{id}/photos/{photoId}`, in order. A template whose braces do not match has what can be read.
pub(super) fn parameters(template: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for segment in template.split('/') {
        let mut rest = segment;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
            let name = rest[open + 1..close].to_owned();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
            rest = &rest[close + 1..];
        }
    }
    names
}

/// A path without its query and fragment, which some documents have.
pub(super) fn without_query(path: &str) -> &str {
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let inside = path[..end].rfind('{') > path[..end].rfind('}');
    if inside { path } else { &path[..end] }
}

#[cfg(test)]
mod tests {
    use super::{parameters, without_query};

    #[test]
    fn templates_name_their_parameters_in_order() {
        assert_eq!(parameters("/a/{b}/{c}.{d}/{b}"), ["b", "c", "d"]);
        assert_eq!(parameters("/a/{b/c}/{}/{d}"), ["d"]);
        assert_eq!(without_query("/a?x={y}"), "/a");
    }
}
