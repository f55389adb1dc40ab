//! Where settings come from: the variables of the process, or a function in their place. Never keeps a value: who asks again is told
//! what they are then.

use std::sync::Arc;

type LookUp = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Looks up variables by name.
#[derive(Clone)]
pub(crate) struct Variables(Arc<LookUp>);

impl Variables {
    /// Those of the process. Whatever is no Unicode is not there.
    pub(crate) fn of_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    pub(crate) fn new(look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(look_up))
    }

    /// A variable's value; an empty one is as good as none.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// The first of these that is set.
    pub(crate) fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.get(name))
    }
}
