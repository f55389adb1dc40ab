//! Bodies of parts: an object's properties as the fields of a form, files told from values.

use super::Operations;
use crate::diagnostic::{Code, Place};
use crate::ir::{Extra, Field, Form, Multipart, Part, PartKind, Presence, Shape, Type, Unnamed};
use crate::read::media::{Media, essence, media};
use crate::read::{Keywords, Kind, Node};
use openapiv3::MediaType;

impl<'a> Operations<'_, 'a> {
    pub(super) fn multipart(
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
        let ty = self.lower.ty(node, &format!("{id} form"), &place.key("schema"));
        let Some((fields, extra)) = self.fields_of(&ty) else {
            let message = "parts are the properties of an object; this schema names none, so none is sent";
            self.lower.warn(Code::UnsupportedPart, &place.key("schema"), message);
            return multipart;
        };
        let properties = self.lower.schemas.properties(node);
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
                Type::Named(id) => match &self.lower.types[id.0].shape {
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

    /// Whether a schema stands for a file, or for a list of files.
    fn files(&self, node: Node<'a>) -> Option<Files> {
        if self.is_file(node) {
            return Some(Files::One);
        }
        let Node::Schema(schema) = node else { return None };
        let keywords = Keywords::of(schema);
        let is_list = keywords.kind == Some(Kind::Array) || keywords.kind.is_none();
        (is_list && keywords.items.is_some_and(|items| self.is_file(items))).then_some(Files::Many)
    }

    /// Whether a part is of bytes. One that nothing is said of is, too (OpenAPI 3.1.1, "Encoding Object": without a type,
    /// the media type is `application/octet-stream`).
    fn is_file(&self, node: Node<'a>) -> bool {
        self.lower.schemas.is_binary(node)
            || self.lower.schemas.schema(node).is_some_and(|schema| !Keywords::of(schema).has_shape())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    One,
    Many,
}
