//! What the environment tells the tests. Read nowhere else.

use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "the one place where the tests read settings")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn number(name: &str, default: usize) -> usize {
    setting(name).map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number, not {text:?}"))
    })
}

/// Whether a skipped test is a failed one.
pub(crate) fn is_ci() -> bool {
    setting("CI").is_some_and(|value| value != "false" && value != "0")
}

/// The Postgres server on which fresh databases are made.
pub(crate) fn postgres() -> Option<String> {
    setting("ASKTELL_TEST_POSTGRES")
}

/// The binary under test, if it is not the one of this build.
pub(crate) fn binary() -> Option<PathBuf> {
    setting("ASKTELL_BIN").map(PathBuf::from)
}

/// How often the server is killed in the middle of its work, for each kind of database.
#[must_use]
pub fn kill_rounds() -> usize {
    number("ASKTELL_KILL_ROUNDS", 3)
}

/// How many events each of the eight writers of the tail test causes.
#[must_use]
pub fn tail_events() -> usize {
    number("ASKTELL_TAIL_EVENTS", 150)
}
