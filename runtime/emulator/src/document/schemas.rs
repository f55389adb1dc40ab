//! A document's schemas as JSON Schema 2020-12, for a validator that knows nothing of OpenAPI.

use super::cost::is_bearable;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Registry, Retrieve, Uri, Validator};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// How often a pattern that looks around or back may turn out to be on the wrong track; others are linear in the text.
const PATTERN_STEPS: usize = 20_000;

const ROOT: &str = "doc:///";
const STACK_BYTES: usize = 256 << 20;
/// How many findings are told of one value.
const FINDINGS: usize = 20;

/// The schemas of a document by their pointers, for checks of values by a validator that was not written with the generator.
///
/// ```
/// use cloudrun_emulator::Schemas;
/// use serde_json::json;
/// let document = json!({"openapi": "3.0.3", "components": {"schemas": {
///     "Age": {"type": "integer", "minimum": 0, "nullable": true}
/// }}});
/// let schemas = Schemas::new(&document, ".".into(), "openapi.json");
/// assert!(schemas.is_valid("/components/schemas/Age", &json!(null)));
/// assert_eq!(schemas.findings("/components/schemas/Age", &json!(-1)).len(), 1);
/// ```
pub struct Schemas {
    tree: Value,
    file: String,
    registry: Option<Registry<'static>>,
    validators: Mutex<HashMap<String, Option<Arc<Validator>>>>,
}

impl Schemas {
    /// The schemas of a document of this name. Those of a document on which a check could take for ever are not read. Other files that it refers to are read from the folder.
    pub fn new(tree: &Value, folder: PathBuf, file: &str) -> Self {
        let tree = json_schema(tree.clone());
        let uri = format!("{ROOT}{file}");
        let prepare = || {
            Registry::new()
                .draft(Draft::Draft202012)
                .retriever(Folder(folder))
                .add(uri.as_str(), tree.clone())
                .and_then(jsonschema::RegistryBuilder::prepare)
                .ok()
        };
        let registry = is_bearable(&tree).then(prepare).flatten();
        Self { tree, file: file.to_owned(), registry, validators: Mutex::default() }
    }

    /// Whether a value is valid against the schema at a pointer. A schema that the validator cannot read has no valid
    /// values.
    pub fn is_valid(&self, pointer: &str, value: &Value) -> bool {
        self.validator(pointer)
            .is_some_and(|validator| validator.is_valid(value) || self.findings(pointer, value).is_empty())
    }

    /// What is wrong with a value of the schema at a pointer. Of a schema that the validator cannot read nothing is known.
    pub fn findings(&self, pointer: &str, value: &Value) -> Vec<String> {
        let Some(validator) = self.validator(pointer) else { return Vec::new() };
        // A pattern that takes too long on a text says nothing of it.
        let is_finding =
            |kind: &ValidationErrorKind| !matches!(kind, ValidationErrorKind::BacktrackLimitExceeded { .. });
        let errors = validator.iter_errors(value).filter(|error| is_finding(error.kind()));
        errors
            .take(FINDINGS)
            .map(|error| {
                let place = error.instance_path().to_string();
                format!("{}: {error}", if place.is_empty() { "/" } else { place.as_str() })
            })
            .collect()
    }

    /// The members of a value that the schema at a pointer declares, by their pointers in the value: those that a
    /// `properties`, `patternProperties` or `additionalProperties` applies to which the value is valid against.
    pub fn declared(&self, pointer: &str, value: &Value) -> BTreeSet<String> {
        let Some(validator) = self.validator(pointer) else { return BTreeSet::new() };
        let evaluation = validator.evaluate(value);
        let declared = evaluation.iter_annotations().flat_map(|entry| {
            let keyword = entry.schema_location.rsplit('/').next().unwrap_or_default();
            let is_of_members =
                ["properties", "patternProperties", "additionalProperties", "unevaluatedProperties"]
                    .contains(&keyword);
            let names = entry.annotations.value().as_array().filter(|_| is_of_members);
            let names = names.into_iter().flatten().filter_map(Value::as_str);
            let parent = entry.instance_location.as_str();
            names
                .map(|name| format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1")))
                .collect::<Vec<_>>()
        });
        declared.collect()
    }

    /// The document as the validator reads it: its schemas are JSON Schema 2020-12.
    pub fn json_schema(&self) -> &Value {
        &self.tree
    }

    fn validator(&self, pointer: &str) -> Option<Arc<Validator>> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = validators.get(pointer) {
            return known.clone();
        }
        let target = fragment(&translated(&self.tree, pointer));
        let reference = json!({"$ref": format!("{ROOT}{}#{target}", self.file)});
        let validator = self.registry.as_ref().and_then(|registry| {
            let options = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(registry)
                .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(PATTERN_STEPS))
                .should_validate_formats(true);
            with_stack(|| options.build(&reference).ok()).map(Arc::new)
        });
        validators.insert(pointer.to_owned(), validator.clone());
        validator
    }
}

/// Schemas may nest deep by way of each other, and the validator follows them down: on a thread with room for that.
fn with_stack<T: Send>(run: impl FnOnce() -> Option<T> + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run);
        thread.ok()?.join().ok().flatten()
    })
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Reads files of a tree of documents.
struct Folder(PathBuf);

impl Retrieve for Folder {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let path = percent_encoding::percent_decode_str(uri.path().as_str()).decode_utf8()?.into_owned();
        if uri.scheme().as_str() != "doc" {
            return Err("only files of the tree are read".into());
        }
        let tree = cloudrun_codegen::read(&self.0.join(path.trim_start_matches('/')))
            .map_err(|error| error.to_string())?;
        Ok(json_schema(tree))
    }
}

fn fragment(pointer: &str) -> String {
    const ALLOWED: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'~');
    percent_encoding::utf8_percent_encode(pointer, ALLOWED).to_string()
}

/// The mark of a schema that was wrapped to allow `null`: its own keywords are one level further down.
const WRAPPED: &str = "x-wrapped";

/// What 3.0 and 2.0 write in their own way, in JSON Schema's.
fn json_schema(mut tree: Value) -> Value {
    let is_31 = |version: &str| version.starts_with("3.1") || version.starts_with("3.2");
    if !tree.get("openapi").and_then(Value::as_str).is_some_and(is_31) {
        rewrite(&mut tree);
    }
    kinds(&mut tree);
    let original = tree.clone();
    references(&mut tree, &original);
    tree
}

fn rewrite(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
                match members.get(key) {
                    Some(Value::Bool(true)) => {
                        if let Some(number) = members.remove(bound) {
                            members.insert(key.to_owned(), number);
                        }
                    }
                    Some(Value::Bool(false)) => {
                        members.remove(key);
                    }
                    _ => {}
                }
            }
            // 3.0.3: what stands beside a reference is ignored.
            if members.get("$ref").is_some_and(Value::is_string) {
                members.retain(|key, _| key == "$ref");
            }
            let nullable =
                ["nullable", "x-nullable"].iter().any(|key| members.get(*key) == Some(&Value::Bool(true)));
            members.values_mut().for_each(rewrite);
            if nullable {
                let schema = Value::Object(std::mem::take(members));
                members.insert("anyOf".to_owned(), json!([{"type": "null"}, schema]));
                members.insert(WRAPPED.to_owned(), true.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        _ => {}
    }
}

/// Whether a schema says itself what kind its values are of.
fn says_kind(members: &Map<String, Value>) -> bool {
    ["type", "enum", "const"].iter().any(|key| members.contains_key(*key))
}

/// Whether a schema is of another kind than objects, as far as it says: a component may be.
fn says_another_kind(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else { return false };
    let is_of_objects = members.get("type").is_some_and(|kind| kind == "object");
    members.contains_key("$ref")
        || (says_kind(members) && !is_of_objects)
        || variants(members).any(says_another_kind)
}

fn variants(members: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    VARIANTS.iter().filter_map(|key| members.get(*key)?.as_array()).flatten()
}

const VARIANTS: [&str; 2] = ["oneOf", "anyOf"];

/// Properties beside no type mean an object, unless a variant says another kind: the other variants are objects then.
fn mean_object(members: &mut Map<String, Value>) {
    if says_kind(members) {
        return;
    }
    if !variants(members).any(says_another_kind) {
        members.insert("type".to_owned(), "object".into());
        return;
    }
    for key in VARIANTS {
        let variants = members.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten();
        let inline =
            variants.filter_map(Value::as_object_mut).filter(|variant| !variant.contains_key("$ref"));
        inline.for_each(mean_object);
    }
}

/// A schema with properties and no type means an object to everyone who writes one, and one with items a list, though
/// JSON Schema lets every other value pass; the generator reads them so, and says so in the README.
fn kinds(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let has = |key: &str| members.get(key).is_some_and(Value::is_object);
            if has("properties") || has("additionalProperties") {
                mean_object(members);
            } else if !says_kind(members) && variants(members).next().is_none() && has("items") {
                members.insert("type".to_owned(), "array".into());
            }
            // OpenAPI's registry of formats: these are never negative.
            let is_unsigned = members
                .get("format")
                .and_then(Value::as_str)
                .is_some_and(|format| matches!(format, "uint" | "uint8" | "uint16" | "uint32" | "uint64"));
            if is_unsigned && !members.contains_key("minimum") && !members.contains_key("exclusiveMinimum") {
                members.insert("minimum".to_owned(), 0.into());
            }
            // The validator takes note of what a schema declares; `true` it passes over.
            if members.get("additionalProperties") == Some(&Value::Bool(true)) {
                members.insert("additionalProperties".to_owned(), json!({}));
            }
            members.values_mut().for_each(kinds);
        }
        Value::Array(items) => items.iter_mut().for_each(kinds),
        _ => {}
    }
}

/// References into the document lead through what was wrapped.
fn references(value: &mut Value, tree: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(pointer) = reference.strip_prefix('#')
                && let Ok(pointer) = percent_encoding::percent_decode_str(pointer).decode_utf8()
                && pointer.starts_with('/')
            {
                *reference = format!("#{}", fragment(&translated(tree, &pointer)));
            }
            members.values_mut().for_each(|member| references(member, tree));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| references(item, tree)),
        _ => {}
    }
}

/// A pointer of the original document as a pointer of the rewritten one.
fn translated(tree: &Value, pointer: &str) -> String {
    let mut translated = String::new();
    let mut node = Some(tree);
    for token in pointer.split('/').skip(1) {
        if node.is_some_and(|node| node.get(WRAPPED).is_some()) {
            translated.push_str("/anyOf/1");
            node = node.and_then(|node| node.pointer("/anyOf/1"));
        }
        translated.push('/');
        translated.push_str(token);
        node = node.and_then(|node| node.pointer(&format!("/{token}")));
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::Schemas;
    use serde_json::json;
    use std::time::{Duration, Instant};

    #[test]
    fn a_pattern_that_takes_too_long_finds_nothing() {
        let text = |pattern: &str| json!({"type": "string", "pattern": pattern, "maxLength": 5000});
        let schemas = json!({"Linear": text("^(a+)+$"), "Looks": text(r"(?=(a*)*\1b)c")});
        let document = json!({"openapi": "3.1.0", "components": {"schemas": schemas}});
        let schemas = Schemas::new(&document, ".".into(), "openapi.json");
        let (linear, looks) = ("/components/schemas/Linear", "/components/schemas/Looks");
        let (short, long) = (json!(format!("{}!", "a".repeat(24))), json!("a".repeat(10_000)));
        let start = Instant::now();
        assert_eq!(schemas.findings(linear, &short).len(), 1);
        assert_eq!((schemas.findings(looks, &short), schemas.is_valid(looks, &short)), (Vec::new(), true));
        // What else is wrong with the text is found all the same.
        assert_eq!(schemas.findings(looks, &long).len(), 1);
        assert!(!schemas.is_valid(looks, &long));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }

    #[test]
    fn properties_mean_an_object_unless_a_variant_names_another_kind() {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": {
            "Words": {"properties": {"a": {}}, "oneOf": [{}]},
            "Object": {"properties": {"a": {}}, "oneOf": [{"type": "object"}, {}]},
            "Or": {"properties": {"a": {}}, "anyOf": [{"required": ["b"]}, {"type": "array"}]}
        }}});
        let schemas = Schemas::new(&document, ".".into(), "a.json");
        let is_valid = |name: &str, value| schemas.is_valid(&format!("/components/schemas/{name}"), &value);
        assert!(is_valid("Words", json!({"b": 1})) && !is_valid("Words", json!([])));
        assert!(!is_valid("Object", json!([])));
        assert!(
            is_valid("Or", json!([])) && is_valid("Or", json!({"b": 1})) && !is_valid("Or", json!("text"))
        );
    }

    #[test]
    fn what_a_schema_declares_of_a_value_is_what_applies_to_it() {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": {
            "A": {
                "properties": {"a": {"properties": {"b": {}}}},
                "anyOf": [
                    {"properties": {"c": {"type": "string"}}},
                    {"properties": {"c": {"type": "integer"}, "d": true}}
                ]
            },
            "Open": {"type": "object", "additionalProperties": true},
            "Map": {"type": "object", "patternProperties": {"^x": {"type": "integer"}}}
        }}});
        let schemas = Schemas::new(&document, ".".into(), "a.json");
        let declared = |name: &str, value| {
            schemas.declared(&format!("/components/schemas/{name}"), &value).into_iter().collect::<Vec<_>>()
        };
        let value = json!({"a": {"b": 1, "e": 2}, "c": "text", "d": 1, "f": 1});
        assert_eq!(declared("A", value), ["/a", "/a/b", "/c"]);
        assert_eq!(declared("Open", json!({"a/b": {"c": 1}})), ["/a~1b"]);
        assert_eq!(declared("Map", json!({"x1": 1, "y": 1})), ["/x1"]);
    }
}
