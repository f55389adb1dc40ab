//! Codes by SMS or email: in comes a number or an address, out goes a sign-in of whoever has entered the code that was sent there.
//! Never sees the code before its user does.

use super::api::AuthApi;
use super::error::CredentialError;
use super::sign_in::SignIn;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::fmt;

impl AuthApi {
    /// Has a code sent to a phone (`+86 13800000000`: the country's code and a blank go first) or to an email address
    /// (`POST /auth/v1/verification`, <https://docs.cloudbase.net/http-api/auth/>). The gateway limits how often it sends one.
    ///
    /// ```no_run
    /// # async fn sign_in(typed: impl Fn() -> String) -> Result<(), Box<dyn std::error::Error>> {
    /// use cloudrun_runtime::Gateway;
    /// let gateway = Gateway::builder("my-env-3gk8v2").build()?;
    /// let sent = gateway.auth_api().send_code("ada@example.com").await?;
    /// let user = sent.verify(&typed()).await?;
    /// let gateway = gateway.with_credential(user)?;
    /// # let _ = gateway;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No answer came, or one that is an error: this way to sign in is off, or too many codes were asked for.
    pub async fn send_code(&self, recipient: &str) -> Result<SentCode, CredentialError> {
        let kind = if recipient.contains('@') { "email" } else { "phone_number" };
        let answer =
            self.post("/auth/v1/verification", &[], &json!({kind: recipient, "target": "ANY"})).await?;
        let id = secret(&answer, "verification_id")?;
        Ok(SentCode { api: self.clone(), recipient: recipient.to_owned(), id })
    }
}

/// A code that is on its way: [`AuthApi::send_code`].
#[must_use = "nobody is signed in before the code is verified"]
pub struct SentCode {
    api: AuthApi,
    recipient: String,
    id: SecretString,
}

impl SentCode {
    /// Signs in who has entered the code (`POST /auth/v1/verification/verify`). A mistyped one may be tried again.
    ///
    /// # Errors
    ///
    /// No answer came, or one that is an error: it is not the code that was sent, or too late.
    pub async fn verify(&self, code: &str) -> Result<SignIn, CredentialError> {
        let body = json!({"verification_id": self.id.expose_secret(), "verification_code": code.trim()});
        let answer = self.api.post("/auth/v1/verification/verify", &[], &body).await;
        let wrong = Some("check the code that was sent, or have another one sent");
        let answer = answer.map_err(|error| error.advised(wrong))?;
        Ok(SignIn::code(self.recipient.clone(), secret(&answer, "verification_token")?))
    }
}

fn secret(answer: &Value, name: &'static str) -> Result<SecretString, CredentialError> {
    let text = answer[name].as_str().filter(|text| !text.is_empty());
    text.map(SecretString::from).ok_or_else(|| CredentialError::Answer(format!("it has no `{name}`")))
}

impl fmt::Debug for SentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentCode").finish_non_exhaustive()
    }
}
