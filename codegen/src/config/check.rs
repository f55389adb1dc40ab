//! Whether options can be used. In come options and, once it is read, what the document has; out go errors that name the
//! option. The one place where options are checked, for whoever gives them.

use super::Options;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde_json::Value;
use std::collections::BTreeSet;

/// How alike two names are, from 0 to 1, that one may be meant by the other.
const ALIKE: f64 = 0.8;

/// Checks what can be checked without the document.
pub(crate) fn check_alone(options: &Options, document: &Place, diagnostics: &mut Diagnostics) {
    let mut error = |message: String, help: &str| {
        diagnostics.push(Diagnostic::error(Code::Options, document.clone(), message).help(help));
    };
    if !is_service(&options.service) {
        let message = format!("`{}` is no CloudRun service name", options.service);
        error(message, "2 to 60 letters, digits, `_` and `-`; a letter first, a letter or digit last");
    }
    let types = &options.types;
    let replaced = types.replace.iter().map(|(of, path)| (format!("the option `replace` of `{of}`"), path));
    let formats = types
        .replace_format
        .iter()
        .map(|(of, path)| (format!("the option `replace_format` of `{of}`"), path));
    for (option, path) in replaced.chain(formats) {
        if syn::parse_str::<syn::Path>(path).is_err() {
            error(format!("{option}: `{path}` is no path of a Rust type"), "`crate::Money` is one");
        }
    }
    for path in &types.derives {
        if syn::parse_str::<syn::Path>(path).is_err() {
            let message = format!("the option `derives`: `{path}` is no path of a Rust trait");
            error(message, "`Eq` and `serde::Serialize` are such paths");
        }
    }
}

/// `^[a-zA-Z][a-zA-Z0-9_-]{0,58}[a-zA-Z0-9]$`, as CloudBase has it.
fn is_service(name: &str) -> bool {
    let bytes = name.as_bytes();
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (2..=60).contains(&bytes.len())
        && bytes[0].is_ascii_alphabetic()
        && bytes[bytes.len() - 1].is_ascii_alphanumeric()
        && bytes.iter().all(inner)
}

/// What a document has that options can name.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    /// Its named schemas.
    pub(crate) schemas: BTreeSet<&'a str>,
    /// The ids of its operations, those that are made up among them.
    pub(crate) operations: BTreeSet<&'a str>,
    /// The formats of its values.
    pub(crate) formats: BTreeSet<String>,
}

impl Found<'_> {
    /// All that stands under `format` in a document, if any option asks for formats.
    pub(crate) fn formats(options: &Options, document: &Value) -> BTreeSet<String> {
        let mut formats = BTreeSet::new();
        let mut queue = Vec::new();
        if !options.types.replace_format.is_empty() {
            queue.push(document);
        }
        while let Some(value) = queue.pop() {
            match value {
                Value::Object(members) => {
                    formats.extend(members.get("format").and_then(Value::as_str).map(str::to_owned));
                    queue.extend(members.values());
                }
                Value::Array(items) => queue.extend(items),
                _ => {}
            }
        }
        formats
    }
}

/// Checks that what options name is in the document: an option that does nothing is misspelt, or left from another time.
pub(crate) fn check_against(
    options: &Options,
    found: &Found<'_>,
    document: &Place,
    diagnostics: &mut Diagnostics,
) {
    let mut check = |option: &str, kind: &str, name: &str, there: &BTreeSet<&str>| {
        if there.contains(name) {
            return;
        }
        let message =
            format!("the option `{option}` names the {kind} `{name}`, which the document does not have");
        let error = Diagnostic::error(Code::Options, document.clone(), message);
        diagnostics.push(match alike(name, there) {
            Some(other) => error.help(format!("did you mean `{other}`?")),
            None => error.help("remove the option, or name what there is"),
        });
    };
    for name in options.types.replace.keys() {
        check("replace", "schema", name, &found.schemas);
    }
    for name in options.pagination.keys() {
        check("pagination", "operation", name, &found.operations);
    }
    let formats = found.formats.iter().map(String::as_str).collect();
    for name in options.types.replace_format.keys() {
        check("replace_format", "format", name, &formats);
    }
}

/// The name that is most like another, if any is like it at all.
fn alike<'a>(name: &str, there: &BTreeSet<&'a str>) -> Option<&'a str> {
    let likeness = |other: &&str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let best = there.iter().copied().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(&best) >= ALIKE).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::{Found, check_against, check_alone};
    use crate::config::{Options, Pagination};
    use crate::diagnostic::{Code, Diagnostics, Place};

    fn place() -> Place {
        Place::file(&"openapi.yaml".into())
    }

    fn alone(options: &Options) -> Vec<String> {
        let mut diagnostics = Diagnostics::default();
        check_alone(options, &place(), &mut diagnostics);
        assert!(diagnostics.iter().all(|error| error.code == Code::Options));
        diagnostics.iter().map(|error| error.message.clone()).collect()
    }

    #[test]
    fn a_service_has_a_name_that_cloudbase_takes() {
        for name in ["ab", "a-b_c", "A1", &"a".repeat(60)] {
            assert!(alone(&Options::new(name)).is_empty(), "{name}");
        }
        for name in ["", "a", "1a", "a-", "_a", "a b", "服务", "../a", &"a".repeat(61)] {
            assert_eq!(alone(&Options::new(name)).len(), 1, "{name}");
        }
    }

    #[test]
    fn each_path_that_is_none_is_named_with_its_option() {
        let mut options = Options::new("shop");
        options.types.replace.insert("Money".to_owned(), "crate::Mo ney".to_owned());
        options.types.replace.insert("Name".to_owned(), "std::sync::Arc<str>".to_owned());
        options.types.replace_format.insert("iban".to_owned(), "fn".to_owned());
        options.types.derives = vec!["Eq".to_owned(), "1".to_owned()];
        let found = alone(&options);
        assert_eq!(found.len(), 3, "{found:?}");
        for (message, named) in
            found.iter().zip(["`replace` of `Money`", "`replace_format` of `iban`", "`derives`: `1`"])
        {
            assert!(message.contains(named), "{message}");
        }
    }

    #[test]
    fn what_names_nothing_is_an_error_with_what_may_be_meant() {
        let mut options = Options::new("shop");
        for name in ["Produkt", "Order", "Zebra"] {
            options.types.replace.insert(name.to_owned(), "crate::Own".to_owned());
        }
        options.types.replace_format.insert("ibann".to_owned(), "crate::Iban".to_owned());
        let pagination = Pagination::Link { items: None };
        options.pagination.insert("listProduct".to_owned(), pagination.clone());
        options.pagination.insert("get orders".to_owned(), pagination);
        let document = serde_json::json!({"a": [{"format": "iban"}, {"format": 3}]});
        let found = Found {
            schemas: ["Product", "Order"].into(),
            operations: ["listProducts", "get orders"].into(),
            formats: Found::formats(&options, &document),
        };
        let mut diagnostics = Diagnostics::default();
        check_against(&options, &found, &place(), &mut diagnostics);
        let help: Vec<_> =
            diagnostics.iter().map(|error| (error.code, error.help.clone().unwrap_or_default())).collect();
        let expected = [
            "did you mean `Product`?",
            "remove the option, or name what there is",
            "did you mean `listProducts`?",
            "did you mean `iban`?",
        ];
        assert_eq!(help, expected.map(|help| (Code::Options, help.to_owned())));
    }
}
