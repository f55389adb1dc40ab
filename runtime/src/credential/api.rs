use super::error::CredentialError;
use crate::rt;
use crate::shown::cover::Cover;
use crate::shown::hidden::Hidden;
use crate::shown::line::{Line, QUOTE};
use crate::transport::Transport;
use crate::transport::body::Body;
use crate::transport::error::TransportError;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(15);
/// What a query's value does not hold as it is (RFC 3986, section 2.3).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const LONGEST_ANSWER: usize = 1 << 20;

/// The sign-in calls of a gateway, `/auth/v1/…` (<https://docs.cloudbase.net/http-api/auth/>).
#[derive(Clone)]
pub struct AuthApi {
    base: String,
    environment: Option<String>,
    client_id: Option<String>,
    transport: Arc<dyn Transport>,
}

impl AuthApi {
    pub(crate) fn new(base: String, environment: Option<String>, transport: Arc<dyn Transport>) -> Self {
        Self { base, client_id: environment.clone(), environment, transport }
    }

    /// Where the gateway is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The environment's id, which is the default of `client_id`; unknown to gateways that were given by URL.
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// What calls carry as `client_id`: that of the sign-in, or the environment's id.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Which gateway and environment sessions are of: those of one are none of another.
    pub(super) fn home(&self) -> String {
        // The host of an environment names it.
        match self.environment.as_deref().filter(|id| !self.base.starts_with(&format!("https://{id}."))) {
            Some(id) => format!("{} (environment {id})", self.base),
            None => self.base.clone(),
        }
    }

    /// The same calls by another client, if there is one.
    pub(super) fn of_client(&self, id: Option<&str>) -> Self {
        let mut api = self.clone();
        api.client_id = id.map(str::to_owned).or(api.client_id);
        api
    }

    /// The URL of a path. The official SDKs tell every call the client, in its query.
    fn url(&self, path: &str) -> String {
        let Some(id) = &self.client_id else { return format!("{}{path}", self.base) };
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{}{path}{sign}client_id={}", self.base, utf8_percent_encode(id, QUERY))
    }

    /// Posts JSON to a path such as `/auth/v1/signin`. Made once, 15 seconds at most.
    ///
    /// # Errors
    ///
    /// No answer came, or one that is an error or no JSON.
    pub async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Value, CredentialError> {
        let unusable = |_| CredentialError::Unusable;
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri(self.url(path))
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json");
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).map_err(|_| CredentialError::Unusable)?;
            // A device's id and a key pair are as good as a password.
            let mut value = HeaderValue::try_from(*value).map_err(|_| CredentialError::Unusable)?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body.to_string())).map_err(unusable)?;
        let hidden = Hidden::of(request.headers(), &http::Uri::default(), None, Vec::new());
        let cover = || {
            let mut cover = hidden.cover();
            // Whatever a sign-in carries may be its secret; these are names of the protocol (RFC 6749).
            cover.add_json(body, &["client_id", "grant_type"]);
            cover
        };
        let exchange = async {
            let (head, body) = self.transport.send(request).await?.into_parts();
            Ok((head.status, body.collect_up_to(LONGEST_ANSWER).await?.bytes))
        };
        let late = || TransportError::new(format!("no answer within {TIMEOUT:?}"));
        let (status, answer) = rt::within(TIMEOUT, exchange)
            .await
            .unwrap_or_else(|| Err(late()))
            .map_err(|error| CredentialError::Unavailable(error.covered(&cover())))?;
        let answer: Option<Value> = serde_json::from_slice(&answer).ok();
        match answer {
            Some(answer) if status.is_success() => Ok(answer),
            None if status.is_success() => Err(CredentialError::Answer("it is no JSON".to_owned())),
            answer => Err(refusal(status, &answer.unwrap_or_default(), cover())),
        }
    }
}

/// `{"error","error_code","error_description"}`, or the gateway's `{"code","message"}`.
fn refusal(status: StatusCode, answer: &Value, mut cover: Cover) -> CredentialError {
    cover.add_text("application/json", &answer.to_string());
    let text = |names: [&str; 2]| names.iter().find_map(|name| answer[*name].as_str());
    let shown = |text| Line::covered(&cover, text, QUOTE).to_string();
    CredentialError::Refused {
        status,
        code: text(["error", "code"]).map(shown),
        message: text(["error_description", "message"]).map(shown).unwrap_or_default(),
        advice: None,
    }
}

impl fmt::Debug for AuthApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthApi").field("base", &self.base).finish_non_exhaustive()
    }
}
