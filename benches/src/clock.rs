//! The processor time of this thread: what it worked, not how long it waited for a core.
use std::time::Duration;

/// The processor time that this thread has used so far.
#[cfg(unix)]
#[must_use]
pub fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let part = |given: i64| u64::try_from(given).unwrap_or(0);
    Duration::from_secs(part(time.tv_sec)).saturating_add(Duration::from_nanos(part(time.tv_nsec)))
}

/// The time since the first call, where the processor time of a thread cannot be asked for.
#[cfg(not(unix))]
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub fn worked() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// The median of some measurements, the lower one of two in the middle; zero of none.
#[must_use]
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}
