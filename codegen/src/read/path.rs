//! Paths as documents write them: in comes the key of a path item with the parameters that are declared for it, out goes
//! a template of RFC 6570's simple (`{id}`) and reserved (`{+path}`) expressions, and the query that stands behind it.

/// A path that the runtime can fill.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    /// The path, its parameters in braces; `{+name}` takes several segments.
    pub(crate) text: String,
    /// The path's parameters, each once, in order.
    pub(crate) names: Vec<String>,
    /// The pairs of the query.
    pub(crate) query: Vec<Pair>,
    /// What was read as something else than what is written.
    pub(crate) notes: Vec<String>,
}

/// A pair of the query that a document writes behind a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pair {
    /// It is sent as it stands.
    Literal(String),
    /// A name, and the parameter that its value is.
    Parameter(String, String),
}

impl Template {
    /// Reads a path. `declared` are the parameters that the operation declares in its path. What is no template is text;
    /// braces that do not match have no parameter.
    pub(crate) fn read(path: &str, declared: &[&str]) -> Self {
        let (path, query) = split(path);
        let mut template = Self::default();
        let mut rest = path;
        while let Some((text, written, behind)) = next_expression(rest) {
            template.text(text, path, declared);
            template.expression(written, declared);
            rest = behind;
        }
        template.text(rest, path, declared);
        for written in query.split('&').filter(|pair| !pair.is_empty()) {
            template.pair(written);
        }
        template
    }

    /// The pairs that are sent as they stand, as a query has them.
    pub(crate) fn literal_query(&self) -> String {
        let literal = self.query.iter().filter_map(|pair| match pair {
            Pair::Literal(text) => Some(text.as_str()),
            Pair::Parameter(..) => None,
        });
        literal.collect::<Vec<_>>().join("&")
    }

    /// What stands between expressions. `:id` is how routers of Express, Gin and Rails write `{id}`.
    fn text(&mut self, text: &str, path: &str, declared: &[&str]) {
        let mut is_start = self.text.is_empty() || self.text.ends_with('/');
        for (index, segment) in text.split('/').enumerate() {
            if index > 0 {
                self.text.push('/');
                is_start = true;
            }
            let written = segment.strip_prefix(':').filter(|_| is_start);
            let name = written.map(|name| name.strip_suffix('?').unwrap_or(name));
            match name.filter(|name| declared.contains(name)) {
                Some(name) if !path.contains(&format!("{{{name}}}")) => {
                    let always = if segment.ends_with('?') { ", which is always sent" } else { "" };
                    self.notes.push(format!("`{segment}` is read as `{{{name}}}`{always}"));
                    self.parameter(name, false);
                }
                _ => self.text.push_str(segment),
            }
        }
    }

    /// A pair of the query: sent as it stands, or a parameter.
    fn pair(&mut self, written: &str) {
        let (name, value) = written.split_once('=').unwrap_or((written, written));
        match value.strip_prefix('{').and_then(|value| value.strip_suffix('}')) {
            Some(parameter) if !parameter.is_empty() => {
                let name = if name == value { parameter } else { name };
                self.query.push(Pair::Parameter(name.to_owned(), parameter.to_owned()));
            }
            _ if written.contains(['{', '}']) => {
                self.notes.push(format!("`{written}` of the query cannot be filled; it is left out"));
            }
            _ => self.query.push(Pair::Literal(written.to_owned())),
        }
    }

    /// What stands between braces: a name, and in routes of some frameworks how much of the path it takes.
    fn expression(&mut self, written: &str, declared: &[&str]) {
        // `{?a,b}` of RFC 6570 names parameters of the query, which say for themselves that they are.
        if written.starts_with(['?', '&']) && !declared.contains(&written) {
            return;
        }
        match route(written).filter(|_| !declared.contains(&written)) {
            Some((name, segments))
                if segments == Segments::Many || declared.contains(&name) || written.contains('/') =>
            {
                let much = match segments {
                    Segments::Many => ", of several segments",
                    Segments::One if written.ends_with('?') => ", which is always sent",
                    Segments::One => "",
                };
                self.notes.push(format!("`{{{written}}}` is read as the parameter `{name}`{much}"));
                self.parameter(name, segments == Segments::Many);
            }
            _ if written.is_empty() => self.text.push_str("{}"),
            _ => self.parameter(written, false),
        }
    }

    fn parameter(&mut self, name: &str, many: bool) {
        let sign = if many { "+" } else { "" };
        self.text.push_str(&format!("{{{sign}{name}}}"));
        if self.names.iter().any(|known| known == name) {
            self.notes
                .push(format!("`{{{name}}}` stands twice in the path: it is the same value in both places"));
        } else {
            self.names.push(name.to_owned());
        }
    }
}

/// How much of a path a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segments {
    One,
    Many,
}

/// A parameter as routers write it with what it takes: `{path:path}` (Starlette), `{proxy+}` (API gateways), `{*rest}` and
/// `{**rest}` (axum, ASP.NET), `{+rest}` (RFC 6570), `{rest...}` (Go), `{name=**}` (Google), `{id:int}`, `{id?}` and `{id:[0-9]+}` (ASP.NET, Gorilla).
fn route(written: &str) -> Option<(&str, Segments)> {
    let stars = written.trim_start_matches(['*', '+']);
    let end = stars.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(stars.len());
    let (name, rest) = stars.split_at(end);
    let segments = match (stars.len() < written.len(), rest) {
        (true, "") | (false, "+" | "..." | "*" | ":path" | "=**" | ":.*" | ":.+") => Segments::Many,
        (false, rest) if rest.starts_with([':', '=']) || rest == "?" => Segments::One,
        _ => return None,
    };
    (!name.is_empty()).then_some((name, segments))
}

/// A path, and the query behind it. A fragment says nothing to a server, and the sign in `/:id?/x` says that a router of Express
/// does without the segment.
fn split(path: &str) -> (&str, &str) {
    let outside =
        |text: &str, at: usize| text[..at].rfind('{').is_none_or(|open| text[open..at].contains('}'));
    let find =
        |text: &str, sign: char| text.match_indices(sign).map(|(at, _)| at).find(|at| outside(text, *at));
    let path = find(path, '#').map_or(path, |at| &path[..at]);
    let is_segment = |at: usize| {
        let start = path[..at].rfind('/').map_or(0, |slash| slash + 1);
        path[start..at].starts_with(':') && matches!(path[at + 1..].chars().next(), None | Some('/'))
    };
    let signs = path.match_indices('?').map(|(at, _)| at);
    match signs.filter(|at| outside(path, *at)).find(|at| !is_segment(*at)) {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (path, ""),
    }
}

/// The next braces of a path: the text before them, what is between them, and what is behind. Braces may stand inside, as in
/// `{id:[0-9]{3}}`, and a slash where it is part of an expression for a name, as in `{id:[^/]+}`.
fn next_expression(path: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = path.get(from..)?.find('{').map(|at| from + at) {
        let mut depth = 0_usize;
        let close = path.get(open..)?.char_indices().find_map(|(at, c)| {
            depth = depth.saturating_add((c == '{').into()).saturating_sub((c == '}').into());
            (depth == 0).then_some(open + at)
        });
        if let Some(close) = close
            && let Some(written) = path.get(open + 1..close)
            && (!written.contains('/') || route(written).is_some())
        {
            return Some((&path[..open], written, &path[close + 1..]));
        }
        from = open + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Pair, Template};

    fn read(path: &str, declared: &[&str]) -> (String, Vec<String>, usize) {
        let template = Template::read(path, declared);
        (template.text, template.names, template.notes.len())
    }

    #[test]
    fn templates_name_their_parameters_in_order() {
        assert_eq!(Template::read("/a/{b}/{c}.{d}/{b}", &[]).names, ["b", "c", "d"]);
        assert_eq!(Template::read("/a/{b/c}/{}/{d}", &[]).names, ["d"]);
        assert_eq!(read("/a/{b/c}/{}/{d}", &[]).0, "/a/{b/c}/{}/{d}");
    }

    #[test]
    fn queries_are_taken_apart() {
        let template = Template::read("/a?x={y}&beta=true#one", &[]);
        assert_eq!(template.text, "/a");
        let pairs = [Pair::Parameter("x".to_owned(), "y".to_owned()), Pair::Literal("beta=true".to_owned())];
        assert_eq!(template.query, pairs);
        assert_eq!(template.literal_query(), "beta=true");
        assert_eq!(read("/a{?x,y}", &[]), ("/a".to_owned(), vec![], 0));
        assert_eq!(read("/a/{x?}", &[]).1, ["x?"]);
    }

    #[test]
    fn braces_may_stand_inside_of_braces() {
        for (path, text) in [
            ("/s/{id:[0-9]{3}}/x", "/s/{id}/x"),
            ("/s/{id:[^/]+}", "/s/{id}"),
            ("/s/{id:a|{b}/{c}}", "/s/{id}"),
            ("/s/{id", "/s/{id"),
            ("/s/{a/{id}", "/s/{a/{id}"),
            ("/s/id}/{id}", "/s/id}/{id}"),
        ] {
            assert_eq!(read(path, &["id"]).0, text, "{path}");
        }
        assert_eq!(read("/s/{a/{id}", &["id"]).1, ["id"]);
        assert_eq!(read("/s/{id:[^/]+}", &[]).1, ["id"]);
    }

    #[test]
    fn what_a_query_cannot_be_filled_with_is_told() {
        let template = Template::read("/q?a=pre{x}&{y}&b", &[]);
        assert_eq!((template.notes.len(), template.literal_query()), (1, "b".to_owned()));
        assert_eq!(template.query.first(), Some(&Pair::Parameter("y".to_owned(), "y".to_owned())));
    }

    #[test]
    fn routes_of_frameworks_are_templates() {
        let one = |name: &str| vec![name.to_owned()];
        for written in ["{p:path}", "{p+}", "{*p}", "{**p}", "{p...}", "{p=**}", "{+p}"] {
            assert_eq!(
                read(&format!("/f/{written}"), &["p"]),
                ("/f/{+p}".to_owned(), one("p"), 1),
                "{written}"
            );
            // What is declared under the whole name is that.
            let name = written.trim_matches(['{', '}']);
            assert_eq!(read(&format!("/f/{written}"), &[name]).1, one(name), "{written}");
        }
        assert_eq!(read("/f/{id:[0-9]+}", &["id"]), ("/f/{id}".to_owned(), one("id"), 1));
        assert_eq!(read("/f/{id:int}", &[]), ("/f/{id:int}".to_owned(), one("id:int"), 0));
        assert_eq!(read("/apps/:key/x", &["key"]), ("/apps/{key}/x".to_owned(), one("key"), 1));
        assert_eq!(read("/a/:key?/x?y=1", &["key"]), ("/a/{key}/x".to_owned(), one("key"), 1));
        assert_eq!(read("/a/:key?", &["key"]).0, "/a/{key}");
        assert_eq!(read("/a/{key?}", &["key"]), ("/a/{key}".to_owned(), one("key"), 1));
        assert_eq!(read("/a/{key}/{key}", &["key"]), ("/a/{key}/{key}".to_owned(), one("key"), 1));
        assert_eq!(read("/apps/:key", &[]), ("/apps/:key".to_owned(), vec![], 0));
        assert_eq!(read("/apps/{id}:copy", &["copy"]), ("/apps/{id}:copy".to_owned(), one("id"), 0));
    }
}
