use super::Grower;
use serde_json::{Map, Value, json};

impl Grower {
    /// `allOf` of objects mostly, sometimes of scalars or unions, with keywords beside it.
    pub(super) fn all_of(&mut self, depth: usize) -> Value {
        let parts: Vec<Value> = match self.rng.u8(..100) {
            0..55 => (0..self.rng.usize(1..4)).map(|_| self.part(depth)).collect(),
            55..70 => self.scalar_parts(),
            70..80 => vec![self.reference(), self.narrowing()],
            80..86 => vec![self.schema(depth.saturating_sub(1)), json!({"type": "object"})],
            86..90 => vec![self.schema(depth.saturating_sub(1)), json!({"description": "Only words."})],
            90..95 => vec![self.union(depth), self.union(depth)],
            // One part alone: how documents put words beside a reference.
            _ => vec![self.schema(depth.saturating_sub(1))],
        };
        let mut schema = json!({ "allOf": parts });
        if self.percent(25) && parts_are_objects(&schema) {
            let Value::Object(beside) = self.object(depth.saturating_sub(1)) else { return schema };
            extend(&mut schema, beside);
        }
        schema
    }

    /// A part that an object may be made of.
    fn part(&mut self, depth: usize) -> Value {
        match self.rng.u8(..100) {
            0..45 => self.object(depth.saturating_sub(1)),
            45..75 => self.reference(),
            75..85 => self.union_of_objects(depth),
            85..92 => self.narrowing(),
            _ => json!({"required": [self.property()]}),
        }
    }

    /// Parts of a string or number.
    fn scalar_parts(&mut self) -> Vec<Value> {
        match self.rng.u8(..5) {
            0 => vec![self.string(), json!({"minLength": 1})],
            1 => vec![self.integer(), json!({"minimum": 0})],
            2 => vec![
                json!({"type": "string", "enum": ["red", "green", "blue"]}),
                json!({"enum": ["red", "blue"]}),
            ],
            3 => vec![self.words(), json!({"type": "string"})],
            _ => vec![
                json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
                json!({"type": self.pick(&["string", "integer"])}),
            ],
        }
    }

    /// What says more about a property that another part has.
    fn narrowing(&mut self) -> Value {
        let name = self.property();
        let schema = match self.rng.u8(..4) {
            0 => json!({"type": "string", "minLength": 1}),
            1 => json!({"description": "Other words."}),
            2 => json!({"enum": ["red", "blue"]}),
            _ => self.schema(1),
        };
        json!({"properties": {name: schema}})
    }

    /// A union of objects, for a part of `allOf`.
    fn union_of_objects(&mut self, depth: usize) -> Value {
        let key = self.pick(&["oneOf", "anyOf"]);
        let variants: Vec<Value> =
            (0..self.rng.usize(2..4)).map(|_| self.object(depth.saturating_sub(2))).collect();
        json!({ key: variants })
    }
}

fn parts_are_objects(schema: &Value) -> bool {
    let parts = schema["allOf"].as_array().into_iter().flatten();
    parts.into_iter().all(|part| part.get("properties").is_some() || part.get("$ref").is_some())
}

fn extend(schema: &mut Value, beside: Map<String, Value>) {
    if let Some(members) = schema.as_object_mut() {
        members.extend(beside);
    }
}
