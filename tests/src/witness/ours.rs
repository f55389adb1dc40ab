//! This project's side of a case: a call by hand, and one of the generated client.

use super::cases::{Case, Typed, Who};
use super::{Got, Sdk};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloudrun_runtime::transport::ReqwestTransport;
use cloudrun_runtime::{Credential, Error, Gateway, Reply, RetryPolicy, SignIn, Signature, TicketKey};
use helloworld::Client;
use helloworld::types::Keys;
use serde_json::{Value, json};
use std::time::Duration;

/// The client of `specs/helloworld.yaml`, as its build script generates it.
#[allow(missing_docs)]
mod generated {
    cloudrun_runtime::include_client!("helloworld");
}
use generated::helloworld;

/// The user of custom login.
pub const USER: &str = "user-0042";

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What this side needs to know of the emulator.
#[derive(Clone, Debug)]
pub struct Ours {
    /// The environment's id.
    pub environment: String,
    /// The proxy that leads to it.
    pub proxy: String,
    /// The certificate authority to trust, as PEM.
    pub root: String,
    /// The API key.
    pub api_key: String,
    /// An access token that has ended.
    pub expired: String,
    /// The key pair.
    pub key_pair: (String, String),
    /// What a service was told of its caller.
    pub context: String,
    /// The private key of custom login.
    pub ticket_key: TicketKey,
}

impl Ours {
    fn gateway(&self, case: &Case) -> Result<Gateway, Failure> {
        let credential = match case.who {
            Who::ApiKey => Credential::api_key(&self.api_key),
            Who::Expired => Credential::access_token(&self.expired),
            Who::KeyPair => Signature::new(&self.key_pair.0, &self.key_pair.1).into(),
            Who::Session => {
                Signature::new(&self.key_pair.0, &self.key_pair.1).session_token("session").into()
            }
            Who::Anonymous => SignIn::anonymous("a device of ours").into(),
            Who::ServerToken => Credential::server_token(&self.key_pair.0, &self.key_pair.1),
            Who::Context => Credential::from_context(&self.context)?,
            Who::Ticket => SignIn::custom(self.ticket_key.clone(), USER)?.into(),
        };
        self.gateway_with(credential)
    }

    /// A gateway that leads to the emulator.
    ///
    /// # Errors
    ///
    /// The client cannot be set up.
    pub fn gateway_with(&self, credential: impl Into<Credential>) -> Result<Gateway, Failure> {
        let transport =
            ReqwestTransport::builder().proxy(&self.proxy).root_certificates(self.root.as_str()).build()?;
        // The SDKs make failed calls again on errors of the connection only.
        let gateway = Gateway::builder(&self.environment).credential(credential).transport(transport);
        Ok(gateway.retry(RetryPolicy::never()).build()?)
    }
}

/// Makes the call by hand.
///
/// # Errors
///
/// The client cannot be set up.
pub async fn by_hand(gateway: &Gateway, case: &Case) -> Result<Got, Failure> {
    let service = gateway.service(case.service)?;
    let method = case.method.unwrap_or("POST").parse()?;
    let is_get = method == cloudrun_runtime::http::Method::GET;
    let mut call = service.call(method, case.path);
    for (name, value) in case.header {
        call = call.header(name, value);
    }
    call = match &case.data {
        Some(data) if is_get => call.query(data),
        Some(data) => call.json(data),
        None => call,
    };
    if let Some(timeout) = case.timeout {
        call = call.timeout(Duration::from_millis(timeout));
    }
    Ok(match call.send().await {
        Ok(reply) => got(Some(&reply), None),
        Err(error) => failed(&error),
    })
}

/// Makes the call by the generated operation.
///
/// # Errors
///
/// The client cannot be set up.
async fn typed(ours: &Ours, case: &Case, operation: Typed) -> Result<Got, Failure> {
    let client = Client::new(&ours.gateway(case)?);
    let mut keys = Keys::default();
    let key = |name: &str| case.data.as_ref().and_then(|data| data[name].as_str()).map(str::to_owned);
    (keys.key1, keys.key2) = (key("key1"), key("key2"));
    let header = |name: &str| case.header.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let time = Duration::from_millis(case.timeout.unwrap_or(15_000));
    Ok(match operation {
        Typed::PostAbc => {
            let mut call = client.post_abc(&keys).timeout(time);
            if let Some(value) = header("x-own") {
                call = call.x_own(value);
            }
            outcome(call.send().await.map(|answer| answer.reply().clone()))
        }
        Typed::GetAbc => {
            let mut call = client.get_abc().timeout(time);
            if let (Some(one), Some(two)) = (&keys.key1, &keys.key2) {
                call = call.key1(one).key2(two);
            }
            outcome(call.send().await.map(|answer| answer.reply().clone()))
        }
        Typed::PostSlow => {
            outcome(client.post_slow(&keys).timeout(time).send().await.map(|answer| answer.reply().clone()))
        }
        Typed::GetBinary => {
            outcome(client.get_binary().timeout(time).send().await.map(|answer| answer.reply().clone()))
        }
    })
}

/// Makes the call in each of this side's ways.
///
/// # Errors
///
/// The client cannot be set up.
pub async fn ask(ours: &Ours, case: &Case) -> Result<Vec<(&'static str, Got)>, Failure> {
    let mut all = vec![("by hand", by_hand(&ours.gateway(case)?, case).await?)];
    if let Some(operation) = case.typed {
        all.push(("generated", typed(ours, case, operation).await?));
    }
    // The JS SDK tells its caller the data only.
    if case.sdk == Sdk::Js {
        for (_, got) in &mut all {
            (got.status, got.request_id) = (None, None);
        }
    }
    Ok(all)
}

fn outcome<E: std::fmt::Debug>(result: Result<Reply, Error<E>>) -> Got {
    match result {
        Ok(reply) => got(Some(&reply), None),
        Err(error) => failed(&error),
    }
}

fn failed<E: std::fmt::Debug>(error: &Error<E>) -> Got {
    got(error.reply(), Some(error.to_string()))
}

fn got(reply: Option<&Reply>, error: Option<String>) -> Got {
    let data = reply.map_or(Value::Null, |reply| {
        let text = || reply.text().ok().filter(|text| !text.contains('\0')).map(Value::from);
        reply.json().ok().or_else(text).unwrap_or_else(|| json!({"base64": STANDARD.encode(reply.body())}))
    });
    Got {
        status: reply.map(|reply| reply.status().as_u16()),
        data,
        request_id: reply.and_then(Reply::request_id).map(str::to_owned),
        error,
    }
}
