//! Codes by SMS and email: in comes a number or an address, out goes a code for whoever runs the emulator to read, then a token for whoever
//! has entered it. Never sends anything.

use super::{Refused, random};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a code is valid, and so is what it is exchanged for, if nothing else is set.
const LIFE: Duration = Duration::from_secs(600);
/// How often a code may be mistyped.
const TRIES: u32 = 5;
/// How many codes are remembered.
const KEPT: usize = 1000;

type Listener = dyn Fn(&str, &str) + Send + Sync;

/// The codes that were asked for.
#[derive(Default)]
pub(crate) struct Codes {
    sent: Mutex<Vec<Code>>,
    pub(crate) life: Option<Duration>,
    pub(crate) listener: Option<Arc<Listener>>,
}

struct Code {
    id: String,
    recipient: String,
    digits: String,
    /// What the right digits were exchanged for.
    token: Option<String>,
    tries: u32,
    ends: Instant,
}

impl Codes {
    pub(crate) fn send(&self, body: &Value) -> Result<Value, Refused> {
        let text = |name: &str| body[name].as_str().unwrap_or_default();
        let (phone, email) = (text("phone_number"), text("email"));
        let recipient = if is_phone(phone) { phone } else { email };
        if !is_phone(phone) && !email.contains('@') {
            let reason = "phone_number is written like +86 13800000000, email like ada@example.com.";
            return Err((400, "invalid_argument", reason.to_owned()));
        }
        let number =
            random().iter().fold(0_u32, |number, byte| (number * 256 + u32::from(*byte)) % 1_000_000);
        let life = self.life();
        let code = Code {
            id: token(),
            recipient: recipient.to_owned(),
            digits: format!("{number:06}"),
            token: None,
            tries: 0,
            ends: Instant::now() + life,
        };
        let answer = json!({"verification_id": code.id, "expires_in": life.as_secs(), "is_user": true});
        if let Some(listener) = &self.listener {
            listener(recipient, &code.digits);
        }
        let mut sent = self.lock();
        if sent.len() == KEPT {
            sent.remove(0);
        }
        sent.push(code);
        Ok(answer)
    }

    pub(crate) fn verify(&self, body: &Value) -> Result<Value, Refused> {
        let wrong = || (400, "invalid_verification_code", "The code is wrong, used or expired.".to_owned());
        let mut sent = self.lock();
        let id = body["verification_id"].as_str().unwrap_or_default();
        let code = sent.iter_mut().find(|code| code.id == id).ok_or_else(wrong)?;
        let is_open = code.token.is_none() && code.tries < TRIES && Instant::now() < code.ends;
        code.tries += 1;
        if !is_open || body["verification_code"] != code.digits.as_str() {
            return Err(wrong());
        }
        let made = token();
        code.token = Some(made.clone());
        Ok(json!({"verification_token": made, "expires_in": self.life().as_secs()}))
    }

    /// Who has entered the code that a token was given for. It is valid once.
    pub(super) fn redeem(&self, token: &str, recipient: Option<&str>) -> Result<String, Refused> {
        let mut sent = self.lock();
        let found = sent.iter().position(|code| {
            code.token.as_deref() == Some(token)
                && recipient.is_none_or(|recipient| recipient == code.recipient)
                && Instant::now() < code.ends
        });
        let reason = "The verification token is wrong, used or expired.";
        found.map(|at| sent.remove(at).recipient).ok_or((
            400,
            "invalid_verification_token",
            reason.to_owned(),
        ))
    }

    fn life(&self) -> Duration {
        self.life.unwrap_or(LIFE)
    }

    /// The latest code that was sent somewhere.
    pub(crate) fn latest(&self, recipient: &str) -> Option<String> {
        self.lock().iter().rev().find(|code| code.recipient == recipient).map(|code| code.digits.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Code>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The country's code, a blank, and the number.
fn is_phone(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_prefix('+').and_then(|rest| rest.split_once(' '));
    parts
        .is_some_and(|(country, number)| country.len() <= 3 && is_number(country) && is_number(number.trim()))
}

fn token() -> String {
    URL_SAFE_NO_PAD.encode(random())
}

impl std::fmt::Debug for Codes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} codes", self.lock().len())
    }
}
