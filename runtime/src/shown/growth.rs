//! How the time of a work grows with its size, for tests of what strangers write.

use std::time::{Duration, Instant};

/// What takes less than this is not measured well.
const SHORTEST: Duration = Duration::from_millis(8);

/// Whether eight times the size takes about eight times the time, and not 64 times. The shortest of several runs counts.
pub(crate) fn is_linear(mut size: usize, work: impl Fn(usize)) -> bool {
    let time = |size| {
        let runs = (0..3).map(|_| {
            let start = Instant::now();
            let before = processor();
            work(size);
            processor().zip(before).map_or_else(|| start.elapsed(), |(after, before)| after - before)
        });
        runs.min().unwrap_or(Duration::MAX)
    };
    while time(size) < SHORTEST {
        size *= 2;
    }
    time(8 * size) < time(size) * 24
}

/// The processor's time of this thread, which does not count what else the machine does, where the system tells it (Linux).
fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}
