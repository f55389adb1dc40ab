//! How lists are written in parameters, fields of forms and headers: each level has a separator of its own (Swagger 2.0,
//! "Parameter Object", "Items Object").

use super::Upgrade;
use crate::diagnostic::Place;
use crate::openapi::parked;
use serde_json::{Map, Value};

/// What separates the items of a list, and of the lists inside of it, outermost first.
pub(super) struct Separators(String);

/// Stands for what is repeated for each item.
const REPEATED: char = '&';

impl Separators {
    /// The style and `explode` of 3.0 that say the same of a query or a form; `None` if there are none.
    pub(super) fn style(&self) -> Option<(&'static str, bool)> {
        Some(match self.0.as_str() {
            "," => ("form", false),
            " " => ("spaceDelimited", false),
            "|" => ("pipeDelimited", false),
            "&" => ("form", true),
            _ => return None,
        })
    }

    /// Whether this is what 3.0 does where nothing is said.
    pub(super) fn is_usual(&self) -> bool {
        self.0 == ","
    }

    /// Parks them, for what 3.0 cannot say.
    pub(super) fn park(&self, object: &mut Map<String, Value>) {
        parked::set_separators(object, &self.0);
    }
}

impl Upgrade<'_> {
    /// Takes `collectionFormat` out of a list and the lists inside of it; `None` for what is no list.
    pub(super) fn take_separators(
        &mut self,
        object: &mut Map<String, Value>,
        may_repeat: bool,
        place: &Place,
    ) -> Option<Separators> {
        let mut separators = String::new();
        let (mut next, mut place) = (Some(object), place.clone());
        while let Some(object) = next.filter(|object| object.get("type").is_some_and(|kind| kind == "array"))
        {
            let format = object.shift_remove("collectionFormat");
            separators.push(match format.as_ref().and_then(Value::as_str) {
                Some("ssv") => ' ',
                Some("tsv") => '\t',
                Some("pipes") => '|',
                Some("multi") if may_repeat && separators.is_empty() => REPEATED,
                None if format.is_none() => ',',
                Some("csv") => ',',
                _ => {
                    let message = "this list cannot be written so; its items are separated by commas";
                    self.unsupported(place.key("collectionFormat"), message);
                    ','
                }
            });
            next = object.get_mut("items").and_then(Value::as_object_mut);
            place = place.key("items");
        }
        Some(separators).filter(|separators| !separators.is_empty()).map(Separators)
    }
}
