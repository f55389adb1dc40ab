//! Inline types that nothing refers to are not printed: other passes, and merging, leave some behind. Schemas that the
//! document names stay, since a user may want them for messages that no operation carries.

use crate::ir::{Api, BodyKind, Content, Operation, Shape, Success, Type, TypeId};

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
        operation.parameters.iter().for_each(|parameter| each(&parameter.ty));
        if let Some(BodyKind::Json(ty) | BodyKind::Form(ty)) = operation.body.as_ref().map(|body| &body.kind)
        {
            each(ty);
        }
        for content in successes(operation) {
            if let Content::Json(ty) = content {
                each(ty);
            }
        }
    }
    for variant in api.errors.iter().flat_map(|set| &set.variants) {
        if let Content::Json(ty) = &variant.answer.content {
            each(ty);
        }
    }
}

fn successes(operation: &Operation) -> Vec<&Content> {
    match &operation.success {
        Success::One { content, .. } => vec![content],
        Success::Many { variants, .. } => variants.iter().map(|variant| &variant.answer.content).collect(),
    }
}

fn renumber(api: &mut Api, number: &dyn Fn(TypeId) -> TypeId) {
    let json = |content: &mut Content| {
        if let Content::Json(ty) = content {
            *ty = ty.renumbered(number);
        }
    };
    for operation in &mut api.operations {
        operation.parameters.iter_mut().for_each(|parameter| parameter.ty = parameter.ty.renumbered(number));
        if let Some(BodyKind::Json(ty) | BodyKind::Form(ty)) =
            operation.body.as_mut().map(|body| &mut body.kind)
        {
            *ty = ty.renumbered(number);
        }
        match &mut operation.success {
            Success::One { content, .. } => json(content),
            Success::Many { variants, .. } => {
                variants.iter_mut().for_each(|variant| json(&mut variant.answer.content))
            }
        }
    }
    for variant in api.errors.iter_mut().flat_map(|set| &mut set.variants) {
        json(&mut variant.answer.content);
    }
}
