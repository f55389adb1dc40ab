use serde_json::{Map, Value, json};

/// The dialect that schemas are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// OpenAPI 3.0.
    V30,
    /// OpenAPI 3.1.
    V31,
}

impl Dialect {
    /// The version as a document says it.
    pub fn version(self) -> &'static str {
        match self {
            Self::V30 => "3.0.3",
            Self::V31 => "3.1.0",
        }
    }
}

/// A few schemas that refer to each other and to nothing else, so that many families fit into a document and one that
/// fails can be taken out of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Its number in the run; the names of its schemas start with it.
    pub number: usize,
    /// How the schemas are written.
    pub dialect: Dialect,
    /// The schemas by their names.
    pub schemas: Vec<(String, Value)>,
}

/// What the names of a family's schemas start with.
pub(super) fn prefix(number: usize) -> String {
    format!("S{number:07}")
}

/// A value whose text names a family's schemas, for the same family under another number: tags are names.
pub(super) fn renumbered(value: &Value, from: usize, to: usize) -> Value {
    let text = value.to_string().replace(&prefix(from), &prefix(to));
    serde_json::from_str(&text).unwrap_or_default()
}

impl Family {
    /// The same family under another number.
    pub fn renumbered(&self, to: usize) -> Self {
        let name = |name: &str| name.replace(&prefix(self.number), &prefix(to));
        let schema = |(own, schema): &(String, Value)| (name(own), renumbered(schema, self.number, to));
        Self { number: to, dialect: self.dialect, schemas: self.schemas.iter().map(schema).collect() }
    }

    /// How large the schemas are: the length of their text.
    pub fn size(&self) -> usize {
        self.schemas.iter().map(|(_, schema)| schema.to_string().len() + 20).sum()
    }
}

/// A document that holds families of one dialect.
pub(super) fn document(families: &[Family]) -> Value {
    let dialect = families.first().map_or(Dialect::V30, |family| family.dialect);
    let schemas = families.iter().flat_map(|family| family.schemas.iter().cloned());
    json!({
        "openapi": dialect.version(),
        "info": {"title": "Universe", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas.collect::<Map<_, _>>()}
    })
}
