//! The processor time of this thread: what it worked, not how long it waited for a core.
use std::time::Duration;

/// The processor time that this thread has used so far.
#[cfg(unix)]
#[must_use]
pub fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let whole = Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0));
    whole.saturating_add(Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or(0)))
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
pub fn median<T: Copy + Default + Ord>(mut figures: Vec<T>) -> T {
    figures.sort_unstable();
    figures.get(figures.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}
