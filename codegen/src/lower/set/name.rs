//! Schemas that say nothing but which component they are, or nothing but `null`.

use crate::read::{Keywords, Node, Placed};

/// Whether `null` is the only value of a schema.
pub(super) fn is_only_null(node: Node<'_>) -> bool {
    let Node::Schema(schema) = node else { return false };
    let keywords = Keywords::of(schema);
    // `anyOf: [$ref, {nullable: true}]` means the same.
    keywords.is_null() || (keywords.data.nullable && !keywords.has_shape())
}

/// The one component that these schemas are, with nothing but words beside it.
pub(in crate::lower) fn only_name(parts: &[Placed<'_>]) -> Option<String> {
    let mut found: Option<String> = None;
    for part in parts {
        match says(part.node) {
            Says::Component(name) if found.as_ref().is_none_or(|found| *found == name) => found = Some(name),
            Says::Words => {}
            _ => return None,
        }
    }
    found
}

enum Says {
    /// It stands for a component.
    Component(String),
    /// It says something in words only.
    Words,
    More,
}

fn says(node: Node<'_>) -> Says {
    let Node::Schema(schema) = node else { return node.component().map_or(Says::Words, Says::Component) };
    let keywords = Keywords::of(schema);
    let more = keywords.has_own_shape()
        || !keywords.required.is_empty()
        || keywords.additional.is_some()
        || keywords.has_patterns()
        || keywords.unevaluated().is_some()
        || keywords.conditional().is_some();
    let variants = keywords.one_of.iter().chain(keywords.any_of).map(Node::from);
    let parts = keywords.all_of.iter().map(Node::from);
    let mut parts = parts.chain(variants.filter(|variant| !is_only_null(*variant)));
    match (parts.next(), parts.next()) {
        _ if more => Says::More,
        (None, _) if !keywords.is_combined() => Says::Words,
        (Some(one), None) => says(one),
        _ => Says::More,
    }
}
