//! Random schemas. In come a seed and a number, out comes a family of schemas, the same one each time. Contradictions
//! are rare but not ruled out; whether a schema has values at all is not decided here.

mod compose;
mod object;
mod scalar;
mod union;

use super::family::{Dialect, Family, prefix};
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// How deep schemas nest.
const DEPTH: usize = 5;
/// How many nodes a schema has before only scalars and references follow.
const NODES: usize = 40;

/// The family of a number.
pub fn family(seed: u64, number: usize, dialect: Dialect) -> Family {
    let place = (number as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut rng = Rng::with_seed(seed.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ place);
    let root = prefix(number);
    let count = [1, 1, 1, 2, 2, 3, 4][rng.usize(..7)];
    let own =
        |at: usize| if at == 0 { root.clone() } else { format!("{root}{}", (b'A' + at as u8 - 1) as char) };
    let names: Vec<String> = (0..count).map(own).collect();
    let mut grower = Grower { rng, dialect, names, nodes: 0 };
    let schemas = match grower.rng.usize(..12) {
        0 => grower.parent_and_children(),
        1 => grower.tagged_by_name(),
        _ => {
            let names = grower.names.clone();
            let grown = |(at, name): (usize, String)| {
                let depth = grower.rng.usize(1..=DEPTH);
                grower.nodes = 0;
                let mut schema = grower.schema(depth);
                grounded(&mut schema, &names[..=at]);
                (name, schema)
            };
            names.iter().cloned().enumerate().map(grown).collect()
        }
    };
    Family { number, dialect, schemas }
}

/// Schemas may hold themselves, and not be themselves: where a schema stands for the same value, references lead to later
/// schemas only.
fn grounded(schema: &mut Value, earlier: &[String]) {
    let Some(members) = schema.as_object_mut() else { return };
    let target = members.get("$ref").and_then(Value::as_str).and_then(|text| text.rsplit('/').next());
    if target.is_some_and(|name| earlier.iter().any(|known| known == name)) {
        members.clear();
        members.insert("type".to_owned(), "integer".into());
    }
    for (key, member) in members {
        match (key.as_str(), member) {
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|part| grounded(part, earlier));
            }
            ("not" | "if" | "then" | "else", part) => grounded(part, earlier),
            ("dependentSchemas", Value::Object(parts)) => {
                parts.values_mut().for_each(|part| grounded(part, earlier));
            }
            _ => {}
        }
    }
}

/// Grows the schemas of a family.
struct Grower {
    rng: Rng,
    dialect: Dialect,
    /// The family's names.
    names: Vec<String>,
    /// How many nodes the schema at hand has.
    nodes: usize,
}

impl Grower {
    /// Whether something of a probability in percent happens.
    fn percent(&mut self, percent: u8) -> bool {
        self.rng.u8(..100) < percent
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.rng.usize(..all.len())]
    }

    fn is_31(&self) -> bool {
        self.dialect == Dialect::V31
    }

    /// A schema of at most a depth, of any kind.
    fn schema(&mut self, depth: usize) -> Value {
        let roll = self.rng.u8(..100);
        self.nodes += 1;
        let schema = match roll {
            _ if depth == 0 || self.nodes > NODES => match roll {
                0..15 => return self.reference(),
                15..18 => return self.anything(),
                _ => self.scalar(),
            },
            0..22 => self.scalar(),
            22..32 => self.list(depth),
            32..56 => self.object(depth),
            56..61 => self.map(depth),
            61..71 => return self.reference(),
            71..82 => self.all_of(depth),
            82..97 => self.union(depth),
            97..99 => self.conditional(depth),
            _ => return self.anything(),
        };
        self.decorated(schema)
    }

    fn reference(&mut self) -> Value {
        let at = self.rng.usize(..self.names.len());
        json!({ "$ref": format!("#/components/schemas/{}", self.names[at]) })
    }

    fn anything(&mut self) -> Value {
        match self.rng.u8(..3) {
            0 if self.is_31() => json!(true),
            1 => json!({"description": "Anything."}),
            _ => json!({}),
        }
    }

    fn list(&mut self, depth: usize) -> Value {
        let mut schema = json!({"type": "array", "items": self.schema(depth.saturating_sub(1))});
        if self.percent(15) {
            schema["minItems"] = self.rng.u8(0..3).into();
        }
        if self.percent(15) {
            schema["maxItems"] = self.rng.u8(2..6).into();
        }
        if self.percent(8) {
            schema["uniqueItems"] = true.into();
        }
        if self.is_31() {
            match self.rng.u8(..100) {
                0..10 => {
                    let places =
                        (0..self.rng.usize(1..4)).map(|_| self.schema(depth.saturating_sub(1))).collect();
                    schema["prefixItems"] = Value::Array(places);
                    if self.percent(40) {
                        schema["items"] = false.into();
                    }
                }
                10..13 => schema["contains"] = self.scalar(),
                13..16 => {
                    remove(&mut schema, "items");
                }
                _ => {}
            }
        }
        if self.percent(4) {
            remove(&mut schema, "type");
        }
        schema
    }

    /// What may stand beside any keywords: null, words, who sets it.
    fn decorated(&mut self, mut schema: Value) -> Value {
        if self.percent(12) {
            schema = self.nullable(schema);
        }
        let Some(members) = schema.as_object_mut() else { return schema };
        match self.rng.u8(..100) {
            0..6 => members.insert("description".to_owned(), "Words about it.".into()),
            6..9 => {
                members.insert("title".to_owned(), self.pick(&["Thing", "A title", "Kind of thing"]).into())
            }
            9..11 => members.insert("deprecated".to_owned(), true.into()),
            11..13 => members.insert("readOnly".to_owned(), true.into()),
            13..15 => members.insert("writeOnly".to_owned(), true.into()),
            _ => None,
        };
        schema
    }

    /// The schema, and null.
    fn nullable(&mut self, mut schema: Value) -> Value {
        if !self.is_31() {
            if schema.get("type").is_some() || self.percent(30) {
                if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
                    values.push(Value::Null);
                }
                schema["nullable"] = true.into();
            }
            return schema;
        }
        let kind = schema.get("type").and_then(Value::as_str).map(str::to_owned);
        match kind {
            Some(kind) if self.percent(60) && schema.get("const").is_none() => {
                if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
                    values.push(Value::Null);
                }
                schema["type"] = json!([kind, "null"]);
                schema
            }
            _ => {
                let key = self.pick(&["anyOf", "oneOf"]);
                json!({ key: [schema, {"type": "null"}] })
            }
        }
    }

    /// What says something about values without a shape: `not`, `if`.
    fn conditional(&mut self, depth: usize) -> Value {
        let Value::Object(mut schema) = self.object(depth) else { return json!({}) };
        let key = self.property();
        match self.rng.u8(..3) {
            0 if self.is_31() => {
                schema.insert("if".to_owned(), json!({"required": [key]}));
                schema.insert(
                    "then".to_owned(),
                    json!({"properties": {key: self.schema(depth.saturating_sub(1))}}),
                );
                if self.percent(50) {
                    schema.insert("else".to_owned(), json!({"required": ["id"]}));
                }
            }
            1 if self.is_31() => {
                schema.insert(
                    "dependentSchemas".to_owned(),
                    json!({key: self.object(depth.saturating_sub(1))}),
                );
            }
            _ => {
                schema.insert("not".to_owned(), json!({"required": [key]}));
            }
        }
        Value::Object(schema)
    }
}

fn remove(schema: &mut Value, key: &str) {
    schema.as_object_mut().map(|members: &mut Map<_, _>| members.shift_remove(key));
}

#[cfg(test)]
mod tests {
    use super::{Dialect, family, grounded};
    use serde_json::json;

    #[test]
    fn a_seed_and_a_number_make_one_family() {
        let text = |seed, number| format!("{:?}", family(seed, number, Dialect::V31).schemas);
        assert_eq!(text(1, 7), text(1, 7));
        assert_ne!(text(1, 7), text(2, 7));
        assert_ne!(text(1, 7), text(1, 8).replace("S0000008", "S0000007"));
    }

    #[test]
    fn a_schema_may_hold_itself_and_not_be_itself() {
        let itself = json!({"$ref": "#/components/schemas/A"});
        let mut schema = json!({"allOf": [itself, {"not": itself}], "properties": {"next": itself}});
        grounded(&mut schema, &["A".to_owned()]);
        let integer = json!({"type": "integer"});
        assert_eq!(schema, json!({"allOf": [integer, {"not": integer}], "properties": {"next": itself}}));
    }
}
