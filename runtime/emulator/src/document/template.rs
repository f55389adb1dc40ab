use regex::Regex;

/// A path with parameters in braces, each for one or more characters of a segment.
pub(super) struct Template {
    pattern: Option<Regex>,
    /// How many characters are not of parameters.
    pub(super) literal: usize,
}

impl Template {
    pub(super) fn read(path: &str) -> Self {
        let (mut pattern, mut literal) = (String::from("^"), 0);
        let mut text = |pattern: &mut String, text: &str| {
            pattern.push_str(&regex::escape(text));
            literal += text.len();
        };
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            text(&mut pattern, before);
            pattern.push_str(if name.starts_with('+') { ".+" } else { "[^/]+" });
            rest = after;
        }
        text(&mut pattern, rest);
        pattern.push('$');
        // A path too long for a pattern fits nothing.
        Self { pattern: Regex::new(&pattern).ok(), literal }
    }

    pub(super) fn fits(&self, path: &str) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(path))
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn parameters_stay_in_their_segment() {
        let fits = |template, path| Template::read(template).fits(path);
        assert!(fits("/pets/{id}", "/pets/7"));
        assert!(fits("/files/{name}.{format}", "/files/a.b.json"));
        assert!(fits("/pets/{id}:copy", "/pets/a:b:copy"));
        assert!(!fits("/pets/{id}", "/pets/7/toys"));
        assert!(!fits("/pets/{id}", "/pets/"));
        assert!(!fits("/pets", "/pets/"));
        assert!(fits("/files/{+path}", "/files/a/b.txt") && !fits("/files/{+path}", "/files/"));
        assert!(Template::read("/pets/mine").literal > Template::read("/pets/{id}").literal);
    }
}
