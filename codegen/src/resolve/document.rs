use crate::diagnostic::Place;
use openapiv3::{
    Header, OpenAPI, Operation, Parameter, PathItem, ReferenceOr, RequestBody, Response, Schema,
    SecurityScheme,
};
use serde_json::Value;
use std::collections::HashMap;

/// A typed document whose references are known to lead somewhere.
pub(crate) struct Document {
    pub(crate) api: OpenAPI,
    pub(crate) root: Place,
    /// The tree that the typed document was read from, for places.
    tree: Value,
    /// Operations of methods that 3.0 does not have, by path; the loader parked them.
    additional: HashMap<String, Vec<(String, Operation)>>,
    /// Schemas that 3.0 has no place for, by their JSON; the loader parked them.
    parked: HashMap<String, ReferenceOr<Schema>>,
}

/// The name of a component in a reference, unescaped.
pub(crate) fn name_of(reference: &str) -> String {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    name.replace("~1", "/").replace("~0", "~")
}

impl Document {
    pub(super) fn new(api: OpenAPI, root: Place, tree: Value) -> Self {
        let additional = api
            .paths
            .iter()
            .filter_map(|(path, item)| Some((path.clone(), additional(item.as_item()?))))
            .collect();
        let mut parked = HashMap::new();
        park(&tree, &mut parked);
        Self { api, root, tree, additional, parked }
    }

    /// All operations of a path with their methods.
    pub(crate) fn operations(&self, path: &str) -> Vec<(String, &Operation)> {
        let item = self.api.paths.paths.get(path).and_then(ReferenceOr::as_item);
        let known = item
            .into_iter()
            .flat_map(PathItem::iter)
            .map(|(method, found)| (method.to_ascii_uppercase(), found));
        let more =
            self.additional.get(path).into_iter().flatten().map(|(method, found)| (method.clone(), found));
        known.chain(more).collect()
    }

    /// A schema that stands under an extension of the loader's.
    pub(crate) fn parked(&self, value: &Value) -> Option<&ReferenceOr<Schema>> {
        self.parked.get(&value.to_string())
    }

    /// The place of a component in its source file.
    pub(crate) fn place(&self, section: &str, name: &str) -> Place {
        let place = self.root.key("components").key(section).key(name);
        self.tree.pointer(&place.pointer).and_then(crate::diagnostic::origin).unwrap_or(place)
    }

    /// The place of a component if it has a name, else the place where it is used.
    pub(crate) fn place_or(&self, section: &str, name: Option<&str>, used: Place) -> Place {
        name.map_or(used, |name| self.place(section, name))
    }

    /// The place of an operation's path item in its source file.
    pub(crate) fn path_place(&self, path: &str) -> Place {
        let place = self.root.key("paths").key(path);
        self.tree.pointer(&place.pointer).and_then(crate::diagnostic::origin).unwrap_or(place)
    }

    pub(crate) fn schemas(&self) -> impl Iterator<Item = (&str, &ReferenceOr<Schema>)> {
        self.api
            .components
            .iter()
            .flat_map(|components| &components.schemas)
            .map(|(name, schema)| (name.as_str(), schema))
    }

    /// A schema component, and whether it is there at all.
    pub(crate) fn schema(&self, name: &str) -> Option<&ReferenceOr<Schema>> {
        self.api.components.as_ref()?.schemas.get(name)
    }

    /// A parameter, with its name if it is a component.
    pub(crate) fn parameter<'a>(
        &'a self,
        mut item: &'a ReferenceOr<Parameter>,
    ) -> Option<(Option<String>, &'a Parameter)> {
        let mut name = None;
        loop {
            match item {
                ReferenceOr::Item(found) => return Some((name, found)),
                ReferenceOr::Reference { reference } => {
                    let component = name_of(reference);
                    item = self.api.components.as_ref()?.parameters.get(&component)?;
                    name = Some(component);
                }
            }
        }
    }

    /// A request body, with its name if it is a component.
    pub(crate) fn request_body<'a>(
        &'a self,
        mut item: &'a ReferenceOr<RequestBody>,
    ) -> Option<(Option<String>, &'a RequestBody)> {
        let mut name = None;
        loop {
            match item {
                ReferenceOr::Item(found) => return Some((name, found)),
                ReferenceOr::Reference { reference } => {
                    let component = name_of(reference);
                    item = self.api.components.as_ref()?.request_bodies.get(&component)?;
                    name = Some(component);
                }
            }
        }
    }

    /// A header, through references.
    pub(crate) fn header<'a>(&'a self, mut item: &'a ReferenceOr<Header>) -> Option<&'a Header> {
        for _ in 0..32 {
            match item {
                ReferenceOr::Item(found) => return Some(found),
                ReferenceOr::Reference { reference } => {
                    item = self.api.components.as_ref()?.headers.get(&name_of(reference))?;
                }
            }
        }
        None
    }

    /// A security scheme by its name, through references.
    pub(crate) fn security_scheme(&self, name: &str) -> Option<&SecurityScheme> {
        let schemes = &self.api.components.as_ref()?.security_schemes;
        let mut item = schemes.get(name)?;
        for _ in 0..32 {
            match item {
                ReferenceOr::Item(found) => return Some(found),
                ReferenceOr::Reference { reference } => item = schemes.get(&name_of(reference))?,
            }
        }
        None
    }

    /// A response, with its name if it is a component.
    pub(crate) fn response<'a>(
        &'a self,
        mut item: &'a ReferenceOr<Response>,
    ) -> Option<(Option<String>, &'a Response)> {
        let mut name = None;
        loop {
            match item {
                ReferenceOr::Item(found) => return Some((name, found)),
                ReferenceOr::Reference { reference } => {
                    let component = name_of(reference);
                    item = self.api.components.as_ref()?.responses.get(&component)?;
                    name = Some(component);
                }
            }
        }
    }
}

fn additional(item: &PathItem) -> Vec<(String, Operation)> {
    let parked = item.extensions.get("x-additional-operations").and_then(Value::as_object);
    let parse = |(method, source): (&String, &Value)| {
        Some((method.clone(), serde_json::from_value(source.clone()).ok()?))
    };
    parked.into_iter().flatten().filter_map(parse).collect()
}

fn park(value: &Value, parked: &mut HashMap<String, ReferenceOr<Schema>>) {
    match value {
        Value::Object(members) => {
            for key in ["x-item-schema", "x-content-schema"] {
                if let Some(schema) = members.get(key)
                    && let Ok(parsed) = serde_json::from_value(schema.clone())
                {
                    parked.insert(schema.to_string(), parsed);
                }
            }
            members.values().for_each(|member| park(member, parked));
        }
        Value::Array(items) => items.iter().for_each(|item| park(item, parked)),
        _ => {}
    }
}
