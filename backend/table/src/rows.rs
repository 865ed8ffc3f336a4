//! One row after the other, as a point with what became of it.

use std::collections::HashMap;

use crate::{
    Row, Table,
    column::{Column, NumberRead},
    fields::{Parameter, ParameterKind, Role, Schema},
    notice::{Answers, QuestionCode, quote},
    results::{Earlier, Fit, Judge, Outcome, RefusedRow, ResultRow, Results, row_key},
    value::{Value, whole},
};

/// Lines that questions are about.
#[derive(Default)]
pub(crate) struct Open {
    pub(crate) without_result: Vec<usize>,
    pub(crate) not_finite: Vec<usize>,
    pub(crate) repeated: Vec<usize>,
}

pub(crate) struct RowReader<'a> {
    pub(crate) table: &'a Table,
    pub(crate) answers: &'a Answers,
    /// What the task has already and no row has met yet.
    pub(crate) earlier: Earlier,
    pub(crate) judge: Judge<'a>,
    pub(crate) parameters: &'a [Parameter],
    pub(crate) schema: &'a Schema,
    /// Column of each role.
    pub(crate) with: HashMap<Role, usize>,
    pub(crate) results: Results,
    pub(crate) open: Open,
    /// Columns of percentages that are divided by 100.
    pub(crate) divided: Vec<usize>,
}

/// What is found out about a row while it is read.
#[derive(Default)]
struct Remarks {
    /// What is wrong with it.
    reasons: Vec<String>,
    /// A question about one of its cells is open.
    asked: bool,
    /// An answer leaves it out.
    leave_out: bool,
}

/// Why objectives have no value in a row.
#[derive(Default)]
struct Lacking {
    open: Vec<String>,
    not_finite: Vec<String>,
}

impl<'a> RowReader<'a> {
    pub(crate) fn column(&self, role: &Role) -> Option<&'a Column> {
        self.with.get(role).map(|index| &self.table.columns[*index])
    }

    /// A column holds an objective or why it failed.
    pub(crate) fn has_results(&self) -> bool {
        let objectives = self.schema.objectives.iter().cloned().map(Role::Objective);
        objectives.chain([Role::FailureReason]).any(|role| self.with.contains_key(&role))
    }

    pub(crate) fn row(&mut self, row: &Row) {
        let mut remarks = Remarks::default();
        let point = self.point(row, &mut remarks);
        let outcome = self.outcome(row, &mut remarks);
        let metrics = self.metrics(row, &mut remarks);
        let Remarks { reasons, asked, leave_out } = remarks;
        if !reasons.is_empty() {
            self.results.refused.push(RefusedRow { line: row.line, reasons });
            return;
        }
        if asked {
            self.results.undecided.push(row.line);
            return;
        }
        if leave_out {
            self.results.left_out.push(row.line);
            return;
        }
        let (line, metadata) = (row.line, self.metadata(row));
        let mut read = ResultRow {
            line,
            point,
            outcome,
            metrics,
            metadata,
            repeated: false,
            fit: Fit::Inside,
        };
        match (self.judge)(&read) {
            Ok(fit) => read.fit = fit,
            Err(reason) => {
                self.results.refused.push(RefusedRow { line, reasons: vec![reason] });
                return;
            }
        }
        read.repeated = self.is_repeated(&read);
        if read.repeated {
            self.open.repeated.push(line);
            if self.answers.of_table(QuestionCode::Repeated) == Some("LEAVE_OUT") {
                self.results.left_out.push(line);
                return;
            }
        }
        self.results.rows.push(read);
    }

    fn point(&self, row: &Row, remarks: &mut Remarks) -> Vec<(String, Value)> {
        let mut point = Vec::with_capacity(self.parameters.len());
        for parameter in self.parameters {
            let name = &parameter.name;
            let Some(column) = self.column(&Role::Parameter(name.clone())) else { continue };
            let text = &row.cells[column.index];
            match self.parameter_value(parameter, column, text, remarks) {
                Ok(Some(value)) => point.push((name.clone(), value)),
                Ok(None) if parameter.optional || remarks.asked || remarks.leave_out => {}
                Ok(None) if text.is_empty() => {
                    remarks.reasons.push(format!("{name}: the cell is empty"));
                }
                Ok(None) => remarks.reasons.push(format!("{name}: “{text}” is no value")),
                Err(why) => remarks.reasons.push(format!("{name}: {why}")),
            }
        }
        point
    }

    fn parameter_value(
        &self,
        parameter: &Parameter,
        column: &Column,
        text: &str,
        remarks: &mut Remarks,
    ) -> Result<Option<Value>, String> {
        let read = column.number(text);
        let integer = match &parameter.kind {
            ParameterKind::Choices(choices) if choices.is_empty() => return column.value(text),
            ParameterKind::Choices(choices) => {
                remarks.asked |=
                    read == NumberRead::Asked && choices.iter().any(|c| c.as_number().is_some());
                return choice(choices, column, text);
            }
            ParameterKind::Integer { .. } => true,
            ParameterKind::Number { .. } => column.kind == crate::ColumnKind::Integer,
        };
        match read {
            NumberRead::Missing(_) | NumberRead::NoResult => Ok(None),
            NumberRead::LeaveOut => {
                remarks.leave_out = true;
                Ok(None)
            }
            NumberRead::Asked => {
                remarks.asked = true;
                Ok(None)
            }
            NumberRead::Bad(why) => Err(why),
            NumberRead::Number { value, .. } => {
                let value =
                    if self.divided.contains(&column.index) { value / 100.0 } else { value };
                let exact = whole(value).filter(|_| integer);
                Ok(Some(exact.map_or(Value::Number(value), Value::Integer)))
            }
        }
    }

    /// What became of the row's point.
    fn outcome(&mut self, row: &Row, remarks: &mut Remarks) -> Outcome {
        if let Some(column) = self.column(&Role::FailureReason) {
            let reason = &row.cells[column.index];
            if crate::cell::mark(reason).is_none() {
                return Outcome::Failed(reason.clone());
            }
        }
        let (mut values, mut lacking) = (Vec::new(), Lacking::default());
        let schema = self.schema;
        for name in &schema.objectives {
            let Some(column) = self.column(&Role::Objective(name.clone())) else { continue };
            let text = &row.cells[column.index];
            match column.number(text) {
                NumberRead::Number { value, deviation } => {
                    let deviation = self.deviation(name, column, row, deviation, remarks);
                    values.push((name.clone(), value, deviation));
                }
                NumberRead::Missing(mark) if mark.is_not_finite() => {
                    lacking.not_finite.push(format!("{name} is {text}"));
                }
                NumberRead::Missing(_) | NumberRead::NoResult => {
                    lacking.open.push(format!("{name} has no value"));
                }
                NumberRead::LeaveOut => remarks.leave_out = true,
                NumberRead::Asked => remarks.asked = true,
                NumberRead::Bad(why) => remarks.reasons.push(format!("{name}: {why}")),
            }
        }
        let measured = !values.is_empty() && lacking.not_finite.is_empty();
        // Of a task that is to be made, a table of points has no results.
        let points =
            schema.objectives.is_empty() || schema.parameters.is_none() && !self.has_results();
        if measured || points {
            return if measured { Outcome::Measured(values) } else { Outcome::Planned };
        }
        if remarks.reasons.is_empty() && !remarks.asked && !remarks.leave_out {
            return self.without_result(row, &lacking, remarks);
        }
        Outcome::Planned
    }

    /// A row without a result is planned, failed or left out, as is answered.
    fn without_result(&mut self, row: &Row, lacking: &Lacking, remarks: &mut Remarks) -> Outcome {
        let (question, lines, why) = if lacking.not_finite.is_empty() {
            (QuestionCode::WithoutResult, &mut self.open.without_result, &lacking.open)
        } else {
            (QuestionCode::NotFinite, &mut self.open.not_finite, &lacking.not_finite)
        };
        lines.push(row.line);
        match self.answers.of_table(question) {
            Some("FAIL") => return Outcome::Failed(why.join(", ")),
            Some("LEAVE_OUT") => remarks.leave_out = true,
            _ => {}
        }
        Outcome::Planned
    }

    fn deviation(
        &self,
        objective: &str,
        column: &Column,
        row: &Row,
        written: Option<f64>,
        remarks: &mut Remarks,
    ) -> Option<f64> {
        let Some(column) = self.column(&Role::Deviation(objective.to_owned())) else {
            let chosen = self.answers.of_column(QuestionCode::Deviation, column.index);
            return written.filter(|_| chosen == Some("STANDARD_DEVIATION"));
        };
        match column.number(&row.cells[column.index]) {
            NumberRead::Number { value, .. } if value >= 0.0 => return Some(value),
            NumberRead::Number { value, .. } => {
                remarks.reasons.push(format!("{}: {value} is negative", column.title));
            }
            NumberRead::Bad(why) => remarks.reasons.push(format!("{}: {why}", column.title)),
            NumberRead::Asked => remarks.asked = true,
            NumberRead::Missing(_) | NumberRead::NoResult | NumberRead::LeaveOut => {}
        }
        None
    }

    fn metrics(&self, row: &Row, remarks: &mut Remarks) -> Vec<(String, f64)> {
        let mut metrics = Vec::new();
        for (column, role) in self.table.columns.iter().zip(&self.results.roles) {
            let Role::Metric(name) = role else { continue };
            match column.number(&row.cells[column.index]) {
                NumberRead::Number { value, .. } => metrics.push((name.clone(), value)),
                NumberRead::Bad(why) => remarks.reasons.push(format!("{name}: {why}")),
                NumberRead::Asked => remarks.asked = true,
                NumberRead::Missing(_) | NumberRead::NoResult | NumberRead::LeaveOut => {}
            }
        }
        metrics
    }

    fn metadata(&self, row: &Row) -> Vec<(String, String)> {
        let columns = self.table.columns.iter().zip(&self.results.roles);
        columns
            .filter_map(|(column, role)| match role {
                Role::Metadata(name) => Some((name.clone(), row.cells[column.index].clone())),
                Role::LeaveOut
                | Role::Parameter(_)
                | Role::Objective(_)
                | Role::Deviation(_)
                | Role::Metric(_)
                | Role::FailureReason => None,
            })
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }

    /// Each earlier trial makes one row a repetition.
    fn is_repeated(&mut self, row: &ResultRow) -> bool {
        let left = match &row.outcome {
            Outcome::Measured(values) => {
                let values: Vec<(String, f64)> =
                    values.iter().map(|(name, value, _)| (name.clone(), *value)).collect();
                self.earlier.results.get_mut(&row_key(&row.point, &values))
            }
            Outcome::Planned | Outcome::Failed(_) => {
                self.earlier.points.get_mut(&row_key(&row.point, &[]))
            }
        };
        match left {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

/// The choice that a cell writes: letter by letter first, then as a number or boolean, then without case.
fn choice(choices: &[Value], column: &Column, text: &str) -> Result<Option<Value>, String> {
    let text = &crate::header::one_line(text);
    if let Some(found) = choices.iter().find(|choice| choice.to_string() == *text) {
        return Ok(Some(found.clone()));
    }
    let number = match column.number(text) {
        NumberRead::Number { value, .. } => Some(value),
        NumberRead::Missing(_)
        | NumberRead::NoResult
        | NumberRead::LeaveOut
        | NumberRead::Asked
        | NumberRead::Bad(_) => None,
    };
    let boolean = crate::cell::boolean(text);
    let same = |choice: &&Value| match choice {
        Value::Integer(_) | Value::Number(_) => number.is_some() && choice.as_number() == number,
        Value::Boolean(choice) => boolean == Some(*choice),
        Value::Text(_) | Value::Null => false,
    };
    if let Some(found) = choices.iter().find(same) {
        return Ok(Some(found.clone()));
    }
    let folded: Vec<&Value> = choices
        .iter()
        .filter(|choice| choice.to_string().to_lowercase() == text.to_lowercase())
        .collect();
    match (folded.as_slice(), crate::cell::mark(text)) {
        ([one], _) => Ok(Some((*one).clone())),
        ([], Some(_)) => Ok(choices.contains(&Value::Null).then_some(Value::Null)),
        _ => {
            let shown: Vec<String> = choices.iter().take(8).map(ToString::to_string).collect();
            let more = if choices.len() > 8 { ", …" } else { "" };
            Err(format!("{} is not one of {}{more}", quote(text), shown.join(", ")))
        }
    }
}
