//! Which components a schema may be as a whole: by reference, as a variant of a union, as a child of a parent that has a
//! discriminator, by an `allOf` that adds nothing.

use super::{Keywords, Node, Schemas};
use std::collections::{HashMap, HashSet};

/// How a schema may be another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// By references and unions.
    Union,
    /// By extending it, or being extended by it, as well.
    Extension,
}

impl<'a> Schemas<'a> {
    /// Whether a node may be one of these components.
    pub(crate) fn leads_to(&self, node: Node<'a>, by: By, targets: &[String]) -> bool {
        let mut queue = Vec::new();
        self.ways(node, by, &mut queue);
        self.one_leads_to(queue, by, targets)
    }

    /// Whether one of several components may be one of others.
    pub(crate) fn one_leads_to(&self, mut queue: Vec<String>, by: By, targets: &[String]) -> bool {
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(name) = queue.pop() {
            if targets.contains(&name) {
                return true;
            }
            if targets.iter().any(|target| self.ranks.may_lead(&name, target)) && seen.insert(name.clone()) {
                self.next(&name, by, &mut queue);
            }
        }
        false
    }

    /// The components that a component may be at once.
    fn next(&self, name: &str, by: By, found: &mut Vec<String>) {
        let Some(target) = self.document().schema(name).map(Node::from) else { return };
        self.ways(target, by, found);
        if by == By::Extension && self.is_parent(target) {
            found.extend(self.descendants(name));
        }
    }

    /// The components that a node may be at once.
    fn ways(&self, node: Node<'a>, by: By, found: &mut Vec<String>) {
        let Node::Schema(schema) = node else { return found.extend(node.component()) };
        let keywords = Keywords::of(schema);
        let variants = keywords.one_of.iter().chain(keywords.any_of).map(Node::from);
        variants.for_each(|variant| self.ways(variant, by, found));
        if let ([one], By::Extension) = (keywords.all_of, by)
            && !keywords.has_own_shape()
        {
            self.ways(one.into(), by, found);
        }
    }

    /// Whether a schema stands for those that extend it: it has a discriminator and no union to go with it.
    pub(crate) fn is_parent(&self, node: Node<'a>) -> bool {
        let Node::Schema(schema) = node else { return false };
        let keywords = Keywords::of(schema);
        keywords.data.discriminator.is_some() && keywords.one_of.is_empty() && keywords.any_of.is_empty()
    }

    /// The components that extend a component, or one that does.
    pub(crate) fn descendants(&self, name: &str) -> Vec<String> {
        let mut seen: HashSet<&String> = HashSet::new();
        let mut found: Vec<String> = Vec::new();
        let mut queue = vec![name];
        while let Some(next) = queue.pop() {
            for child in self.children(next) {
                if child != name && seen.insert(child) {
                    found.push(child.clone());
                    queue.push(child);
                }
            }
        }
        found
    }
}

/// The order of components in which none leads to a later one, but for those of a circle, which share a rank. Most questions
/// are answered by it, so that a long row of components is not walked for each of them.
#[derive(Default)]
pub(super) struct Ranks(HashMap<String, usize>);

impl Ranks {
    pub(super) fn of(schemas: &Schemas<'_>) -> Self {
        let mut walk =
            Walk { schemas, state: HashMap::new(), open: Vec::new(), ranks: HashMap::new(), rank: 0 };
        for (name, _) in schemas.document().schemas() {
            if !walk.state.contains_key(name) {
                walk.visit(name);
            }
        }
        Self(walk.ranks)
    }

    fn may_lead(&self, from: &str, to: &str) -> bool {
        match (self.0.get(from), self.0.get(to)) {
            (Some(from), Some(to)) => to <= from,
            _ => false,
        }
    }
}

/// Tarjan's walk over components in circles.
struct Walk<'s, 'a> {
    schemas: &'s Schemas<'a>,
    /// When a component was met, and the earliest one that it leads back to.
    state: HashMap<String, usize>,
    open: Vec<String>,
    ranks: HashMap<String, usize>,
    rank: usize,
}

impl Walk<'_, '_> {
    /// The earliest component that this one leads to and that is still open.
    fn visit(&mut self, name: &str) -> usize {
        let met = self.state.len();
        self.state.insert(name.to_owned(), met);
        self.open.push(name.to_owned());
        let mut ways = Vec::new();
        self.schemas.next(name, By::Extension, &mut ways);
        let mut earliest = met;
        for next in ways {
            earliest = earliest.min(match self.state.get(&next) {
                None => self.visit(&next),
                Some(at) if !self.ranks.contains_key(&next) => *at,
                Some(_) => met,
            });
        }
        if earliest == met {
            while let Some(member) = self.open.pop() {
                let is_last = member == name;
                self.ranks.insert(member, self.rank);
                if is_last {
                    break;
                }
            }
            self.rank += 1;
        }
        earliest
    }
}
