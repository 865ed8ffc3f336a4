//! What a column holds, and how its cells are read.

use crate::{
    cell::{Bound, Cell, Mark, boolean, cell, is_mark_among_texts},
    notice::quote,
    number::DecimalSign,
    value::{Value, whole},
};

/// Kind of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Whole numbers.
    Integer,
    /// `true` and `false`.
    Boolean,
    /// Texts.
    Text,
    /// Dates or times, kept as texts.
    Date,
    /// Numbers with leading zeros, kept as texts.
    Id,
    /// Numbers that count the rows.
    RunNumber,
    /// No values.
    Empty,
}

/// Why a column is no parameter unless it is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveOut {
    /// It has no values.
    Empty,
    /// It has the same value in every row.
    Constant,
    /// It holds dates or times.
    Date,
    /// It counts the rows.
    RunNumber,
    /// It holds ids such as 007.
    Id,
    /// It has results that are still to come.
    Pending,
    /// It has no title.
    Unnamed,
    /// Its title is that of a note about the run, such as `operator`.
    Bookkeeping,
}

impl LeaveOut {
    pub(crate) const fn why(self) -> &'static str {
        match self {
            Self::Empty => "it has no values",
            Self::Constant => "it is the same in all rows",
            Self::Date => "it holds dates or times",
            Self::RunNumber => "it numbers the rows",
            Self::Id => "it holds ids",
            Self::Pending => "some of its values are pending, as those of a result are",
            Self::Unnamed => "it has no title",
            Self::Bookkeeping => "its title is that of a note about the run",
        }
    }
}

/// The values that a column has.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// Whole numbers: the smallest, the largest, and the greatest step that leads to all of them.
    Integer {
        /// The smallest.
        low: i64,
        /// The largest.
        high: i64,
        /// The step, at least 1.
        step: i64,
    },
    /// Numbers: the smallest and the largest.
    Number {
        /// The smallest.
        low: f64,
        /// The largest.
        high: f64,
    },
    /// Distinct values, in natural order.
    Choices(Vec<Value>),
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Index, from 0.
    pub index: usize,
    /// Title as written, in one line; `Column 3` if it has none.
    pub title: String,
    /// Title without its unit.
    pub name: String,
    /// Unit, from the title, a line below it, or the cells.
    pub unit: Option<String>,
    /// Kind of its values.
    pub kind: ColumnKind,
    /// Number of cells without a value.
    pub missing: usize,
    /// Number of distinct values.
    pub distinct: usize,
    /// Values that it has. `None` for dates, for no values, and while the decimal sign is asked.
    pub domain: Option<Domain>,
    /// Reason to leave it out, if no role is chosen for it.
    pub leave_out: Option<LeaveOut>,
    /// It has a title of its own.
    pub titled: bool,
    pub(crate) rules: Rules,
}

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rules {
    pub(crate) decimal: Option<DecimalSign>,
    /// Numbers without the unit are fractions of one: 0.1 is 10 %.
    pub(crate) bare_are_fractions: bool,
    pub(crate) censored: Censored,
}

/// What `<0.05` is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Censored {
    /// Not decided.
    #[default]
    Asked,
    /// The limit: 0.05.
    Limit,
    /// Half the limit: 0.025.
    Half,
    /// No result.
    NoResult,
    /// The row is left out.
    LeaveOut,
}

/// A cell as a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NumberRead {
    Missing(Mark),
    Number {
        value: f64,
        deviation: Option<f64>,
    },
    NoResult,
    LeaveOut,
    /// A question is open.
    Asked,
    Bad(String),
}

impl Column {
    /// The cell as a number of this column.
    pub(crate) fn number(&self, text: &str) -> NumberRead {
        let quantity = match cell(text) {
            Cell::Missing(mark) => return NumberRead::Missing(mark),
            Cell::Text(text) => return NumberRead::Bad(format!("{} is not a number", quote(text))),
            Cell::Quantity(quantity) => quantity,
        };
        let Some(sign) = self.rules.decimal.or_else(|| quantity.number.neutral()) else {
            return NumberRead::Asked;
        };
        let Some(number) = quantity.under(sign) else {
            let name = match sign {
                DecimalSign::Point => "point",
                DecimalSign::Comma => "comma",
            };
            return NumberRead::Bad(format!("“{text}” is not a number with a decimal {name}"));
        };
        if !quantity.unit.is_empty()
            && self.unit.as_deref().is_some_and(|unit| !same_unit(unit, quantity.unit))
        {
            let unit = self.unit.as_deref().unwrap_or_default();
            return NumberRead::Bad(format!("“{text}” is not in {unit}"));
        }
        if number.value.is_infinite() {
            return NumberRead::Missing(Mark::Infinite);
        }
        let bare = quantity.unit.is_empty();
        let scale = if bare && self.rules.bare_are_fractions { 100.0 } else { 1.0 };
        let factor = match (quantity.bound, self.rules.censored) {
            (None | Some(Bound::About), _) | (Some(_), Censored::Limit) => 1.0,
            (Some(_), Censored::Half) => 0.5,
            (Some(_), Censored::NoResult) => return NumberRead::NoResult,
            (Some(_), Censored::LeaveOut) => return NumberRead::LeaveOut,
            (Some(_), Censored::Asked) => return NumberRead::Asked,
        };
        let deviation = quantity.deviation.as_ref().and_then(|d| d.under(sign));
        NumberRead::Number {
            value: number.value * scale * factor,
            deviation: deviation.map(|deviation| deviation.value * scale),
        }
    }

    /// The cell as a value of this column's kind. `Err` says what is wrong.
    pub(crate) fn value(&self, text: &str) -> Result<Option<Value>, String> {
        match self.kind {
            ColumnKind::Number | ColumnKind::Integer | ColumnKind::RunNumber => {
                match self.number(text) {
                    NumberRead::Number { value, .. } => Ok(Some(number_value(value, self.kind))),
                    NumberRead::Missing(_) | NumberRead::NoResult | NumberRead::LeaveOut => {
                        Ok(None)
                    }
                    NumberRead::Asked => Err("a question about it is open".to_owned()),
                    NumberRead::Bad(why) => Err(why),
                }
            }
            ColumnKind::Boolean => match (boolean(text), crate::cell::mark(text)) {
                (Some(value), _) => Ok(Some(Value::Boolean(value))),
                (None, Some(_)) => Ok(None),
                (None, None) => Err(format!("{} is neither true nor false", quote(text))),
            },
            ColumnKind::Text | ColumnKind::Date | ColumnKind::Id | ColumnKind::Empty => {
                let missing = crate::cell::mark(text).is_some_and(|m| is_mark_among_texts(text, m));
                Ok((!missing).then(|| Value::Text(crate::header::one_line(text))))
            }
        }
    }

    /// Its cells are read as numbers.
    #[must_use]
    pub const fn is_numeric(&self) -> bool {
        matches!(self.kind, ColumnKind::Number | ColumnKind::Integer | ColumnKind::RunNumber)
    }
}

fn number_value(value: f64, kind: ColumnKind) -> Value {
    match (kind, whole(value)) {
        (ColumnKind::Integer | ColumnKind::RunNumber, Some(whole)) => Value::Integer(whole),
        _ => Value::Number(value),
    }
}

/// Spellings of one unit: `ºC` and `°C`, `ml` and `mL`, `hrs` and `h`, `eq.` and `equiv`.
pub(crate) fn same_unit(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        let text = text.replace('º', "°").replace('μ', "µ").replace(' ', "");
        match text.trim_end_matches('.') {
            "hr" | "hrs" | "hour" | "hours" => "h".to_owned(),
            "sec" => "s".to_owned(),
            "day" | "days" => "d".to_owned(),
            "equiv" => "eq".to_owned(),
            "degC" | "℃" => "°C".to_owned(),
            "l" => "L".to_owned(),
            "ml" => "mL".to_owned(),
            other => other.to_owned(),
        }
    };
    plain(a) == plain(b)
}
