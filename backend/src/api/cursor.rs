//! Cursors: opaque to clients, and each bound to the list that gave it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;

use crate::task::{
    Error, Position, Result, SortBy, SortKey, SortKind, SortValue, TaskId, TaskOrder, TaskPlace,
    TrialNumber, TrialOrder, TrialPlace, TrialSortKey, TrialSortValue, Version,
};

/// The place of an item in its list.
pub(super) trait Cursor: Sized {
    /// Which list, and where.
    fn parts(&self) -> (String, String);
    /// The place, in that list.
    fn parse(list: &Self, place: &str) -> Option<Self>;

    fn encode(&self) -> String {
        let (list, place) = self.parts();
        URL_SAFE_NO_PAD.encode(format!("{list}@{place}"))
    }

    /// The place that a cursor stands for; refuses the cursor of another list than that of `like`.
    fn decode(text: &str, like: &Self) -> Result<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::CursorInvalid)?;
        let text = String::from_utf8(bytes).map_err(|_| Error::CursorInvalid)?;
        let (list, place) = text.split_once('@').ok_or(Error::CursorInvalid)?;
        if list != like.parts().0 {
            return Err(Error::CursorInvalid);
        }
        Self::parse(like, place).ok_or(Error::CursorInvalid)
    }
}

/// A place in a list of tasks, for its order only.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TaskCursor {
    pub(super) order: TaskOrder,
    pub(super) place: TaskPlace,
}

impl TaskCursor {
    /// Some cursor of a list in that order.
    pub(super) fn any(order: &TaskOrder) -> Self {
        let id = TaskId::from(uuid::Uuid::nil());
        let place = TaskPlace { values: Vec::new(), created_at: DateTime::UNIX_EPOCH, id };
        Self { order: order.clone(), place }
    }

    fn values(order: &TaskOrder, texts: &[String]) -> Option<Vec<SortValue>> {
        (texts.len() == order.keys().len()).then_some(())?;
        order.keys().iter().zip(texts).map(|(by, text)| value(*by, text)).collect()
    }
}

/// The value of a key that a cursor tells; none if it cannot be one.
fn value(by: SortBy, text: &str) -> Option<SortValue> {
    Some(match by.key.kind() {
        SortKind::Whole => SortValue::Whole(text.parse().ok()?),
        SortKind::Number => SortValue::Number(f64::from_bits(u64::from_str_radix(text, 16).ok()?)),
        SortKind::Text => SortValue::Text(text.to_owned()),
    })
}

impl Cursor for TaskCursor {
    fn parts(&self) -> (String, String) {
        let keys = self.order.keys().iter().map(|by| {
            let direction = if by.falling { "-" } else { "+" };
            match by.key {
                // Cursors of a time when names were not sorted naturally are of another list.
                SortKey::Name => format!("{direction}NaturalName"),
                SortKey::Created
                | SortKey::Updated
                | SortKey::Status
                | SortKey::Priority
                | SortKey::BestValue
                | SortKey::Progress => format!("{direction}{:?}", by.key),
            }
        });
        let texts = self.place.values.iter().map(|value| match value {
            SortValue::Whole(number) => number.to_string(),
            SortValue::Number(number) => format!("{:x}", number.to_bits()),
            SortValue::Text(text) => text.clone(),
        });
        let (at, id) = (self.place.created_at.timestamp_micros(), self.place.id);
        let place = serde_json::json!((texts.collect::<Vec<_>>(), at, id));
        (format!("tasks:{}", keys.collect::<String>()), place.to_string())
    }

    fn parse(like: &Self, place: &str) -> Option<Self> {
        let (texts, at, id): (Vec<String>, i64, TaskId) = serde_json::from_str(place).ok()?;
        let values = Self::values(&like.order, &texts)?;
        let nan = |value: &SortValue| matches!(value, SortValue::Number(n) if n.is_nan());
        if values.iter().any(nan) {
            return None;
        }
        let created_at = DateTime::from_timestamp_micros(at)?;
        Some(Self { order: like.order.clone(), place: TaskPlace { values, created_at, id } })
    }
}

/// A place in a list of a task's trials, for its order only.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TrialCursor {
    pub(super) task: TaskId,
    pub(super) order: TrialOrder,
    pub(super) place: TrialPlace,
}

impl TrialCursor {
    /// Some cursor of a list of that task's trials, in that order.
    pub(super) fn any(task: TaskId, order: &TrialOrder) -> Self {
        let place = TrialPlace { values: Vec::new(), number: 0 };
        Self { task, order: order.clone(), place }
    }
}

impl Cursor for TrialCursor {
    fn parts(&self) -> (String, String) {
        let keys = self.order.keys().iter().map(|by| {
            let direction = if by.falling { "-" } else { "+" };
            match &by.key {
                TrialSortKey::Number => format!("{direction}n"),
                TrialSortKey::Started => format!("{direction}s"),
                TrialSortKey::Finished => format!("{direction}f"),
                // A name may be anything.
                TrialSortKey::Value(name) => {
                    format!("{direction}v{},", URL_SAFE_NO_PAD.encode(name))
                }
                TrialSortKey::Parameter(name) => {
                    format!("{direction}p{},", URL_SAFE_NO_PAD.encode(name))
                }
            }
        });
        let texts = self.place.values.iter().map(|value| {
            value.as_ref().map(|value| match value {
                TrialSortValue::Null => "0".to_owned(),
                TrialSortValue::Truth(truth) => format!("b{truth}"),
                TrialSortValue::Whole(number) => format!("w{number}"),
                TrialSortValue::Number(number) => format!("n{:x}", number.to_bits()),
                TrialSortValue::Text(text) => format!("t{text}"),
            })
        });
        let place = serde_json::json!((texts.collect::<Vec<_>>(), self.place.number));
        (format!("trials:{}{}", self.task, keys.collect::<String>()), place.to_string())
    }

    fn parse(like: &Self, place: &str) -> Option<Self> {
        let (texts, number): (Vec<Option<String>>, TrialNumber) =
            serde_json::from_str(place).ok()?;
        (texts.len() == like.order.keys().len()).then_some(())?;
        let value = |text: String| {
            let (kind, rest) = text.split_at_checked(1)?;
            Some(match kind {
                "0" => TrialSortValue::Null,
                "b" => TrialSortValue::Truth(rest.parse().ok()?),
                "w" => TrialSortValue::Whole(rest.parse().ok()?),
                "n" => {
                    let number = f64::from_bits(u64::from_str_radix(rest, 16).ok()?);
                    TrialSortValue::Number(Some(number).filter(|number| !number.is_nan())?)
                }
                "t" => TrialSortValue::Text(rest.to_owned()),
                _ => return None,
            })
        };
        let values = texts.into_iter().map(|text| match text {
            Some(text) => value(text).map(Some),
            None => Some(None),
        });
        let place = TrialPlace { values: values.collect::<Option<_>>()?, number };
        Some(Self { place, ..like.clone() })
    }
}

/// A place in the list of a task's versions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct VersionCursor(pub(super) TaskId, pub(super) Version);

impl Cursor for VersionCursor {
    fn parts(&self) -> (String, String) {
        (format!("versions:{}", self.0), self.1.to_string())
    }

    fn parse(like: &Self, place: &str) -> Option<Self> {
        Some(Self(like.0, place.parse().ok()?))
    }
}

/// A place in the list of saved views: a folded name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ViewCursor(pub(super) String);

impl Cursor for ViewCursor {
    fn parts(&self) -> (String, String) {
        ("views".into(), self.0.clone())
    }

    fn parse(_: &Self, place: &str) -> Option<Self> {
        (!place.contains('\0')).then(|| Self(place.to_owned()))
    }
}

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EventCursor(pub(super) Position);

impl Cursor for EventCursor {
    fn parts(&self) -> (String, String) {
        ("log".into(), self.0.to_string())
    }

    fn parse(_: &Self, place: &str) -> Option<Self> {
        place.parse().ok().filter(|position| *position >= 0).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{SortKey, TrialSortBy};

    #[test]
    fn a_cursor_of_trials_keeps_every_kind_of_value() {
        let task = TaskId::from(uuid::Uuid::from_u128(1));
        let by = |key: TrialSortKey| TrialSortBy { key, falling: true };
        let keys = [
            TrialSortKey::Started,
            TrialSortKey::Value("yield @ 20 °C".into()),
            TrialSortKey::Parameter("a,b".into()),
            TrialSortKey::Parameter("flag".into()),
            TrialSortKey::Parameter("none".into()),
        ];
        let order = TrialOrder::new(keys.map(by).to_vec()).unwrap();
        let values = vec![
            Some(TrialSortValue::Whole(-5)),
            Some(TrialSortValue::Number(0.1 + 0.2)),
            Some(TrialSortValue::Text("é@\"".into())),
            Some(TrialSortValue::Truth(true)),
            None,
        ];
        let place = TrialPlace { values, number: 3 };
        let cursor = TrialCursor { task, order: order.clone(), place };
        let again = TrialCursor::decode(&cursor.encode(), &TrialCursor::any(task, &order));
        assert_eq!(again.unwrap(), cursor);
        let rising = order.keys().iter().cloned().map(|by| TrialSortBy { falling: false, ..by });
        let rising = TrialOrder::new(rising.collect()).unwrap();
        let other = TrialCursor::decode(&cursor.encode(), &TrialCursor::any(task, &rising));
        assert!(other.is_err());
    }

    #[test]
    fn a_cursor_comes_back_and_fits_no_other_list() {
        let [one, other] = [1, 2].map(|n| TaskId::from(uuid::Uuid::from_u128(n)));
        let order = TrialOrder::default();
        let place = TrialPlace { values: vec![Some(TrialSortValue::Whole(17))], number: 17 };
        let trial = TrialCursor { task: one, order: order.clone(), place };
        let text = trial.encode();
        assert_eq!(TrialCursor::decode(&text, &TrialCursor::any(one, &order)).unwrap(), trial);
        assert!(TrialCursor::decode(&text, &TrialCursor::any(other, &order)).is_err());
        assert!(EventCursor::decode(&text, &EventCursor(0)).is_err());
        assert!(VersionCursor::decode(&text, &VersionCursor(one, 17)).is_err());
        assert!(TaskCursor::decode(&text, &TaskCursor::any(&TaskOrder::default())).is_err());
        let by = |falling| TaskOrder::new(vec![SortBy { key: SortKey::Name, falling }]).unwrap();
        let place = TaskPlace {
            values: vec![SortValue::Text("a@b".into())],
            created_at: DateTime::UNIX_EPOCH,
            id: one,
        };
        let task = TaskCursor { order: by(true), place };
        let text = task.encode();
        assert_eq!(TaskCursor::decode(&text, &TaskCursor::any(&by(true))).unwrap(), task);
        assert!(TaskCursor::decode(&text, &TaskCursor::any(&by(false))).is_err());
        assert!(EventCursor::decode("not a cursor", &EventCursor(0)).is_err());
    }
}
