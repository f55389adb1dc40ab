use cloudrun_emulator::Schemas;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The schemas of a document with what OpenAPI says of values beside JSON Schema: tags choose, and formats of its registry
/// bound numbers and text. The validator learns it as keywords that it knows.
#[derive(Debug)]
pub struct Meaning {
    schemas: Schemas,
}

impl Meaning {
    /// Of a document of this name; other files that it refers to are read from the folder.
    pub fn new(document: &Value, folder: PathBuf, file: &str) -> Self {
        let mut tree = document.clone();
        let original = document.clone();
        for section in ["/components/schemas", "/definitions"] {
            let Some(schemas) = tree.pointer_mut(section).and_then(Value::as_object_mut) else { continue };
            for (name, schema) in schemas {
                parent(name, schema, &original, section);
            }
        }
        explain(&mut tree);
        Self { schemas: Schemas::new(&tree, folder, file) }
    }

    /// Whether a value is valid against the schema at a pointer.
    pub fn is_valid(&self, pointer: &str, value: &Value) -> bool {
        self.schemas.is_valid(pointer, value)
    }

    /// The members of a value that the schema at a pointer declares.
    pub fn declared(&self, pointer: &str, value: &Value) -> std::collections::BTreeSet<String> {
        self.schemas.declared(pointer, value)
    }

    /// The document as JSON Schema.
    pub fn json_schema(&self) -> &Value {
        self.schemas.json_schema()
    }

    /// The strings that stand as constants in the schema at a pointer or in one that it refers to.
    pub fn constants(&self, pointer: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = vec![pointer.to_owned()];
        let mut next = 0;
        while let Some(pointer) = seen.get(next).cloned() {
            next += 1;
            if let Some(schema) = self.json_schema().pointer(&pointer) {
                constants(schema, &mut found, &mut seen);
            }
            if next > 50 {
                break;
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

fn constants(schema: &Value, found: &mut Vec<String>, pointers: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), member) {
                    ("const", Value::String(text)) => found.push(text.clone()),
                    ("enum", Value::Array(values)) => {
                        found.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("$ref", Value::String(reference)) => {
                        if let Some(pointer) = reference.strip_prefix('#')
                            && !pointers.iter().any(|known| known == pointer)
                        {
                            pointers.push(pointer.to_owned());
                        }
                    }
                    _ => constants(member, found, pointers),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| constants(item, found, pointers)),
        _ => {}
    }
}

/// A schema with a discriminator and no variants: a value whose tag names a child has what the child adds.
fn parent(name: &str, schema: &mut Value, tree: &Value, section: &str) {
    let has_variants = ["oneOf", "anyOf"].iter().any(|key| schema.get(*key).is_some());
    let Some(property) = property(schema).filter(|_| !has_variants) else { return };
    let own = format!("#{section}/{name}");
    let is_own = |part: &Value| part.get("$ref").is_some_and(|reference| *reference == *own);
    let children = tree.pointer(section).and_then(Value::as_object).into_iter().flatten();
    let rules = children.filter_map(|(child, schema)| {
        let parts = schema.get("allOf")?.as_array()?;
        parts.iter().any(is_own).then_some(())?;
        let mut added = schema.as_object()?.clone();
        added.insert("allOf".to_owned(), parts.iter().filter(|part| !is_own(part)).cloned().collect());
        // An empty list is no keyword.
        added.retain(|key, value| key != "allOf" || value.as_array().is_some_and(|parts| !parts.is_empty()));
        let reference = format!("#{section}/{child}");
        Some(
            tags(schema_mapping(tree, section, name), &reference)
                .into_iter()
                .map(move |tag| (tag, added.clone())),
        )
    });
    let rules: Vec<Value> =
        rules.flatten().map(|(tag, added)| rule(&property, &tag, Value::Object(added))).collect();
    add(schema, rules);
}

fn schema_mapping<'a>(tree: &'a Value, section: &str, name: &str) -> Option<&'a Map<String, Value>> {
    tree.pointer(section)?.get(name)?.get("discriminator")?.get("mapping")?.as_object()
}

/// Says of every union with a discriminator which variant a tag chooses, and of formats what they bound.
fn explain(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(explain);
            formats(members);
            tagged(value);
        }
        Value::Array(items) => items.iter_mut().for_each(explain),
        _ => {}
    }
}

fn tagged(schema: &mut Value) {
    let Some(property) = property(schema) else { return };
    let mapping = schema["discriminator"].get("mapping").and_then(Value::as_object).cloned();
    let variants = ["oneOf", "anyOf"].iter().filter_map(|key| schema.get(*key).and_then(Value::as_array));
    let rules: Vec<Value> = variants
        .flatten()
        .filter_map(|variant| variant.get("$ref").and_then(Value::as_str))
        .flat_map(|reference| {
            let then = json!({ "$ref": reference });
            let property = &property;
            tags(mapping.as_ref(), reference).into_iter().map(move |tag| rule(property, &tag, then.clone()))
        })
        .collect();
    add(schema, rules);
}

fn property(schema: &Value) -> Option<String> {
    Some(schema.get("discriminator")?.get("propertyName")?.as_str()?.to_owned())
}

/// The tags that stand for the schema of a reference: those of the mapping, or its name.
fn tags(mapping: Option<&Map<String, Value>>, reference: &str) -> Vec<String> {
    let name = reference.rsplit('/').next().unwrap_or_default();
    let is_it = |target: &Value| target.as_str().is_some_and(|target| target == reference || target == name);
    let mapped: Vec<String> = mapping
        .into_iter()
        .flatten()
        .filter(|(_, target)| is_it(target))
        .map(|(tag, _)| tag.clone())
        .collect();
    if mapped.is_empty() { vec![name.to_owned()] } else { mapped }
}

fn rule(property: &str, tag: &str, then: Value) -> Value {
    json!({"if": {"type": "object", "required": [property], "properties": {property: {"const": tag}}}, "then": then})
}

fn add(schema: &mut Value, rules: Vec<Value>) {
    if rules.is_empty() {
        return;
    }
    match schema.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(parts) => parts.extend(rules),
        None => schema["allOf"] = rules.into(),
    }
}

fn formats(members: &mut Map<String, Value>) {
    let bounds = match members.get("format").and_then(Value::as_str) {
        Some("int8") => (json!(i8::MIN), json!(i8::MAX)),
        Some("int16") => (json!(i16::MIN), json!(i16::MAX)),
        Some("int32") => (json!(i32::MIN), json!(i32::MAX)),
        Some("int64") => (json!(i64::MIN), json!(i64::MAX)),
        Some("uint8") => (json!(0), json!(u8::MAX)),
        Some("uint16") => (json!(0), json!(u16::MAX)),
        Some("uint32") => (json!(0), json!(u32::MAX)),
        Some("uint64") => (json!(0), json!(u64::MAX)),
        Some("byte") if !members.contains_key("pattern") => {
            let base64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";
            members.insert("pattern".to_owned(), base64.into());
            return;
        }
        _ => return,
    };
    members.entry("minimum").or_insert(bounds.0);
    members.entry("maximum").or_insert(bounds.1);
}
