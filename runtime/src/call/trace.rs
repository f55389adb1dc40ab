//! Spans of calls, by the semantic conventions of OpenTelemetry for HTTP clients
//! (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/>). Nothing is done without the feature `tracing`.

use crate::request::parts::Parts;
use http::{HeaderMap, StatusCode};
use std::future::Future;

#[cfg(feature = "tracing")]
pub(crate) struct CallSpan(tracing::Span);

#[cfg(feature = "tracing")]
impl CallSpan {
    pub(crate) fn new(parts: &Parts) -> Self {
        use tracing::field::Empty;
        let operation = parts.operation;
        let template = if parts.written.is_some() { None } else { Some(operation.path) };
        let authority = parts.service.url("").parse::<http::Uri>().ok();
        let host = authority.as_ref().and_then(|uri| uri.host());
        Self(tracing::info_span!(
            "cloudrun.call",
            otel.kind = "client",
            otel.name = match template {
                Some(template) => format!("{} {template}", operation.method),
                None => operation.method.to_string(),
            },
            otel.status_code = Empty,
            http.request.method = operation.method.as_str(),
            url.template = template,
            server.address = host,
            cloudrun.service = parts.service.name().as_str(),
            cloudrun.operation = Some(operation.id).filter(|id| !id.is_empty()),
            http.response.status_code = Empty,
            http.request.resend_count = Empty,
            cloudrun.request_id = Empty,
            error.type = Empty,
        ))
    }

    pub(crate) async fn around<T>(&self, call: impl Future<Output = T>) -> T {
        use tracing::Instrument;
        call.instrument(self.0.clone()).await
    }

    pub(crate) fn attempt(&self, number: u32) {
        if number > 0 {
            tracing::debug!(parent: &self.0, number, "the request is made again");
        }
    }

    pub(crate) fn end(
        &self,
        status: Option<StatusCode>,
        request_id: Option<&str>,
        error: Option<&str>,
        attempts: u32,
    ) {
        let status = status.map(|status| status.as_u16());
        self.0.record("http.response.status_code", status);
        self.0.record("cloudrun.request_id", request_id);
        if attempts > 1 {
            self.0.record("http.request.resend_count", attempts - 1);
        }
        let Some(error) = error else { return };
        self.0.record("otel.status_code", "ERROR");
        // The status says more than that the service answered with an error.
        match (error, status) {
            ("service" | "gateway", Some(status)) => self.0.record("error.type", status.to_string()),
            (kind, _) => self.0.record("error.type", kind),
        };
    }
}

/// What stands for a span where nobody looks.
#[cfg(not(feature = "tracing"))]
pub(crate) struct CallSpan;

#[cfg(not(feature = "tracing"))]
impl CallSpan {
    pub(crate) fn new(_: &Parts) -> Self {
        Self
    }

    pub(crate) fn around<T>(&self, call: impl Future<Output = T>) -> impl Future<Output = T> {
        call
    }

    pub(crate) fn attempt(&self, _: u32) {}

    pub(crate) fn end(&self, _: Option<StatusCode>, _: Option<&str>, _: Option<&str>, _: u32) {}
}

/// Adds the headers by which the service goes on with the caller's trace (`traceparent` by default), if the subscriber is
/// one of OpenTelemetry.
#[cfg(feature = "opentelemetry")]
pub(crate) fn propagate(headers: &mut HeaderMap) {
    use tracing_opentelemetry::OpenTelemetrySpanExt;
    struct Into<'a>(&'a mut HeaderMap);
    impl opentelemetry::propagation::Injector for Into<'_> {
        fn set(&mut self, key: &str, value: String) {
            if let (Ok(name), Ok(value)) =
                (http::HeaderName::try_from(key), http::HeaderValue::try_from(value))
            {
                self.0.insert(name, value);
            }
        }
    }
    let context = tracing::Span::current().context();
    opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut Into(headers));
    });
}

#[cfg(not(feature = "opentelemetry"))]
pub(crate) fn propagate(_: &mut HeaderMap) {}
