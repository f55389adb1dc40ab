//! What OpenAPI 3.0 has no place for and later stages need: it is parked under keys that start with `x-cloudrun-`, since the
//! typed model keeps extensions only. Each key is written and read through its accessors here. A document's own keys of
//! that prefix are taken out before anything is parked, so whatever stands under one is ours.

use indexmap::IndexMap;
use serde_json::{Map, Value};

/// What the keys of ours start with.
const PREFIX: &str = "x-cloudrun-";

/// Where a moved node was written; see [`super::origin`].
pub(super) const ORIGIN: &str = "x-cloudrun-origin";
/// The keys under which members were written that were made of them; see [`super::origin`].
pub(super) const MADE_OF: &str = "x-cloudrun-made-of";
/// The schemas of 2020-12's `patternProperties`.
pub(super) const PATTERNS: &str = "x-cloudrun-pattern-properties";
/// 2020-12's `contentSchema`.
pub(super) const CONTENT_SCHEMA: &str = "x-cloudrun-content-schema";
/// 2020-12's `unevaluatedProperties`.
pub(super) const UNEVALUATED: &str = "x-cloudrun-unevaluated-properties";
/// What 2020-12's `if`, `then`, `else` and `dependentSchemas` say, which holds under conditions only.
pub(super) const CONDITIONAL: &str = "x-cloudrun-conditional";
/// 3.2's `itemSchema` of a media type.
pub(super) const ITEM_SCHEMA: &str = "x-cloudrun-item-schema";
/// 3.2's operations of methods that 3.0 does not have, by method.
pub(super) const OPERATIONS: &str = "x-cloudrun-operations";
const NULL: &str = "x-cloudrun-null";
const JOINED: &str = "x-cloudrun-joined";
const SEPARATORS: &str = "x-cloudrun-separators";
const LOCATION: &str = "x-cloudrun-location";
const DANGLING: &str = "x-cloudrun-dangling";

/// The members of an object, in a value tree or among the extensions of the typed model.
pub(crate) trait Members {
    /// The member of a key.
    fn member(&self, key: &str) -> Option<&Value>;
}

impl Members for Map<String, Value> {
    fn member(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

impl Members for IndexMap<String, Value> {
    fn member(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

/// Takes out the keys with our prefix and answers with them.
pub(crate) fn strip(object: &mut Map<String, Value>) -> Vec<String> {
    let keys: Vec<String> = object.keys().filter(|key| key.starts_with(PREFIX)).cloned().collect();
    for key in &keys {
        object.shift_remove(key);
    }
    keys
}

/// Whether a schema is of `null` alone.
pub(crate) fn is_null(schema: &impl Members) -> bool {
    schema.member(NULL).is_some()
}

/// Makes a schema one of `null` alone.
pub(crate) fn set_null(schema: &mut Map<String, Value>) {
    schema.insert(NULL.to_owned(), true.into());
}

/// Whether an encoding says `explode: false`, which the typed model cannot tell from silence.
pub(crate) fn is_joined(encoding: &impl Members) -> bool {
    encoding.member(JOINED).is_some()
}

/// Notes that an encoding says `explode: false`.
pub(crate) fn set_joined(encoding: &mut Map<String, Value>) {
    encoding.insert(JOINED.to_owned(), true.into());
}

/// What separates the items of a list, and of the lists inside of it, outermost first, if 3.0 has no style for it; `&` stands
/// for a list that repeats its name.
pub(crate) fn separators(object: &impl Members) -> Option<&str> {
    object.member(SEPARATORS)?.as_str()
}

/// Parks what separates the items of lists.
pub(crate) fn set_separators(object: &mut Map<String, Value>, separators: &str) {
    object.insert(SEPARATORS.to_owned(), separators.into());
}

/// Where a parameter is if 3.0 has no word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location<'a> {
    /// 3.2's `querystring`.
    QueryString,
    /// Nowhere that a version of OpenAPI knows.
    Unknown(&'a str),
}

/// The location of a parameter that 3.0 has no word for.
pub(crate) fn location(parameter: &impl Members) -> Option<Location<'_>> {
    Some(match parameter.member(LOCATION)?.as_str()? {
        QUERY_STRING => Location::QueryString,
        other => Location::Unknown(other),
    })
}

/// The word that 3.2 has for the whole query.
pub(crate) const QUERY_STRING: &str = "querystring";

/// Parks the location of a parameter.
pub(crate) fn set_location(parameter: &mut Map<String, Value>, location: &str) {
    parameter.insert(LOCATION.to_owned(), location.into());
}

/// Whether a schema has schemas for keys of a pattern, and others may stand beside them.
pub(crate) fn has_patterns(schema: &impl Members) -> bool {
    schema.member(PATTERNS).is_some()
}

/// Parks the schemas for keys of a pattern.
pub(crate) fn set_patterns(schema: &mut Map<String, Value>, patterns: Map<String, Value>) {
    schema.insert(PATTERNS.to_owned(), Value::Object(patterns));
}

/// Takes the schemas for keys of a pattern.
pub(crate) fn take_patterns(schema: &mut Map<String, Value>) -> Option<Value> {
    schema.shift_remove(PATTERNS)
}

/// Parks what an encoded string holds.
pub(crate) fn set_content_schema(schema: &mut Map<String, Value>, content: Value) {
    schema.insert(CONTENT_SCHEMA.to_owned(), content);
}

/// Parks what the properties are that neither a schema names nor what it is combined with.
pub(crate) fn set_unevaluated(schema: &mut Map<String, Value>, rest: Value) {
    schema.insert(UNEVALUATED.to_owned(), rest);
}

/// Parks what a value may have under conditions.
pub(crate) fn set_conditional(schema: &mut Map<String, Value>, conditional: Value) {
    schema.insert(CONDITIONAL.to_owned(), conditional);
}

/// Parks what the pieces of a stream are.
pub(crate) fn set_item_schema(media_type: &mut Map<String, Value>, item: Value) {
    media_type.insert(ITEM_SCHEMA.to_owned(), item);
}

/// Parks operations of other methods.
pub(crate) fn set_operations(path_item: &mut Map<String, Value>, operations: Map<String, Value>) {
    path_item.insert(OPERATIONS.to_owned(), Value::Object(operations));
}

/// The keys down from a path item to an operation of another method.
pub(crate) fn operation_keys(method: &str) -> [&str; 2] {
    [OPERATIONS, method]
}

/// The key of a media type's parked schema.
pub(crate) const fn item_schema_key() -> &'static str {
    ITEM_SCHEMA
}

/// The key of a schema's parked schema.
pub(crate) const fn content_schema_key() -> &'static str {
    CONTENT_SCHEMA
}

/// A thing that was parked and is read once: where the typed document has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(usize);

impl Slot {
    /// Puts a thing at the end of a list and its slot in its place in the tree.
    pub(crate) fn fill<T>(list: &mut Vec<T>, thing: T) -> Value {
        list.push(thing);
        (list.len() - 1).into()
    }

    /// The thing in its list.
    pub(crate) fn read<T>(self, list: &[T]) -> Option<&T> {
        list.get(self.0)
    }
}

/// The slot of a media type's `itemSchema`.
pub(crate) fn item_schema(media_type: &impl Members) -> Option<Slot> {
    slot(media_type, ITEM_SCHEMA)
}

/// The slot of a schema's `contentSchema`.
pub(crate) fn content_schema(schema: &impl Members) -> Option<Slot> {
    slot(schema, CONTENT_SCHEMA)
}

/// The slot of a schema's `unevaluatedProperties`.
pub(crate) fn unevaluated(schema: &impl Members) -> Option<Slot> {
    slot(schema, UNEVALUATED)
}

/// The key of a schema's parked schema of the rest of its properties.
pub(crate) const fn unevaluated_key() -> &'static str {
    UNEVALUATED
}

/// The slot of what a value may have under conditions.
pub(crate) fn conditional(schema: &impl Members) -> Option<Slot> {
    slot(schema, CONDITIONAL)
}

/// The slot of a path item's operations of other methods.
pub(crate) fn operations(path_item: &impl Members) -> Option<Slot> {
    slot(path_item, OPERATIONS)
}

fn slot(object: &impl Members, key: &str) -> Option<Slot> {
    object.member(key)?.as_u64().and_then(|index| usize::try_from(index).ok()).map(Slot)
}

/// The parked schema or operations of an object of the tree, to be replaced by a slot.
pub(crate) fn unread(object: &mut Map<String, Value>) -> impl Iterator<Item = (Unread, &mut Value)> {
    object.iter_mut().filter_map(|(key, value)| match key.as_str() {
        ITEM_SCHEMA | CONTENT_SCHEMA | UNEVALUATED | CONDITIONAL => Some((Unread::Schema, value)),
        OPERATIONS => Some((Unread::Operations, value)),
        _ => None,
    })
}

/// What is parked until the typed parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// A schema.
    Schema,
    /// Operations by method.
    Operations,
}

/// A reference that leads nowhere, as its place was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dangling {
    /// It is yet to be reported: the reference as it was written.
    Silent(String),
    /// It was reported where it was found.
    Reported,
}

/// Puts the note that a reference leads nowhere in the reference's place.
pub(crate) fn set_dangling(object: &mut Map<String, Value>, dangling: Dangling) {
    object.shift_remove("$ref");
    let note = match dangling {
        Dangling::Silent(reference) => Value::String(reference),
        Dangling::Reported => Value::Null,
    };
    object.insert(DANGLING.to_owned(), note);
}

/// The reference that stood here and leads nowhere.
pub(crate) fn dangling(object: &impl Members) -> Option<Dangling> {
    Some(match object.member(DANGLING)? {
        Value::String(reference) => Dangling::Silent(reference.clone()),
        _ => Dangling::Reported,
    })
}

/// Takes the note that a reference leads nowhere.
pub(crate) fn take_dangling(object: &mut Map<String, Value>) -> Option<Dangling> {
    let found = dangling(object);
    object.shift_remove(DANGLING);
    found
}
