//! That an object has no members beside those that are named matters where a union chooses by the best fit, and is forgotten
//! elsewhere: services grow.

use crate::ir::{Api, Shape, Type, TypeId};
use std::collections::HashSet;

pub(super) fn run(api: &mut Api) {
    let mut chosen: HashSet<TypeId> = HashSet::new();
    for def in &api.types {
        if let Shape::Union(union) = &def.shape
            && union.tag.is_none()
        {
            union
                .variants
                .iter()
                .filter_map(|variant| variant.ty.as_ref())
                .for_each(|ty| reach(api, ty, &mut chosen));
        }
    }
    for (index, def) in api.types.iter_mut().enumerate() {
        if let Shape::Struct(object) = &mut def.shape {
            object.is_closed &= chosen.contains(&TypeId(index));
        }
    }
}

/// What a variant may turn out to be.
fn reach(api: &Api, ty: &Type, chosen: &mut HashSet<TypeId>) {
    let id = match ty {
        Type::Nullable(inner) => return reach(api, inner, chosen),
        Type::Named(id) | Type::Boxed(id) => *id,
        _ => return,
    };
    if !chosen.insert(id) {
        return;
    }
    match &api.type_def(id).shape {
        Shape::Alias(inner) => reach(api, inner, chosen),
        Shape::Union(union) => {
            union
                .variants
                .iter()
                .filter_map(|variant| variant.ty.as_ref())
                .for_each(|ty| reach(api, ty, chosen));
        }
        _ => {}
    }
}
