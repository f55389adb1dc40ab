//! Questions about schemas whose answers may lie behind references.

use super::ways::Ranks;
use super::{Keywords, Node};
use crate::resolve::Document;
use openapiv3::{ReferenceOr, Schema};
use std::cell::RefCell;
use std::collections::HashMap;

/// The schemas of a document.
pub(crate) struct Schemas<'a> {
    document: &'a Document,
    /// The components that extend a component by `allOf`.
    children: HashMap<String, Vec<String>>,
    /// Which components may be which.
    pub(super) ranks: Ranks,
    nullable: RefCell<HashMap<String, bool>>,
    of_objects: RefCell<HashMap<String, bool>>,
}

/// An answer about a schema that may have asked about others: the components that are known by now are at hand.
type Answer<'a> = fn(&Schemas<'a>, Node<'a>, &mut Asked<'_>) -> bool;

/// What is known of components so far.
struct Asked<'k> {
    /// What earlier questions found.
    before: &'k HashMap<String, bool>,
    /// The answers; `None` while one is looked for.
    answers: HashMap<String, Option<bool>>,
    /// Whether a component was asked about while its answer was looked for. The noes along such a circle hold for the question
    /// at hand only.
    is_circular: bool,
}

impl<'a> Schemas<'a> {
    pub(crate) fn of(document: &'a Document) -> Self {
        let mut schemas = Self {
            document,
            children: children(document),
            ranks: Ranks::default(),
            nullable: RefCell::default(),
            of_objects: RefCell::default(),
        };
        schemas.ranks = Ranks::of(&schemas);
        schemas
    }

    pub(crate) fn document(&self) -> &'a Document {
        self.document
    }

    /// What a reference names, which may be a reference again; `None` for what is no reference.
    pub(crate) fn target(&self, node: Node<'a>) -> Option<Node<'a>> {
        self.document.schema(&node.component()?).map(Node::from)
    }

    /// The schema that a node is, or that it names at once.
    pub(crate) fn schema(&self, node: Node<'a>) -> Option<&'a Schema> {
        match node {
            Node::Schema(schema) => Some(schema),
            Node::Reference(_) => match self.target(node)? {
                Node::Schema(schema) => Some(schema),
                Node::Reference(_) => None,
            },
        }
    }

    /// The components that name another one in their `allOf`, in the document's order.
    pub(crate) fn children(&self, component: &str) -> &[String] {
        self.children.get(component).map(Vec::as_slice).unwrap_or_default()
    }

    /// Calls `each` with the keywords of a schema and of the parts of its `allOf`, through references, each component
    /// once: a document may share parts in a way that has more paths than any machine has time.
    pub(crate) fn each_part(&self, node: Node<'a>, each: &mut dyn FnMut(&Keywords<'a>)) {
        let mut seen: Vec<String> = Vec::new();
        let mut queue = vec![node];
        while let Some(node) = queue.pop() {
            match node {
                Node::Reference(_) => {
                    let Some(name) = node.component().filter(|name| !seen.contains(name)) else { continue };
                    queue.extend(self.target(node));
                    seen.push(name);
                }
                Node::Schema(schema) => {
                    let keywords = Keywords::of(schema);
                    // The first part comes next.
                    queue.extend(keywords.all_of.iter().rev().map(Node::from));
                    each(&keywords);
                }
            }
        }
    }

    /// The properties of an object, through references and `allOf`, each component once.
    pub(crate) fn properties(&self, node: Node<'a>) -> Vec<(&'a str, Node<'a>)> {
        let mut found = Vec::new();
        self.each_part(node, &mut |keywords| {
            let own = keywords.properties.into_iter().flatten();
            found.extend(own.map(|(wire, node)| (wire.as_str(), Node::from(node))));
        });
        found
    }

    /// Whether a schema means a file: `type: string, format: binary`, by itself, by reference, or beside `null`.
    pub(crate) fn is_binary(&self, node: Node<'a>) -> bool {
        let Node::Schema(schema) = node else {
            return self.schema(node).is_some_and(|schema| Keywords::of(schema).format == "binary");
        };
        let keywords = Keywords::of(schema);
        let variants = keywords.one_of.iter().chain(keywords.any_of).chain(keywords.all_of);
        let mut variants = variants.map(Node::from).filter(|node| match node {
            Node::Schema(schema) => !Keywords::of(schema).is_null(),
            Node::Reference(_) => true,
        });
        keywords.format == "binary"
            || matches!((variants.next(), variants.next()), (Some(node @ Node::Schema(_)), None) if self.is_binary(node))
    }

    /// Whether `null` is a value of the schema.
    pub(crate) fn is_nullable(&self, node: Node<'a>) -> bool {
        self.ask(node, &self.nullable, Self::nullable)
    }

    fn nullable(&self, node: Node<'a>, known: &mut Asked<'_>) -> bool {
        let Node::Schema(schema) = node else { return self.behind(node, known, Self::nullable) };
        let keywords = Keywords::of(schema);
        let mut any =
            |nodes: &'a [ReferenceOr<Schema>]| nodes.iter().any(|node| self.nullable(node.into(), known));
        keywords.data.nullable
            || keywords.is_null()
            || keywords.values.iter().any(serde_json::Value::is_null)
            || any(keywords.one_of)
            || any(keywords.any_of)
            || (!keywords.all_of.is_empty()
                && !keywords.has_own_shape()
                && keywords.all_of.iter().all(|node| self.nullable(node.into(), known)))
    }

    /// Whether all values of the schema are objects.
    pub(crate) fn is_of_objects(&self, node: Node<'a>) -> bool {
        self.ask(node, &self.of_objects, Self::of_objects)
    }

    fn of_objects(&self, node: Node<'a>, known: &mut Asked<'_>) -> bool {
        let Node::Schema(schema) = node else { return self.behind(node, known, Self::of_objects) };
        let keywords = Keywords::of(schema);
        let mut all = |nodes: &'a [ReferenceOr<Schema>]| {
            !nodes.is_empty() && nodes.iter().all(|node| self.of_objects(node.into(), known))
        };
        keywords.is_object()
            || all(keywords.one_of)
            || all(keywords.any_of)
            || keywords.all_of.iter().any(|node| self.of_objects(node.into(), known))
    }

    /// An answer, for which what earlier ones found is at hand.
    fn ask(&self, node: Node<'a>, known: &RefCell<HashMap<String, bool>>, answer: Answer<'a>) -> bool {
        let before = known.borrow();
        let mut asked = Asked { before: &before, answers: HashMap::new(), is_circular: false };
        let found = answer(self, node, &mut asked);
        let Asked { answers, is_circular, .. } = asked;
        drop(before);
        let lasting = answers.into_iter().filter_map(|(name, answer)| Some((name, answer?)));
        known.borrow_mut().extend(lasting.filter(|(_, answer)| *answer || !is_circular));
        found
    }

    /// The answer about the component behind a reference. Each component is looked at once, however many paths lead to it;
    /// in a circle the answer is no until something else says yes.
    fn behind(&self, reference: Node<'a>, known: &mut Asked<'_>, answer: Answer<'a>) -> bool {
        let Some(name) = reference.component() else { return false };
        match known
            .before
            .get(&name)
            .map(|answer| Some(*answer))
            .or_else(|| known.answers.get(&name).copied())
        {
            Some(Some(answer)) => return answer,
            Some(None) => {
                known.is_circular = true;
                return false;
            }
            None => {}
        }
        let Some(target) = self.target(reference) else { return false };
        known.answers.insert(name.clone(), None);
        let found = answer(self, target, known);
        known.answers.insert(name, Some(found));
        found
    }
}

fn children(document: &Document) -> HashMap<String, Vec<String>> {
    let mut children: HashMap<String, Vec<String>> = HashMap::new();
    for (name, schema) in document.schemas() {
        let Node::Schema(schema) = Node::from(schema) else { continue };
        for parent in Keywords::of(schema).all_of.iter().filter_map(|part| Node::from(part).component()) {
            children.entry(parent).or_default().push(name.to_owned());
        }
    }
    children
}
