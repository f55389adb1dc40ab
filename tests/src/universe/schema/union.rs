use super::Grower;
use serde_json::{Map, Value, json};

impl Grower {
    /// `oneOf` or `anyOf` as documents have them.
    pub(super) fn union(&mut self, depth: usize) -> Value {
        let key = self.pick(&["oneOf", "oneOf", "anyOf"]);
        match self.rng.u8(..100) {
            0..25 => {
                let variants: Vec<Value> =
                    (0..self.rng.usize(2..5)).map(|_| self.schema(depth.saturating_sub(1))).collect();
                json!({ key: variants })
            }
            25..40 => self.with_constants(key, depth),
            40..50 => self.beside_properties(key, depth),
            50..60 => self.external_tags(depth),
            60..68 => self.titled_constants(),
            68..80 => json!({ key: [{"type": "string"}, {"type": "integer"}, self.list(depth)] }),
            80..90 => {
                json!({ key: [self.object(depth.saturating_sub(1)), self.object(depth.saturating_sub(1))] })
            }
            90..94 => json!({ key: [self.words(), {"type": "string"}] }),
            94..97 => json!({ key: [self.schema(depth.saturating_sub(1))] }),
            _ => {
                json!({"type": "object", key: [self.object(depth.saturating_sub(1)), self.object(depth.saturating_sub(1))]})
            }
        }
    }

    /// Objects that a constant tells apart, without a discriminator.
    fn with_constants(&mut self, key: &str, depth: usize) -> Value {
        let tag = self.pick(&["kind", "type"]);
        let mut variants = Vec::new();
        for value in ["cat", "dog", "bird"] {
            let mut variant = self.object(depth.saturating_sub(1));
            variant["properties"][tag] = self.constant(value);
            require(&mut variant, tag);
            variants.push(variant);
        }
        variants.truncate(self.rng.usize(2..4));
        json!({ key: variants })
    }

    fn constant(&mut self, value: &str) -> Value {
        if self.is_31() && self.percent(60) {
            json!({"const": value})
        } else {
            json!({"type": "string", "enum": [value]})
        }
    }

    /// A union beside properties: of objects, or of what is required.
    fn beside_properties(&mut self, key: &str, depth: usize) -> Value {
        let mut schema = self.object(depth.saturating_sub(1));
        let variants: Vec<Value> = match self.rng.u8(..3) {
            0 => vec![json!({"required": [self.property()]}), json!({"required": [self.property()]})],
            1 => vec![self.object(depth.saturating_sub(1)), json!({"description": "Nothing more."})],
            _ if depth < 2 => vec![self.object(0), self.object(0)],
            _ => vec![self.object(depth.saturating_sub(1)), self.union(depth.saturating_sub(1))],
        };
        schema[key] = variants.into();
        schema
    }

    /// serde's externally tagged enumerations.
    fn external_tags(&mut self, depth: usize) -> Value {
        let mut variants = vec![json!({"type": "string", "enum": ["none"]})];
        for tag in ["one", "two", "three"].into_iter().take(self.rng.usize(1..4)) {
            variants.push(json!({
                "type": "object", "required": [tag], "properties": {tag: self.schema(depth.saturating_sub(1))},
                "additionalProperties": false
            }));
        }
        json!({"oneOf": variants})
    }

    fn titled_constants(&mut self) -> Value {
        let constant = |value: Value| {
            if self.dialect == super::Dialect::V31 {
                json!({"const": value})
            } else {
                json!({"enum": [value]})
            }
        };
        let numbers = self.rng.bool();
        let mut variants = Vec::new();
        for (at, title) in ["First", "Second", "Third"].into_iter().enumerate() {
            let mut variant = constant(if numbers { at.into() } else { title.to_lowercase().into() });
            variant["title"] = title.into();
            variants.push(variant);
        }
        let kind = if numbers { "integer" } else { "string" };
        if self.percent(50) { json!({"type": kind, "oneOf": variants}) } else { json!({"oneOf": variants}) }
    }

    /// The first schema is a union of the others, by a discriminator.
    pub(super) fn tagged_by_name(&mut self) -> Vec<(String, Value)> {
        let names = self.family_of(3);
        let maps = self.percent(50);
        let key = self.pick(&["oneOf", "anyOf"]);
        let references: Vec<Value> = names[1..].iter().map(|name| reference(name)).collect();
        let mut root = json!({ key: references, "discriminator": {"propertyName": "kind"} });
        let mut schemas = Vec::new();
        let mut mapping = Map::new();
        for (at, name) in names[1..].iter().enumerate() {
            let tag = if maps { format!("tag {at}") } else { name.clone() };
            mapping.insert(tag.clone(), format!("#/components/schemas/{name}").into());
            let mut variant = self.object(2);
            variant["properties"]["kind"] =
                if self.percent(60) { self.constant(&tag) } else { json!({"type": "string"}) };
            require(&mut variant, "kind");
            schemas.push((name.clone(), variant));
        }
        if maps {
            root["discriminator"]["mapping"] = mapping.into();
        }
        if self.percent(20) {
            extend(&mut root, self.object(1));
        }
        schemas.insert(0, (names[0].clone(), root));
        schemas
    }

    /// The first schema has a discriminator, the others are made of it by `allOf`.
    pub(super) fn parent_and_children(&mut self) -> Vec<(String, Value)> {
        let names = self.family_of(3);
        let mut parent = self.object(2);
        parent["properties"]["kind"] = json!({"type": "string"});
        parent["discriminator"] = json!({"propertyName": "kind"});
        require(&mut parent, "kind");
        if parent.get("additionalProperties") == Some(&false.into()) {
            super::remove(&mut parent, "additionalProperties");
        }
        super::remove(&mut parent, "unevaluatedProperties");
        let mut schemas = vec![(names[0].clone(), parent)];
        for name in &names[1..] {
            let child = match self.rng.u8(..4) {
                0 => json!({"allOf": [reference(&names[0])]}),
                1 => {
                    let mut child = self.object(2);
                    child["allOf"] = json!([reference(&names[0])]);
                    child
                }
                _ => json!({"allOf": [reference(&names[0]), self.object(2)]}),
            };
            schemas.push((name.clone(), child));
        }
        schemas
    }

    /// The family gets at least so many names.
    fn family_of(&mut self, least: usize) -> Vec<String> {
        while self.names.len() < least {
            let letter = (b'A' + self.names.len() as u8 - 1) as char;
            self.names.push(format!("{}{letter}", self.names[0]));
        }
        self.names.clone()
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn require(schema: &mut Value, name: &str) {
    match schema.get_mut("required").and_then(Value::as_array_mut) {
        Some(required) if required.iter().any(|known| known == name) => {}
        Some(required) => required.push(name.into()),
        None => schema["required"] = json!([name]),
    }
}

fn extend(schema: &mut Value, beside: Value) {
    if let (Some(members), Value::Object(beside)) = (schema.as_object_mut(), beside) {
        members.extend(beside);
    }
}
