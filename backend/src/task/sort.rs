//! The order of a list of tasks.

use std::cmp::Ordering;

use super::{Invalid, Task, TaskId, Timestamp, fold};

/// What tasks are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// Their names, upper and lower case alike, and numbers in them by their values: [`natural`].
    Name,
    /// Their statuses, in the order of a task's life.
    Status,
    /// Their priorities.
    Priority,
    /// Their best values; tasks without one come last.
    BestValue,
    /// [`Task::progress`]; tasks without any come last.
    Progress,
}

/// A key with its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SortBy {
    /// The key.
    pub key: SortKey,
    /// Whether the largest comes first.
    pub falling: bool,
}

/// What a task has of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum SortValue {
    /// A whole number, or a time in microseconds.
    Whole(i64),
    /// A number; infinite where there is none, so that it comes last.
    Number(f64),
    /// A text, as it is sorted.
    Text(String),
}

/// Sort key of a name: folded, and each run of digits led by its length without leading zeros, so that
/// the order of bytes has "run 2" before "run 10". A change of it needs another
/// [`super::FINDABLE_BY`].
#[must_use]
pub fn natural(name: &str) -> String {
    let folded = fold(name);
    let mut key = String::with_capacity(folded.len() + 8);
    let mut rest = folded.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (digits, after) = digits.split_at(end);
        let number = digits.trim_start_matches('0');
        key.push_str(before);
        // Numbers stand where digits do among other characters.
        key.push('0');
        key.push(length_mark(number.len()));
        key.push_str(number);
        rest = after;
    }
    key.push_str(rest);
    key
}

/// A character that is the greater the longer the number is.
fn length_mark(digits: usize) -> char {
    let mark = u32::try_from(digits).ok().and_then(|digits| char::from_u32(0x21 + digits));
    mark.unwrap_or(char::MAX)
}

/// What kind of values a key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKind {
    /// [`SortValue::Whole`].
    Whole,
    /// [`SortValue::Number`].
    Number,
    /// [`SortValue::Text`].
    Text,
}

impl SortKey {
    /// What kind of values it has.
    #[must_use]
    pub const fn kind(self) -> SortKind {
        match self {
            Self::Created | Self::Updated | Self::Status | Self::Priority => SortKind::Whole,
            Self::BestValue | Self::Progress => SortKind::Number,
            Self::Name => SortKind::Text,
        }
    }

    /// The value of that task as a number that sorts it: infinite if it has none.
    #[must_use]
    pub fn number(self, task: &Task, falling: bool) -> f64 {
        let number = match self {
            Self::BestValue => task.best.map(|best| best.value),
            Self::Progress => task.progress(),
            Self::Created | Self::Updated | Self::Name | Self::Status | Self::Priority => None,
        };
        number.unwrap_or(if falling { f64::NEG_INFINITY } else { f64::INFINITY })
    }
}

impl SortBy {
    fn value(self, task: &Task) -> SortValue {
        match self.key {
            SortKey::Created => SortValue::Whole(task.created_at.timestamp_micros()),
            SortKey::Updated => SortValue::Whole(task.updated_at.timestamp_micros()),
            SortKey::Name => SortValue::Text(natural(task.name.as_str())),
            SortKey::Status => SortValue::Whole(task.status.rank()),
            SortKey::Priority => SortValue::Whole(task.priority.get().into()),
            SortKey::BestValue | SortKey::Progress => {
                SortValue::Number(self.key.number(task, self.falling))
            }
        }
    }
}

impl SortValue {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => {
                one.partial_cmp(other).unwrap_or(Ordering::Equal)
            }
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            // Values of one key are of one kind.
            (Self::Whole(_) | Self::Number(_) | Self::Text(_), _) => Ordering::Equal,
        }
    }
}

/// The order of a list: some keys, and among equals by the time of making and then by id, in the
/// direction of the last key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskOrder(Vec<SortBy>);

impl Default for TaskOrder {
    /// Newest first.
    fn default() -> Self {
        Self(vec![SortBy { key: SortKey::Created, falling: true }])
    }
}

impl TaskOrder {
    /// Checks the keys: none twice. Without any, newest first.
    pub fn new(keys: Vec<SortBy>) -> Result<Self, Invalid> {
        for (i, by) in keys.iter().enumerate() {
            if keys[..i].iter().any(|earlier| earlier.key == by.key) {
                return Err(Invalid::new("this key is there twice").at("key").at_index(i));
            }
        }
        Ok(if keys.is_empty() { Self::default() } else { Self(keys) })
    }

    /// The keys, the first one first.
    #[must_use]
    pub fn keys(&self) -> &[SortBy] {
        &self.0
    }

    /// The direction in which equals are ordered.
    #[must_use]
    pub fn ties_fall(&self) -> bool {
        self.0.last().is_some_and(|by| by.falling)
    }

    /// The place of a task in the list.
    #[must_use]
    pub fn place(&self, task: &Task) -> TaskPlace {
        let values = self.0.iter().map(|by| by.value(task)).collect();
        TaskPlace { values, created_at: task.created_at, id: task.id }
    }

    /// Which of two places comes first.
    #[must_use]
    pub fn compare(&self, one: &TaskPlace, other: &TaskPlace) -> Ordering {
        let turned =
            |ordering: Ordering, falling| if falling { ordering.reverse() } else { ordering };
        let values = one.values.iter().zip(&other.values).zip(&self.0);
        let by_keys = values
            .map(|((one, other), by)| turned(one.compare(other), by.falling))
            .find(|ordering| ordering.is_ne());
        by_keys.unwrap_or_else(|| {
            let ties = one.created_at.cmp(&other.created_at).then(one.id.cmp(&other.id));
            turned(ties, self.ties_fall())
        })
    }
}

/// Where a task stands in an ordered list.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskPlace {
    /// What it has of each key.
    pub values: Vec<SortValue>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Which one it is.
    pub id: TaskId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_ordered_by_their_values() {
        let ordered = [
            "",
            "run",
            "Run 1",
            "run 2",
            "RUN 9b",
            "run 10",
            "run 10 a",
            "run 100",
            "run 18446744073709551616",
            "run x",
            "straße 3",
            "strasse 12",
            "z",
        ];
        for pair in ordered.windows(2) {
            let [one, other] = pair else { unreachable!("windows of two") };
            assert!(natural(one) < natural(other), "{one:?} before {other:?}");
        }
        assert_eq!(natural("Run 007"), natural("run 7"), "equals are ordered by age");
        assert!(natural("a0") < natural("a1"));
        assert!(natural("2-10") < natural("10-2"));
        // A name of nothing but digits is no longer than marks go.
        assert!(natural(&"9".repeat(199)) < natural(&"1".repeat(200)));
    }
}
