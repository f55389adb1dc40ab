//! Bodies of parts: an object's properties as the fields of a form, files told from values.

use crate::diagnostic::{Code, Place};
use crate::ir::{Extra, Field, Form, Multipart, Part, PartKind, Presence, Shape, Type, Unnamed};
use crate::lower::Lower;
use crate::read::media::{Media, essence, media};
use crate::read::{Keywords, Kind, Node};
use openapiv3::MediaType;

impl<'a> Lower<'a> {
    pub(crate) fn multipart(
        &mut self,
        name: &str,
        content: &'a MediaType,
        id: &str,
        place: &Place,
    ) -> Multipart {
        let essence = essence(name);
        let subtype = essence.split_once('/').map_or("form-data", |(_, subtype)| subtype);
        let subtype = if subtype.is_empty() || subtype.contains('*') { "form-data" } else { subtype };
        let mut multipart = Multipart { subtype: subtype.to_owned(), form: None };
        let Some(node) = content.schema.as_ref().map(Node::from) else { return multipart };
        let ty = self.ty(node, &format!("{id} form"), &place.key("schema"));
        let Some((fields, extra)) = self.fields_of(&ty) else {
            let message = "parts are the properties of an object; this schema names none, so none is sent";
            self.warn(Code::UnsupportedPart, &place.key("schema"), message);
            return multipart;
        };
        let properties = self.properties_of(node);
        let mut parts = Vec::with_capacity(fields.len());
        for field in fields {
            let schemas = properties.iter().filter(|(wire, _)| field.wire == **wire).map(|(_, node)| *node);
            let files = schemas.filter_map(|node| self.files(node)).next_back();
            let encoding = content.encoding.get(field.wire.as_str());
            let media_types =
                encoding.and_then(|encoding| encoding.content_type.as_deref()).unwrap_or_default();
            let is_file_type = |name: &str| !matches!(media(name), Media::Json | Media::Text | Media::Form);
            let kind = match (files, &field.ty) {
                (Some(Files::One), _) => PartKind::File,
                (Some(Files::Many), _) => PartKind::Files,
                // An image is no text, whatever its schema says.
                (None, Type::Text) if !media_types.is_empty() && media_types.split(',').all(is_file_type) => {
                    PartKind::File
                }
                (None, ty) => PartKind::Value(ty.clone()),
            };
            let single = !media_types.is_empty()
                && !media_types.contains([',', '*'])
                && crate::read::media::is_usable(media_types);
            parts.push(Part {
                wire: field.wire,
                name: Unnamed,
                doc: field.doc,
                required: matches!(field.presence, Presence::Required | Presence::Nullable),
                kind,
                media_type: single.then(|| media_types.to_owned()),
            });
        }
        multipart.form = Some(Form { name: Unnamed, parts, extra: extra.map(Extra::of) });
        multipart
    }

    /// The fields of a type that is a struct, and the type of its additional properties.
    fn fields_of(&self, ty: &Type) -> Option<(Vec<Field>, Option<Type>)> {
        let mut ty = ty;
        for _ in 0..32 {
            match ty {
                Type::Nullable(inner) => ty = inner,
                Type::Named(id) => match &self.types[id.0].shape {
                    Shape::Struct(object) => {
                        return Some((
                            object.fields.clone(),
                            object.extra.as_ref().map(|extra| extra.ty.clone()),
                        ));
                    }
                    Shape::Alias(next) => ty = next,
                    _ => return None,
                },
                _ => return None,
            }
        }
        None
    }

    /// The properties of an object, through references and `allOf`, each component once.
    pub(crate) fn properties_of(&self, node: Node<'a>) -> Vec<(&'a str, Node<'a>)> {
        let mut found = Vec::new();
        self.each_part(node, &mut |keywords| {
            let own = keywords.properties.into_iter().flatten();
            found.extend(own.map(|(wire, node)| (wire.as_str(), Node::from(node))));
        });
        found
    }

    /// Calls `each` with the keywords of a schema and of the parts of its `allOf`, through references, each component
    /// once: a document may share parts in a way that has more paths than any machine has time.
    pub(crate) fn each_part(&self, node: Node<'a>, each: &mut dyn FnMut(&Keywords<'a>)) {
        let mut seen: Vec<String> = Vec::new();
        let mut queue = vec![node];
        while let Some(node) = queue.pop() {
            match node {
                Node::Reference(_) => {
                    let Some(name) = node.component().filter(|name| !seen.contains(name)) else { continue };
                    queue.extend(self.document.schema(&name).map(Node::from));
                    seen.push(name);
                }
                Node::Schema(schema) => {
                    let keywords = Keywords::of(schema);
                    // The first part comes next.
                    queue.extend(keywords.all_of.iter().rev().map(Node::from));
                    each(&keywords);
                }
            }
        }
    }

    /// Whether a schema stands for a file, or for a list of files.
    fn files(&self, node: Node<'a>) -> Option<Files> {
        if self.is_binary(node) {
            return Some(Files::One);
        }
        let Node::Schema(schema) = node else { return None };
        let keywords = Keywords::of(schema);
        let is_list = keywords.kind == Some(Kind::Array) || keywords.kind.is_none();
        (is_list && keywords.items.is_some_and(|items| self.is_binary(items))).then_some(Files::Many)
    }

    /// Whether a schema means a file: `type: string, format: binary`, by itself, by reference, or beside `null`.
    pub(crate) fn is_binary(&self, node: Node<'a>) -> bool {
        match node {
            Node::Schema(schema) => {
                let keywords = Keywords::of(schema);
                let variants = keywords.one_of.iter().chain(keywords.any_of).chain(keywords.all_of);
                let mut variants = variants.map(Node::from).filter(|node| match node {
                    Node::Schema(schema) => !Keywords::of(schema).is_null(),
                    Node::Reference(_) => true,
                });
                keywords.format == "binary"
                    || matches!((variants.next(), variants.next()), (Some(node @ Node::Schema(_)), None) if self.is_binary(node))
            }
            Node::Reference(_) => match node.component().and_then(|name| self.document.schema(&name)) {
                Some(openapiv3::ReferenceOr::Item(schema)) => Keywords::of(schema).format == "binary",
                _ => false,
            },
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    One,
    Many,
}
