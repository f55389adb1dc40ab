use super::Grower;
use serde_json::{Value, json};

const FORMATS: &[&str] = &[
    "date-time",
    "date",
    "time",
    "uuid",
    "byte",
    "email",
    "uri",
    "ipv4",
    "hostname",
    "duration",
    "password",
    "strange",
];
const PATTERNS: &[&str] = &["^[a-z]{2,5}$", "^[0-9]+$", "^x-", "^[A-Z][a-z]*$"];
const WORDS: &[&str] = &["red", "green", "blue", "Red", "a b", "", "1", "x-y", "颜色", "null"];

impl Grower {
    /// A string, number or boolean.
    pub(super) fn scalar(&mut self) -> Value {
        match self.rng.u8(..100) {
            0..30 => self.string(),
            30..45 => self.words(),
            45..65 => self.integer(),
            65..78 => self.number(),
            78..90 => json!({"type": "boolean"}),
            90..95 => self.numbers(),
            _ => self.several_kinds(),
        }
    }

    pub(super) fn string(&mut self) -> Value {
        let mut schema = json!({"type": "string"});
        match self.rng.u8(..100) {
            0..40 => schema["format"] = self.pick(FORMATS).into(),
            40..50 => schema["pattern"] = self.pick(PATTERNS).into(),
            50..60 => schema["minLength"] = self.rng.u8(..4).into(),
            60..70 => schema["maxLength"] = self.rng.u8(3..20).into(),
            _ => {}
        }
        schema
    }

    /// An enumeration of strings, or a constant.
    pub(super) fn words(&mut self) -> Value {
        let mut words: Vec<&str> = WORDS.to_vec();
        self.rng.shuffle(&mut words);
        words.truncate(self.rng.usize(1..5));
        let mut schema = match words.as_slice() {
            [word] if self.is_31() => json!({"type": "string", "const": word}),
            words => json!({"type": "string", "enum": words}),
        };
        if self.percent(10) {
            super::remove(&mut schema, "type");
        }
        schema
    }

    fn numbers(&mut self) -> Value {
        let values: Vec<u8> = (0..self.rng.u8(1..5)).map(|at| at * 3 + 1).collect();
        let mut schema = json!({"type": "integer", "enum": values});
        if self.percent(15) {
            super::remove(&mut schema, "type");
        }
        schema
    }

    pub(super) fn integer(&mut self) -> Value {
        let mut schema = json!({"type": "integer"});
        match self.rng.u8(..100) {
            0..15 => schema["format"] = "int32".into(),
            15..30 => schema["format"] = "int64".into(),
            30..36 => schema["format"] = self.pick(&["uint32", "uint64", "int8", "uint8"]).into(),
            36..50 => schema["minimum"] = self.rng.i8(..).into(),
            50..60 => schema["maximum"] = self.rng.i16(..).into(),
            60..66 => schema["multipleOf"] = self.rng.u8(2..10).into(),
            _ => {}
        }
        schema
    }

    fn number(&mut self) -> Value {
        let mut schema = json!({"type": "number"});
        match self.rng.u8(..100) {
            0..20 => schema["format"] = self.pick(&["float", "double", "decimal"]).into(),
            20..30 => schema["minimum"] = json!(0.5),
            30..40 if self.is_31() => schema["exclusiveMinimum"] = json!(0),
            30..40 => {
                schema["minimum"] = json!(0);
                schema["exclusiveMinimum"] = true.into();
            }
            40..45 => schema["multipleOf"] = json!(0.5),
            _ => {}
        }
        schema
    }

    /// What several kinds of values fit.
    fn several_kinds(&mut self) -> Value {
        if !self.is_31() {
            return json!({"enum": ["red", 1, true]});
        }
        match self.rng.u8(..6) {
            0 => json!({"type": ["integer", "string"], "pattern": "^-?[0-9]+$"}),
            1 => json!({"type": ["string", "number", "boolean"]}),
            2 => json!({"type": ["string", "array"], "items": {"type": "string"}}),
            3 => json!({"type": ["object", "string"], "properties": {"a": {"type": "integer"}}}),
            4 => json!({"enum": ["red", 1, true, null]}),
            _ => json!({"const": self.pick(&["red", "blue"])}),
        }
    }
}
