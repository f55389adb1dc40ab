use crate::operation::Operation;
use crate::operation::call_info::CallInfo;
use http::StatusCode;
use std::time::Duration;

/// Who is told of calls that have ended.
pub(crate) type Observer = dyn Fn(&CallReport<'_>) + Send + Sync;

/// A call that has ended, for metrics: [`GatewayBuilder::on_call`](crate::GatewayBuilder::on_call).
#[derive(Clone, Debug)]
pub struct CallReport<'a> {
    pub(crate) service: &'a str,
    pub(crate) call: &'a CallInfo,
    pub(crate) status: Option<StatusCode>,
    pub(crate) error: Option<&'static str>,
    pub(crate) elapsed: Duration,
}

impl CallReport<'_> {
    /// The service's name.
    pub fn service(&self) -> &str {
        self.service
    }

    /// What was called.
    pub fn operation(&self) -> &'static Operation {
        self.call.operation()
    }

    /// The path that was called, how often, and for whom.
    pub fn call(&self) -> &CallInfo {
        self.call
    }

    /// The status of the last answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The kind of the error, if the call failed: `service`, `gateway`, `timeout`, `transport`, `credential`, `request`,
    /// `too_large` or `unexpected`; `cancelled` if its future was dropped before it had ended. An answer that cannot be decoded is no failure here.
    pub fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// The time from the call's start to its end, all attempts and waits included. A stream's call ends with its head.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
