//! `required` is a promise of whoever sets a property: what only the service sets need not be in a request, and what only
//! the caller sets need not be in an answer. Where a type travels the other way too, such a field may be left out.

use super::prune::references;
use crate::ir::{Access, Api, Presence, Shape, TypeId};

pub(super) fn run(api: &mut Api) {
    let mut sent = Vec::new();
    let mut answered = Vec::new();
    for operation in &api.operations {
        operation.each_sent(&mut |ty| ty.each_named(&mut |id| sent.push(id)));
        operation.each_answered(&mut |ty| ty.each_named(&mut |id| answered.push(id)));
    }
    for variant in api.errors.iter().flat_map(|set| &set.variants) {
        variant.answer.content.each_type(&mut |ty| ty.each_named(&mut |id| answered.push(id)));
    }
    let (sent, answered) = (reach(api, sent), reach(api, answered));
    for (index, def) in api.types.iter_mut().enumerate() {
        let Shape::Struct(object) = &mut def.shape else { continue };
        for field in &mut object.fields {
            let other_way = match field.access {
                Access::Both => false,
                Access::ReadOnly => sent[index],
                Access::WriteOnly => answered[index],
            };
            if other_way {
                field.presence = match field.presence {
                    Presence::Required => Presence::Optional,
                    Presence::Nullable => Presence::OptionalNullable,
                    optional => optional,
                };
            }
        }
    }
}

/// The types that values of these types hold, however deep.
fn reach(api: &Api, mut queue: Vec<TypeId>) -> Vec<bool> {
    let mut reached = vec![false; api.types.len()];
    while let Some(id) = queue.pop() {
        if !std::mem::replace(&mut reached[id.0], true) {
            queue.extend(references(&api.type_def(id).shape));
        }
    }
    reached
}
