//! What the document says in words: descriptions, defaults and bounds, as Markdown that is not yet made safe.

use super::{Bounds, Keywords, Node};

/// Documentation of a node, and whether it is deprecated. References have none of their own.
pub(crate) fn of(node: Node<'_>) -> (String, bool) {
    match node {
        Node::Reference(_) => (String::new(), false),
        Node::Schema(schema) => {
            let keywords = Keywords::of(schema);
            (text(&keywords), keywords.data.deprecated)
        }
    }
}

fn text(keywords: &Keywords<'_>) -> String {
    let data = keywords.data;
    let mut paragraphs: Vec<String> = Vec::new();
    let description = data.description.as_deref().or(data.title.as_deref()).unwrap_or_default().trim();
    if !description.is_empty() {
        paragraphs.push(description.to_owned());
    }
    let mut facts = sentences(&keywords.bounds);
    if let Some(default) = data.default.as_ref().filter(|default| !default.is_null()) {
        facts.push(format!("Default: {}.", code(&default.to_string())));
    }
    if data.read_only {
        facts.push("Set by the service.".to_owned());
    }
    if data.write_only {
        facts.push("Sent, never answered.".to_owned());
    }
    if !facts.is_empty() {
        paragraphs.push(facts.join(" "));
    }
    paragraphs.join("\n\n")
}

/// What bounds ask, one short sentence each.
fn sentences(bounds: &Bounds<'_>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(min) = bounds.minimum {
        found.push(format!("{} {min}.", if bounds.above { "Greater than" } else { "At least" }));
    }
    if let Some(max) = bounds.maximum {
        found.push(format!("{} {max}.", if bounds.below { "Less than" } else { "At most" }));
    }
    if let Some(step) = bounds.multiple_of {
        found.push(format!("A multiple of {step}."));
    }
    found.extend(count("characters", bounds.min_length, bounds.max_length));
    found.extend(bounds.pattern.map(|pattern| format!("Matches {}.", code(pattern))));
    found.extend(count("items", bounds.min_items, bounds.max_items));
    if bounds.unique_items {
        found.push("Items are unique.".to_owned());
    }
    found.extend(count("properties", bounds.min_properties, bounds.max_properties));
    found
}

fn count(noun: &str, min: Option<usize>, max: Option<usize>) -> Option<String> {
    Some(match (min, max) {
        (Some(min), Some(max)) if min == max => format!("Exactly {min} {noun}."),
        (Some(min), Some(max)) => format!("{min} to {max} {noun}."),
        (Some(min), None) => format!("At least {min} {noun}."),
        (None, Some(max)) => format!("At most {max} {noun}."),
        (None, None) => return None,
    })
}

/// Text as inline code, whatever backticks it holds, on one line and not too long.
fn code(text: &str) -> String {
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    if text.chars().nth(200).is_some() {
        line.push('…');
    }
    let mut fence = "`".to_owned();
    while line.contains(&fence) {
        fence.push('`');
    }
    let pad = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}
