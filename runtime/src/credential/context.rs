//! The identity that services get: in comes the header `x-cloudbase-context` of a request, out goes who calls, and by which rights the
//! service may call on. Never shows what is secret in it.

use super::Credential;
#[cfg(feature = "signature")]
use super::signature::Signature;
use super::unique::Unique;
use crate::config::error::ConfigError;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::fmt;

/// The header's text is this long at most, decompressed: some hundred times what it is in practice.
const LONGEST: usize = 1 << 20;
/// How gzip begins (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Who calls a service, as CloudBase tells it in the header `x-cloudbase-context`: base64 of JSON, compressed or not (npm
/// `@cloudbase/functions-typings` names its members). The tokens and keys in it are not shown by `Debug`, and wiped on drop.
///
/// ```
/// use cloudrun_runtime::Context;
/// # fn main() -> Result<(), cloudrun_runtime::ConfigError> {
/// // {"envId":"my-env-3gk8v2","userId":"ada","isAdministrator":false}
/// let header = "eyJlbnZJZCI6Im15LWVudi0zZ2s4djIiLCJ1c2VySWQiOiJhZGEiLCJpc0FkbWluaXN0cmF0b3IiOmZhbHNlfQ==";
/// let context = Context::from_header(header)?;
/// assert_eq!((context.env_id.as_deref(), context.user_id.as_deref()), (Some("my-env-3gk8v2"), Some("ada")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Context {
    /// The environment's id.
    pub env_id: Option<String>,
    /// The account that the environment belongs to.
    pub uin: Option<String>,
    /// What made the call, for example `wx_client`.
    pub source: Option<String>,
    /// The service that is called.
    pub service_name: Option<String>,
    /// Its version.
    pub service_version: Option<String>,
    /// How the caller proved its identity.
    pub auth_method: Option<String>,
    /// What kind of user the caller is.
    pub user_type: Option<String>,
    /// Whether the caller has administrator's rights.
    pub is_administrator: bool,
    /// The caller's id.
    pub user_id: Option<String>,
    /// Who calls from a mini program.
    pub wechat: Option<WechatContext>,
    access_token: Option<SecretString>,
    service_access_token: Option<SecretString>,
    keys: Option<TemporaryKeys>,
}

/// Who calls from a mini program of WeChat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WechatContext {
    /// The call's id.
    pub call_id: Option<String>,
    /// What made the call.
    pub source: Option<String>,
    /// The mini program.
    pub app_id: Option<String>,
    /// The user in this mini program.
    pub open_id: Option<String>,
    /// The user in all programs of one owner.
    pub union_id: Option<String>,
    /// The user in the mini program that shares its environment.
    pub from_open_id: Option<String>,
    /// The same in all programs of its owner.
    pub from_union_id: Option<String>,
    /// The mini program that shares its environment.
    pub from_app_id: Option<String>,
}

/// What signs by a key pair of Tencent Cloud that is valid for a while; without the feature, that there is one.
#[cfg(feature = "signature")]
type TemporaryKeys = Signature;
#[cfg(not(feature = "signature"))]
type TemporaryKeys = ();

impl Context {
    /// Reads the header's value.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Context`]: it is no base64 of a JSON object, or compressed while the feature `gzip` is off.
    pub fn from_header(value: &str) -> Result<Self, ConfigError> {
        let wrong = |reason| ConfigError::Context { reason };
        let bytes = decode(value.trim()).ok_or_else(|| wrong("it is no base64"))?;
        let text = if bytes.starts_with(&GZIP) { inflate(&bytes)? } else { bytes };
        if text.len() > LONGEST {
            return Err(wrong("it is longer than any context"));
        }
        let json = serde_json::from_slice(&text);
        let Unique(json) = json.map_err(|_| wrong("it holds no JSON, or a member twice"))?;
        if !json.is_object() {
            return Err(wrong("it holds no JSON object"));
        }
        Ok(Self::from_json(&json))
    }

    fn from_json(json: &Value) -> Self {
        let text = |name| text(json, name);
        let secret = |name| text(name).map(SecretString::from);
        Self {
            env_id: text("envId"),
            uin: text("uin"),
            source: text("source"),
            service_name: text("serviceName"),
            service_version: text("serviceVersion"),
            auth_method: text("authMethod"),
            user_type: text("userType"),
            is_administrator: json["isAdministrator"].as_bool().unwrap_or_default(),
            user_id: text("userId"),
            wechat: Some(&json["wechatContext"])
                .filter(|json| json.is_object())
                .map(WechatContext::from_json),
            access_token: secret("accessToken"),
            service_access_token: secret("serviceAccessToken"),
            keys: temporary_keys(&json["tmpSecret"]),
        }
    }

    /// The rights of the service, an administrator's: with the feature `signature` the temporary keys, as in the official SDK;
    /// without it, or where there are none, the service's token. Both are valid for a while: take those of each request.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Context`]: the header has neither.
    pub fn credential(&self) -> Result<Credential, ConfigError> {
        #[cfg(feature = "signature")]
        if let Some(keys) = &self.keys {
            return Ok(Credential::from(keys.clone()).found_in("tmpSecret"));
        }
        let token = self.service_access_token.as_ref();
        let reason = if self.keys.is_some() {
            "it has no token of the service, and its temporary keys need the feature `signature`"
        } else {
            "it has neither temporary keys nor a token of the service"
        };
        let token = token.ok_or(ConfigError::Context { reason })?;
        Ok(Credential::access_token(token.expose_secret()).found_in("serviceAccessToken"))
    }

    /// The rights of the caller, if it has a token: calls with it are the caller's own.
    pub fn caller(&self) -> Option<Credential> {
        let token = self.access_token.as_ref()?;
        Some(Credential::access_token(token.expose_secret()).found_in("accessToken"))
    }
}

impl WechatContext {
    fn from_json(json: &Value) -> Self {
        let text = |name| text(json, name);
        Self {
            call_id: text("callId"),
            source: text("source"),
            app_id: text("appId"),
            open_id: text("openId"),
            union_id: text("unionId"),
            from_open_id: text("fromOpenId"),
            from_union_id: text("fromUnionId"),
            from_app_id: text("fromAppId"),
        }
    }
}

fn temporary_keys(json: &Value) -> Option<TemporaryKeys> {
    let pair = (text(json, "secretId")?, text(json, "secretKey")?);
    #[cfg(feature = "signature")]
    return Some(match text(json, "token") {
        Some(token) => Signature::new(&pair.0, &pair.1).session_token(&token),
        None => Signature::new(&pair.0, &pair.1),
    });
    // Nobody signs by them.
    #[cfg(not(feature = "signature"))]
    return {
        drop(pair);
        Some(())
    };
}

/// A member that is text, or a number that stands for one; an empty one is as good as none.
fn text(json: &Value, name: &str) -> Option<String> {
    match &json[name] {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Base64 of either alphabet, padded or not, as Node reads it.
fn decode(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}

#[cfg(feature = "gzip")]
fn inflate(bytes: &[u8]) -> Result<Vec<u8>, ConfigError> {
    use std::io::Read;
    let wrong = |reason| ConfigError::Context { reason };
    let mut text = Vec::new();
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    // What follows the first part is another one, or broken.
    let read = flate2::read::MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut text);
    read.map_err(|_| wrong("it is broken gzip"))?;
    Ok(text)
}

#[cfg(not(feature = "gzip"))]
fn inflate(_: &[u8]) -> Result<Vec<u8>, ConfigError> {
    Err(ConfigError::Context { reason: "it is compressed, which needs the feature `gzip`" })
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("env_id", &self.env_id)
            .field("uin", &self.uin)
            .field("source", &self.source)
            .field("service_name", &self.service_name)
            .field("service_version", &self.service_version)
            .field("auth_method", &self.auth_method)
            .field("user_type", &self.user_type)
            .field("is_administrator", &self.is_administrator)
            .field("user_id", &self.user_id)
            .field("wechat", &self.wechat)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Context;
    use crate::config::error::ConfigError;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use serde_json::json;

    fn full() -> String {
        json!({
            "envId": "shop-1", "uin": 100_000_000_001_u64, "source": "wx_client", "serviceName": "orders",
            "serviceVersion": "orders-002", "authMethod": "access_token", "userType": "external",
            "isAdministrator": true, "userId": "ada", "accessToken": "planted user token",
            "serviceAccessToken": "planted service token",
            "tmpSecret": {"secretId": "AKID", "secretKey": "planted key", "token": "planted session"},
            "wechatContext": {"openId": "o-1", "appId": "wx-1", "unionId": ""},
        })
        .to_string()
    }

    #[test]
    fn who_calls_is_read_and_no_secret_is_shown() -> Result<(), ConfigError> {
        for header in [STANDARD.encode(full()), URL_SAFE_NO_PAD.encode(full())] {
            let context = Context::from_header(&header)?;
            assert_eq!(context.env_id.as_deref(), Some("shop-1"));
            assert_eq!(context.uin.as_deref(), Some("100000000001"));
            assert_eq!(context.service_version.as_deref(), Some("orders-002"));
            assert_eq!((context.user_id.as_deref(), context.is_administrator), (Some("ada"), true));
            let wechat = context.wechat.clone().unwrap_or_default();
            assert_eq!((wechat.open_id.as_deref(), wechat.union_id), (Some("o-1"), None));
            let shown = format!("{context:?} {:?} {:?}", context.credential(), context.caller());
            assert!(!shown.contains("planted") && shown.contains("ada"), "{shown}");
        }
        Ok(())
    }

    #[test]
    fn the_services_rights_are_taken_and_never_the_callers() -> Result<(), ConfigError> {
        let taken = |json: serde_json::Value| {
            let context = Context::from_header(&STANDARD.encode(json.to_string()))?;
            context.credential().map(|credential| credential.taken_from())
        };
        let keys = json!({"secretId": "AKID", "secretKey": "key", "token": "token"});
        let both = taken(json!({"tmpSecret": keys, "serviceAccessToken": "s", "accessToken": "u"}))?;
        let expected = if cfg!(feature = "signature") { "tmpSecret" } else { "serviceAccessToken" };
        assert_eq!(both, Some(expected));
        assert_eq!(
            taken(json!({"serviceAccessToken": "s", "accessToken": "u"}))?,
            Some("serviceAccessToken")
        );
        assert!(matches!(taken(json!({"accessToken": "u"})), Err(ConfigError::Context { .. })));
        Ok(())
    }

    #[test]
    fn nobody_is_told_twice_who_calls() {
        for text in [
            r#"{"userId":"ada","userId":"planted"}"#,
            r#"{"userId":"ada","wechatContext":{"openId":"a","openId":"planted"}}"#,
            r#"{"more":[{"a":1,"a":2}]}"#,
        ] {
            let error = Context::from_header(&STANDARD.encode(text)).map_err(|error| error.to_string());
            assert!(
                error.is_err_and(|error| error.contains("twice") && !error.contains("planted")),
                "{text}"
            );
        }
        let once = r#"{"isAdministrator":true,"uin":1,"more":[-1,0.5,null,{"a":"b"}],"wechatContext":{}}"#;
        let context = Context::from_header(&STANDARD.encode(once));
        assert!(context.is_ok_and(|context| context.is_administrator && context.uin.as_deref() == Some("1")));
    }

    #[test]
    fn what_is_no_context_is_refused_without_being_repeated() {
        for text in
            ["", "planted secret!", "cGxhbnRlZA==", "W10=", "H4sIAAAAAAAAA6tWKkgsylayUkrKSCzJUKoFAA=="]
        {
            let error = Context::from_header(text).map_err(|error| error.to_string());
            assert!(error.is_err_and(|error| !error.contains("planted")), "{text}");
        }
    }

    #[cfg(feature = "gzip")]
    #[test]
    fn a_compressed_context_is_read_up_to_a_length() -> Result<(), Box<dyn std::error::Error>> {
        use std::io::Write;
        let pack = |text: &[u8]| -> std::io::Result<String> {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            packed.write_all(text)?;
            Ok(STANDARD.encode(packed.finish()?))
        };
        assert_eq!(Context::from_header(&pack(full().as_bytes())?)?.user_id.as_deref(), Some("ada"));
        let padded = |length: usize| -> Result<_, Box<dyn std::error::Error>> {
            let text = format!("{}{}", " ".repeat(length - full().len()), full());
            Ok([Context::from_header(&pack(text.as_bytes())?), Context::from_header(&STANDARD.encode(text))])
        };
        assert!(padded(1 << 20)?.iter().all(Result::is_ok), "what is as long as it may be");
        let long = ConfigError::Context { reason: "it is longer than any context" };
        for longer in [(1 << 20) + 1, 8 << 20] {
            for read in padded(longer)? {
                assert_eq!(read.err().as_ref(), Some(&long));
            }
        }
        let mut behind = STANDARD.decode(pack(full().as_bytes())?)?;
        behind.extend_from_slice(b"more");
        assert!(Context::from_header(&STANDARD.encode(behind)).is_err(), "something stands behind it");
        Ok(())
    }

    #[cfg(not(feature = "gzip"))]
    #[test]
    fn without_a_decoder_a_compressed_context_names_the_feature() {
        let error = Context::from_header("H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==").err();
        assert!(error.is_some_and(|error| error.to_string().contains("feature `gzip`")));
    }
}
