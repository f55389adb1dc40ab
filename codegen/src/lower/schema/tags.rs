//! Unions with a discriminator, and the values of the tag that stand for each variant.

use super::union::Told;
use crate::ir::{Tag, Type, Union, Unnamed, Variant};
use crate::lower::lowering::Lower;
use crate::lower::set::Alternative;
use crate::read::{Keywords, Kind, Node};
use crate::resolve::name_of;
use openapiv3::Discriminator;
use std::collections::{HashMap, HashSet};

impl<'a> Lower<'a> {
    /// A union by its discriminator; variants that share a value of the tag are one variant, a union in turn. `None` if
    /// one is no object or has no value of the tag, or if all share theirs.
    pub(super) fn tagged(
        &mut self,
        alternatives: &[Alternative<'a>],
        discriminator: &Discriminator,
        told: Told<'_>,
        hint: &str,
    ) -> Option<Union> {
        let tags: Vec<Vec<String>> =
            alternatives.iter().map(|alternative| self.tags_of(alternative, discriminator)).collect();
        let is_object =
            |alternative: &Alternative<'a>| match (&alternative.form, alternative.origins.as_slice()) {
                (Some(form), _) => form.kind() == Some(Kind::Object),
                (None, origins) => origins.iter().all(|origin| self.schemas.is_of_objects(origin.node)),
            };
        let groups = groups(tags).filter(|_| alternatives.iter().all(is_object))?;
        let mut union = Union { tag: Some(Tag::of(&discriminator.property_name)), variants: Vec::new() };
        for Group { members, tags } in groups {
            let members: Vec<Alternative<'a>> =
                members.iter().filter_map(|at| alternatives.get(*at)).cloned().collect();
            let mut variant = match members.as_slice() {
                [one] => self.variant(one, hint),
                many => self.shared(many, told, tags.first().map_or("", String::as_str), hint),
            };
            // An object is told by its tag, `null` is not.
            if let Some(Type::Nullable(inner)) = variant.ty {
                variant.ty = Some(*inner);
            }
            union.variants.push(Variant { tags, ..variant });
        }
        if alternatives.iter().all(|alternative| alternative.form.is_none()) {
            self.mapped_variants(discriminator, &mut union);
        }
        Some(union)
    }

    /// The variant of alternatives that share a value of the tag.
    fn shared(&mut self, alternatives: &[Alternative<'a>], told: Told<'_>, tag: &str, hint: &str) -> Variant {
        let inner = format!("{hint} {tag}");
        let node = Node::Reference("");
        let place =
            alternatives.first().and_then(|one| one.origins.first()).map(|origin| origin.place.clone());
        let place = place.unwrap_or_else(|| self.document.root.clone());
        let told = Told { discriminator: None, ..told };
        let described = self.union(alternatives.to_vec(), told, &inner, &place);
        let ty = Some(self.defined(described, &inner, node));
        Variant { hint: tag.into(), name: Unnamed, doc: String::new(), tags: Vec::new(), ty }
    }

    /// Variants that only the mapping names.
    fn mapped_variants(&mut self, discriminator: &Discriminator, union: &mut Union) {
        for (tag, target) in &discriminator.mapping {
            let name = name_of(target);
            let Some(id) = self.components.get(&name).copied() else { continue };
            if union.variants.iter().any(|variant| variant.tags.contains(tag)) {
                continue;
            }
            let ty = Some(Type::Named(id));
            match union.variants.iter_mut().find(|variant| variant.ty == ty) {
                Some(variant) => variant.tags.push(tag.clone()),
                None => union.variants.push(Variant {
                    hint: name.into(),
                    name: Unnamed,
                    doc: String::new(),
                    tags: vec![tag.clone()],
                    ty,
                }),
            }
        }
    }

    /// The values of the tag that stand for an alternative.
    fn tags_of(&self, alternative: &Alternative<'a>, discriminator: &Discriminator) -> Vec<String> {
        let of = |node: Node<'a>| {
            let constants = self.schemas.constants_of(node, &discriminator.property_name);
            let within =
                if constants.is_empty() { self.tags_within(node, discriminator, DEPTH) } else { None };
            tags(node.component(), within.unwrap_or(constants), discriminator)
        };
        alternative
            .origins
            .iter()
            .map(|origin| of(origin.node))
            .find(|tags| !tags.is_empty())
            .unwrap_or_default()
    }

    /// The values of the tag that stand for a variant which is a union in turn: those of its own variants, if all of them have
    /// some by the same property.
    fn tags_within(&self, node: Node<'a>, outer: &Discriminator, depth: usize) -> Option<Vec<String>> {
        let depth = depth.checked_sub(1)?;
        let keywords = Keywords::of(self.schemas.schema(node)?);
        let own = keywords.data.discriminator.as_ref();
        let own = own.filter(|own| own.property_name == outer.property_name);
        let variants = keywords.one_of.iter().chain(keywords.any_of).map(Node::from);
        let mut found = Vec::new();
        for variant in variants {
            let constants = self.schemas.constants_of(variant, &outer.property_name);
            let tags = match (self.tags_within(variant, outer, depth).filter(|_| constants.is_empty()), own) {
                (Some(within), _) => within,
                (None, Some(own)) => tags(variant.component(), constants, own),
                (None, None) => constants,
            };
            found.extend(Some(tags).filter(|tags| !tags.is_empty())?);
        }
        Some(found).filter(|found| !found.is_empty())
    }
}

/// Unions inside of unions are looked into this far.
const DEPTH: usize = 8;

/// Alternatives that share values of a tag, by their index.
struct Group {
    members: Vec<usize>,
    tags: Vec<String>,
}

/// Who shares tags with whom. `None` if someone has none, or shares them with several who do not, or if all share theirs.
fn groups(tags: Vec<Vec<String>>) -> Option<Vec<Group>> {
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of: HashMap<String, usize> = HashMap::new();
    for (at, own) in tags.into_iter().enumerate() {
        let known: HashSet<usize> = own.iter().filter_map(|tag| group_of.get(tag)).copied().collect();
        let group = match known.iter().next() {
            Some(_) if known.len() > 1 => return None,
            Some(group) => *group,
            None => {
                groups.push(Group { members: Vec::new(), tags: Vec::new() });
                groups.len() - 1
            }
        };
        let shared = groups.get_mut(group)?;
        shared.members.push(at);
        for tag in own {
            if group_of.insert(tag.clone(), group).is_none() {
                shared.tags.push(tag);
            }
        }
    }
    let is_one = |group: &Group| !group.tags.is_empty();
    (groups.len() > 1 && groups.iter().all(is_one)).then_some(groups)
}

/// Whether everyone has tags, and nobody another's.
pub(super) fn tell_apart(tags: &[Vec<String>]) -> bool {
    let mut seen: HashSet<&String> = HashSet::new();
    tags.iter().all(|own| !own.is_empty()) && tags.iter().flatten().all(|tag| seen.insert(tag))
}

/// The values of the tag that stand for a component: mapped ones, else the constants it allows, else its name.
pub(super) fn tags(
    name: Option<String>,
    constants: Vec<String>,
    discriminator: &Discriminator,
) -> Vec<String> {
    let mapped: Vec<String> = discriminator
        .mapping
        .iter()
        .filter(|(_, target)| name.as_deref() == Some(name_of(target).as_str()))
        .map(|(tag, _)| tag.clone())
        .collect();
    if !mapped.is_empty() {
        return mapped;
    }
    if constants.is_empty() { name.into_iter().collect() } else { constants }
}
