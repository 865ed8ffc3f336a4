//! The order of a list of trials.

use std::cmp::Ordering;

use super::{Invalid, ParameterValue, Point, Timestamp, Trial, TrialNumber, Values};

/// What trials are ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialSortKey {
    /// Their numbers.
    Number,
    /// When a worker first got them.
    Started,
    /// When they ended.
    Finished,
    /// What was measured of this objective.
    Value(String),
    /// What this parameter is set to: truth values, then numbers, then texts by code points.
    Parameter(String),
}

/// A key with its direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialSortBy {
    /// The key.
    pub key: TrialSortKey,
    /// Whether the largest comes first.
    pub falling: bool,
}

/// What a trial has of a key.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum TrialSortValue {
    /// The choice null.
    Null,
    /// A truth value.
    Truth(bool),
    /// A whole number, or a time in microseconds.
    Whole(i64),
    /// A finite number.
    Number(f64),
    /// A text.
    Text(String),
}

impl From<&ParameterValue> for TrialSortValue {
    fn from(value: &ParameterValue) -> Self {
        match value {
            ParameterValue::Null => Self::Null,
            ParameterValue::Bool(truth) => Self::Truth(*truth),
            // Compared as numbers: 3 is 3.0.
            ParameterValue::Int(_) | ParameterValue::Float(_) => {
                Self::Number(value.as_f64().unwrap_or_default())
            }
            ParameterValue::Text(text) => Self::Text(text.clone()),
        }
    }
}

/// As much of a trial as says whether it passes a filter, and where it stands in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialGlance {
    /// Its number.
    pub number: TrialNumber,
    /// What was tried, or is to be.
    pub point: Point,
    /// What was measured.
    pub values: Values,
    /// When a worker first got it.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl From<&Trial> for TrialGlance {
    fn from(trial: &Trial) -> Self {
        Self {
            number: trial.id.number,
            point: trial.tried().clone(),
            values: trial.values.clone(),
            started_at: trial.started_at,
            finished_at: trial.finished_at,
        }
    }
}

impl TrialGlance {
    /// The value of a parameter, if the point has it.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&ParameterValue> {
        let mut values = self.point.values().iter();
        values.find(|(other, _)| other == name).map(|(_, value)| value)
    }

    fn value(&self, key: &TrialSortKey) -> Option<TrialSortValue> {
        let time = |at: Timestamp| TrialSortValue::Whole(at.timestamp_micros());
        match key {
            TrialSortKey::Number => Some(TrialSortValue::Whole(self.number)),
            TrialSortKey::Started => self.started_at.map(time),
            TrialSortKey::Finished => self.finished_at.map(time),
            TrialSortKey::Value(name) => {
                self.values.get(name).map(|value| TrialSortValue::Number(*value))
            }
            TrialSortKey::Parameter(name) => self.parameter(name).map(Into::into),
        }
    }
}

/// The order of a list: some keys, and among equals by number, in the direction of the last key. A trial
/// that has nothing of a key comes last, in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialOrder(Vec<TrialSortBy>);

impl Default for TrialOrder {
    /// By number.
    fn default() -> Self {
        Self(vec![TrialSortBy { key: TrialSortKey::Number, falling: false }])
    }
}

impl TrialOrder {
    /// The most keys.
    const MAX: usize = 8;

    /// Checks the keys: at most 8, none twice. Without any, by number.
    pub fn new(keys: Vec<TrialSortBy>) -> Result<Self, Invalid> {
        if keys.len() > Self::MAX {
            return Err(Invalid::new(format!("at most {} keys", Self::MAX)));
        }
        for (i, by) in keys.iter().enumerate() {
            if keys[..i].iter().any(|earlier| earlier.key == by.key) {
                return Err(Invalid::new("this key is there twice").at_index(i));
            }
        }
        Ok(if keys.is_empty() { Self::default() } else { Self(keys) })
    }

    /// The keys, the first one first.
    #[must_use]
    pub fn keys(&self) -> &[TrialSortBy] {
        &self.0
    }

    /// Whether it is that of the numbers, the smallest first or the largest.
    #[must_use]
    pub fn by_number(&self) -> Option<bool> {
        let first = self.0.first().filter(|by| by.key == TrialSortKey::Number);
        first.map(|by| by.falling)
    }

    /// The place of a trial in the list.
    #[must_use]
    pub fn place(&self, trial: &TrialGlance) -> TrialPlace {
        let values = self.0.iter().map(|by| trial.value(&by.key)).collect();
        TrialPlace { values, number: trial.number }
    }

    /// Which of two places comes first.
    #[must_use]
    pub fn compare(&self, one: &TrialPlace, other: &TrialPlace) -> Ordering {
        let turned =
            |ordering: Ordering, falling| if falling { ordering.reverse() } else { ordering };
        let values = one.values.iter().zip(&other.values).zip(&self.0);
        let by_keys = values.map(|((one, other), by)| match (one, other) {
            (Some(one), Some(other)) => {
                turned(one.partial_cmp(other).unwrap_or(Ordering::Equal), by.falling)
            }
            (one, other) => other.is_some().cmp(&one.is_some()),
        });
        by_keys.into_iter().find(|ordering| ordering.is_ne()).unwrap_or_else(|| {
            let falls = self.0.last().is_some_and(|by| by.falling);
            turned(one.number.cmp(&other.number), falls)
        })
    }
}

/// Where a trial stands in an ordered list.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialPlace {
    /// What it has of each key.
    pub values: Vec<Option<TrialSortValue>>,
    /// Which one of its task it is.
    pub number: TrialNumber,
}

/// A trial of a list with its place there.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedTrial {
    /// The trial.
    pub trial: Trial,
    /// Its place.
    pub place: TrialPlace,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(value: Option<f64>, number: TrialNumber) -> TrialPlace {
        TrialPlace { values: vec![value.map(TrialSortValue::Number)], number }
    }

    fn sorted(falling: bool) -> Vec<TrialNumber> {
        let key = TrialSortKey::Value("loss".to_owned());
        let order = TrialOrder::new(vec![TrialSortBy { key, falling }]).unwrap();
        let mut places = [
            place(None, 1),
            place(Some(2.0), 2),
            place(Some(-1.0), 3),
            place(None, 4),
            place(Some(2.0), 5),
        ];
        places.sort_by(|one, other| order.compare(one, other));
        places.iter().map(|place| place.number).collect()
    }

    #[test]
    fn what_has_no_value_comes_last_in_both_directions() {
        assert_eq!(sorted(false), [3, 2, 5, 1, 4]);
        assert_eq!(sorted(true), [5, 2, 3, 4, 1]);
    }
}
