//! Schemas that one value must fit all of, not taken apart: those that say something, each once.

use crate::read::{Keywords, Kind, Node, Placed};

/// Adds a schema to those that already stand there. Of words alone the last ones are kept.
pub(super) fn add<'a>(together: &mut Vec<Placed<'a>>, part: Placed<'a>) {
    if together.iter().any(|known| same(known.node, part.node)) {
        return;
    }
    let is_words = |node: Node<'_>| match node {
        Node::Schema(schema) => {
            let data = &schema.schema_data;
            says(node) == Says::Nothing && !data.read_only && !data.write_only && !data.deprecated
        }
        Node::Reference(_) => false,
    };
    if is_words(part.node) {
        together.retain(|known| !is_words(known.node));
    }
    together.push(part);
}

/// The same schemas without those that say nothing beside the others.
pub(in crate::lower) fn informative<'a>(parts: &[Placed<'a>]) -> Vec<Placed<'a>> {
    let [_, _, ..] = parts else { return parts.to_vec() };
    let most = parts.iter().map(|part| says(part.node)).max().unwrap_or(Says::Nothing);
    let kept: Vec<Placed<'a>> = parts.iter().filter(|part| says(part.node) == most).cloned().collect();
    match most {
        Says::Something => kept,
        // Of those that all say the same, the last one has the last word.
        Says::Nothing | Says::Object => kept.into_iter().next_back().into_iter().collect(),
    }
}

/// Whether both say the same, in whatever order.
pub(super) fn equal(one: &[Placed<'_>], other: &[Placed<'_>]) -> bool {
    let has = |parts: &[Placed<'_>], part: &Placed<'_>| {
        parts
            .iter()
            .any(|known| same(known.node, part.node) || [known, part].iter().all(|part| is_nothing(part)))
    };
    let (one, other) = (informative(one), informative(other));
    one.len() == other.len() && one.iter().all(|part| has(&other, part))
}

fn is_nothing(part: &Placed<'_>) -> bool {
    says(part.node) == Says::Nothing
}

/// What a schema says of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    /// What restricts values only (`required`, bounds) is nothing here.
    Nothing,
    /// `type: object` and no more is what people write who do not want to say.
    Object,
    Something,
}

fn says(node: Node<'_>) -> Says {
    let Node::Schema(schema) = node else { return Says::Something };
    let keywords = Keywords::of(schema);
    if is_bare_object(&keywords) {
        Says::Object
    } else if keywords.conditional().is_some()
        || keywords.has_shape()
        || keywords.is_null()
        || !keywords.format.is_empty()
    {
        Says::Something
    } else {
        Says::Nothing
    }
}

/// Whether a schema is an object of which nothing is known.
pub(super) fn is_bare_object(keywords: &Keywords<'_>) -> bool {
    keywords.kind == Some(Kind::Object)
        && keywords.properties.is_none()
        && keywords.additional.is_none()
        && keywords.values.is_empty()
        && !keywords.is_combined()
        && !keywords.has_patterns()
        && keywords.unevaluated().is_none()
        && keywords.conditional().is_none()
}

/// Whether a schema says anything of what its values are.
pub(super) fn says_something(node: Node<'_>) -> bool {
    says(node) > Says::Nothing
}

fn same(one: Node<'_>, other: Node<'_>) -> bool {
    match (one, other) {
        (Node::Reference(one), Node::Reference(other)) => one == other,
        (Node::Schema(one), Node::Schema(other)) => std::ptr::eq(one, other) || one == other,
        _ => false,
    }
}
