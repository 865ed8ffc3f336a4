//! The life of a task.

use serde::{Deserialize, Serialize};

/// Where a task stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaskStatus {
    /// Made, and not started yet.
    Created,
    /// Hands out points and takes results.
    Running,
    /// Hands out nothing new; what is out may still report.
    Paused,
    /// Ended as planned. It can be resumed with a reason while its budget leaves something.
    Completed,
    /// Ended by a fault; may be started again.
    Failed,
}

impl TaskStatus {
    /// Every status, in the order of a task's life.
    pub const ALL: [Self; 5] =
        [Self::Created, Self::Running, Self::Paused, Self::Completed, Self::Failed];

    /// Its place in [`Self::ALL`], by which lists are sorted.
    #[must_use]
    pub const fn rank(self) -> i64 {
        self as i64
    }

    /// The whole life of a task. API, UI and diagram derive from this table.
    #[must_use]
    pub const fn successors(self) -> &'static [Self] {
        match self {
            Self::Created => &[Self::Running, Self::Failed],
            Self::Running => &[Self::Paused, Self::Completed, Self::Failed],
            Self::Paused => &[Self::Running, Self::Completed, Self::Failed],
            Self::Failed | Self::Completed => &[Self::Running],
        }
    }

    /// The statuses from which a task may come to this one: the guard of the one UPDATE.
    pub fn predecessors(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |from| from.successors().contains(&self))
    }

    /// Whether the task has ended: it counts as finished at a time.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Completed | Self::Failed => true,
            Self::Created | Self::Running | Self::Paused => false,
        }
    }

    /// The word in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }

    /// The status of that word, if there is one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl std::fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The picture in `backend/README.md` is this text: it cannot lie.
    #[test]
    fn the_diagram_in_the_readme_is_the_table() {
        let mut diagram = String::from("stateDiagram-v2\n    [*] --> CREATED\n");
        for from in TaskStatus::ALL {
            for to in from.successors() {
                writeln!(diagram, "    {from} --> {to}").unwrap();
            }
        }
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&diagram), "backend/README.md should hold:\n{diagram}");
    }

    #[test]
    fn no_status_follows_itself_and_predecessors_mirror_successors() {
        for from in TaskStatus::ALL {
            assert!(!from.successors().contains(&from));
            for to in TaskStatus::ALL {
                assert_eq!(
                    from.successors().contains(&to),
                    to.predecessors().any(|before| before == from)
                );
            }
        }
    }
}
