//! A merge patch (RFC 7396) says `null` of what is to be removed: every optional property of such a body has its null, objects
//! inside of it are patches too, and lists are replaced as they are. A type that stands for patches only is changed itself;
//! where others use it, patches have one of their own beside it.

use super::prune::references;
use crate::ir::{Api, BodyKind, Presence, Shape, Type, TypeDef, TypeId};

/// What is said of a type that patches are made of.
const DOC: &str = "As a merge patch: what is left out stays as it is, what is null is removed.";

pub(super) fn run(api: &mut Api) {
    let mut roots = Vec::new();
    for body in api.operations.iter().flat_map(|operation| &operation.bodies) {
        if let (true, BodyKind::Json(ty)) = (body.is_merge_patch, &body.kind) {
            each_patch(ty, &mut |id| roots.push(id));
        }
    }
    if roots.is_empty() {
        return;
    }
    let patches = reach(api, roots, patches_in);
    let changes = changes(api, &patches);
    let shared = shared(api, &patches);
    let mut own: Vec<TypeId> = (0..api.types.len()).map(TypeId).collect();
    let copied = own.iter_mut().filter(|id| changes[id.0] && shared[id.0]);
    copied.enumerate().for_each(|(at, own)| *own = TypeId(api.types.len() + at));
    for index in (0..own.len()).filter(|index| changes[*index]) {
        let shape = patch(api, &api.types[index].shape, &own);
        let def = &mut api.types[index];
        let doc = if def.doc.is_empty() { DOC.to_owned() } else { format!("{}\n\n{DOC}", def.doc) };
        if own[index].0 == index {
            (def.shape, def.doc) = (shape, doc);
        } else {
            let hint = format!("{} patch", def.hint.as_str()).into();
            let copy = TypeDef { hint, component: false, doc, shape, ..def.clone() };
            api.types.push(copy);
        }
    }
    for body in api.operations.iter_mut().flat_map(|operation| &mut operation.bodies) {
        if let (true, BodyKind::Json(ty)) = (body.is_merge_patch, &mut body.kind) {
            *ty = patched(ty, &own);
        }
    }
}

/// Calls `each` with the types that are patches where this one is.
fn each_patch(ty: &Type, each: &mut dyn FnMut(TypeId)) {
    match ty {
        Type::Named(id) | Type::Boxed(id) => each(*id),
        Type::Nullable(inner) | Type::Map(inner) => each_patch(inner, each),
        _ => {}
    }
}

/// The types that are patches where one of this shape is.
fn patches_in(shape: &Shape) -> Vec<TypeId> {
    let mut found = Vec::new();
    shape.each_type(&mut |ty| each_patch(ty, &mut |id| found.push(id)));
    found
}

/// The types that are reached from some others.
fn reach(api: &Api, mut queue: Vec<TypeId>, step: fn(&Shape) -> Vec<TypeId>) -> Vec<bool> {
    let mut reached = vec![false; api.types.len()];
    while let Some(id) = queue.pop() {
        if !std::mem::replace(&mut reached[id.0], true) {
            queue.extend(step(&api.type_def(id).shape));
        }
    }
    reached
}

/// The types that are something else as patches: those that say so themselves, and those that hold one.
fn changes(api: &Api, patches: &[bool]) -> Vec<bool> {
    let mut changes: Vec<bool> =
        api.types.iter().zip(patches).map(|(def, is_patch)| *is_patch && gains(api, &def.shape)).collect();
    loop {
        let before = changes.iter().filter(|changes| **changes).count();
        for index in (0..changes.len()).filter(|index| patches[*index]) {
            changes[index] |= patches_in(&api.types[index].shape).iter().any(|id| changes[id.0]);
        }
        if changes.iter().filter(|changes| **changes).count() == before {
            return changes;
        }
    }
}

/// Whether a shape gains a null of its own.
fn gains(api: &Api, shape: &Shape) -> bool {
    let mut gains = false;
    shape.each_type(&mut |ty| gains |= patched(ty, &[]) != *ty);
    match shape {
        Shape::Struct(object) => {
            let is_extended = object.extra.iter().any(|extra| extra.ty != extra.ty.clone().nullable());
            gains
                || is_extended
                || object.fields.iter().any(|field| is_widened(api, field.presence, &field.ty))
        }
        _ => gains,
    }
}

/// Whether a property has no null yet and may be left out.
fn is_widened(api: &Api, presence: Presence, ty: &Type) -> bool {
    presence == Presence::Optional && !matches!(api.resolved(ty), Type::Any | Type::Null)
}

/// The types that somebody uses who does not send patches.
fn shared(api: &Api, patches: &[bool]) -> Vec<bool> {
    let mut roots = Vec::new();
    let mut add = |ty: &Type| ty.each_named(&mut |id| roots.push(id));
    for operation in &api.operations {
        let mut others = operation.clone();
        others.bodies.retain(|body| !body.is_merge_patch);
        others.each_sent(&mut add);
        others.each_answered(&mut add);
    }
    for variant in api.errors.iter().flat_map(|set| &set.variants) {
        variant.answer.content.each_type(&mut add);
    }
    for (def, is_patch) in api.types.iter().zip(patches) {
        match is_patch {
            // The items of a list are whole.
            true => def.shape.each_type(&mut |ty| each_whole(ty, &mut add)),
            // The document's own types stay, whether anybody uses them or not.
            false if def.component => def.shape.each_type(&mut add),
            false => {}
        }
    }
    reach(api, roots, references)
}

/// Calls `each` with the lists inside a type.
fn each_whole(ty: &Type, each: &mut dyn FnMut(&Type)) {
    match ty {
        Type::List(item) => each(item),
        Type::Nullable(inner) | Type::Map(inner) => each_whole(inner, each),
        _ => {}
    }
}

/// A shape as a patch, with the types that patches have of their own.
fn patch(api: &Api, shape: &Shape, own: &[TypeId]) -> Shape {
    let mut patch = shape.clone();
    if let Shape::Struct(object) = &mut patch {
        for field in &mut object.fields {
            if is_widened(api, field.presence, &field.ty) {
                field.presence = Presence::OptionalNullable;
            }
        }
        object.extra.iter_mut().for_each(|extra| extra.ty = extra.ty.clone().nullable());
    }
    patch.map_types(&|ty| patched(ty, own));
    patch
}

/// A type as a patch: the members of a map may be removed.
fn patched(ty: &Type, own: &[TypeId]) -> Type {
    match ty {
        Type::Named(id) => Type::Named(own.get(id.0).copied().unwrap_or(*id)),
        Type::Boxed(id) => Type::Boxed(own.get(id.0).copied().unwrap_or(*id)),
        Type::Nullable(inner) => Type::Nullable(Box::new(patched(inner, own))),
        Type::Map(value) => Type::Map(Box::new(patched(value, own).nullable())),
        other => other.clone(),
    }
}
