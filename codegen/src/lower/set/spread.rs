//! A set with unions as the union of sets without: an intersection distributes over what it meets.

use super::apart::Apart;
use super::form::Form;
use super::{Clash, Union};
use crate::read::{Node, Placed};

/// More sets than this are not told apart where unions meet unions; one union may have any number of variants.
const MOST: usize = 64;
/// … nor are more looked at than this on the way, whatever is left of them.
const STEPS: usize = 8_192;

/// One of the sets that a union is made of.
#[derive(Clone)]
pub(in crate::lower) struct Alternative<'a> {
    /// The variants that it came about by, one of each union.
    pub(in crate::lower) origins: Vec<Placed<'a>>,
    /// What is known of it; `None` for a variant that is as it was written.
    pub(in crate::lower) form: Option<Form<'a>>,
}

/// The alternatives of a set with unions, and the variants that none of its values is of. `None` if there are too many.
pub(in crate::lower) fn spread<'a>(set: &Apart<'_, 'a>) -> (Option<Vec<Alternative<'a>>>, Vec<Clash>) {
    let mut clashes = Vec::new();
    let written: usize = set.set.unions.iter().map(|union| union.variants.len()).sum();
    let mut steps = STEPS.max(2 * written);
    let found = over(set, &set.set.unions, &mut clashes, &mut steps);
    (found.map(|found| found.into_iter().map(alternative).collect()), clashes)
}

/// An alternative that is what one of its variants is alone is that variant, as it was written.
fn alternative<'a>((origins, set): (Vec<Placed<'a>>, Apart<'_, 'a>)) -> Alternative<'a> {
    match origins.iter().find(|origin| set.is(origin)) {
        Some(alone) => Alternative { origins: vec![alone.clone()], form: None },
        None => Alternative { origins, form: Some(set.set.form) },
    }
}

type Found<'s, 'a> = Vec<(Vec<Placed<'a>>, Apart<'s, 'a>)>;

fn over<'s, 'a>(
    set: &Apart<'s, 'a>,
    unions: &[Union<'a>],
    clashes: &mut Vec<Clash>,
    steps: &mut usize,
) -> Option<Found<'s, 'a>> {
    let Some((union, rest)) = unions.split_first() else { return Some(vec![(Vec::new(), set.clone())]) };
    let mut found = Vec::with_capacity(union.variants.len());
    for variant in &set.variants(union) {
        *steps = steps.checked_sub(1)?;
        let mut one = set.and(union, variant);
        if let Some(clash) = one.set.clashes.pop().or_else(|| one.without_value()) {
            clashes.push(clash);
            continue;
        }
        // A variant that is a union itself comes apart first.
        let inner = std::mem::take(&mut one.set.unions);
        for (path, one) in over(&one, &inner, clashes, steps)? {
            let origin = path.into_iter().rev().find(has_name).unwrap_or_else(|| variant.clone());
            for (mut origins, whole) in over(&one, rest, clashes, steps)? {
                origins.insert(0, origin.clone());
                found.push((origins, whole));
            }
        }
        if !rest.is_empty() && found.len() > MOST.max(union.variants.len()) {
            return None;
        }
    }
    Some(found)
}

/// Whether a variant has words of its own that it can be called by.
fn has_name(variant: &Placed<'_>) -> bool {
    match variant.node {
        Node::Reference(_) => true,
        Node::Schema(schema) => schema.schema_data.title.is_some(),
    }
}
