//! Values of points and results.

use std::fmt;

/// Value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// A text, trimmed.
    Text(String),
    /// A boolean.
    Boolean(bool),
    /// No value, as a choice.
    Null,
}

impl Value {
    /// The number that it is, if it is one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of tables are compared as doubles")]
    pub const fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            Self::Text(_) | Self::Boolean(_) | Self::Null => None,
        }
    }

    /// The same for equal values: 1 and 1.0 are equal, `1` and the text “1” are not.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Integer(_) | Self::Number(_) => {
                // −0 is 0.
                format!("#{}", self.as_number().unwrap_or_default() + 0.0)
            }
            Self::Text(text) => format!("\"{}", text.replace('\\', "\\\\").replace('"', "\\\"")),
            Self::Boolean(boolean) => format!("?{boolean}"),
            Self::Null => "null".to_owned(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Boolean(boolean) => boolean.fmt(f),
            Self::Null => f.write_str("null"),
        }
    }
}

/// A whole number within the range in which doubles are exact.
#[expect(clippy::cast_possible_truncation, reason = "whole and small: exact")]
pub(crate) fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
