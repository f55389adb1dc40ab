//! What schemas ask of values beyond their types, for requests that are checked before they are sent.

use crate::ir::{NamedRules, Rule, Unnamed};
use crate::read::{Keywords, Node};
use crate::resolve::Document;
use indexmap::IndexMap;
use openapiv3::AdditionalProperties;
use std::collections::HashSet;

/// Deeper than this nothing is checked; named schemas start anew.
const DEPTH: usize = 16;

/// The rules of all named schemas that have any.
pub(crate) fn named_rules(document: &Document) -> IndexMap<String, NamedRules> {
    let schemas = document.schemas();
    let mut all: IndexMap<String, NamedRules> = schemas
        .map(|(name, node)| {
            let rules = rules_below(node.into(), DEPTH);
            (name.to_owned(), NamedRules { constant: Unnamed, rules })
        })
        .collect();
    // Schemas that ask something themselves, and those that lead to one.
    let mut known: HashSet<String> = HashSet::new();
    loop {
        let before = known.len();
        for (schema, named) in &all {
            if asks(&named.rules, &known) {
                known.insert(schema.clone());
            }
        }
        if known.len() == before {
            break;
        }
    }
    for named in all.values_mut() {
        named.rules = kept(std::mem::take(&mut named.rules), &known);
    }
    all.retain(|_, named| !named.rules.is_empty());
    all
}

/// What a parameter or a body is checked for. References to schemas that ask nothing are taken out once all are known.
pub(crate) fn rules(node: Node<'_>) -> Vec<Rule> {
    rules_below(node, DEPTH)
}

fn rules_below(node: Node<'_>, depth: usize) -> Vec<Rule> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let schema = match node {
        Node::Reference(_) => return node.component().map(Rule::Of).into_iter().collect(),
        Node::Schema(schema) => schema,
    };
    let keywords = Keywords::of(schema);
    let mut rules = bounds(&keywords);
    for (name, property) in keywords.properties.into_iter().flatten() {
        let property = Node::from(property);
        let is_read_only = matches!(property, Node::Schema(schema) if schema.schema_data.read_only);
        let inner = rules_below(property, depth);
        if !inner.is_empty() && !is_read_only {
            rules.push(Rule::Property(name.clone(), inner));
        }
    }
    let nest = |node, wrap: fn(Vec<Rule>) -> Rule| {
        Some(rules_below(node, depth)).filter(|inner| !inner.is_empty()).map(wrap)
    };
    rules.extend(keywords.items.and_then(|items| nest(items, Rule::Items)));
    if let Some(AdditionalProperties::Schema(schema)) = keywords.additional
        && keywords.properties.is_none()
    {
        rules.extend(nest(Node::from(&**schema), Rule::Values));
    }
    for part in keywords.all_of {
        rules.extend(rules_below(part.into(), depth));
    }
    for variants in [keywords.one_of, keywords.any_of] {
        let variants: Vec<_> = variants.iter().map(|node| rules_below(node.into(), depth)).collect();
        // A variant that asks nothing takes anything.
        if !variants.is_empty() && variants.iter().all(|rules| !rules.is_empty()) {
            rules.push(Rule::AnyOf(variants));
        }
    }
    rules
}

fn bounds(keywords: &Keywords<'_>) -> Vec<Rule> {
    let bounds = &keywords.bounds;
    let finite = |bound: Option<f64>| bound.filter(|bound| bound.is_finite());
    [
        bounds.min_length.map(Rule::MinLength),
        bounds.max_length.map(Rule::MaxLength),
        bounds.pattern.map(|pattern| Rule::Pattern(pattern.to_owned())),
        finite(bounds.minimum).map(if bounds.above { Rule::Above } else { Rule::Minimum }),
        finite(bounds.maximum).map(if bounds.below { Rule::Below } else { Rule::Maximum }),
        finite(bounds.multiple_of).filter(|step| *step > 0.0).map(Rule::MultipleOf),
        bounds.min_items.map(Rule::MinItems),
        bounds.max_items.map(Rule::MaxItems),
        bounds.unique_items.then_some(Rule::UniqueItems),
        bounds.min_properties.map(Rule::MinProperties),
        bounds.max_properties.map(Rule::MaxProperties),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether rules ask anything, given the named schemas that do.
fn asks(rules: &[Rule], known: &HashSet<String>) -> bool {
    rules.iter().any(|rule| match rule {
        Rule::Of(name) => known.contains(name),
        Rule::Items(inner) | Rule::Values(inner) | Rule::Property(_, inner) => asks(inner, known),
        Rule::AnyOf(variants) => variants.iter().all(|rules| asks(rules, known)),
        _ => true,
    })
}

/// The rules that ask something.
pub(crate) fn kept(rules: Vec<Rule>, known: &HashSet<String>) -> Vec<Rule> {
    rules
        .into_iter()
        .filter(|rule| asks(std::slice::from_ref(rule), known))
        .map(|rule| match rule {
            Rule::Items(inner) => Rule::Items(kept(inner, known)),
            Rule::Values(inner) => Rule::Values(kept(inner, known)),
            Rule::Property(name, inner) => Rule::Property(name, kept(inner, known)),
            Rule::AnyOf(variants) => {
                Rule::AnyOf(variants.into_iter().map(|rules| kept(rules, known)).collect())
            }
            other => other,
        })
        .collect()
}
