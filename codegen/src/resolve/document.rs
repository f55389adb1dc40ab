use super::parked::Parked;
use crate::diagnostic::Place;
use crate::openapi::parked::{self, Slot};
use crate::openapi::pointer;
use indexmap::IndexMap;
use openapiv3::{
    Components, Header, OpenAPI, Operation, Parameter, PathItem, ReferenceOr, RequestBody, Response, Schema,
    SecurityScheme,
};

/// A typed document whose references are known to lead somewhere. Its places are those of the tree that it was read from;
/// the findings turn them into places of the files.
pub(crate) struct Document {
    pub(crate) api: OpenAPI,
    pub(crate) root: Place,
    parked: Parked,
}

/// An operation of a path.
pub(crate) struct PathOperation<'a> {
    /// In capitals.
    pub(crate) method: String,
    pub(crate) operation: &'a Operation,
    pub(crate) place: Place,
}

/// The name of a component in a reference, unescaped.
pub(crate) fn name_of(reference: &str) -> String {
    pointer::last(reference)
}

impl Document {
    pub(super) fn new(api: OpenAPI, root: Place, parked: Parked) -> Self {
        Self { api, root, parked }
    }

    /// A document of these schemas and nothing else; of none if they are not to be read.
    #[cfg(test)]
    pub(crate) fn of_schemas(schemas: serde_json::Value) -> Self {
        let document = serde_json::json!({
            "openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": {}, "components": {"schemas": schemas}
        });
        Self::new(
            serde_json::from_value(document).unwrap_or_default(),
            Place::file(&"test".into()),
            Parked::default(),
        )
    }

    /// All operations of a path.
    pub(crate) fn operations(&self, path: &str) -> Vec<PathOperation<'_>> {
        let item = self.api.paths.paths.get(path).and_then(ReferenceOr::as_item);
        let place = self.path_place(path);
        let known = item.into_iter().flat_map(PathItem::iter).map(|(method, operation)| PathOperation {
            method: method.to_ascii_uppercase(),
            operation,
            place: place.key(method),
        });
        let slot = item.and_then(|item| parked::operations(&item.extensions));
        let more = slot.and_then(|slot| slot.read(&self.parked.operations)).into_iter().flatten();
        let more = more.map(|(method, operation)| PathOperation {
            method: method.clone(),
            operation,
            place: parked::operation_keys(method).iter().fold(place.clone(), |place, key| place.key(key)),
        });
        known.chain(more).collect()
    }

    /// A schema in a place that 3.0 does not have.
    pub(crate) fn parked(&self, slot: Slot) -> Option<&ReferenceOr<Schema>> {
        slot.read(&self.parked.schemas)
    }

    /// The place of a component.
    pub(crate) fn place(&self, section: &str, name: &str) -> Place {
        self.root.key("components").key(section).key(name)
    }

    /// The place of a component if it has a name, else the place where it is used.
    pub(crate) fn place_or(&self, section: &str, name: Option<&str>, used: Place) -> Place {
        name.map_or(used, |name| self.place(section, name))
    }

    /// The place of a path item.
    pub(crate) fn path_place(&self, path: &str) -> Place {
        self.root.key("paths").key(path)
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
        item: &'a ReferenceOr<Parameter>,
    ) -> Option<(Option<String>, &'a Parameter)> {
        self.follow(item, |components| &components.parameters)
    }

    /// A request body, with its name if it is a component.
    pub(crate) fn request_body<'a>(
        &'a self,
        item: &'a ReferenceOr<RequestBody>,
    ) -> Option<(Option<String>, &'a RequestBody)> {
        self.follow(item, |components| &components.request_bodies)
    }

    /// A response, with its name if it is a component.
    pub(crate) fn response<'a>(
        &'a self,
        item: &'a ReferenceOr<Response>,
    ) -> Option<(Option<String>, &'a Response)> {
        self.follow(item, |components| &components.responses)
    }

    /// A header, with its name if it is a component.
    pub(crate) fn header<'a>(
        &'a self,
        item: &'a ReferenceOr<Header>,
    ) -> Option<(Option<String>, &'a Header)> {
        self.follow(item, |components| &components.headers)
    }

    /// A security scheme by its name, through references.
    pub(crate) fn security_scheme(&self, name: &str) -> Option<&SecurityScheme> {
        let item = self.api.components.as_ref()?.security_schemes.get(name)?;
        self.follow(item, |components| &components.security_schemes).map(|(_, scheme)| scheme)
    }

    /// What an item refers to, with the name of the last component on the way. A way that is longer than there are
    /// components bites its tail.
    fn follow<'a, T>(
        &'a self,
        mut item: &'a ReferenceOr<T>,
        section: fn(&Components) -> &IndexMap<String, ReferenceOr<T>>,
    ) -> Option<(Option<String>, &'a T)> {
        let mut name = None;
        let mut steps = 0;
        loop {
            let reference = match item {
                ReferenceOr::Item(found) => return Some((name, found)),
                ReferenceOr::Reference { reference } => reference,
            };
            let components = section(self.api.components.as_ref()?);
            let component = pointer::last(reference);
            item = components.get(&component).filter(|_| steps <= components.len())?;
            name = Some(component);
            steps += 1;
        }
    }
}
