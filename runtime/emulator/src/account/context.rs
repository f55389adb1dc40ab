//! The identity that services get: in comes a caller, out goes the header `x-cloudbase-context`, base64 of JSON with the members that
//! npm `@cloudbase/functions-typings` names. What stands in `authMethod` and `userType` is not documented.

use super::{Accounts, Caller, SERVER, Session};
use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The header's name.
pub(crate) const HEADER: &str = "x-cloudbase-context";
/// How long the service's token lives.
const LIFE: Duration = Duration::from_secs(7200);

/// What nobody who looks on is to see of one exchange, beside the accounts' own secrets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hidden(pub(crate) Vec<String>);

impl Accounts {
    /// The header's value for a request to a service, and what in it is secret. `token` is the caller's own.
    pub(crate) fn context(
        &self,
        caller: &Caller,
        service: &str,
        token: Option<&str>,
    ) -> Option<(HeaderValue, Hidden)> {
        let (method, kind, user) = match caller {
            Caller::ApiKey => ("api_key", "administrator", ""),
            Caller::PublishableKey => ("publishable_key", "anonymous", ""),
            Caller::Signature { secret_id } => ("signature", "administrator", secret_id.as_str()),
            Caller::ServerToken { secret_id } => ("client_credentials", "administrator", secret_id.as_str()),
            Caller::User { id, scope } if scope == "anonymous" => ("access_token", "anonymous", id.as_str()),
            Caller::User { id, .. } => ("access_token", "external", id.as_str()),
        };
        let pair = &self.service_pair;
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let session = Session { id: pair.secret_id.clone(), scope: SERVER.to_owned() };
        let service_token = self.access_token(&session, number, LIFE);
        // A key is no user's token.
        let own = token.filter(|_| matches!(caller, Caller::User { .. }));
        let context = json!({
            "envId": self.environment, "uin": "100000000001", "source": "emulator", "serviceName": service,
            "serviceVersion": format!("{service}-001"), "authMethod": method, "userType": kind,
            "isAdministrator": caller.is_administrator(), "userId": user, "accessToken": own,
            "serviceAccessToken": service_token,
            "tmpSecret": {"secretId": pair.secret_id, "secretKey": pair.secret_key, "token": pair.token},
        });
        let text = STANDARD.encode(context.to_string());
        let mut value = HeaderValue::try_from(&text).ok()?;
        value.set_sensitive(true);
        Some((value, Hidden(vec![text, service_token])))
    }
}
