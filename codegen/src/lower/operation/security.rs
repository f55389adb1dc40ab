//! The service's own security schemes: what a client can be given beside the gateway's token.

use super::Operations;
use super::header;
use crate::diagnostic::{Code, Place};
use crate::ir::{Scheme, SchemeKind, Unnamed};
use crate::read::Context;
use openapiv3::{APIKeyLocation, SecurityScheme};

impl Operations<'_, '_> {
    /// The schemes that an operation may need, by their index; the first operation that names one lowers it.
    pub(super) fn security(&mut self, context: &Context<'_>) -> Vec<usize> {
        let requirements = context.source.security.as_ref().or(self.lower.document.api.security.as_ref());
        let owner =
            if context.source.security.is_some() { &context.place } else { &self.lower.document.root };
        let place = owner.key("security");
        let names = requirements.into_iter().flatten().flat_map(|requirement| requirement.keys());
        let mut found: Vec<usize> = Vec::new();
        for name in names {
            let known = self.schemes.iter().position(|scheme| scheme.hint == *name);
            let index = known.or_else(|| {
                let scheme = self.scheme(name, &place)?;
                self.schemes.push(scheme);
                Some(self.schemes.len() - 1)
            });
            found.extend(index.filter(|index| !found.contains(index)));
        }
        found
    }

    /// A scheme that is required at a place.
    fn scheme(&mut self, name: &str, required: &Place) -> Option<Scheme> {
        let place = self.lower.document.place("securitySchemes", name);
        let Some(source) = self.lower.document.security_scheme(name) else {
            self.lower.warn(
                Code::UnsupportedPart,
                required,
                format!("the security scheme `{name}` is not declared"),
            );
            return None;
        };
        let kind = match source {
            SecurityScheme::APIKey { location, name: key, .. } => match location {
                APIKeyLocation::Header if key.eq_ignore_ascii_case("authorization") => {
                    SchemeKind::Header("authorization".to_owned())
                }
                APIKeyLocation::Header if header::is_name(key) => {
                    SchemeKind::Header(key.to_ascii_lowercase())
                }
                // RFC 6265, section 4.1.1: a cookie's name is a token too.
                APIKeyLocation::Cookie if header::is_name(key) => SchemeKind::Cookie(key.clone()),
                APIKeyLocation::Header | APIKeyLocation::Cookie => {
                    let noun = if *location == APIKeyLocation::Header { "header" } else { "cookie" };
                    let message = format!("{key:?} is no {noun} name; the scheme is left out");
                    self.lower.warn(Code::UnsupportedPart, &place, message);
                    return None;
                }
                APIKeyLocation::Query => SchemeKind::Query(key.clone()),
            },
            SecurityScheme::HTTP { scheme, .. } if scheme.eq_ignore_ascii_case("basic") => SchemeKind::Basic,
            SecurityScheme::HTTP { scheme, .. } if scheme.eq_ignore_ascii_case("bearer") => {
                SchemeKind::Bearer
            }
            SecurityScheme::HTTP { scheme, .. } => {
                let message = format!(
                    "the HTTP authentication `{scheme}` is not done here; set its header by `header()`"
                );
                self.lower.warn(Code::UnsupportedPart, &place, message);
                return None;
            }
            SecurityScheme::OAuth2 { .. } | SecurityScheme::OpenIDConnect { .. } => SchemeKind::Bearer,
        };
        let takes_authorization = matches!(&kind, SchemeKind::Basic | SchemeKind::Bearer)
            || matches!(&kind, SchemeKind::Header(header) if header == "authorization");
        if takes_authorization {
            self.lower.diagnostics.push(
                crate::diagnostic::Diagnostic::warning(
                    Code::Authorization,
                    place,
                    format!("the security scheme `{name}` needs the header `Authorization`, which holds the gateway's token"),
                )
                .help("call the service without the gateway (`Gateway::direct`), or have it read another header (`Client::authorization_header`)"),
            );
        }
        let doc = match source {
            SecurityScheme::APIKey { description, .. }
            | SecurityScheme::HTTP { description, .. }
            | SecurityScheme::OAuth2 { description, .. }
            | SecurityScheme::OpenIDConnect { description, .. } => description.clone().unwrap_or_default(),
        };
        Some(Scheme { hint: name.into(), constant: Unnamed, method_name: Unnamed, doc, kind })
    }
}
