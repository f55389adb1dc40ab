use super::Grower;
use serde_json::{Map, Value, json};

/// Few names, so that the parts of a composition meet.
const NAMES: &[&str] = &["id", "name", "a", "b", "c", "list", "type", "x-y", "1st", "in", "数", "kind"];

impl Grower {
    /// A name of a property.
    pub(super) fn property(&mut self) -> &'static str {
        self.pick(NAMES)
    }

    /// An object with properties.
    pub(super) fn object(&mut self, depth: usize) -> Value {
        let mut properties = Map::new();
        for _ in 0..self.rng.usize(..5) {
            let name = self.property();
            properties.insert(name.to_owned(), self.schema(depth.saturating_sub(1)));
        }
        let required: Vec<Value> =
            properties.keys().filter(|_| self.percent(40)).map(|name| name.as_str().into()).collect();
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            schema["required"] = required.into();
        } else if self.percent(3) {
            schema["required"] = json!([self.property()]);
        }
        match self.rng.u8(..100) {
            0..12 => schema["additionalProperties"] = false.into(),
            12..17 => schema["additionalProperties"] = true.into(),
            17..25 => schema["additionalProperties"] = self.schema(depth.saturating_sub(1)),
            25..28 => schema["minProperties"] = self.rng.u8(..3).into(),
            28..30 => schema["maxProperties"] = self.rng.u8(3..8).into(),
            _ => {}
        }
        if self.is_31() {
            match self.rng.u8(..100) {
                0..6 => {
                    let pattern = self.pick(&["^x-", "^[0-9]"]);
                    schema["patternProperties"] = json!({ pattern: self.schema(depth.saturating_sub(1)) });
                }
                6..9 => schema["unevaluatedProperties"] = false.into(),
                9..12 if schema.get("additionalProperties").is_none() => {
                    schema["unevaluatedProperties"] = self.scalar();
                }
                12..15 => schema["dependentRequired"] = json!({ self.property(): [self.property()] }),
                15..17 => schema["propertyNames"] = json!({"maxLength": 6}),
                _ => {}
            }
        }
        if self.percent(8) {
            super::remove(&mut schema, "type");
        }
        schema
    }

    /// An object of what nobody named.
    pub(super) fn map(&mut self, depth: usize) -> Value {
        let mut schema =
            json!({"type": "object", "additionalProperties": self.schema(depth.saturating_sub(1))});
        match self.rng.u8(..10) {
            0 => super::remove(&mut schema, "additionalProperties"),
            1 => schema["additionalProperties"] = true.into(),
            2 => schema["minProperties"] = 1.into(),
            3 if self.is_31() => {
                schema["patternProperties"] = json!({"^[a-z]+$": self.scalar()});
                super::remove(&mut schema, "additionalProperties");
            }
            _ => {}
        }
        schema
    }
}
