//! Waiting with a deadline.

use std::{future::Future, time::Duration};

use chrono::{DateTime, Utc};

/// Waits for something that must happen, and fails the test by name if it does not.
pub async fn within<T>(seconds: u64, what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(Duration::from_secs(seconds), future).await;
    waited.unwrap_or_else(|_| panic!("waited {seconds} s for {what}"))
}

/// Looks again and again until there is something, and fails the test by name if there never is.
pub async fn eventually<T>(seconds: u64, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    within(seconds, what, found).await
}

/// What the clock says: servers of a test run on the same machine.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the tests read the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
