//! Names of types, of their fields and of their variants.

use super::alphabet::look;
use super::case::Case;
use super::scope::{Alphabet, Name, Scope};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{
    EnumValue, Enumeration, Extra, Field, Hint, Shape, Struct, Tag, TypeDef, Union, Unnamed, Variant, Wire,
};
use crate::items::{self, Room};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// What the variant for everything else is called.
const REST: [&str; 3] = ["Unknown", "Other", "Unrecognized"];

pub(super) fn types(
    defs: Vec<TypeDef>,
    alphabet: &Alphabet,
    root: &Place,
    diagnostics: &mut Diagnostics,
) -> Vec<TypeDef<Name>> {
    let mut scope = Scope::new(alphabet, Case::Pascal, "Model").reserve(items::names_in(Room::Types));
    // The document's own names first: an inline schema must not take one away.
    let mut hints = |component: bool| {
        let hints = defs.iter().filter(|def| def.component == component).map(|def| def.hint.as_str());
        scope.mint_all(hints).into_iter()
    };
    let (mut components, mut inline) = (hints(true), hints(false));
    let names: Vec<Name> =
        defs.iter().filter_map(|def| if def.component { components.next() } else { inline.next() }).collect();
    report(&defs, &names, root, diagnostics);
    // A newtype's name is a function too, which no argument of that name may hide.
    let is_newtype = |def: &TypeDef| matches!(def.shape, Shape::Newtype(_));
    let functions: HashSet<Name> =
        defs.iter().zip(&names).filter(|(def, _)| is_newtype(def)).map(|(_, name)| name.clone()).collect();
    let shapes = Shapes { alphabet, functions: &functions };
    let named = |(def, name): (TypeDef, Name)| TypeDef {
        hint: def.hint,
        name,
        component: def.component,
        doc: def.doc,
        deprecated: def.deprecated,
        shape: shapes.shape(def.shape),
    };
    defs.into_iter().zip(names).map(named).collect()
}

/// Says so when a component did not get its name, or one that looks like another's.
fn report(defs: &[TypeDef], names: &[Name], root: &Place, diagnostics: &mut Diagnostics) {
    let all: HashSet<&str> = names.iter().map(Name::as_str).collect();
    let mut looks: HashMap<String, &Hint> = HashMap::new();
    for (def, name) in defs.iter().zip(names).filter(|(def, _)| def.component) {
        let place = root.key("components").key("schemas").key(&def.hint);
        let wanted = Case::Pascal.of(&def.hint);
        let mut warn = |message: String| {
            diagnostics.push(Diagnostic::warning(Code::NameCollision, place.clone(), message));
        };
        if name.as_str() != wanted {
            let why = if all.contains(wanted.as_str()) { "is taken" } else { "means something else in Rust" };
            warn(format!("the schema `{}` is named `{name}`, since `{wanted}` {why}", def.hint));
            continue;
        }
        match looks.entry(look(&def.hint)) {
            Entry::Occupied(other) => {
                let other = other.get();
                warn(format!(
                    "the schemas `{}` and `{other}` look alike but are spelled differently",
                    def.hint
                ));
            }
            Entry::Vacant(free) => {
                free.insert(&def.hint);
            }
        }
    }
}

/// What the names inside of types must not be.
struct Shapes<'a> {
    alphabet: &'a Alphabet,
    /// Functions of the module that the types are in.
    functions: &'a HashSet<Name>,
}

impl Shapes<'_> {
    fn shape(&self, shape: Shape) -> Shape<Name> {
        match shape {
            Shape::Struct(object) => Shape::Struct(self.object(object)),
            Shape::StringEnum(values) => Shape::StringEnum(self.enumeration(values, Wire::to_string)),
            Shape::IntegerEnum(values) => Shape::IntegerEnum(self.enumeration(values, number)),
            Shape::Union(union) => Shape::Union(self.union(union)),
            Shape::Alias(ty) => Shape::Alias(ty),
            Shape::Newtype(ty) => Shape::Newtype(ty),
        }
    }

    fn object(&self, object: Struct) -> Struct<Name> {
        let mut scope = Scope::new(self.alphabet, Case::Snake, "field").inside(self.functions);
        let names = scope.mint_all(object.fields.iter().map(|field| field.wire.as_str()));
        let named = |(field, name): (Field, Name)| Field {
            wire: field.wire,
            name,
            doc: field.doc,
            deprecated: field.deprecated,
            presence: field.presence,
            access: field.access,
            ty: field.ty,
        };
        let fields = object.fields.into_iter().zip(names).map(named).collect();
        let extra = object.extra.map(|extra| self::extra(&extra, &mut scope));
        Struct { fields, extra, is_closed: object.is_closed }
    }

    fn enumeration<T>(&self, values: Enumeration<T>, words: fn(&T) -> String) -> Enumeration<T, Name> {
        let mut scope = Scope::new(self.alphabet, Case::Pascal, "Value");
        let hints: Vec<String> = values
            .values
            .iter()
            .map(|value| value.title.as_ref().map_or_else(|| words(&value.value), Hint::to_string))
            .collect();
        let names = scope.mint_all(hints.iter().map(String::as_str));
        let named = |(value, name): (EnumValue<T>, Name)| EnumValue {
            value: value.value,
            title: value.title,
            name,
            doc: value.doc,
        };
        Enumeration {
            values: values.values.into_iter().zip(names).map(named).collect(),
            unknown: scope.mint_first(&REST),
        }
    }

    fn union(&self, union: Union) -> Union<Name> {
        let mut scope = Scope::new(self.alphabet, Case::Pascal, "Variant");
        let names = scope.mint_all(union.variants.iter().map(|variant| variant.hint.as_str()));
        let named = |(variant, name): (Variant, Name)| Variant {
            hint: variant.hint,
            name,
            doc: variant.doc,
            tags: variant.tags,
            ty: variant.ty,
        };
        let variants = union.variants.into_iter().zip(names).map(named).collect();
        let tag = union.tag.map(|tag| Tag { property: tag.property, unknown: scope.mint_first(&REST) });
        Union { tag, variants }
    }
}

/// The field for what the document does not name.
fn extra(extra: &Extra<Unnamed>, scope: &mut Scope<'_>) -> Extra<Name> {
    let name = scope.mint_first(&["additional_properties", "more_properties", "rest"]);
    Extra { name, ty: extra.ty.clone() }
}

fn number(value: &i64) -> String {
    if *value < 0 { format!("Minus{}", value.unsigned_abs()) } else { format!("Value{value}") }
}
