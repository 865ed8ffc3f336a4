//! Ids. A task's is a UUID; a trial's is its task's with the trial's number: `<uuid>:<number>`; that of
//! a version is its task's with the version's number: `<uuid>@<number>`; a saved view's is `view-<uuid>`.
//! None can be taken for another, and all are unique across the whole server.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Invalid, Version};

/// The id of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(Uuid);

impl TaskId {
    /// A new random id (version 4: the first characters tell tasks apart, which names rely on).
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where ids are made")]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The id of no task.
    #[must_use]
    pub const fn nil() -> Self {
        Self(Uuid::nil())
    }

    /// The id as a UUID, for the store.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The name of a task that was given none: `Task_` and the first eight characters of its id.
    #[must_use]
    pub fn default_name(self) -> String {
        format!("Task_{}", &self.0.to_string()[..8])
    }
}

impl From<Uuid> for TaskId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl FromStr for TaskId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // Exactly one spelling: `Uuid` would also take braces, URNs and no hyphens.
        if text.len() != 36 {
            return Err(Invalid::new(
                "a task id is a UUID, such as 018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b",
            ));
        }
        Uuid::try_parse(text).map(Self).map_err(|_| {
            Invalid::new("a task id is a UUID, such as 018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b")
        })
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of a trial within its task: 1, 2, 3, … in the order in which they were made.
pub type TrialNumber = i64;

/// The id of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TrialId {
    /// The task that the trial belongs to.
    pub task: TaskId,
    /// Its number there.
    pub number: TrialNumber,
}

impl FromStr for TrialId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("a trial id is `<task id>:<number>`");
        let (task, digits) = text.split_once(':').ok_or_else(wrong)?;
        let number: TrialNumber = digits.parse().map_err(|_| wrong())?;
        if number < 1 || number.to_string() != digits {
            return Err(wrong());
        }
        Ok(Self { task: task.parse().map_err(|_| wrong())?, number })
    }
}

impl fmt::Display for TrialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.task, self.number)
    }
}

/// The id of a version of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VersionId {
    /// The task.
    pub task: TaskId,
    /// The number of its version.
    pub version: Version,
}

impl FromStr for VersionId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("the id of a version is `<task id>@<version>`");
        let (task, digits) = text.split_once('@').ok_or_else(wrong)?;
        let version: Version = digits.parse().map_err(|_| wrong())?;
        if version < 1 || version.to_string() != digits {
            return Err(wrong());
        }
        Ok(Self { task: task.parse().map_err(|_| wrong())?, version })
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.task, self.version)
    }
}

/// The id of a saved view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ViewId(Uuid);

impl ViewId {
    /// What the id of a view begins with, and no other.
    pub const PREFIX: &str = "view-";

    /// A new random id.
    #[must_use]
    pub fn random() -> Self {
        Self(TaskId::random().0)
    }

    /// The id as a UUID, for the store.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for ViewId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl FromStr for ViewId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let uuid = text.strip_prefix(Self::PREFIX).and_then(|uuid| uuid.parse::<TaskId>().ok());
        uuid.map(|id| Self(id.0)).ok_or_else(|| Invalid::new("the id of a view is `view-<UUID>`"))
    }
}

impl fmt::Display for ViewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.0)
    }
}
