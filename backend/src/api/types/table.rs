//! What was read from a table.

use asktell_table as reader;
use async_graphql::{Enum, Object, SimpleObject};

use crate::{
    api::{
        error::{Result, invalid},
        scalar::{JsonMap, ParameterScalar},
    },
    table::{Reading, to_json},
    task::{Invalid, JsonValue, ParameterValue},
};

/// The most rows of one answer.
const MAX_ROWS: i32 = 10_000;

/// What was read from a table. Nothing is stored: `addResults` and `enqueueTrials` do that.
#[derive(Debug)]
pub(in crate::api) struct TableReport(pub(in crate::api) Reading);

/// What was read from a table. Nothing is stored: `addResults` and `enqueueTrials` do that.
#[Object]
impl TableReport {
    /// True if no question is open and nothing must be put right: `rows` can be stored.
    async fn ready(&self) -> bool {
        self.0.results.is_ready()
    }

    /// The encoding of the text.
    async fn encoding(&self) -> TableEncoding {
        self.0.table.encoding.into()
    }

    /// What separates the columns.
    async fn delimiter(&self) -> TableDelimiter {
        self.0.table.delimiter.into()
    }

    /// The decimal sign of all numbers. `null` while it is asked.
    async fn decimal_sign(&self) -> Option<DecimalSign> {
        self.0.table.decimal.map(DecimalSign::from)
    }

    /// The line with the titles, from 1. `null` if there is none, or it is asked.
    async fn header_line(&self) -> Option<usize> {
        self.0.table.header_line
    }

    /// The columns, in the order of the table.
    async fn columns(&self) -> Vec<TableColumn> {
        let columns = self.0.table.columns.iter().zip(&self.0.results.roles);
        columns.map(|(column, role)| TableColumn::new(column, role)).collect()
    }

    /// What was recognised, decided or left out.
    async fn notices(&self) -> Vec<TableNotice> {
        self.0.results.notices.iter().map(TableNotice::from).collect()
    }

    /// What must be answered before anything is stored.
    async fn questions(&self) -> Vec<TableQuestion> {
        self.0.results.questions.iter().map(TableQuestion::from).collect()
    }

    /// What must be put right in the table before anything is stored.
    async fn problems(&self) -> Vec<TableNotice> {
        self.0.results.problems.iter().map(TableNotice::from).collect()
    }

    /// The rows as they would be stored.
    fn rows(
        &self,
        #[graphql(desc = "The most rows, 10,000 at most.", default = 100)] first: i32,
        #[graphql(desc = "How many rows to pass over.", default = 0)] offset: i32,
    ) -> Result<Vec<TableRow>> {
        let range = |what: String| invalid("first", Invalid::new(what));
        if !(0..=MAX_ROWS).contains(&first) {
            return Err(range(format!("a number of rows from 0 to {MAX_ROWS}")));
        }
        let skipped = usize::try_from(offset)
            .map_err(|_| invalid("offset", Invalid::new("must not be negative")))?;
        let taken = usize::try_from(first).map_err(|_| range("must not be negative".to_owned()))?;
        let rows = self.0.results.rows.iter().skip(skipped).take(taken);
        Ok(rows.map(TableRow::from).collect())
    }

    /// How many rows would be stored.
    async fn row_count(&self) -> usize {
        self.0.results.rows.len()
    }

    /// The rows that cannot be used, each with all reasons; at most 1,000.
    async fn refused_rows(&self) -> Vec<RefusedTableRow> {
        let refused = self.0.results.refused.iter().take(1_000);
        refused
            .map(|row| RefusedTableRow { line: row.line, reasons: row.reasons.clone() })
            .collect()
    }

    /// How many rows cannot be used.
    async fn refused_count(&self) -> usize {
        self.0.results.refused.len()
    }

    /// How many rows cannot be read before a question is answered.
    async fn undecided_count(&self) -> usize {
        self.0.results.undecided.len()
    }

    /// How many rows the answers leave out.
    async fn left_out_count(&self) -> usize {
        self.0.results.left_out.len()
    }

    /// How many of `rows` the task has already: the same point with the same values, or a point that is planned.
    async fn repeated_count(&self) -> usize {
        self.0.results.rows.iter().filter(|row| row.repeated).count()
    }
}

/// A column of a table.
#[derive(Debug, SimpleObject)]
struct TableColumn {
    /// The index, from 0.
    index: usize,
    /// The title as written; `Column 3` if there is none.
    title: String,
    /// The title without its unit.
    name: String,
    /// The unit, from the title, a line below it, or the cells.
    unit: Option<String>,
    /// The kind of its values.
    kind: TableColumnKind,
    /// How many cells have no value.
    missing_count: usize,
    /// How many different values it has.
    distinct_count: usize,
    /// The smallest number. `null` if it holds none.
    low: Option<f64>,
    /// The largest number. `null` if it holds none.
    high: Option<f64>,
    /// The greatest step that leads from `low` to all whole numbers. `null` if they are not whole.
    step: Option<f64>,
    /// The different values, at most 1,000. `null` if it holds numbers.
    choices: Option<Vec<ParameterScalar>>,
    /// Why it is no parameter unless that is chosen. `null` if nothing is against it.
    left_out_because: Option<LeaveOutReason>,
    /// What it is used for: `leave-out`, `failure`, `parameter:NAME`, `objective:NAME`, `deviation:NAME`, `metric:NAME` or
    /// `metadata:NAME`. Another is chosen by the answer to the question `ROLE`.
    role: String,
}

impl TableColumn {
    #[expect(clippy::cast_precision_loss, reason = "numbers of tables are within 53 bits")]
    fn new(column: &reader::Column, role: &reader::Role) -> Self {
        let (low, high, step, choices) = match &column.domain {
            Some(reader::Domain::Integer { low, high, step }) => {
                (Some(*low as f64), Some(*high as f64), Some(*step as f64), None)
            }
            Some(reader::Domain::Number { low, high }) => (Some(*low), Some(*high), None, None),
            Some(reader::Domain::Choices(choices)) => {
                (None, None, None, Some(choices.iter().take(1_000).filter_map(scalar).collect()))
            }
            None => (None, None, None, None),
        };
        Self {
            index: column.index,
            title: column.title.clone(),
            name: column.name.clone(),
            unit: column.unit.clone(),
            kind: column.kind.into(),
            missing_count: column.missing,
            distinct_count: column.distinct,
            low,
            high,
            step,
            choices,
            left_out_because: column.leave_out.map(LeaveOutReason::from),
            role: role.value(),
        }
    }
}

fn scalar(value: &reader::Value) -> Option<ParameterScalar> {
    Some(ParameterScalar(match value {
        reader::Value::Integer(number) => ParameterValue::Int(*number),
        reader::Value::Number(number) => ParameterValue::Float(*number),
        reader::Value::Text(text) => ParameterValue::Text(text.clone()),
        reader::Value::Boolean(truth) => ParameterValue::Bool(*truth),
        reader::Value::Null => return None,
    }))
}

/// Something that was recognised or decided, or must be put right, in one sentence.
#[derive(Debug, SimpleObject)]
struct TableNotice {
    /// The code.
    code: TableNoticeCode,
    /// The sentence.
    message: String,
    /// The line that it is about, from 1.
    line: Option<usize>,
    /// The index of the column that it is about, from 0.
    column: Option<usize>,
}

impl From<&reader::Notice> for TableNotice {
    fn from(notice: &reader::Notice) -> Self {
        let reader::Notice { code, message, place } = notice;
        let (line, column) = (place.line, place.column);
        Self { code: (*code).into(), message: message.clone(), line, column }
    }
}

/// What only the owner of the table can know.
#[derive(Debug, SimpleObject)]
struct TableQuestion {
    /// The code.
    code: TableQuestionCode,
    /// The index of the column that it is about, from 0. `null`: the table.
    column: Option<usize>,
    /// The question.
    message: String,
    /// Lines with examples, at most 10.
    lines: Vec<usize>,
    /// The readings to choose from.
    readings: Vec<TableReading>,
}

impl From<&reader::Question> for TableQuestion {
    fn from(question: &reader::Question) -> Self {
        let reader::Question { code, column, message, lines, readings } = question;
        let reading = |reader::Reading { value, label }: &reader::Reading| TableReading {
            value: value.clone(),
            label: label.clone(),
        };
        Self {
            code: (*code).into(),
            column: *column,
            message: message.clone(),
            lines: lines.clone(),
            readings: readings.iter().map(reading).collect(),
        }
    }
}

/// One way to read what a question is about.
#[derive(Debug, SimpleObject)]
struct TableReading {
    /// The value of the answer.
    value: String,
    /// What it means for this table.
    label: String,
}

/// A row as it would be stored.
#[derive(Debug, SimpleObject)]
struct TableRow {
    /// The line on which it begins, from 1.
    line: usize,
    /// The point: parameter name to value.
    point: JsonMap,
    /// What became of the point.
    outcome: TableOutcome,
    /// What was measured. Not every objective must have a value.
    values: Vec<TableValue>,
    /// Why the evaluation failed. `null` unless it did.
    failure_reason: Option<String>,
    /// Named quantities that are not objectives: name to number.
    metrics: JsonMap,
    /// Notes: name to text.
    metadata: JsonMap,
    /// True if the task has it already.
    repeated: bool,
    /// False if its point lies outside the space of the task. It is stored all the same, and marked.
    in_space: bool,
}

impl From<&reader::ResultRow> for TableRow {
    fn from(row: &reader::ResultRow) -> Self {
        let (outcome, values, failure_reason) = match &row.outcome {
            reader::Outcome::Measured(values) => (TableOutcome::Measured, values.as_slice(), None),
            reader::Outcome::Planned => (TableOutcome::Planned, [].as_slice(), None),
            reader::Outcome::Failed(reason) => {
                (TableOutcome::Failed, [].as_slice(), Some(reason.clone()))
            }
        };
        let value = |(objective, value, deviation): &(String, f64, Option<f64>)| TableValue {
            objective: objective.clone(),
            value: *value,
            standard_deviation: *deviation,
        };
        let metrics = row.metrics.iter().map(|(name, number)| (name.clone(), (*number).into()));
        let notes = row.metadata.iter();
        let notes = notes.map(|(name, text)| (name.clone(), JsonValue::from(text.clone())));
        Self {
            line: row.line,
            point: JsonMap(to_json(&row.point)),
            outcome,
            values: values.iter().map(value).collect(),
            failure_reason,
            metrics: JsonMap(metrics.collect()),
            metadata: JsonMap(notes.collect()),
            repeated: row.repeated,
            in_space: match row.fit {
                reader::Fit::Inside => true,
                reader::Fit::Outside => false,
            },
        }
    }
}

/// The value of an objective in a table.
#[derive(Debug, SimpleObject)]
struct TableValue {
    /// The name of the objective.
    objective: String,
    /// The value.
    value: f64,
    /// The standard deviation. `null` if it is not known.
    standard_deviation: Option<f64>,
}

/// A row that cannot be used.
#[derive(Debug, SimpleObject)]
struct RefusedTableRow {
    /// The line on which it begins, from 1.
    line: usize,
    /// Everything that is wrong with it.
    reasons: Vec<String>,
}

/// What became of the point of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum TableOutcome {
    /// It was measured.
    Measured,
    /// It has no result and is still to be run.
    Planned,
    /// The evaluation failed.
    Failed,
}

macro_rules! remote_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident = $remote:literal { $($(#[$variant_meta:meta])* $variant:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(remote = $remote)]
        $vis enum $name { $($(#[$variant_meta])* $variant,)+ }
    };
}

remote_enum! {
    /// The encoding of a text.
    enum TableEncoding = "reader::Encoding" {
        /// UTF-8.
        Utf8,
        /// UTF-16, the low byte first.
        Utf16Le,
        /// UTF-16, the high byte first.
        Utf16Be,
        /// Windows-1252, which contains Latin-1.
        Windows1252,
    }
}
remote_enum! {
    /// What separates the columns of a table.
    enum TableDelimiter = "reader::Delimiter" {
        /// `,`
        Comma,
        /// `;`
        Semicolon,
        /// A tab.
        Tab,
        /// `|`
        Pipe,
    }
}
remote_enum! {
    /// The decimal sign of all numbers of a table. The other one separates thousands.
    enum DecimalSign = "reader::DecimalSign" {
        /// `1.5`
        Point,
        /// `1,5`
        Comma,
    }
}
remote_enum! {
    /// The kind of the values of a column.
    enum TableColumnKind = "reader::ColumnKind" {
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
}
remote_enum! {
    /// Why a column is no parameter unless that is chosen.
    enum LeaveOutReason = "reader::LeaveOut" {
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
}
remote_enum! {
    /// A question about a table. The readings of each are in `docs/tables.md`.
    pub(in crate::api) enum TableQuestionCode = "reader::QuestionCode" {
        /// The encoding of the text.
        Encoding,
        /// What separates the columns.
        Delimiter,
        /// The decimal sign of all numbers.
        DecimalSign,
        /// The line with the titles.
        HeaderLine,
        /// A column holds numbers or texts.
        ColumnKind,
        /// The meaning of numbers without a unit in a column of numbers with one.
        BareNumbers,
        /// Percentages are to be divided by 100 or not.
        Percent,
        /// The value of cells such as `<0.05`.
        Censored,
        /// The meaning of `5 ± 0.2`.
        Deviation,
        /// The role of a column.
        Role,
        /// What becomes of rows without a result.
        WithoutResult,
        /// What becomes of rows whose result is not finite.
        NotFinite,
        /// What becomes of rows that the task already has.
        Repeated,
        /// What becomes of rows that cannot be used.
        BadRows,
    }
}
remote_enum! {
    /// What a notice about a table is about.
    enum TableNoticeCode = "reader::NoticeCode" {
        /// The text is not plain UTF-8.
        Encoding,
        /// Bytes that mean nothing in the encoding were replaced.
        ReplacedCharacters,
        /// What separates the columns.
        Delimiter,
        /// The decimal sign of the numbers.
        DecimalSign,
        /// Thousands separators were removed.
        Thousands,
        /// The line with the titles.
        HeaderLine,
        /// Lines that hold no data.
        SkippedLines,
        /// A column has no title.
        UnnamedColumn,
        /// A title that several columns have.
        DuplicateTitle,
        /// The unit of a column.
        Unit,
        /// The kind of a column that is not evident.
        ColumnKind,
        /// A column has the same value in all rows.
        ConstantColumn,
        /// A column is left out.
        LeftOutColumn,
        /// What a column is used for.
        ColumnRole,
        /// Cells without a value.
        MissingCells,
        /// Every row has more cells than the titles.
        RaggedRows,
        /// There are no rows.
        NoRows,
        /// There is one row.
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
        /// An answer that was not used.
        UnknownAnswer,
        /// Rows without a result, or left out.
        WithoutResult,
    }
}
