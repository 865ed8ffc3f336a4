//! Time enters the house here and nowhere else.

use chrono::{DateTime, SubsecRound as _, Utc};

/// A moment in UTC, to the microsecond: what both databases keep.
pub type Timestamp = DateTime<Utc>;

/// Where the time comes from; tests bring their own.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, cut to microseconds (Postgres keeps no more; SQLite would).
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> Timestamp {
        Utc::now().trunc_subsecs(6)
    }
}
