//! Reader of tables from laboratories and spreadsheets.
//!
//! [`Table::read`] turns bytes into typed columns; [`results()`] turns its rows into points with results. Both say what
//! they recognised ([`Notice`]), and ask what only the owner of the table can know ([`Question`]); an [`Answer`] settles
//! a question. Nothing is guessed in silence. The dialect is written down in `docs/tables.md`.
//!
//! Pure functions: no I/O, no time, linear in the size of the text.

mod asked;
mod bookkeeping;
mod cell;
mod column;
mod decimal;
mod decode;
mod delimiter;
mod domain;
mod fields;
mod header;
mod look;
mod names;
mod notice;
mod number;
mod results;
mod rows;
mod split;
mod unit;
mod units_of_column;
mod value;

use std::fmt;

pub use cell::Mark;
pub use column::{Column, ColumnKind, Domain, LeaveOut};
pub use decode::Encoding;
pub use delimiter::Delimiter;
pub use fields::{Parameter, ParameterKind, Role, Schema};
pub use notice::{Answer, Answers, Notice, NoticeCode, Place, Question, QuestionCode, Reading};
pub use number::DecimalSign;
pub use results::{Earlier, Fit, Judge, Outcome, RefusedRow, ResultRow, Results, results};
pub use value::Value;

use header::lay_out;
use look::{Raw, look_at};
use notice::{count, quote};

/// The most bytes of a table: 16 MiB.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The most columns of a table.
pub const MAX_COLUMNS: usize = 1_000;

/// The most cells of a table.
pub const MAX_CELLS: usize = 2_000_000;

/// Why bytes are no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// More than [`MAX_BYTES`].
    TooLarge(usize),
    /// More than [`MAX_COLUMNS`].
    TooManyColumns {
        /// Line with more.
        line: usize,
    },
    /// More than [`MAX_CELLS`].
    TooManyCells,
    /// There is nothing in it.
    Empty,
    /// It is another format.
    NotText(&'static str),
    /// A quote is never closed.
    OpenQuote {
        /// Line of the quote.
        line: usize,
    },
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bytes) => {
                write!(f, "The table has {bytes} bytes; at most {MAX_BYTES} are read.")
            }
            Self::TooManyColumns { line } => {
                write!(f, "Line {line} has more than {MAX_COLUMNS} columns.")
            }
            Self::TooManyCells => write!(f, "The table has more than {MAX_CELLS} cells."),
            Self::Empty => f.write_str("The table is empty."),
            Self::NotText(what) => {
                write!(f, "This is no text: {what}. Save the table as CSV.")
            }
            Self::OpenQuote { line } => {
                write!(f, "The quote that opens in line {line} is never closed.")
            }
        }
    }
}

impl std::error::Error for Unreadable {}

/// Row of a table, with a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line on which it begins, from 1.
    pub line: usize,
    /// Trimmed cells, as written.
    pub cells: Vec<String>,
}

/// A table that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Encoding of the text.
    pub encoding: Encoding,
    /// Delimiter of the columns.
    pub delimiter: Delimiter,
    /// Decimal sign of all numbers. `None` while it is asked.
    pub decimal: Option<DecimalSign>,
    /// Line of the titles. `None` if there are none, or it is asked.
    pub header_line: Option<usize>,
    /// Columns, in the order of the text.
    pub columns: Vec<Column>,
    /// Rows that have as many cells as there are columns.
    pub rows: Vec<Row>,
    /// Rows that have more or fewer.
    pub ragged: Vec<RefusedRow>,
    /// What was recognised.
    pub notices: Vec<Notice>,
    /// What is to be answered.
    pub questions: Vec<Question>,
}

impl Table {
    /// Reads a table.
    pub fn read(bytes: &[u8], answers: &Answers) -> Result<Self, Unreadable> {
        if bytes.len() > MAX_BYTES {
            return Err(Unreadable::TooLarge(bytes.len()));
        }
        let decoded = decode::decode(bytes, answers)?;
        let choice = delimiter::choose(&decoded.text, answers);
        let records = split::split(choice.text, choice.delimiter.character(), choice.first_line)?;
        let layout = lay_out(records, answers);
        if layout.titles.is_empty() || layout.header_line.is_none() && layout.body.is_empty() {
            return Err(Unreadable::Empty);
        }
        let mut table = Self {
            encoding: decoded.encoding,
            delimiter: choice.delimiter,
            decimal: None,
            header_line: layout.header_line,
            columns: Vec::new(),
            rows: Vec::new(),
            ragged: Vec::new(),
            notices: [decoded.notices, choice.notices, layout.notices].concat(),
            questions: choice.question.into_iter().chain(layout.question).collect(),
        };
        table.take_rows(layout.body, layout.titles.len());
        table.take_columns(&layout.titles, &layout.units, answers);
        table.tell_titles(&layout.titles);
        table.tell_blanks();
        table.tell_size();
        table.tell_unknown(answers);
        Ok(table)
    }

    /// Columns by their title as written, or else by their name without the unit; by `#3` the third column.
    #[must_use]
    pub fn columns_named(&self, title: &str) -> Vec<usize> {
        let title = header::one_line(title);
        let by = |name: fn(&Column) -> &String| -> Vec<usize> {
            self.columns.iter().filter(|column| *name(column) == title).map(|c| c.index).collect()
        };
        let mut found = by(|column| &column.title);
        if found.is_empty() {
            found = by(|column| &column.name);
        }
        if found.is_empty()
            && let Some(number) = title.strip_prefix('#').and_then(|n| n.parse::<usize>().ok())
        {
            found = (1..=self.columns.len())
                .contains(&number)
                .then(|| number - 1)
                .into_iter()
                .collect();
        }
        found
    }

    fn take_rows(&mut self, body: Vec<split::Record>, width: usize) {
        let (mut more, all) = (0, body.len());
        for record in body {
            let filled = record.filled_width();
            let cells = record.cells.len();
            if filled > width || cells < width {
                more += usize::from(filled > width);
                let has = count(cells, "cell");
                let reason = format!("has {has}, but there are {width} titles");
                self.ragged.push(RefusedRow { line: record.line, reasons: vec![reason] });
                continue;
            }
            let mut cells = record.cells;
            cells.truncate(width);
            self.rows.push(Row { line: record.line, cells });
        }
        if more > 0 && more == all {
            let message = "Every row has more cells than there are titles. If the numbers have a decimal comma, save \
                           the table with semicolons or tabs; if a title is missing, add it.";
            self.notices.push(Notice::new(NoticeCode::RaggedRows, message));
        }
    }

    fn take_columns(&mut self, titles: &[String], units: &[String], answers: &Answers) {
        let cells: Vec<Vec<(usize, &str)>> = (0..titles.len())
            .map(|i| self.rows.iter().map(|row| (row.line, row.cells[i].as_str())).collect())
            .collect();
        let decision = decimal::decide(&cells, self.delimiter, answers);
        self.decimal = decision.sign;
        let mut notices = decision.notices;
        self.questions.extend(decision.question);
        for (index, (cells, (title, unit))) in
            cells.into_iter().zip(titles.iter().zip(units)).enumerate()
        {
            let found = look_at(&Raw { index, title, unit, cells }, decision.sign, answers);
            self.columns.push(found.column);
            notices.extend(found.notices);
            self.questions.extend(found.questions);
        }
        self.notices.extend(notices);
    }

    fn tell_titles(&mut self, titles: &[String]) {
        for (index, title) in titles.iter().enumerate() {
            let empty = self.columns[index].kind == ColumnKind::Empty;
            if title.is_empty() && !empty && self.header_line.is_some() {
                let message = format!("Column {} has no title.", index + 1);
                self.notices.push(Notice::new(NoticeCode::UnnamedColumn, message).in_column(index));
            }
            let same: Vec<String> = (0..titles.len())
                .filter(|other| titles[*other] == *title)
                .map(|other| (other + 1).to_string())
                .collect();
            let first = titles.iter().position(|other| other == title) == Some(index);
            if !title.is_empty() && same.len() > 1 && first {
                let message = format!(
                    "The title “{title}” is there {} times: columns {}.",
                    same.len(),
                    same.join(" and ")
                );
                self.notices
                    .push(Notice::new(NoticeCode::DuplicateTitle, message).in_column(index));
            }
        }
    }

    /// Blanks are no delimiter: they are part of texts.
    fn tell_blanks(&mut self) {
        let has_blanks = |row: &Row| {
            row.cells[0].split_whitespace().filter(|part| part.parse::<f64>().is_ok()).count() > 1
        };
        if self.columns.len() == 1 && !self.rows.is_empty() && self.rows.iter().all(has_blanks) {
            let message = "Only one column was found: blanks do not separate columns. Save the table with commas, semicolons \
                           or tabs.";
            self.notices.push(Notice::new(NoticeCode::Delimiter, message));
        }
    }

    fn tell_size(&mut self) {
        let notice = match (self.rows.len(), self.ragged.len()) {
            (0, 0) => Notice::new(
                NoticeCode::NoRows,
                "The table has titles, but no rows: there is nothing to read.",
            ),
            (1, 0) => Notice::new(
                NoticeCode::OneRow,
                "The table has one row: nothing varies, so no range can be read from it.",
            ),
            _ => return,
        };
        self.notices.push(notice);
    }

    /// Answers that name no column of this table, or a reading that no question has.
    fn tell_unknown(&mut self, answers: &Answers) {
        for answer in &answers.0 {
            let name = match answer.column {
                Some(column) if column >= self.columns.len() => {
                    format!("there is no column {}", column + 1)
                }
                _ if known_reading(answer.question, &answer.reading) => continue,
                _ => format!("{} is no reading of this question", quote(&answer.reading)),
            };
            let message = format!("An answer was not used: {name}.");
            self.notices.push(Notice::new(NoticeCode::UnknownAnswer, message));
        }
    }
}

fn known_reading(question: QuestionCode, reading: &str) -> bool {
    let readings: &[&str] = match question {
        QuestionCode::Encoding => return Encoding::from_value(reading).is_some(),
        QuestionCode::HeaderLine => {
            return reading == header::NO_TITLES || reading.parse::<usize>().is_ok();
        }
        QuestionCode::Role => return Role::from_value(reading).is_some(),
        QuestionCode::Delimiter => &["COMMA", "SEMICOLON", "TAB", "PIPE"],
        QuestionCode::DecimalSign => &["POINT", "COMMA"],
        QuestionCode::ColumnKind => &["NUMBER", "TEXT"],
        QuestionCode::BareNumbers => &["SAME_UNIT", "FRACTION"],
        QuestionCode::Percent => &["AS_WRITTEN", "DIVIDE"],
        QuestionCode::Censored => &["LIMIT", "HALF", "NO_RESULT", "LEAVE_OUT"],
        QuestionCode::Deviation => &["STANDARD_DEVIATION", "IGNORE"],
        QuestionCode::WithoutResult | QuestionCode::NotFinite => &["PLAN", "FAIL", "LEAVE_OUT"],
        QuestionCode::Repeated => &["ADD", "LEAVE_OUT"],
        QuestionCode::BadRows => &["LEAVE_OUT"],
    };
    readings.contains(&reading)
}
