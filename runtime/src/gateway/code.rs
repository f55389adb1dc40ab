//! The gateway's error codes, and what to do about each. Source: <https://docs.cloudbase.net/error-code/>.

use crate::shown::line::{EXCERPT, Line};
use std::fmt;

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident $wire:literal $advice:literal,)*) => {
        /// A code by which the gateway says what is wrong (<https://docs.cloudbase.net/error-code/>).
        ///
        /// ```
        /// use cloudrun_runtime::GatewayCode;
        /// let code = GatewayCode::from("SERVICE_NOT_FOUND");
        /// assert_eq!(code, GatewayCode::ServiceNotFound);
        /// assert_eq!(code.as_str(), "SERVICE_NOT_FOUND");
        /// assert!(code.advice().is_some());
        /// assert_eq!(GatewayCode::from("NEW").as_str(), "NEW");
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum GatewayCode {
            $(
                #[doc = concat!("`", $wire, "`: ", $advice, ".")]
                $variant,
            )*
            /// A code that is not listed here.
            Other(String),
        }

        impl GatewayCode {
            /// The code as the gateway writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Other(code) => code,
                }
            }

            /// What a caller can do about it, in one line; nothing for codes that are not listed here.
            pub fn advice(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($advice),)*
                    Self::Other(_) => None,
                }
            }
        }

        impl From<&str> for GatewayCode {
            fn from(code: &str) -> Self {
                match code {
                    $($wire => Self::$variant,)*
                    code => Self::Other(code.to_owned()),
                }
            }
        }

        #[cfg(test)]
        const ALL: &[&str] = &[$($wire),*];
    };
}

codes! {
    MissingCredentials "MISSING_CREDENTIALS" "give the gateway a credential, for example `Credential::api_key`",
    InvalidCredentials "INVALID_CREDENTIALS" "check that the key or token belongs to this environment",
    AccessTokenInvalid "ACCESS_TOKEN_INVALID" "sign in again: the access token is not one that the gateway issued",
    AccessTokenExpired "ACCESS_TOKEN_EXPIRED" "sign in again, or use a credential that refreshes itself: access tokens live two hours",
    AccessTokenKidInvalid "ACCESS_TOKEN_KID_INVALID" "sign in again: the key that signed the access token is no longer in use",
    AuthenticationFailed "AUTHENTICATION_FAILED" "check the credential and that its login method is switched on in the console",
    EnvSuspended "ENV_SUSPENDED" "the environment is suspended: see its state and its bill in the console",
    EnvIsolated "ENV_ISOLATED" "the environment is isolated: renew it in the console",
    ServiceChargeOverdue "SERVICE_CHARGE_OVERDUE" "settle the account's bill",
    AccessDenied "ACCESS_DENIED" "give this caller the permission in the console: roles need the policy `CloudrunHttpApiAllow`",
    ActionForbidden "ACTION_FORBIDDEN" "this caller may not do this: roles need the policy `CloudrunHttpApiAllow`, see them in the console",
    ExceedAuthority "EXCEED_AUTHORITY" "this needs more rights than the caller has: roles need the policy `CloudrunHttpApiAllow`, server side code may use an API key",
    ServiceForbidden "SERVICE_FORBIDDEN" "allow this caller's role to call the service in the console: roles need the policy `CloudrunHttpApiAllow`",
    ServiceNotFound "SERVICE_NOT_FOUND" "check the service's name, the environment's id and the region",
    ServiceVersionNotFound "SERVICE_VERSION_NOT_FOUND" "deploy a version of the service",
    ServiceEndpointNotFound "SERVICE_ENDPOINT_NOT_FOUND" "wait for the deployment to end: the service has no instance yet",
    ServiceResourceNotFound "SERVICE_RESOURCE_NOT_FOUND" "check that the service still has its resources in the console",
    ExceedRatelimit "EXCEED_RATELIMIT" "send less per second, or raise the environment's quota",
    ExceedConcurrentRequestLimit "EXCEED_CONCURRENT_REQUEST_LIMIT" "make fewer calls at a time: `GatewayBuilder::max_concurrent_requests`",
    ServiceTimeout "SERVICE_TIMEOUT" "the service did not answer in time: the gateway waits 60 seconds at most",
    ServiceNotReady "SERVICE_NOT_READY" "the service is starting: try again in some seconds, or keep an instance running",
    ServiceLbStatusAbnormal "SERVICE_LB_STATUS_ABNORMAL" "see the service's instances and logs in the console: none answers",
    ExceedRequestSizeLimit "EXCEED_REQUEST_SIZE_LIMIT" "send at most 20 MB; larger files belong into cloud storage",
    InvalidRequestSource "INVALID_REQUEST_SOURCE" "add this page's origin, with its port, to the environment's security domains",
    InvalidParam "INVALID_PARAM" "check the service's name and the request's parameters",
    InvalidHost "INVALID_HOST" "check the environment's id and the region",
    SysErr "SYS_ERR" "the gateway failed: try again, and quote the request id if it stays",
    ServerTimeout "SERVER_TIMEOUT" "the gateway took too long: try again",
}

impl fmt::Display for GatewayCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Line::new(self.as_str(), EXCERPT).fmt(f)
    }
}

impl PartialEq<str> for GatewayCode {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for GatewayCode {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, GatewayCode};

    #[test]
    fn every_documented_code_has_a_variant_and_advice_of_one_line() {
        assert_eq!(ALL.len(), 28);
        for wire in ALL {
            let code = GatewayCode::from(*wire);
            assert!(!matches!(code, GatewayCode::Other(_)), "{wire}");
            assert_eq!(code.as_str(), *wire);
            assert!(code.advice().is_some_and(|line| line.len() > 10 && !line.contains('\n')), "{wire}");
        }
        assert_eq!(GatewayCode::from("LATER").advice(), None);
    }
}
