//! Discriminators belong to their union, which writes and reads them: variants that exist for one union only lose the
//! field that repeats the tag, and those that held nothing else hold nothing.

use super::prune::uses;
use crate::ir::{Api, Shape, Type, TypeId, Variant};

pub(super) fn run(api: &mut Api) {
    let uses = uses(api);
    for index in 0..api.types.len() {
        let Shape::Union(union) = &api.types[index].shape else { continue };
        let Some(tag) = union.tag.as_ref().and_then(|tag| tag.property.clone()) else { continue };
        let variants: Vec<Option<TypeId>> =
            union.variants.iter().map(|variant| own(api, variant, &uses)).collect();
        for (at, id) in variants.into_iter().enumerate() {
            let Some(id) = id else { continue };
            // What stands for the variant's schema is the union, not a struct that lacks the tag.
            api.schema_types.retain(|(_, ty)| *ty != Type::Named(id));
            let is_empty = match &mut api.types[id.0].shape {
                Shape::Struct(object) => {
                    object.fields.retain(|field| field.wire != tag);
                    object.fields.is_empty() && object.extra.is_none()
                }
                _ => false,
            };
            if let Shape::Union(union) = &mut api.types[index].shape
                && is_empty
            {
                union.variants[at].ty = None;
            }
        }
    }
}

/// The struct of a variant that is used nowhere else and whose tag can have one value only.
fn own(api: &Api, variant: &Variant, uses: &[usize]) -> Option<TypeId> {
    let Some(Type::Named(id)) = variant.ty else { return None };
    let def = api.type_def(id);
    let is_own = !def.component && uses[id.0] == 1 && variant.tags.len() == 1;
    (is_own && matches!(def.shape, Shape::Struct(_))).then_some(id)
}
