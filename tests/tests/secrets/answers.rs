//! How the other side repeats a secret.

use cloudrun_emulator::axum::body::{Body, Bytes};
use cloudrun_emulator::axum::http::{HeaderValue, Response};
use serde_json::json;

/// An answer that repeats a secret.
pub(crate) struct Answer {
    pub(crate) name: &'static str,
    pub(crate) status: u16,
    pub(crate) media_type: &'static str,
    /// Whether the service gives it, and not the gateway in its place.
    pub(crate) is_services: bool,
    /// Whether the secret stands in a header.
    pub(crate) is_in_head: bool,
    /// Whether the answer itself says, by a name, that it is a secret.
    pub(crate) names_it: bool,
    /// A header and its value.
    pub(crate) header: fn(&str) -> Option<(&'static str, String)>,
    pub(crate) body: fn(&str) -> Vec<u8>,
}

impl Answer {
    const fn new(
        name: &'static str,
        status: u16,
        media_type: &'static str,
        body: fn(&str) -> Vec<u8>,
    ) -> Self {
        Self {
            name,
            status,
            media_type,
            is_services: true,
            is_in_head: false,
            names_it: false,
            header: |_| None,
            body,
        }
    }

    const fn of_gateway(mut self) -> Self {
        self.is_services = false;
        self
    }

    const fn naming_it(mut self) -> Self {
        self.names_it = true;
        self
    }

    const fn header(mut self, header: fn(&str) -> Option<(&'static str, String)>) -> Self {
        self.header = header;
        self.is_in_head = true;
        self
    }

    pub(crate) fn response(&self, secret: &str) -> Response<Body> {
        self.with_body(secret, (self.body)(secret).into())
    }

    /// The same with a body that was made before.
    pub(crate) fn with_body(&self, secret: &str, body: Bytes) -> Response<Body> {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status.try_into().unwrap_or_default();
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static(self.media_type));
        if let Some((name, value)) = (self.header)(secret)
            && let Ok(value) = HeaderValue::try_from(value)
        {
            headers.insert(name, value);
        }
        if self.is_services {
            headers.insert("x-cloudbase-upstream-status-code", HeaderValue::from(self.status));
        }
        response
    }
}

const JSON: &str = "application/json";

fn bytes(value: &serde_json::Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// As JavaScript's `encodeURIComponent` does it, which leaves more as it is.
fn component(secret: &str) -> String {
    const KEPT: percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~')
        .remove(b'!')
        .remove(b'\'');
    percent_encoding::utf8_percent_encode(secret, &KEPT).to_string()
}

fn encoded(secret: &str) -> String {
    percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string()
}

pub(crate) const ANSWERS: &[Answer] = &[
    Answer::new("a service's error", 400, JSON, |s| {
        bytes(&json!({"message": format!("{s} is wrong"), "detail": [s]}))
    }),
    Answer::new("a service's own secret", 400, JSON, |s| {
        bytes(&json!({"error": {"access_token": s}, "session": s}))
    })
    .naming_it(),
    Answer::new("an error of its field", 404, JSON, |s| bytes(&json!({"code": s}))),
    Answer::new("an error cut off", 500, JSON, |s| {
        let text = json!({"text": "x".repeat(180), "said": s}).to_string();
        text.as_bytes().get(..text.len() - 3).unwrap_or_default().to_vec()
    }),
    Answer::new("an error of JSON in JSON", 500, JSON, |s| {
        bytes(&json!({"request": json!({"password": s}).to_string()}))
    })
    .naming_it(),
    Answer::new("a page", 500, "text/html", |s| {
        format!("<h1>no</h1>\r\n<a href='/x?token={}'>{s}</a>", encoded(s)).into_bytes()
    }),
    Answer::new("a text cut within it", 500, "text/plain", |s| {
        format!("{}{s}", "-".repeat(190)).into_bytes()
    }),
    Answer::new("an echo", 500, "text/plain", |s| {
        format!("POST /x?k={}\nauthorization: Bearer {s}\ncookie: sid={s}", encoded(s)).into_bytes()
    }),
    Answer::new("other spellings", 500, JSON, |s| {
        use base64::Engine;
        let base64 = base64::engine::general_purpose::STANDARD.encode(s);
        // PHP escapes slashes too.
        let json = json!({"said": s, "base64": base64}).to_string().replace('/', "\\/");
        format!("{json} {}", component(s)).into_bytes()
    }),
    Answer::new("settings", 500, "text/plain", |s| {
        format!("user: ada\npassword: {s}\nsecret = {s}\n{s}").into_bytes()
    })
    .naming_it(),
    Answer::new("a document of XML", 500, "application/xml", |s| {
        let escaped = s.replace('&', "&amp;");
        format!("<a><b>{escaped}</b><x:password id='1'>{escaped}</x:password></a>").into_bytes()
    })
    .naming_it(),
    Answer::new("a header of its own", 500, "text/plain", |s| format!("see {s}").into_bytes())
        .header(|s| Some(("x-auth-token", s.to_owned())))
        .naming_it(),
    Answer::new("a gateway's refusal", 403, JSON, |s| {
        bytes(&json!({"code": s, "message": format!("no {s}"), "requestId": "1"}))
    })
    .of_gateway(),
    Answer::new("a sign-in's refusal", 400, JSON, |s| {
        bytes(&json!({"error": s, "error_code": 1, "error_description": format!("\n{s}")}))
    })
    .of_gateway(),
    Answer::new("a gateway's page", 502, "text/html", |s| format!("<p>{s}\n</p>").into_bytes()).of_gateway(),
    Answer::new("an id of the request", 404, JSON, |_| b"{}".to_vec())
        .header(|s| Some(("x-request-id", s.to_owned()))),
    Answer::new("a cookie", 404, "text/plain", |s| s.as_bytes().to_vec())
        .header(|s| Some(("set-cookie", format!("sid={s}; Path=/"))))
        .naming_it(),
    Answer::new("a redirect", 302, "text/plain", |s| format!("to {s}").into_bytes())
        .header(|s| Some(("location", format!("https://elsewhere.example/x?token={}", encoded(s)))))
        .naming_it(),
    Answer::new("a media type", 200, "text/plain", |s| s.as_bytes().to_vec())
        .header(|s| Some(("content-type", format!("text/x; a=\"{s}\"")))),
    Answer::new("a success of another type", 200, JSON, |s| bytes(&json!({"id": s}))),
    Answer::new("a success with a wrong property", 200, JSON, |s| {
        bytes(&json!({"id": "3b241101-e2bb-4255-8caf-4136c566a962", "labels": {s: "x"}}))
    }),
    Answer::new("a success that names it", 200, JSON, |s| bytes(&json!({"id": {"x": 1}, "password": s})))
        .naming_it(),
    Answer::new("events", 200, "text/event-stream", |s| {
        format!("id: 1\ndata: {{\"id\": {}}}\n\ndata: {s}\n\n", json!(s)).into_bytes()
    }),
    Answer::new("records", 200, "application/x-ndjson", |s| {
        format!("{{\"id\": {}}}\n{s}\n{{\"token\":{}", json!(s), json!(s)).into_bytes()
    }),
    Answer::new("an undocumented success", 299, "text/plain", |s| s.as_bytes().to_vec()),
];
