//! The root module: the client itself, with the types and the operations below it.

use super::module::{Module, Piece, Stand};
use super::{Result, constraints, doc, operations, samples, security, types};
use crate::config::Options;
use crate::items::{AT, CLIENT, GATEWAY, NEW, Room, SERVICE, SERVICE_NAME, SERVICE_TYPE};
use crate::name::{self, NamedApi};
use quote::quote;

/// Whether modules are files of their own, those of large documents cut into several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Whole,
    Files,
}

pub(super) fn module(api: &NamedApi, options: &Options, cut: Cut) -> Result<Module> {
    let mut root = Module::new(name::service(&options.service), about(api, options));
    let secrets = security::methods(api);
    let service = &options.service;
    let title = format!("A client of the service `{service}`. Cheap to clone.");
    let doc = doc(&title, false);
    let definition = quote! {
        #doc
        #[derive(Clone, Debug)]
        pub struct #CLIENT {
            service: #SERVICE_TYPE,
        }
    };
    let methods = quote! {
        impl #CLIENT {
            /// A client of the service under the name that it was generated for.
            #[inline]
            pub fn #NEW(gateway: &#GATEWAY) -> Self {
                Self::#AT(gateway, #SERVICE_NAME::from_static(#service))
            }

            /// A client of the service under another name, such as that of a staging version.
            #[inline]
            pub fn #AT(gateway: &#GATEWAY, name: #SERVICE_NAME) -> Self {
                Self { service: #SERVICE_TYPE::new(gateway, name) }
            }

            /// The service that this client calls.
            #[inline]
            pub fn #SERVICE(&self) -> &#SERVICE_TYPE {
                &self.service
            }

            #(#secrets)*
        }
    };
    let stand = Stand { api, room: Room::Client, root: "self" };
    root.pieces = stand.pieces(vec![Piece::Tokens(definition), Piece::Tokens(methods)], |_| true)?;
    root.children.extend(constraints::module(api)?);
    root.children.extend(security::module(api)?);
    root.children.push(types::module(api, cut)?);
    if !api.operations.is_empty() {
        root.children.push(operations::module(api, cut)?);
        if options.samples {
            root.children.push(samples::module(api)?);
        }
    }
    Ok(root)
}

fn about(api: &NamedApi, options: &Options) -> String {
    let title = if api.title.trim().is_empty() { options.service.as_str() } else { api.title.trim() };
    let version = api.version.trim();
    let version = if version.is_empty() { String::new() } else { format!(", version {version}") };
    let title = title.replace(['\n', '\r'], " ");
    format!("{title}{version}\n\n{}", api.description)
}
