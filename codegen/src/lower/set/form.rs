//! What is known of the values of a set, kind by kind, and the intersection of two such forms.

use super::together::{add, is_bare_object, says_something};
use super::values::{Constant, Values};
use crate::diagnostic::Place;
use crate::ir::Hint;
use crate::read::{Keywords, Kind, Node, Placed};
use indexmap::{IndexMap, IndexSet};
use openapiv3::AdditionalProperties;
use serde_json::Value;

/// The kinds of a set's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lower) enum Kinds {
    Any,
    /// Nothing is said but by keywords that concern this kind only, so this kind is meant unless another is named.
    Lean(Kind),
    One(Kind),
}

/// What properties may be there that have no name in the document.
#[derive(Clone, Debug)]
pub(in crate::lower) enum Rest<'a> {
    Unsaid,
    Any,
    Of(Vec<Placed<'a>>),
    None,
}

impl<'a> Rest<'a> {
    /// Properties of a schema.
    pub(super) fn of(node: Node<'a>, place: Place, owner: &str) -> Self {
        match node {
            Node::Schema(_) if !says_something(node) => Self::Any,
            node => Self::Of(vec![Placed::new(node, place, owner)]),
        }
    }
}

/// A set of values, as far as a type can tell.
#[derive(Clone, Debug)]
pub(in crate::lower) struct Form<'a> {
    pub(in crate::lower) kinds: Kinds,
    pub(in crate::lower) values: Values,
    pub(in crate::lower) format: String,
    /// Tells integers that need 64 bits without a sign.
    pub(in crate::lower) maximum: Option<f64>,
    pub(in crate::lower) items: Vec<Placed<'a>>,
    pub(in crate::lower) properties: IndexMap<&'a str, Vec<Placed<'a>>>,
    pub(in crate::lower) required: IndexSet<&'a str>,
    pub(in crate::lower) rest: Rest<'a>,
    /// What values fit under conditions that a type cannot tell.
    pub(in crate::lower) conditional: Vec<Placed<'a>>,
    /// Where the kind, or the values, were said.
    pub(super) place: Option<Place>,
}

impl<'a> Form<'a> {
    /// All values.
    pub(super) fn any() -> Self {
        Self {
            kinds: Kinds::Any,
            values: Values::all(),
            format: String::new(),
            maximum: None,
            items: Vec::new(),
            properties: IndexMap::new(),
            required: IndexSet::new(),
            rest: Rest::Unsaid,
            conditional: Vec::new(),
            place: None,
        }
    }

    /// What a schema says itself, apart from its `allOf` and its unions.
    pub(super) fn of(keywords: &Keywords<'a>, part: &Placed<'a>) -> Self {
        let mut form = Self { kinds: kinds(keywords), ..Self::any() };
        if form.kinds != Kinds::Any {
            form.place = Some(part.place.clone());
        }
        if let Some(Kind::String | Kind::Number | Kind::Integer | Kind::Boolean) = form.kind() {
            form.values = Values::listed(constants(keywords));
        }
        form.format.clone_from(&keywords.format);
        form.maximum = keywords.bounds.maximum;
        let below = |node, place, words: &str| Placed::new(node, place, &format!("{} {words}", part.owner));
        form.items.extend(keywords.items.map(|items| below(items, part.place.key("items"), "item")));
        for (wire, property) in keywords.properties.into_iter().flatten() {
            let place = part.place.key("properties").key(wire);
            form.properties.insert(wire, vec![below(property.into(), place, wire)]);
        }
        form.required.extend(keywords.required.iter().map(String::as_str));
        form.rest = match keywords.additional {
            _ if keywords.has_patterns() => Rest::Any,
            None => Rest::Unsaid,
            Some(AdditionalProperties::Any(true)) => Rest::Any,
            Some(AdditionalProperties::Any(false)) => Rest::None,
            Some(AdditionalProperties::Schema(schema)) => {
                let place = part.place.key("additionalProperties");
                Rest::of((&**schema).into(), place, &format!("{} value", part.owner))
            }
        };
        form
    }

    /// The kind of the values, if there is one.
    pub(in crate::lower) fn kind(&self) -> Option<Kind> {
        match self.kinds {
            Kinds::Any => None,
            Kinds::Lean(kind) | Kinds::One(kind) => Some(kind),
        }
    }

    /// Whether nothing is known that a type can tell. What is only required, or bounded, is nothing.
    pub(in crate::lower) fn says_nothing(&self) -> bool {
        !matches!(self.kinds, Kinds::One(_))
            && self.values.is_all()
            && self.format.is_empty()
            && self.items.is_empty()
            && self.properties.is_empty()
            && matches!(self.rest, Rest::Unsaid)
            && self.conditional.is_empty()
    }

    /// Takes out what is not in the other set as well. If nothing is in both, this one stays as it is, and the other
    /// comes back.
    pub(super) fn intersect(&mut self, other: Self) -> Option<Self> {
        let Some(kinds) = self.kinds.intersect(other.kinds) else { return Some(other) };
        let Some(values) = self.values.intersect(&other.values) else { return Some(other) };
        if are_different_texts(&self.format, &other.format) {
            return Some(other);
        }
        if kinds != self.kinds || self.place.is_none() {
            self.place = other.place;
        }
        (self.kinds, self.values) = (kinds, values);
        // Where two formats stand, a value has both; which one is kept must not depend on the order.
        if self.format.is_empty() || (!other.format.is_empty() && other.format < self.format) {
            self.format = other.format;
        }
        self.maximum = match (self.maximum, other.maximum) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        other.items.into_iter().for_each(|item| add(&mut self.items, item));
        for (wire, parts) in other.properties {
            let together = self.properties.entry(wire).or_default();
            parts.into_iter().for_each(|part| add(together, part));
        }
        self.required.extend(other.required);
        other.conditional.into_iter().for_each(|part| add(&mut self.conditional, part));
        self.rest = match (std::mem::replace(&mut self.rest, Rest::None), other.rest) {
            (Rest::None, _) | (_, Rest::None) => Rest::None,
            (Rest::Of(mut parts), Rest::Of(more)) => {
                more.into_iter().for_each(|part| add(&mut parts, part));
                Rest::Of(parts)
            }
            (Rest::Of(parts), _) | (_, Rest::Of(parts)) => Rest::Of(parts),
            (Rest::Any, _) | (_, Rest::Any) => Rest::Any,
            (Rest::Unsaid, Rest::Unsaid) => Rest::Unsaid,
        };
        None
    }

    /// Which of two sets counts that have nothing in common: objects do, else what was said last.
    pub(super) fn outranks(&self, earlier: &Self) -> bool {
        let is_object = |form: &Self| form.kind() == Some(Kind::Object);
        is_object(self) || !is_object(earlier)
    }

    /// Whether both are the same set, as far as a type can tell, whatever the order. `equal` compares what stands inside.
    pub(super) fn equals(&self, other: &Self, equal: &dyn Fn(&[Placed<'a>], &[Placed<'a>]) -> bool) -> bool {
        self.kind() == other.kind()
            && equal(&self.conditional, &other.conditional)
            && match self.kind() {
                None => true,
                Some(Kind::Object) => self.is_same_object(other, equal),
                Some(Kind::Array) => equal(&self.items, &other.items),
                Some(_) => {
                    self.format == other.format
                        && self.maximum == other.maximum
                        && self.values.equals(&other.values)
                }
            }
    }

    fn is_same_object(&self, other: &Self, equal: &dyn Fn(&[Placed<'a>], &[Placed<'a>]) -> bool) -> bool {
        self.properties.len() == other.properties.len()
            && self.required.len() == other.required.len()
            && self.required.iter().all(|wire| other.required.contains(wire))
            && self
                .properties
                .iter()
                .all(|(wire, parts)| other.properties.get(wire).is_some_and(|others| equal(parts, others)))
            && match (&self.rest, &other.rest) {
                (Rest::Of(one), Rest::Of(other)) => equal(one, other),
                (Rest::Of(_), _) | (_, Rest::Of(_)) => false,
                (Rest::Any, other) | (other, Rest::Any) => matches!(other, Rest::Any),
                // Neither has room for what the document does not name.
                _ => true,
            }
    }
}

impl Kinds {
    fn intersect(self, other: Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Any, kinds) | (kinds, Self::Any) => kinds,
            (Self::Lean(one), Self::Lean(other)) => Self::Lean(heavier(one, other)),
            (Self::Lean(_), one) | (one, Self::Lean(_)) => one,
            (Self::One(one), Self::One(other)) if one == other => Self::One(one),
            (Self::One(Kind::Number), Self::One(Kind::Integer))
            | (Self::One(Kind::Integer), Self::One(Kind::Number)) => Self::One(Kind::Integer),
            (Self::One(_), Self::One(_)) => return None,
        })
    }
}

/// Whether no text is of both formats.
fn are_different_texts(one: &str, other: &str) -> bool {
    let is_distinct = |format: &str| matches!(format, "date-time" | "date" | "time" | "uuid");
    one != other && is_distinct(one) && is_distinct(other)
}

/// Which kind is meant where keywords of both stand and no type is named.
fn heavier(one: Kind, other: Kind) -> Kind {
    let of = [Kind::Object, Kind::Array].into_iter().find(|kind| one == *kind || other == *kind);
    of.unwrap_or(one)
}

fn kinds(keywords: &Keywords<'_>) -> Kinds {
    match keywords.kind {
        Some(Kind::Object) if is_bare_object(keywords) => Kinds::Lean(Kind::Object),
        Some(kind) => Kinds::One(kind),
        None if keywords.is_object() => Kinds::Lean(Kind::Object),
        None if keywords.items.is_some() => Kinds::Lean(Kind::Array),
        None => match kind_of(&keywords.values) {
            Some(kind) => Kinds::One(kind),
            // A format alone means a string to everyone who writes one.
            None if matches!(
                keywords.format.as_str(),
                "date-time" | "date" | "uuid" | "byte" | "base64url" | "binary"
            ) =>
            {
                Kinds::Lean(Kind::String)
            }
            None => Kinds::Any,
        },
    }
}

/// The kind of values that are listed, if they are of one.
fn kind_of(values: &[Value]) -> Option<Kind> {
    let mut values = values.iter().filter(|value| !value.is_null()).peekable();
    values.peek()?;
    let values: Vec<&Value> = values.collect();
    let all = |is: fn(&Value) -> bool| values.iter().all(|value| is(value));
    if all(Value::is_string) {
        Some(Kind::String)
    } else if all(Value::is_i64) {
        Some(Kind::Integer)
    } else if all(Value::is_number) {
        Some(Kind::Number)
    } else {
        all(Value::is_boolean).then_some(Kind::Boolean)
    }
}

/// The values of a schema's `enum`, with the words of several generators' extensions.
fn constants(keywords: &Keywords<'_>) -> Vec<Constant> {
    let values = keywords.values.iter().filter(|value| !value.is_null()).enumerate();
    let constant = |(at, value): (usize, &Value)| Constant {
        value: value.clone(),
        title: title(keywords, at),
        doc: description(keywords, at, value),
    };
    values.map(constant).collect()
}

/// `x-enum-varnames` and `x-enumNames`.
fn title(keywords: &Keywords<'_>, at: usize) -> Option<Hint> {
    ["x-enum-varnames", "x-enumNames"]
        .iter()
        .find_map(|key| keywords.extension(key)?.get(at)?.as_str())
        .filter(|name| !name.trim().is_empty())
        .map(Hint::from)
}

fn description(keywords: &Keywords<'_>, at: usize, value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let by_index = ["x-enum-descriptions", "x-enumDescriptions"].iter().find_map(|key| {
        let found = keywords.extension(key)?;
        found.get(at).or_else(|| found.get(&text))?.as_str()
    });
    by_index.unwrap_or_default().to_owned()
}
