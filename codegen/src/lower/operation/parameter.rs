//! Parameters of operations: those of the path item and its own, as the path's template needs them.

use super::Operations;
use super::header;
use crate::diagnostic::{Code, Place};
use crate::ir::{Location, Parameter, Style, Type, Unnamed};
use crate::openapi::parked;
use crate::read::doc;
use crate::read::path::Pair;
use crate::read::{Context, Node};
use openapiv3::{
    CookieStyle, HeaderStyle, Parameter as Source, ParameterSchemaOrContent, PathStyle, QueryStyle,
};

/// Header parameters that OpenAPI says to ignore, since other parts of the document speak of them, and those by which HTTP
/// says where a message goes and ends (RFC 9110, sections 7.2 and 7.6.1; RFC 9112, section 6).
const HTTPS_OWN: [&str; 10] = [
    "accept",
    "content-type",
    "authorization",
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

impl<'a> Operations<'_, 'a> {
    /// The path's template, the query that stands behind it, and all parameters: path parameters first, in the
    /// template's order.
    pub(super) fn parameters(&mut self, context: &Context<'a>, id: &str) -> (String, String, Vec<Parameter>) {
        let document = self.lower.document;
        let mut found: Vec<(Parameter, Place)> = Vec::new();
        let shared = document.path_place(context.path);
        let lists =
            [(&context.item.parameters, &shared, false), (&context.source.parameters, &context.place, true)];
        for (list, place, own) in lists {
            let first_own = found.len();
            for (index, item) in list.iter().enumerate() {
                let place = place.key("parameters").index(index);
                let Some((component, source)) = document.parameter(item) else { continue };
                let place = document.place_or("parameters", component.as_deref(), place);
                let Some(parameter) = self.parameter(source, id, &place) else { continue };
                let same = |(old, _): &(Parameter, Place)| {
                    old.wire == parameter.wire && old.location == parameter.location
                };
                match found.iter().position(same) {
                    Some(at) => {
                        if own && at >= first_own {
                            let message = format!("the parameter `{}` is declared twice", parameter.wire);
                            self.lower.warn(Code::DuplicateParameter, &place, message);
                        }
                        found[at] = (parameter, place);
                    }
                    None => found.push((parameter, place)),
                }
            }
        }
        self.reconcile(found, context)
    }

    /// Declared path parameters against those of the template; the template decides.
    fn reconcile(
        &mut self,
        found: Vec<(Parameter, Place)>,
        context: &Context<'a>,
    ) -> (String, String, Vec<Parameter>) {
        let place = &context.place;
        let (mut in_path, mut others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(parameter, _)| parameter.location == Location::Path);
        let template = context.template(self.lower.document);
        for note in &template.notes {
            self.lower.warn(Code::PathParameter, &self.lower.document.path_place(context.path), note);
        }
        let mut ordered = Vec::with_capacity(template.names.len());
        for name in &template.names {
            match in_path.iter().position(|(parameter, _)| parameter.wire == *name) {
                Some(at) => ordered.push(in_path.remove(at).0),
                None => {
                    let message = format!("the path parameter `{name}` is not declared; any text is taken");
                    self.lower.warn(Code::PathParameter, place, message);
                    ordered.push(undeclared(name));
                }
            }
        }
        for pair in &template.query {
            if let Pair::Parameter(wire, name) = pair {
                self.in_query(wire, name, &mut in_path, &mut others, place);
            }
        }
        for (parameter, place) in in_path {
            let message = format!("the path has no `{{{}}}`; the parameter is left out", parameter.wire);
            self.lower.warn(Code::PathParameter, &place, message);
        }
        ordered.extend(others.into_iter().map(|(parameter, _)| parameter));
        let query = template.literal_query();
        (template.text, query, ordered)
    }

    /// A parameter whose pair stands in the query behind a path, wherever it is declared.
    fn in_query(
        &mut self,
        wire: &str,
        name: &str,
        in_path: &mut Vec<(Parameter, Place)>,
        others: &mut Vec<(Parameter, Place)>,
        place: &Place,
    ) {
        let is_declared = |(parameter, _): &(Parameter, Place)| {
            parameter.location == Location::Query && (parameter.wire == *name || parameter.wire == *wire)
        };
        if others.iter().any(is_declared) {
            return;
        }
        let (parameter, place) = match in_path.iter().position(|(parameter, _)| parameter.wire == *name) {
            Some(at) => in_path.remove(at),
            None => {
                let message = format!("the parameter `{name}` is not declared; any text is taken");
                self.lower.warn(Code::PathParameter, place, message);
                (undeclared(name), place.clone())
            }
        };
        let (wire, style) = (wire.into(), Style::Form);
        others.push((Parameter { wire, style, location: Location::Query, ..parameter }, place));
    }

    fn parameter(&mut self, source: &'a Source, id: &str, place: &Place) -> Option<Parameter> {
        let data = source.parameter_data_ref();
        let declared = parked::location(&data.extensions);
        if let Some(parked::Location::Unknown(location)) = declared {
            let message = format!("`{id}`: the parameter `{}` in `{location}` is not sent", data.name);
            self.lower.warn(Code::UnsupportedPart, place, message);
            return None;
        }
        let location = match source {
            Source::Query { .. } if declared == Some(parked::Location::QueryString) => Location::QueryString,
            Source::Query { .. } => Location::Query,
            Source::Header { .. } => Location::Header,
            Source::Path { .. } => Location::Path,
            Source::Cookie { .. } => Location::Cookie,
        };
        if location == Location::Header && HTTPS_OWN.contains(&data.name.to_ascii_lowercase().as_str()) {
            let message =
                format!("`{id}`: the header `{}` is set by the runtime, not by a parameter", data.name);
            self.lower.warn(Code::ReservedHeader, place, message);
            return None;
        }
        let is_named = matches!(location, Location::Header | Location::Cookie);
        if is_named && !header::is_name(&data.name) {
            let noun = if location == Location::Header { "header" } else { "cookie" };
            let message = format!("`{id}`: {:?} is no {noun} name; the parameter is left out", data.name);
            self.lower.warn(Code::UnsupportedPart, place, message);
            return None;
        }
        let hint = format!("{id} {}", data.name);
        let (ty, documentation, style) = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => {
                let node = Node::from(schema);
                let place = place.key("schema");
                let ty = self.lower.bare(node, &hint, &place);
                let nullable = self.lower.schemas.is_nullable(node);
                self.lower.record(&place, &ty, nullable);
                (ty, doc::of(node).0, style(source))
            }
            ParameterSchemaOrContent::Content(content) => {
                let schema = content
                    .iter()
                    .next()
                    .and_then(|(name, media)| media.schema.as_ref().map(|schema| (name, schema)));
                let ty = match schema {
                    Some((name, schema)) => {
                        let node = Node::from(schema);
                        let place = place.key("content").key(name).key("schema");
                        let ty = self.lower.bare(node, &hint, &place);
                        let nullable = self.lower.schemas.is_nullable(node);
                        self.lower.record(&place, &ty, nullable);
                        ty
                    }
                    None => Type::Any,
                };
                (ty, String::new(), Style::Json)
            }
        };
        let doc = match &data.description {
            Some(text) if documentation.is_empty() || documentation == *text => text.clone(),
            Some(text) => format!("{text}\n\n{documentation}"),
            None => documentation,
        };
        let allow_reserved = matches!(source, Source::Query { allow_reserved: true, .. });
        let required = data.required || location == Location::Path;
        if location == Location::Path && !data.required {
            let message = format!("the path parameter `{}` must be `required: true`", data.name);
            self.lower.warn(Code::PathParameter, place, message);
        }
        Some(Parameter {
            wire: data.name.as_str().into(),
            name: Unnamed,
            location,
            style,
            required,
            allow_reserved,
            deprecated: data.deprecated.unwrap_or_default(),
            doc,
            ty,
            rules: match &data.format {
                ParameterSchemaOrContent::Schema(schema) => self.rules(schema.into()),
                ParameterSchemaOrContent::Content(_) => Vec::new(),
            },
            sample: self.lower.samples().and_then(|samples| samples.parameter(data)),
        })
    }
}

fn undeclared(name: &str) -> Parameter {
    Parameter {
        wire: name.into(),
        name: Unnamed,
        location: Location::Path,
        style: Style::Simple,
        required: true,
        allow_reserved: false,
        deprecated: false,
        doc: String::new(),
        ty: Type::Text,
        rules: Vec::new(),
        sample: Some("sample".into()),
    }
}

/// The runtime's style for the document's style and `explode`.
fn style(source: &Source) -> Style {
    let data = source.parameter_data_ref();
    if let Some(separators) = parked::separators(&data.extensions) {
        return Style::Lists(separators.to_owned());
    }
    let explode = data.explode;
    match source {
        Source::Query { style, .. } => query_style(style, explode.unwrap_or(*style == QueryStyle::Form)),
        Source::Header { style: HeaderStyle::Simple, .. } => match explode {
            Some(true) => Style::SimpleExploded,
            _ => Style::Simple,
        },
        Source::Path { style, .. } => match (style, explode.unwrap_or(false)) {
            (PathStyle::Simple, false) => Style::Simple,
            (PathStyle::Simple, true) => Style::SimpleExploded,
            (PathStyle::Label, false) => Style::Label,
            (PathStyle::Label, true) => Style::LabelExploded,
            (PathStyle::Matrix, false) => Style::Matrix,
            (PathStyle::Matrix, true) => Style::MatrixExploded,
        },
        Source::Cookie { style: CookieStyle::Form, .. } => match explode {
            Some(false) => Style::FormJoined,
            _ => Style::Form,
        },
    }
}

/// The runtime's style for a style of query parameters.
pub(super) fn query_style(style: &QueryStyle, explode: bool) -> Style {
    match style {
        QueryStyle::DeepObject => Style::DeepObject,
        // Exploded, both delimited styles are like an exploded form.
        _ if explode => Style::Form,
        QueryStyle::Form => Style::FormJoined,
        QueryStyle::SpaceDelimited => Style::SpaceDelimited,
        QueryStyle::PipeDelimited => Style::PipeDelimited,
    }
}
