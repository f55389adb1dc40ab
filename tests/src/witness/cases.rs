//! The same calls for both sides.

use serde_json::{Map, Value, json};

/// An official SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sdk {
    /// `@cloudbase/node-sdk`, in Node.
    Node,
    /// `@cloudbase/js-sdk`, in Chromium.
    Js,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The holder of the API key.
    ApiKey,
    /// The holder of an access token that has ended.
    Expired,
    /// The owner of a key pair, who signs.
    KeyPair,
    /// The same with the token of a session, as inside a cloud function.
    Session,
    /// An anonymous user, who signs in first.
    Anonymous,
    /// The owner of a key pair, who exchanges it for a token first.
    ServerToken,
    /// A service, by what it was told of its caller (`x-cloudbase-context`).
    Context,
    /// A user of custom login, who signs in by a ticket first.
    Ticket,
}

/// The operation of the generated client that makes the same call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// `postAbc`.
    PostAbc,
    /// `getAbc`.
    GetAbc,
    /// `postSlow`.
    PostSlow,
    /// `getBinary`.
    GetBinary,
}

/// A call, and where both sides are known to differ.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows.
    pub name: &'static str,
    /// The SDK that makes it.
    pub sdk: Sdk,
    /// Who makes it.
    pub who: Who,
    /// The service's name.
    pub service: &'static str,
    /// The method; the SDK's default if there is none.
    pub method: Option<&'static str>,
    /// The path as the caller writes it.
    pub path: &'static str,
    /// `data`.
    pub data: Option<Value>,
    /// `header`.
    pub header: &'static [(&'static str, &'static str)],
    /// The time limit in milliseconds.
    pub timeout: Option<u64>,
    /// The generated operation of this call.
    pub typed: Option<Typed>,
    /// What differs, each with the reason.
    pub known: &'static [(&'static str, &'static str)],
}

impl Case {
    fn new(name: &'static str, sdk: Sdk) -> Self {
        let data = json!({"key1": "test value 1", "key2": "test value 2"});
        Self {
            name,
            sdk,
            who: match sdk {
                Sdk::Node => Who::ApiKey,
                Sdk::Js => Who::Anonymous,
            },
            service: "helloworld",
            method: None,
            path: "/abc",
            data: Some(data),
            header: &[],
            timeout: None,
            typed: None,
            known: &[],
        }
    }

    /// The argument of `callContainer`.
    pub fn options(&self) -> Value {
        let mut options = json!({"name": self.service, "path": self.path});
        let header: Map<String, Value> =
            self.header.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        if let Some(method) = self.method {
            options["method"] = method.into();
        }
        if !header.is_empty() {
            options["header"] = Value::Object(header);
        }
        if let Some(data) = &self.data {
            options["data"] = data.clone();
        }
        options
    }
}

/// All cases.
pub fn cases() -> Vec<Case> {
    const DROPPED: &[(&str, &str)] = &[
        (
            "query",
            "the Node SDK does not send the `data` of a GET yet (it fills `qs`, which nothing reads); the JS SDK does",
        ),
        ("data", "the answer repeats the query"),
    ];
    const NODE_BYTES: &[(&str, &str)] = &[(
        "failed",
        "the Node SDK reads every answer to a call without `data` as JSON, and fails on bytes; here they arrive",
    )];
    const JS_BYTES: &[(&str, &str)] = &[(
        "data",
        "the JS SDK reads an answer that is no JSON as text, and loses bytes beyond ASCII; here they arrive",
    )];
    const JS_TIME: &[(&str, &str)] = &[(
        "data",
        "the JS SDK limits the time of other requests, not that of callContainer; here the limit is kept",
    )];
    let mut all = Vec::new();
    for sdk in [Sdk::Node, Sdk::Js] {
        let case = |name| Case::new(name, sdk);
        all.extend([
            Case { typed: Some(Typed::PostAbc), ..case("POST with JSON, all defaults") },
            Case {
                method: Some("GET"),
                typed: Some(Typed::GetAbc),
                known: if sdk == Sdk::Node { DROPPED } else { &[] },
                ..case("GET with data")
            },
            Case {
                method: Some("POST"),
                header: &[("Content-Type", "application/json"), ("x-own", "7")],
                typed: Some(Typed::PostAbc),
                ..case("headers of the caller's own, Content-Type among them")
            },
            Case { path: "abc", ..case("a path without its first slash") },
            Case { path: "/abc?key1=one%20two&x=%2F", method: Some("POST"), ..case("a query in the path") },
            Case {
                path: "/slow",
                timeout: Some(400),
                typed: Some(Typed::PostSlow),
                known: if sdk == Sdk::Js { JS_TIME } else { &[] },
                ..case("a service that is slower than the time limit")
            },
            Case { service: "nobody", ..case("a service that is not there") },
            Case {
                method: Some("GET"),
                path: "/binary",
                data: None,
                typed: Some(Typed::GetBinary),
                known: if sdk == Sdk::Node { NODE_BYTES } else { JS_BYTES },
                ..case("a binary answer")
            },
        ]);
    }
    let node = |name, who| Case { who, typed: Some(Typed::PostAbc), ..Case::new(name, Sdk::Node) };
    all.extend([
        node("an access token that has ended", Who::Expired),
        node("signed by a key pair (TC3-HMAC-SHA256)", Who::KeyPair),
        node("signed inside a cloud function, with a session token", Who::Session),
        node("a key pair in exchange for a server token (getClientCredential)", Who::ServerToken),
        node("a service, by its context (init({ context }))", Who::Context),
        node("custom login, by a ticket of each side (createTicket)", Who::Ticket),
        Case {
            who: Who::Ticket,
            typed: Some(Typed::PostAbc),
            ..Case::new("custom login, by a ticket of ours there and one of the Node SDK here", Sdk::Js)
        },
        Case {
            method: Some("GET"),
            data: None,
            path: "/abc?key1=1",
            typed: None,
            ..node("a signed GET with a query", Who::KeyPair)
        },
    ]);
    all
}
