//! Operations: what they may answer, what their requests share, and how a client comes in.

/// What an operation may answer, by status: patterns are `"404"`, `"4XX"` or `"default"`, each with its variant and how
/// its body is read (`json`, `text`, `bytes` or `empty`); the last row names the variant that keeps any other answer, and those
/// whose body is not what its status promises.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum GetPetError { NotFound(String), Unknown(cloudrun_runtime::Undocumented) }
/// cloudrun_runtime::responses!(GetPetError {
///     "404" NotFound text,
///     ..Unknown
/// });
/// ```
#[macro_export]
macro_rules! responses {
    (@empty $reply:ident $variant:ident) => { ::core::result::Result::Ok(Self::$variant) };
    (@$kind:ident $reply:ident $variant:ident) => { $crate::body::$kind($reply).map(Self::$variant) };
    ($name:ident { $($pattern:literal $variant:ident $kind:ident,)* ..$unknown:ident $(,)? }) => {
        impl $crate::Responses for $name {
            #[inline]
            fn from_reply(reply: &$crate::Reply) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                let unknown = || Self::$unknown($crate::Undocumented::from(reply));
                let documented: ::core::result::Result<Self, $crate::json::DecodeError> =
                    match reply.pattern(&[$($pattern),*]) {
                        $(::core::option::Option::Some($pattern) => $crate::responses!(@$kind reply $variant),)*
                        _ => ::core::result::Result::Ok(unknown()),
                    };
                ::core::result::Result::Ok(documented.unwrap_or_else(|_| unknown()))
            }
        }
    };
    ($name:ident { $($pattern:literal $variant:ident $kind:ident),* $(,)? }) => {
        impl $crate::Responses for $name {
            #[inline]
            fn from_reply(reply: &$crate::Reply) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                match reply.pattern(&[$($pattern),*]) {
                    $(::core::option::Option::Some($pattern) => $crate::responses!(@$kind reply $variant),)*
                    _ => ::core::result::Result::Err(reply.undocumented()),
                }
            }
        }
    };
}

/// The documented headers of an operation's answers: name on the wire, field. Every field is an `Option`.
///
/// ```
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct ListPetsHeaders { pub total: Option<i64>, pub link: Option<String> }
/// cloudrun_runtime::headers!(ListPetsHeaders {
///     "x-total" total,
///     "link" link,
/// });
/// ```
#[macro_export]
macro_rules! headers {
    ($name:ident { $($wire:literal $field:ident $(by $separators:literal)?),* $(,)? }) => {
        impl $crate::Headers for $name {
            #[inline]
            fn from_headers(reply: &$crate::Reply) -> ::core::result::Result<Self, $crate::json::DecodeError> {
                ::core::result::Result::Ok(Self {
                    $($field: $crate::header_of_lists(reply, $wire, $crate::headers!(@ $($separators)?))?),*
                })
            }
        }
    };
    (@) => { "," };
    (@ $separators:literal) => { $separators };
}

/// What every request type of a generated client offers beside its own setters.
#[macro_export]
macro_rules! request {
    ($name:ident) => {
        impl $name {
            /// Sets how long this call may take.
            #[inline]
            pub fn timeout(self, timeout: ::core::time::Duration) -> Self {
                Self(self.0.timeout(timeout))
            }
            /// Says that this call may be made twice, whatever its method: the service knows it by an idempotency key, or does
            /// the same the second time.
            #[inline]
            pub fn idempotent(self) -> Self {
                Self(self.0.idempotent())
            }
            /// Says that this call may be made twice, since the service knows it again by this key, which is sent as the
            /// header `Idempotency-Key`.
            #[inline]
            pub fn idempotency_key(self, key: &str) -> Self {
                Self(self.0.idempotency_key(key))
            }
            /// Sets when this call is made again, instead of the gateway's policy.
            #[inline]
            pub fn retry(self, policy: $crate::RetryPolicy) -> Self {
                Self(self.0.retry(policy))
            }
            /// Sets a header that the document does not declare.
            #[inline]
            pub fn header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }
            /// Sends the request and answers with status, headers and bytes, whatever the status is.
            #[inline]
            pub fn send_raw(self) -> $crate::PendingRaw {
                self.0.send_raw()
            }
        }
    };
}

/// Brings in the client that `build.rs` generated for a service: a module of the service's name in snake case.
///
/// ```text
/// cloudrun_runtime::include_client!("petstore");
/// use petstore::Client;
/// ```
#[macro_export]
macro_rules! include_client {
    ($service:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $service, ".rs"));
    };
}
