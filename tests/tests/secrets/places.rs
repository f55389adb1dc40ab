//! Where a request holds a secret. A new kind of credential is a new row.

use crate::answers::Answer;
use cloudrun_runtime::multipart::{Form, Part};
use cloudrun_runtime::transport::ReqwestTransport;
use cloudrun_runtime::{
    Context, Credential, Gateway, GatewayBuilder, Method, Operation, Request, SecurityScheme, Service,
    ServiceName, SignIn, Signature, Style, TicketKey, Tokens,
};
use serde_json::json;
use std::sync::LazyLock;

const HEADER: SecurityScheme = SecurityScheme::header("header", "x-service");
const QUERY: SecurityScheme = SecurityScheme::query("query", "k");
const COOKIE: SecurityScheme = SecurityScheme::cookie("cookie", "c");
const BASIC: SecurityScheme = SecurityScheme::basic("basic");
const BEARER: SecurityScheme = SecurityScheme::bearer("bearer");

const PLAIN: Operation = Operation::new("plain", Method::POST, "/things").success(&["200"]);
const RESET: Operation = Operation::new("reset", Method::POST, "/reset/{token}").success(&["200"]);
const SECURED: Operation = Operation::new("secured", Method::POST, "/things")
    .success(&["200"])
    .security(&[&HEADER, &QUERY, &COOKIE, &BASIC, &BEARER]);

/// Where a secret stands in a request.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    /// Whether the service is called without the gateway.
    pub(crate) is_direct: bool,
    /// Whether the answer is that of the sign-in, since the call waits for it.
    pub(crate) signs_in: bool,
    /// Whether the secret is the answer's own.
    pub(crate) is_answers: bool,
    pub(crate) credential: fn(&str) -> Credential,
    pub(crate) service: fn(Service, &str) -> Service,
    pub(crate) request: fn(&Service, &str) -> Request,
}

impl Place {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            is_direct: false,
            signs_in: false,
            is_answers: false,
            credential: |_| Credential::api_key("the gateway's own key"),
            service: |service, _| service,
            request: |service, _| service.request(&PLAIN),
        }
    }

    const fn credential(mut self, credential: fn(&str) -> Credential) -> Self {
        self.credential = credential;
        self
    }

    const fn signing_in(mut self, credential: fn(&str) -> Credential) -> Self {
        self.signs_in = true;
        self.credential(credential)
    }

    /// A secret of the service's own, of a client with this one.
    const fn scheme(mut self, service: fn(Service, &str) -> Service) -> Self {
        self.service = service;
        self.request = |service, _| service.request(&SECURED);
        self
    }

    const fn request(mut self, request: fn(&Service, &str) -> Request) -> Self {
        self.request = request;
        self
    }

    const fn direct(mut self) -> Self {
        self.is_direct = true;
        self
    }

    const fn of_answer(mut self) -> Self {
        self.is_answers = true;
        self
    }

    /// Whether an answer is one to this: a secret of its own is one only where it says so.
    pub(crate) fn takes(&self, answer: &Answer) -> bool {
        !self.is_answers || answer.names_it
    }

    pub(crate) fn gateway(&self, url: &str, secret: &str) -> GatewayBuilder {
        // One for all: setting up TLS takes longer than all calls of a place.
        static TRANSPORT: LazyLock<Option<ReqwestTransport>> =
            LazyLock::new(|| ReqwestTransport::builder().no_proxy().build().ok());
        let builder = if self.is_direct { Gateway::direct(url) } else { Gateway::at(url) };
        let builder = match &*TRANSPORT {
            Some(transport) => builder.transport(transport.clone()),
            None => builder,
        };
        if self.is_direct { builder } else { builder.credential((self.credential)(secret)) }
    }

    pub(crate) fn service(&self, gateway: &Gateway, secret: &str) -> Service {
        const NAME: ServiceName = ServiceName::from_static("things");
        (self.service)(Service::new(gateway, NAME), secret)
    }
}

pub(crate) const PLACES: &[Place] = &[
    Place::new("an API key").credential(|s| Credential::api_key(s)),
    Place::new("an access token").credential(|s| Credential::access_token(s)),
    Place::new("a token of the caller's code").credential(|s| {
        let token = s.to_owned();
        Credential::from_fn(move || std::future::ready(Ok::<_, std::io::Error>(Tokens::new(token.clone()))))
    }),
    Place::new("a session token of a key pair")
        .credential(|s| Signature::new("AKIDexample", "the key").session_token(s).into()),
    Place::new("a password of a sign-in").signing_in(|s| SignIn::password("ada", s).into()),
    Place::new("a user name of a sign-in").signing_in(|s| SignIn::password(s, "her password").into()),
    Place::new("a refresh token").signing_in(|s| SignIn::refresh_token(s).into()),
    Place::new("a key of a server token").signing_in(|s| Credential::server_token("AKIDexample", s)),
    Place::new("a ticket").signing_in(|s| SignIn::ticket(s).into()),
    Place::new("a device").signing_in(|s| SignIn::anonymous(s).into()),
    Place::new("a header of a scheme").scheme(|service, s| service.secret(&HEADER, s)),
    Place::new("a query of a scheme").scheme(|service, s| service.secret(&QUERY, s)),
    Place::new("a cookie of a scheme").scheme(|service, s| service.secret(&COOKIE, s)),
    Place::new("a password of a scheme").scheme(|service, s| service.basic_secret(&BASIC, "ada", s)).direct(),
    Place::new("a token of a scheme")
        .scheme(|service, s| service.secret(&BEARER, s).authorization_header("x-other")),
    Place::new("a header by hand")
        .request(|service, s| service.request(&PLAIN).header("Authorization", &format!("Bearer {s}")))
        .direct(),
    Place::new("a password by hand")
        .request(|service, s| {
            use base64::Engine;
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("ada:{s}"));
            service.request(&PLAIN).header("Authorization", &format!("Basic {pair}"))
        })
        .direct(),
    Place::new("a key in a header by hand")
        .request(|service, s| service.request(&PLAIN).header("x-api-key", s)),
    Place::new("cookies by hand")
        .request(|service, s| service.request(&PLAIN).header("cookie", &format!("a=b; theme={s}"))),
    Place::new("a cookie")
        .request(|service, s| service.request(&PLAIN).cookie("theme", Style::Form, &s.to_owned())),
    Place::new("a query by hand")
        .request(|service, s| service.request(&PLAIN).query("access_token", &s.to_owned())),
    Place::new("a path").request(|service, s| service.request(&RESET).path("token", &s.to_owned())),
    Place::new("a property")
        .request(|service, s| service.request(&PLAIN).json(&json!({"user": {"name": "ada", "password": s}}))),
    Place::new("a property of text").request(|service, s| {
        service.request(&PLAIN).json(&json!({"text": json!({"client_secret": s}).to_string()}))
    }),
    Place::new("a form")
        .request(|service, s| service.request(&PLAIN).form(&json!({"user": "ada", "passwd": s}))),
    Place::new("a part").request(|service, s| {
        let form = Form::new().part("name", Part::new("ada")).part("jwt", Part::new(s.to_owned()));
        service.request(&PLAIN).multipart(form)
    }),
    Place::new("the answer").of_answer(),
];

/// A setting that holds a secret, and what is seen of it.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) seen: fn(&str) -> Vec<String>,
}

fn of_url(url: &str) -> Vec<String> {
    match Gateway::at(url).build() {
        Ok(gateway) => vec![format!("{gateway:?}")],
        Err(error) => vec![error.to_string(), format!("{error:?}")],
    }
}

fn of_credential(credential: impl Into<Credential>) -> Vec<String> {
    let builder = Gateway::at("http://localhost").credential(credential);
    let mut seen = vec![format!("{builder:?}")];
    seen.push(match builder.build() {
        Ok(gateway) => format!("{gateway:?}"),
        Err(error) => format!("{error} {error:?}"),
    });
    seen
}

pub(crate) const SETTINGS: &[Setting] = &[
    Setting { name: "a password in a URL", seen: |s| of_url(&format!("https://ada:{s}@example.com")) },
    Setting { name: "a password with an @ in a URL", seen: |s| of_url(&format!("https://u:p@{s}@h")) },
    Setting { name: "a password with a slash in a URL", seen: |s| of_url(&format!("https://u:p/{s}@h")) },
    Setting { name: "a URL without a scheme", seen: |s| of_url(&format!("ada:{s}@h")) },
    Setting { name: "a query of a URL", seen: |s| of_url(&format!("https://example.com/?token={s}")) },
    Setting {
        name: "a password of a proxy",
        seen: |s| {
            let builder = ReqwestTransport::builder().proxy(format!("http://ada:{s}@proxy example"));
            let mut seen = vec![format!("{builder:?}")];
            seen.extend(builder.build().err().map(|error| format!("{error} {error:?}")));
            seen
        },
    },
    Setting {
        name: "a key that no header carries",
        seen: |s| of_credential(Credential::api_key(format!("{s}\n"))),
    },
    Setting {
        name: "a URL of a service",
        seen: |s| of_url(&format!("https://h/v1/cloudrun/shop?token={s}")),
    },
    Setting {
        name: "a URL of a direct call",
        seen: |s| {
            let direct = |url: String| match Gateway::direct(url).build() {
                Ok(gateway) => format!("{gateway:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            vec![direct(format!("http://ada:{s}@shop")), direct(format!("http://shop/?key={s}"))]
        },
    },
    Setting {
        name: "a private key of custom login",
        seen: |s| {
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{s}\n-----END PRIVATE KEY-----");
            let file = json!({"private_key_id": "1", "private_key": pem, "env_id": "env-1"}).to_string();
            let texts =
                [s.to_owned(), file.clone(), file.get(..file.len() - 9).unwrap_or_default().to_owned()];
            let shown = |text: &String| format!("{:?}", TicketKey::from_json(text));
            let mut seen: Vec<String> = texts.iter().map(shown).collect();
            seen.extend(TicketKey::new("1", &pem, "env-1").err().map(|error| format!("{error} {error:?}")));
            seen
        },
    },
    Setting {
        name: "a context",
        seen: |s| {
            use base64::Engine;
            let context =
                json!({"accessToken": s, "tmpSecret": {"secretId": "1", "secretKey": s, "token": s}});
            let header = base64::engine::general_purpose::STANDARD.encode(context.to_string());
            let mut seen = vec![format!("{:?}", Context::from_header(s))];
            seen.extend(
                Context::from_header(&header)
                    .ok()
                    .map(|context| format!("{context:?} {:?} {:?}", context.credential(), context.caller())),
            );
            seen
        },
    },
    Setting { name: "a ticket", seen: |s| of_credential(SignIn::ticket(s)) },
    Setting { name: "a server token", seen: |s| of_credential(Credential::server_token(s, s)) },
    Setting { name: "a key pair", seen: |s| of_credential(Signature::new("AKIDexample", s)) },
    Setting { name: "a password", seen: |s| of_credential(SignIn::password("ada", s)) },
    Setting { name: "a refresh token", seen: |s| of_credential(SignIn::refresh_token(s)) },
    Setting { name: "tokens", seen: |s| vec![format!("{:?}", Tokens::new(s).with_refresh_token(s))] },
    Setting {
        name: "stored tokens that are none",
        seen: |s| Tokens::from_json(s).err().map(|error| format!("{error} {error:?}")).into_iter().collect(),
    },
];
