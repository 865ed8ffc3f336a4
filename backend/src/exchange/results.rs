//! Rows of a table, added to a task.

use std::{fmt::Write as _, path::Path};

use anyhow::Context as _;
use asktell_table::{Answers, Outcome, ResultRow};

use crate::{
    manager::{PlaceOfResults, TaskManager},
    store::Store,
    table::{self, Reading, Rows, Target},
    task::{Caller, TaskId, TaskSettings},
};

/// The most rows that are shown.
const SHOWN: usize = 10;

/// A table as it was read for a task.
#[derive(Debug)]
pub struct ReadResults {
    /// What is to be said about it, in lines.
    pub report: String,
    /// No question is open, and nothing must be put right.
    pub ready: bool,
    reading: Reading,
}

/// Rows that were stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AddedResults {
    /// Finished trials.
    pub results: usize,
    /// Trials that wait to be run.
    pub planned: usize,
}

/// Reads a table for a task.
pub async fn read_results(
    store: &Store,
    task: TaskId,
    bytes: Vec<u8>,
    answers: Answers,
) -> anyhow::Result<ReadResults> {
    let target = Target::task(store, task).await?;
    let reading = table::read(bytes, target, answers).await??;
    Ok(ReadResults { report: report(&reading), ready: ready(&reading), reading })
}

/// The bytes of a file; the path is part of what goes wrong.
pub fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    table::file(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Stores the rows of a table that is ready: 10,000 results and 1,000 planned trials at a time, each part whole or not at all.
/// What is stored already is recognised by its content when the table is read again.
pub async fn add_results(
    manager: &TaskManager,
    caller: &Caller,
    task: TaskId,
    read: &ReadResults,
) -> anyhow::Result<AddedResults> {
    let Rows { results, points } = Rows::of(&read.reading.results.rows)?;
    let mut added = AddedResults::default();
    for part in results.chunks(TaskManager::MAX_RESULTS) {
        manager.add_results(caller, task, part.to_vec(), PlaceOfResults::Anywhere).await?;
        added.results += part.len();
    }
    for part in points.chunks(TaskSettings::MAX_POINTS) {
        manager.enqueue_trials(caller, task, part.to_vec()).await?;
        added.planned += part.len();
    }
    Ok(added)
}

/// Ready; or nothing is left to be done, because the task has every row.
fn ready(reading: &Reading) -> bool {
    reading.results.is_ready() || all_there(reading)
}

fn all_there(reading: &Reading) -> bool {
    let results = &reading.results;
    let asked = results.questions.iter();
    let only = asked.filter(|question| question.code != asktell_table::QuestionCode::Repeated);
    !results.rows.is_empty()
        && results.rows.iter().all(|row| row.repeated)
        && only.count() == 0
        && results.problems.is_empty()
}

impl ReadResults {
    /// The task has every row already.
    #[must_use]
    pub fn is_there(&self) -> bool {
        all_there(&self.reading) && !self.reading.results.is_ready()
    }
}

fn report(reading: &Reading) -> String {
    let mut text = String::new();
    let Reading { table, results } = reading;
    for (column, role) in table.columns.iter().zip(&results.roles) {
        line(&mut text, &format!("column {}: {}", column.title, role.value()));
    }
    for notice in &results.notices {
        line(&mut text, &notice.message);
    }
    for row in results.rows.iter().take(SHOWN) {
        line(&mut text, &shown(row));
    }
    if results.rows.len() > SHOWN {
        line(&mut text, &format!("… and {} more rows", results.rows.len() - SHOWN));
    }
    for row in &results.refused {
        line(&mut text, &format!("line {} cannot be used: {}", row.line, row.reasons.join("; ")));
    }
    for problem in &results.problems {
        line(&mut text, &problem.message);
    }
    if all_there(reading) && !results.is_ready() {
        line(
            &mut text,
            &format!("nothing to add: all {} rows are in this task already", results.rows.len()),
        );
        return text;
    }
    for question in &results.questions {
        line(&mut text, &question.message);
        for reading in &question.readings {
            let answer = table::answer_text(table, question, reading);
            line(
                &mut text,
                &format!("  {} {answer}   {}", table::flag(question.code), reading.label),
            );
        }
    }
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{line}");
}

fn shown(row: &ResultRow) -> String {
    let point: Vec<String> =
        row.point.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let outcome = match &row.outcome {
        Outcome::Measured(values) => values
            .iter()
            .map(|(name, value, _)| format!("{name} {value}"))
            .collect::<Vec<_>>()
            .join(", "),
        Outcome::Planned => "planned".to_owned(),
        Outcome::Failed(reason) => format!("failed ({reason})"),
    };
    format!("line {}: {}: {outcome}", row.line, point.join(", "))
}
