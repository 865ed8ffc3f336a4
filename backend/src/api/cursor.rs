//! Cursors: opaque to clients, and each bound to the list that gave it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;

use crate::task::{Error, Position, Result, TaskId, Timestamp, TrialNumber, Version};

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

/// A place in the list of tasks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TaskCursor(pub(super) Timestamp, pub(super) TaskId);

impl TaskCursor {
    pub(super) fn any() -> Self {
        Self(Timestamp::UNIX_EPOCH, TaskId::from(uuid::Uuid::nil()))
    }
}

impl Cursor for TaskCursor {
    fn parts(&self) -> (String, String) {
        ("tasks".into(), format!("{},{}", self.0.timestamp_micros(), self.1))
    }

    fn parse(_: &Self, place: &str) -> Option<Self> {
        let (at, id) = place.split_once(',')?;
        Some(Self(DateTime::from_timestamp_micros(at.parse().ok()?)?, id.parse().ok()?))
    }
}

/// A place in the list of a task's trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TrialCursor(pub(super) TaskId, pub(super) TrialNumber);

impl Cursor for TrialCursor {
    fn parts(&self) -> (String, String) {
        (format!("trials:{}", self.0), self.1.to_string())
    }

    fn parse(like: &Self, place: &str) -> Option<Self> {
        Some(Self(like.0, place.parse().ok()?))
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

    #[test]
    fn a_cursor_comes_back_and_fits_no_other_list() {
        let [one, other] = [1, 2].map(|n| TaskId::from(uuid::Uuid::from_u128(n)));
        let trial = TrialCursor(one, 17);
        let text = trial.encode();
        assert_eq!(TrialCursor::decode(&text, &TrialCursor(one, 0)).unwrap(), trial);
        assert!(TrialCursor::decode(&text, &TrialCursor(other, 0)).is_err());
        assert!(EventCursor::decode(&text, &EventCursor(0)).is_err());
        assert!(VersionCursor::decode(&text, &VersionCursor(one, 17)).is_err());
        assert!(TaskCursor::decode(&text, &TaskCursor::any()).is_err());
        assert!(EventCursor::decode("not a cursor", &EventCursor(0)).is_err());
    }
}
