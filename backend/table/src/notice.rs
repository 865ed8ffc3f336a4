//! What the reader says about a table: notices, and questions with the readings to choose from.

/// Place in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Line of the text, from 1. `None` if the whole column or table is meant.
    pub line: Option<usize>,
    /// Index of the column, from 0. `None` if the whole row or table is meant.
    pub column: Option<usize>,
}

/// Something that was recognised, decided or found wrong, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Stable code.
    pub code: NoticeCode,
    /// The sentence.
    pub message: String,
    /// Place that it is about.
    pub place: Place,
}

impl Notice {
    pub(crate) fn new(code: NoticeCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: Place::default() }
    }

    pub(crate) fn at_line(mut self, line: usize) -> Self {
        self.place.line = Some(line);
        self
    }

    pub(crate) fn in_column(mut self, column: usize) -> Self {
        self.place.column = Some(column);
        self
    }
}

/// Stable code of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeCode {
    /// The text is not plain UTF-8.
    Encoding,
    /// Bytes that mean nothing in the encoding were replaced.
    ReplacedCharacters,
    /// Delimiter of the columns.
    Delimiter,
    /// Decimal sign of the numbers.
    DecimalSign,
    /// Thousands separators were removed.
    Thousands,
    /// Line with the titles.
    HeaderLine,
    /// Lines that hold no data: comments, lines above the titles, units, averages, blank rows.
    SkippedLines,
    /// The titles are given by their position.
    UnnamedColumn,
    /// A title that several columns have.
    DuplicateTitle,
    /// Unit of a column.
    Unit,
    /// Kind of a column that is not evident.
    ColumnKind,
    /// A column has the same value in all rows.
    ConstantColumn,
    /// A column is left out unless a role is chosen for it.
    LeftOutColumn,
    /// What a column is used for.
    ColumnRole,
    /// Cells without a value.
    MissingCells,
    /// Every row has more cells than the titles.
    RaggedRows,
    /// The table has no rows.
    NoRows,
    /// The table has one row.
    OneRow,
    /// Rows with the same point.
    Replicates,
    /// Rows that the task already has.
    RepeatedRows,
    /// Rows whose points lie outside the space of the task.
    OutsideRows,
    /// Rows that were not measured in every objective.
    PartialRows,
    /// No column holds a parameter or an objective.
    NoColumn,
    /// An answer that belongs to no question or is not one of its readings.
    UnknownAnswer,
    /// Rows without a result.
    WithoutResult,
}

/// Question that only the owner of the table can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Stable code.
    pub code: QuestionCode,
    /// Index of the column that it is about. `None` if it is about the table.
    pub column: Option<usize>,
    /// The question, in one sentence.
    pub message: String,
    /// Lines with examples, 10 at most.
    pub lines: Vec<usize>,
    /// Readings to choose from.
    pub readings: Vec<Reading>,
}

/// One way to read what a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Value of the answer.
    pub value: String,
    /// What it means for this table.
    pub label: String,
}

impl Reading {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// Stable code of a question. The values of an answer are in `docs/tables.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuestionCode {
    /// Encoding of the text.
    Encoding,
    /// Delimiter of the columns.
    Delimiter,
    /// Decimal sign of all numbers.
    DecimalSign,
    /// Line with the titles.
    HeaderLine,
    /// A column holds numbers or texts.
    ColumnKind,
    /// Meaning of numbers without a unit in a column of numbers with one.
    BareNumbers,
    /// A column of percentages is to be divided by 100.
    Percent,
    /// Value of cells such as `<0.05`.
    Censored,
    /// Meaning of `5 ± 0.2`.
    Deviation,
    /// Role of a column.
    Role,
    /// What becomes of rows without a result.
    WithoutResult,
    /// What becomes of rows whose result is not finite.
    NotFinite,
    /// What becomes of rows that the task already has.
    Repeated,
    /// What becomes of rows that cannot be read.
    BadRows,
}

/// Answer to a question. It may be given before the question is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Code of the question.
    pub question: QuestionCode,
    /// Index of the column. `None` if the question is about the table, or for all columns that ask it.
    pub column: Option<usize>,
    /// Value of one of the readings.
    pub reading: String,
}

/// Answers to questions. Of several answers to one question the last counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers(pub Vec<Answer>);

impl Answers {
    /// Reading that is chosen for the table.
    pub(crate) fn of_table(&self, question: QuestionCode) -> Option<&str> {
        let of_table = |a: &&Answer| a.question == question && a.column.is_none();
        self.0.iter().rev().find(of_table).map(|answer| answer.reading.as_str())
    }

    /// Reading that is chosen for a column, or else for all columns.
    pub(crate) fn of_column(&self, question: QuestionCode, column: usize) -> Option<&str> {
        let of_column = |a: &&Answer| a.question == question && a.column == Some(column);
        let found = self.0.iter().rev().find(of_column).map(|answer| answer.reading.as_str());
        found.or_else(|| self.of_table(question))
    }
}

/// Lines for a sentence: `line 3`, `lines 3, 5 and 7`, `lines 3, 5, 7 and 12 more`.
pub(crate) fn lines(lines: &[usize]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = lines.iter().take(SHOWN).map(ToString::to_string).collect();
    match (shown.as_slice(), lines.len().saturating_sub(SHOWN)) {
        ([], _) => "no line".to_owned(),
        ([one], _) => format!("line {one}"),
        ([first @ .., last], 0) => format!("lines {} and {last}", first.join(", ")),
        (some, more) => format!("lines {} and {more} more", some.join(", ")),
    }
}

/// A cell or title in a sentence: in quotes, and cut if it is long.
pub(crate) fn quote(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("“{}…”", &text[..at]),
        None => format!("“{text}”"),
    }
}

/// A number with its noun: `1 row`, `2 rows`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The first lines, as examples for a question.
pub(crate) fn sample(lines: &[usize]) -> Vec<usize> {
    lines.iter().take(10).copied().collect()
}
