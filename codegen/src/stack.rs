//! Room for what nests deeply.
//!
//! May import from no other room.

/// Documents nest, and every stage follows them down; a thread of its own has room for that on any platform.
const STACK_BYTES: usize = 512 << 20;

/// Runs the stages on a thread with room for deep documents; where there is none to be had, on this one.
pub(crate) fn with_stack<T: Send>(run: impl Fn() -> T + Send + Sync) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, &run);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => run(),
        }
    })
}
