//! Inline types that nothing refers to are not printed: other passes, and merging, leave some behind. Schemas that the
//! document names stay, since a user may want them for messages that no operation carries.

use crate::ir::{Api, Shape, Type, TypeId};

pub(super) fn run(api: &mut Api) {
    let mut kept = vec![false; api.types.len()];
    let mut queue: Vec<TypeId> =
        (0..api.types.len()).map(TypeId).filter(|id| api.type_def(*id).component).collect();
    each_outer(api, &mut |ty| ty.each_named(&mut |id| queue.push(id)));
    while let Some(id) = queue.pop() {
        if !std::mem::replace(&mut kept[id.0], true) {
            queue.extend(references(&api.type_def(id).shape));
        }
    }
    let mut next = 0;
    let numbers: Vec<usize> = kept
        .iter()
        .map(|kept| {
            let number = next;
            next += usize::from(*kept);
            number
        })
        .collect();
    let number = |id: TypeId| TypeId(numbers[id.0]);
    let mut keep = kept.iter();
    api.types.retain(|_| keep.next().is_none_or(|keep| *keep));
    for def in &mut api.types {
        def.shape.map_types(&|ty| ty.renumbered(&number));
    }
    renumber(api, &number);
    let is_kept = |ty: &Type| {
        let mut all = true;
        ty.each_named(&mut |id| all &= kept[id.0]);
        all
    };
    api.schema_types.retain(|(_, ty)| is_kept(ty));
    api.schema_types.iter_mut().for_each(|(_, ty)| *ty = ty.renumbered(&number));
}

/// How often each type is referred to.
pub(super) fn uses(api: &Api) -> Vec<usize> {
    let mut uses = vec![0; api.types.len()];
    for def in &api.types {
        references(&def.shape).into_iter().for_each(|id| uses[id.0] += 1);
    }
    each_outer(api, &mut |ty| ty.each_named(&mut |id| uses[id.0] += 1));
    uses
}

pub(super) fn references(shape: &Shape) -> Vec<TypeId> {
    let mut found = Vec::new();
    shape.each_type(&mut |ty| ty.each_named(&mut |id| found.push(id)));
    found
}

/// The types in operations and errors.
fn each_outer(api: &Api, each: &mut dyn FnMut(&Type)) {
    for operation in &api.operations {
        operation.each_sent(each);
        operation.each_answered(each);
    }
    api.errors
        .iter()
        .flat_map(|set| &set.variants)
        .for_each(|variant| variant.answer.content.each_type(each));
}

fn renumber(api: &mut Api, number: &dyn Fn(TypeId) -> TypeId) {
    let map = |ty: &Type| ty.renumbered(number);
    api.operations.iter_mut().for_each(|operation| operation.map_types(&map));
    let variants = api.errors.iter_mut().flat_map(|set| &mut set.variants);
    variants.for_each(|variant| variant.answer.content.map_type(&map));
}
