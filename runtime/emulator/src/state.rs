//! What all requests to an emulator share.
//!
//! May import from `counts`, `limit`, `exchange`, `fault`, `environment`, `inspector`.

use crate::counts::Counts;
use crate::environment::running::Environments;
use crate::exchange::Exchange;
use crate::fault::Faults;
use crate::inspector::Inspector;
use crate::limit::Limits;
use std::sync::Arc;

/// Who is told of exchanges.
pub(crate) type Observer = dyn Fn(Arc<Exchange>) + Send + Sync;

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) environments: Arc<Environments>,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) counts: Arc<Counts>,
    pub(crate) client: reqwest::Client,
    pub(crate) observers: Vec<Arc<Observer>>,
    pub(crate) inspector: Option<Arc<Inspector>>,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
}
