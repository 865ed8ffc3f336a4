//! Rows of a table as points with results.

use std::collections::HashMap;

use crate::{
    Table,
    fields::{Parameter, ParameterKind, Role, Schema, assign},
    notice::{Answers, Notice, Question, QuestionCode},
    rows::RowReader,
    value::Value,
};

/// Row that cannot be used, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Line on which it begins.
    pub line: usize,
    /// What is wrong.
    pub reasons: Vec<String>,
}

/// What became of a point.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was measured: objective, value, and standard deviation if there is one. Not every objective must have a value.
    Measured(Vec<(String, f64, Option<f64>)>),
    /// It has no result: it is to be tried.
    Planned,
    /// The evaluation failed, for this reason.
    Failed(String),
}

/// Row as it would be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultRow {
    /// Line on which it begins.
    pub line: usize,
    /// Point, in the order of the parameters. A parameter without a value is not in it.
    pub point: Vec<(String, Value)>,
    /// What became of it.
    pub outcome: Outcome,
    /// Metrics.
    pub metrics: Vec<(String, f64)>,
    /// Notes.
    pub metadata: Vec<(String, String)>,
    /// The task has a result with the same point and values.
    pub repeated: bool,
    /// Where its point lies.
    pub fit: Fit,
}

/// Where a point lies to the space of the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It could be proposed.
    Inside,
    /// It was tried all the same.
    Outside,
}

/// Rows of a table, read for a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// Role of each column.
    pub roles: Vec<Role>,
    /// Rows that would be stored.
    pub rows: Vec<ResultRow>,
    /// Rows that cannot be used, ragged ones too, by line.
    pub refused: Vec<RefusedRow>,
    /// Lines of rows that the answers leave out.
    pub left_out: Vec<usize>,
    /// Lines of rows that cannot be read before a question is answered.
    pub undecided: Vec<usize>,
    /// What was recognised, of the table and of the rows.
    pub notices: Vec<Notice>,
    /// What is to be answered before anything is stored. Those about columns that are left out are not in it.
    pub questions: Vec<Question>,
    /// What must be put right before anything is stored.
    pub problems: Vec<Notice>,
}

impl Results {
    /// Everything is answered, and there is something to store.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.questions.is_empty() && self.problems.is_empty()
    }
}

/// Trials that a task has already, by their content.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// How often it has a result.
    pub(crate) results: HashMap<String, usize>,
    /// How often it has a point, with a result or without.
    pub(crate) points: HashMap<String, usize>,
}

impl Earlier {
    /// Adds a trial: its point, and its values if it was measured.
    pub fn add(&mut self, point: &[(String, Value)], values: &[(String, f64)]) {
        *self.points.entry(row_key(point, &[])).or_default() += 1;
        if !values.is_empty() {
            *self.results.entry(row_key(point, values)).or_default() += 1;
        }
    }
}

/// Says what a task makes of a row: where its point lies. `Err` is the reason why it is refused.
pub type Judge<'j> = &'j dyn Fn(&ResultRow) -> Result<Fit, String>;

/// What a result is recognised by: its point and its values, in any order.
pub(crate) fn row_key(point: &[(String, Value)], values: &[(String, f64)]) -> String {
    let mut parts: Vec<String> =
        point.iter().map(|(name, value)| format!("{name}\u{1f}{}", value.key())).collect();
    parts.sort_unstable();
    let mut results: Vec<String> =
        values.iter().map(|(name, value)| format!("{name}\u{1f}{}", value + 0.0)).collect();
    results.sort_unstable();
    format!("{}\u{1d}{}", parts.join("\u{1e}"), results.join("\u{1e}"))
}

/// Reads the rows of a table for a task. What the task has against a row is among the reasons to refuse it.
#[must_use]
pub fn results(
    table: &Table,
    schema: &Schema,
    answers: &Answers,
    earlier: &Earlier,
    judge: Judge<'_>,
) -> Results {
    let assigned = assign(table, schema, answers);
    let roles = assigned.roles;
    let mut notices = table.notices.clone();
    notices.extend(assigned.notices);
    let used = |question: &Question| match (question.column, question.code) {
        (None, _) | (_, QuestionCode::Role) => true,
        (Some(column), _) => roles.get(column) != Some(&Role::LeaveOut),
    };
    let of_table = table.questions.iter().filter(|question| used(question)).cloned();
    let questions = of_table.chain(assigned.questions).collect();
    let own;
    let parameters = if let Some(parameters) = &schema.parameters {
        parameters
    } else {
        own = own_parameters(table, &roles);
        &own
    };
    let mut reader = RowReader {
        table,
        answers,
        earlier: earlier.clone(),
        judge,
        parameters,
        schema,
        with: roles.iter().enumerate().map(|(i, role)| (role.clone(), i)).collect(),
        results: Results {
            roles,
            rows: Vec::new(),
            refused: table.ragged.clone(),
            left_out: Vec::new(),
            undecided: Vec::new(),
            notices,
            questions,
            problems: Vec::new(),
        },
        open: crate::rows::Open::default(),
        divided: Vec::new(),
    };
    reader.ask_percent();
    reader.tell_missing_columns();
    let roles_are_open = reader.results.questions.iter().any(|q| q.code == QuestionCode::Role);
    if roles_are_open {
        reader.results.undecided = table.rows.iter().map(|row| row.line).collect();
    } else if reader.results.problems.is_empty() {
        for row in &table.rows {
            reader.row(row);
        }
    }
    reader.finish()
}

/// Columns as parameters of a task that is to be made.
fn own_parameters(table: &Table, roles: &[Role]) -> Vec<Parameter> {
    let columns = table.columns.iter().zip(roles);
    columns
        .filter_map(|(column, role)| match role {
            Role::Parameter(name) => {
                let kind = if column.is_numeric() {
                    ParameterKind::Number { low: f64::NEG_INFINITY, high: f64::INFINITY }
                } else {
                    ParameterKind::Choices(Vec::new())
                };
                Some(Parameter { name: name.clone(), kind, optional: false })
            }
            Role::LeaveOut
            | Role::Objective(_)
            | Role::Deviation(_)
            | Role::Metric(_)
            | Role::FailureReason
            | Role::Metadata(_) => None,
        })
        .collect()
}
