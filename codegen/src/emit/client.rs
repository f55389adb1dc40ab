//! The root module: the client itself, with the types and the operations below it.

use super::{Module, constraints, doc, operations, samples, security, types};
use crate::config::Options;
use crate::ir::Api;
use crate::name::snake_case;
use quote::quote;

/// `split` asks for one module per tag and a few for types, where the document is large.
pub(super) fn module(api: &Api, options: &Options, split: bool) -> Module {
    let mut root =
        Module { name: snake_case(&options.service), doc: about(api, options), ..Module::default() };
    let secrets = security::methods(api);
    let service = &options.service;
    let title = format!("A client of the service `{service}`. Cheap to clone.");
    let doc = doc(&title, false);
    root.push(quote! {
        use cloudrun_runtime::{Gateway, Service, ServiceName};
    });
    root.push(quote! {
        #doc
        #[derive(Clone, Debug)]
        pub struct Client {
            service: Service,
        }
    });
    root.push(quote! {
        impl Client {
            /// A client of the service under the name that it was generated for.
            #[inline]
            pub fn new(gateway: &Gateway) -> Self {
                Self::at(gateway, ServiceName::from_static(#service))
            }

            /// A client of the service under another name, such as that of a staging version.
            #[inline]
            pub fn at(gateway: &Gateway, name: ServiceName) -> Self {
                Self { service: Service::new(gateway, name) }
            }

            /// The service that this client calls.
            #[inline]
            pub fn service(&self) -> &Service {
                &self.service
            }

            #(#secrets)*
        }
    });
    root.children.extend(constraints::module(api));
    root.children.extend(security::module(api));
    root.children.push(types::module(api, split));
    if !api.operations.is_empty() {
        root.children.push(operations::module(api, split));
        if options.samples {
            root.children.push(samples::module(api));
        }
    }
    root
}

fn about(api: &Api, options: &Options) -> String {
    let title = if api.title.trim().is_empty() { options.service.as_str() } else { api.title.trim() };
    let version = api.version.trim();
    let version = if version.is_empty() { String::new() } else { format!(", version {version}") };
    let title = title.replace(['\n', '\r'], " ");
    format!("{title}{version}\n\n{}", api.description)
}
