use cloudrun_emulator::Schemas;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The schemas of a document with what OpenAPI says of values beside JSON Schema: tags choose, and formats of its registry
/// bound numbers and text. The validator learns it as keywords that it knows.
#[derive(Debug)]
pub struct Meaning {
    schemas: Schemas,
    /// The document without what tags choose, for the maker of values: it gets lost in conditions.
    plain: Value,
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
        each(&mut tree, &|schema| {
            formats(schema);
            tagged(schema);
        });
        let mut plain = original;
        each(&mut plain, &formats);
        let plain = Schemas::new(&plain, folder.clone(), file).json_schema().clone();
        Self { schemas: Schemas::new(&tree, folder, file), plain }
    }

    /// Whether a value is valid against the schema at a pointer.
    pub fn is_valid(&self, pointer: &str, value: &Value) -> bool {
        self.schemas.is_valid(pointer, value)
    }

    /// The members of a value that the schema at a pointer declares.
    pub fn declared(&self, pointer: &str, value: &Value) -> std::collections::BTreeSet<String> {
        self.schemas.declared(pointer, value)
    }

    /// The document as JSON Schema, for the maker of values.
    pub fn json_schema(&self) -> &Value {
        &self.plain
    }

    /// The strings that stand as constants in the schema at a pointer or in one that it refers to.
    pub fn constants(&self, pointer: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = vec![pointer.to_owned()];
        let mut next = 0;
        while let Some(pointer) = seen.get(next).cloned() {
            next += 1;
            if let Some(schema) = self.schemas.json_schema().pointer(&pointer) {
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

/// Does something to every object of a tree, the inner ones first.
fn each(value: &mut Value, change: &impl Fn(&mut Value)) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|member| each(member, change));
            change(value);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        _ => {}
    }
}

/// Says of a union with a discriminator which variant a tag chooses.
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
    let variants = schema.get_mut("anyOf").and_then(Value::as_array_mut);
    apart(variants.map(Vec::as_mut_slice).unwrap_or_default(), &property, mapping.as_ref());
}

/// A value whose tag chooses a variant is of none of the others, whatever they would take.
fn apart(variants: &mut [Value], property: &str, mapping: Option<&Map<String, Value>>) {
    let reference = |variant: &Value| variant.get("$ref").and_then(Value::as_str).map(str::to_owned);
    let references: Vec<String> = variants.iter().filter_map(reference).collect();
    for variant in variants {
        let Some(own) = reference(variant) else { continue };
        let others = references.iter().filter(|other| **other != own);
        let others: Vec<String> = others.flat_map(|other| tags(mapping, other)).collect();
        if !others.is_empty() {
            let chosen =
                json!({"required": [property], "properties": {property: {"enum": others}}, "type": "object"});
            *variant = json!({"allOf": [{"$ref": own}], "not": chosen});
        }
    }
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

/// What the text of bytes in base64 is, the only one for the same bytes.
const BASE64: &str = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

/// Says of a format what it bounds. By the README's table an integer without one has 64 bits.
fn formats(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let is_integer = match members.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "integer"),
        kind => kind.is_some_and(|kind| kind == "integer"),
    };
    let format = members.get("format").and_then(Value::as_str);
    let encoding = members.get("contentEncoding").and_then(Value::as_str);
    if (format == Some("byte") || encoding == Some("base64")) && !members.contains_key("pattern") {
        members.insert("pattern".to_owned(), BASE64.into());
        return;
    }
    let bounds = match format {
        Some("int8") => (json!(i8::MIN), json!(i8::MAX)),
        Some("int16") => (json!(i16::MIN), json!(i16::MAX)),
        Some("int32") => (json!(i32::MIN), json!(i32::MAX)),
        Some("uint8") => (json!(0), json!(u8::MAX)),
        Some("uint16") => (json!(0), json!(u16::MAX)),
        Some("uint32") => (json!(0), json!(u32::MAX)),
        Some("uint64") => (json!(0), json!(u64::MAX)),
        Some("int64") => (json!(i64::MIN), json!(i64::MAX)),
        _ if is_integer => (json!(i64::MIN), json!(i64::MAX)),
        _ => return,
    };
    members.entry("minimum").or_insert(bounds.0);
    members.entry("maximum").or_insert(bounds.1);
}

#[cfg(test)]
mod tests {
    use super::Meaning;
    use serde_json::{Value, json};

    fn valid(schemas: Value, pointer: &str, value: Value) -> bool {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": schemas}});
        Meaning::new(&document, ".".into(), "a.json")
            .is_valid(&format!("/components/schemas/{pointer}"), &value)
    }

    #[test]
    fn a_tag_chooses_the_variant() {
        let schemas = json!({
            "Pet": {
                "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                "discriminator": {"propertyName": "kind", "mapping": {"c": "#/components/schemas/Cat"}}
            },
            "Cat": {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}}},
            "Dog": {"type": "object", "required": ["tail"]}
        });
        assert!(valid(schemas.clone(), "Pet", json!({"kind": "c", "lives": 9})));
        assert!(!valid(schemas.clone(), "Pet", json!({"kind": "c", "tail": 1})));
        assert!(!valid(schemas, "Pet", json!({"kind": "Dog", "lives": 9})));
    }

    #[test]
    fn what_a_tag_does_not_choose_declares_nothing() {
        let document = json!({"openapi": "3.1.0", "components": {"schemas": {
            "Any": {
                "anyOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                "discriminator": {"propertyName": "kind"}
            },
            "Cat": {"type": "object", "properties": {"kind": {}, "lives": {}}},
            "Dog": {"type": "object", "properties": {"kind": {}, "tail": {}}}
        }}});
        let meaning = Meaning::new(&document, ".".into(), "a.json");
        let value = json!({"kind": "Cat", "lives": 9, "tail": 1});
        assert!(meaning.is_valid("/components/schemas/Any", &value));
        let declared = meaning.declared("/components/schemas/Any", &value);
        assert_eq!(declared.into_iter().collect::<Vec<_>>(), ["/kind", "/lives"]);
    }

    #[test]
    fn a_tag_of_a_parent_asks_for_what_the_child_adds() {
        let schemas = json!({
            "Pet": {"type": "object", "required": ["kind"], "discriminator": {"propertyName": "kind"}},
            "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"required": ["lives"]}]}
        });
        assert!(valid(schemas.clone(), "Pet", json!({"kind": "Cat", "lives": 9})));
        assert!(!valid(schemas.clone(), "Pet", json!({"kind": "Cat"})));
        assert!(valid(schemas, "Pet", json!({"kind": "Bird"})));
    }

    #[test]
    fn formats_bound_numbers_and_text() {
        let schemas = json!({
            "Byte": {"type": "string", "format": "byte"}, "Small": {"type": "integer", "format": "uint8"},
            "Any": {"type": "integer"}
        });
        assert!(valid(schemas.clone(), "Byte", json!("dKE=")));
        assert!(!valid(schemas.clone(), "Byte", json!("dKH=")));
        assert!(!valid(schemas.clone(), "Small", json!(256)));
        assert!(!valid(schemas, "Any", json!(1e300)));
    }
}
