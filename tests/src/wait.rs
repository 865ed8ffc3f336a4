//! Waiting with a deadline.

use std::{future::Future, time::Duration};

/// Waits for something that must happen, and fails the test by name if it does not.
pub async fn within<T>(seconds: u64, what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(Duration::from_secs(seconds), future).await;
    waited.unwrap_or_else(|_| panic!("waited {seconds} s for {what}"))
}
