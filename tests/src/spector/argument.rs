//! The values of an operation's parameters. In come the texts of an exchange and what the document says of a parameter, out
//! comes the value as JSON: lists and objects taken apart by their style, scalars by their type. Reads the document for
//! itself, and knows nothing of the generator.

use super::document::Document;
use super::exchange::Exchange;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The parameters of an operation.
pub(super) struct Parameters<'d> {
    tree: &'d Value,
    operation: &'d Value,
    found: Vec<&'d Value>,
    /// The query that the path is written with.
    query: String,
}

/// How the texts of a list or an object are kept apart.
struct Style<'t> {
    style: &'t str,
    explode: bool,
}

impl<'d> Parameters<'d> {
    /// Those of the operation at a path and a method, its server's path taken off.
    pub(super) fn of(document: &'d Document, path: &str, query: &str, method: &str) -> Self {
        let tree = &document.tree;
        let path = path.strip_prefix(document.base.as_str()).unwrap_or(path).replace("{+", "{");
        let is_it = |key: &str| {
            let (own, own_query) = key.split_once('?').unwrap_or((key, ""));
            own == path && own_query == query
        };
        let items = tree["paths"].as_object().into_iter().flatten();
        let item = items.filter(|(key, _)| is_it(key)).map(|(_, item)| item).next();
        let item = item.unwrap_or(&Value::Null);
        let operation = &item[method.to_ascii_lowercase()];
        let lists = [&operation["parameters"], &item["parameters"]];
        let all = lists.into_iter().filter_map(Value::as_array).flatten();
        let found = all.map(|parameter| resolved(tree, parameter)).collect();
        Self { tree, operation, found, query: query.to_owned() }
    }

    /// Whether a media type is documented for some answer.
    pub(super) fn is_answered(&self, media_type: &str) -> bool {
        let mut answers = self.operation["responses"].as_object().into_iter().flatten();
        answers.any(|(_, answer)| resolved(self.tree, answer)["content"].get(media_type).is_some())
    }

    /// The value that an exchange has for a parameter, and the names of the query that it takes. `None` if it has none.
    pub(super) fn value(
        &self,
        location: &str,
        name: &str,
        exchange: &Exchange,
        path: &BTreeMap<String, String>,
    ) -> Option<(Value, Vec<String>)> {
        let is_it = |parameter: &&&Value| {
            let own = parameter["name"].as_str().unwrap_or_default();
            let is_same = if location == "header" { own.eq_ignore_ascii_case(name) } else { own == name };
            is_same && parameter["in"] == *location
        };
        let parameter = self.found.iter().find(is_it)?;
        let schema = resolved(self.tree, &parameter["schema"]);
        let style = Style::of(parameter, location);
        match location {
            "path" => Some((self.path(name, path.get(name)?, schema, &style), Vec::new())),
            "header" => Some((
                self.joined(exchange.header(&name.to_ascii_lowercase())?, ",", schema, &style),
                Vec::new(),
            )),
            "query" => self.query(name, schema, &style, exchange),
            _ => None,
        }
    }

    fn path(&self, name: &str, text: &str, schema: &Value, style: &Style<'_>) -> Value {
        let (text, separator) = match style.style {
            "label" => (text.trim_start_matches('.').to_owned(), if style.explode { "." } else { "," }),
            "matrix" => {
                let text = text.trim_start_matches(';');
                let named = format!("{name}=");
                let is_list = self.kind(schema) == "array";
                match style.explode {
                    true if is_list => {
                        let items = text.split(';').map(|item| item.strip_prefix(&named).unwrap_or(item));
                        (items.collect::<Vec<_>>().join(";"), ";")
                    }
                    true if self.kind(schema) == "object" => (text.to_owned(), ";"),
                    _ => (text.strip_prefix(&named).unwrap_or(text).to_owned(), ","),
                }
            }
            _ => (text.to_owned(), ","),
        };
        self.joined(&text, separator, schema, style)
    }

    fn query(
        &self,
        name: &str,
        schema: &Value,
        style: &Style<'_>,
        exchange: &Exchange,
    ) -> Option<(Value, Vec<String>)> {
        let is_object = self.kind(schema) == "object";
        if is_object && (style.explode || style.style == "deepObject") {
            return self.members(name, schema, style, exchange);
        }
        let (_, texts) = exchange.query.iter().find(|(known, _)| known == name)?;
        let first = texts.first().map(String::as_str).unwrap_or_default();
        let value = match style.style {
            "form" if style.explode && self.kind(schema) == "array" => {
                let items = resolved(self.tree, &schema["items"]);
                Value::Array(texts.iter().map(|text| self.scalar(text, items)).collect())
            }
            "spaceDelimited" => self.joined(first, " ", schema, style),
            "pipeDelimited" => self.joined(first, "|", schema, style),
            _ => self.joined(first, ",", schema, style),
        };
        Some((value, vec![name.to_owned()]))
    }

    /// An object whose members stand in the query by themselves.
    fn members(
        &self,
        name: &str,
        schema: &Value,
        style: &Style<'_>,
        exchange: &Exchange,
    ) -> Option<(Value, Vec<String>)> {
        let own = |key: &str| match style.style {
            "deepObject" => key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']').map(str::to_owned),
            _ => {
                let is_literal = self.query.split('&').any(|pair| pair.split('=').next() == Some(key));
                let is_other = self.found.iter().any(|other| other["in"] == "query" && other["name"] == *key);
                let is_named = schema["properties"].get(key).is_some();
                let is_open = !further(schema).is_null() && !is_other && !is_literal;
                (is_named || is_open).then(|| key.to_owned())
            }
        };
        let (mut members, mut taken) = (Map::new(), Vec::new());
        for (key, texts) in &exchange.query {
            let (Some(member), Some(text)) = (own(key), texts.first()) else { continue };
            let value = self.scalar(text, self.member(schema, &member));
            members.insert(member, value);
            taken.push(key.clone());
        }
        (!members.is_empty()).then_some((Value::Object(members), taken))
    }

    /// A value whose items stand in one text.
    fn joined(&self, text: &str, separator: &str, schema: &Value, style: &Style<'_>) -> Value {
        match self.kind(schema) {
            "array" => {
                let items = resolved(self.tree, &schema["items"]);
                Value::Array(text.split(separator).map(|text| self.scalar(text, items)).collect())
            }
            "object" => {
                let pieces: Vec<&str> = text.split(separator).collect();
                let pairs: Vec<(&str, &str)> = match style.explode {
                    true => pieces.iter().filter_map(|piece| piece.split_once('=')).collect(),
                    false => {
                        pieces.chunks(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
                    }
                };
                let member = |(name, text): (&str, &str)| {
                    (name.to_owned(), self.scalar(text, self.member(schema, name)))
                };
                Value::Object(pairs.into_iter().map(member).collect())
            }
            _ => self.scalar(text, schema),
        }
    }

    fn member<'s>(&'s self, schema: &'s Value, name: &str) -> &'s Value {
        let named = schema["properties"].get(name);
        resolved(self.tree, named.unwrap_or(further(schema)))
    }

    /// A scalar by its type; of several types the first that the text is of.
    fn scalar(&self, text: &str, schema: &Value) -> Value {
        let read = |kind: &str| -> Option<Value> {
            match kind {
                "integer" | "number" => text.parse::<serde_json::Number>().ok().map(Value::Number),
                "boolean" => text.parse::<bool>().ok().map(Value::Bool),
                _ => None,
            }
        };
        let whole = || Value::from(text);
        let variants = ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema[*key].as_array()).flatten();
        let variants: Vec<&Value> = variants.map(|variant| resolved(self.tree, variant)).collect();
        let kinds = kinds(schema);
        let own = kinds.iter().find_map(|kind| read(kind));
        let of_variant =
            || variants.iter().map(|variant| self.scalar(text, variant)).find(|value| !value.is_string());
        own.or_else(of_variant).unwrap_or_else(whole)
    }

    /// The first type of a schema that is not null.
    fn kind(&self, schema: &Value) -> &'static str {
        let kinds = kinds(schema);
        let is = |kind: &str| kinds.contains(&kind);
        if is("array") {
            "array"
        } else if is("object") || (kinds.is_empty() && schema.get("properties").is_some()) {
            "object"
        } else {
            ""
        }
    }
}

impl<'t> Style<'t> {
    fn of(parameter: &'t Value, location: &str) -> Self {
        let usual = if location == "query" || location == "cookie" { "form" } else { "simple" };
        let style = parameter["style"].as_str().unwrap_or(usual);
        Self { style, explode: parameter["explode"].as_bool().unwrap_or(style == "form") }
    }
}

/// The schema of members that an object does not name.
fn further(schema: &Value) -> &Value {
    schema.get("additionalProperties").unwrap_or(&schema["unevaluatedProperties"])
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What a reference leads to.
fn resolved<'d>(tree: &'d Value, node: &'d Value) -> &'d Value {
    let Some(reference) = node.get("$ref").and_then(Value::as_str) else { return node };
    let target = reference.strip_prefix('#').and_then(|pointer| tree.pointer(pointer));
    target.map_or(&Value::Null, |target| resolved(tree, target))
}
