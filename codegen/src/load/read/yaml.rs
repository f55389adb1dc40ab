//! The only file that knows `serde_yaml`, which its author no longer maintains.

use super::json::{SyntaxError, without_position};
use super::tree::{Earlier, tree};
use serde_json::Value;

pub(super) fn parse(text: &str) -> Result<(Value, Vec<Earlier>), SyntaxError> {
    tree(serde_yaml::Deserializer::from_str(text)).map_err(|error| SyntaxError {
        message: format!("not valid YAML: {}", without_position(&error.to_string())),
        line: error.location().map(|location| (location.line(), location.column())),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn parse(text: &str) -> Option<Value> {
        super::parse(text).ok().map(|(tree, _)| tree)
    }

    #[test]
    fn yaml_follows_the_core_schema_of_1_2() {
        let tree = parse("{a: no, b: on, d: 1_000, e: ~, 200: ok, f: .inf, g: 99999999999999999999}");
        let expected =
            json!({"a": "no", "b": "on", "d": "1_000", "e": null, "200": "ok", "f": ".inf", "g": 1e20});
        assert_eq!(tree, Some(expected));
    }

    #[test]
    fn keys_are_what_is_written() {
        let tree = parse("{1.10: a, 0x10: b, True: c, null: d, 012: e}");
        assert_eq!(tree, Some(json!({"1.10": "a", "0x10": "b", "True": "c", "null": "d", "012": "e"})));
    }

    #[test]
    fn merge_keys_are_applied() {
        let tree = parse("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}");
        assert_eq!(tree, Some(json!({"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}})));
    }

    #[test]
    fn members_whose_keys_come_again_are_handed_out() {
        let found = super::parse("a: [{b: 1, c: 2, b: 3}]\na: {c: 5, c: 6}\n").ok();
        let found = found.map(|(tree, earlier)| {
            let earlier: Vec<_> = earlier.iter().map(|one| (one.pointer(), one.value.clone())).collect();
            (tree, earlier)
        });
        let earlier = vec![
            ("/a/0/b".to_owned(), json!(1)),
            ("/a/c".to_owned(), json!(5)),
            ("/a".to_owned(), json!([{"b": 3, "c": 2}])),
        ];
        assert_eq!(found, Some((json!({"a": {"c": 6}}), earlier)));
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..30 {
            let alias = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 9].join(", ")));
        }
        assert!(super::parse(&bomb).is_err());
    }

    #[test]
    fn a_syntax_error_has_its_line() {
        let error = super::parse("a:\n  - b\n c").err();
        assert_eq!(error.and_then(|error| error.line).map(|(line, _)| line), Some(3));
    }
}
