//! A table that is to be read.

use asktell_table::{Answer, Answers, Parameter, ParameterKind, QuestionCode, Role, Schema, Value};
use async_graphql::{Enum, ID, InputObject};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::id;
use crate::{
    api::{scalar::ParameterScalar, types::TableQuestionCode},
    task::{Invalid, ParameterValue, TaskId},
};

/// The most answers and parameters of one call.
const MOST: usize = 10_000;

/// A table, and what it is read for.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ReadTableInput {
    /// The table as text. Exactly one of `text` and `base64` must be given.
    text: Option<String>,
    /// The table as the bytes of a file, in base64: its encoding is then recognised.
    base64: Option<String>,
    /// The task whose parameters and objectives the columns hold. Its rules refuse rows, and its trials tell which rows it
    /// has already. `null`: a task that is to be made.
    task_id: Option<ID>,
    /// The parameters of a task that is to be made. `null`: every column that is not left out is one.
    parameters: Option<Vec<TableParameterInput>>,
    /// The names of the objectives of a task that is to be made, at most 16.
    objectives: Option<Vec<String>>,
    /// Answers to questions, at most 10,000. Of several answers to a question the last counts.
    answers: Option<Vec<TableAnswerInput>>,
}

/// A parameter of a task that is to be made.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TableParameterInput {
    /// The name.
    name: String,
    /// The kind of its values.
    kind: TableParameterKind,
    /// The values, if they are choices.
    choices: Option<Vec<Option<ParameterScalar>>>,
    /// True if a row may have no value, because the parameter exists only for some values of others.
    #[graphql(default)]
    optional: bool,
}

/// Kind of the values of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum TableParameterKind {
    /// Numbers.
    Float,
    /// Whole numbers.
    Int,
    /// Choices or levels.
    Choices,
}

/// An answer to a question about a table.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TableAnswerInput {
    /// The question.
    question: TableQuestionCode,
    /// The index of the column that it is about, from 0. `null`: the table, or all columns that ask it.
    column: Option<usize>,
    /// The value of one of its readings.
    reading: String,
}

/// What the input asks for.
#[derive(Debug)]
pub(in crate::api) struct TableRequest {
    pub(in crate::api) bytes: Vec<u8>,
    pub(in crate::api) task: Option<TaskId>,
    pub(in crate::api) schema: Schema,
    pub(in crate::api) answers: Answers,
}

impl TryFrom<ReadTableInput> for TableRequest {
    type Error = Invalid;

    fn try_from(input: ReadTableInput) -> Result<Self, Invalid> {
        let ReadTableInput { text, base64, task_id, parameters, objectives, answers } = input;
        let bytes = match (text, base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(base64)) => BASE64_STANDARD
                .decode(base64)
                .map_err(|_| Invalid::new("must be base64 with padding").at("base64"))?,
            (None, None) | (Some(_), Some(_)) => {
                return Err(Invalid::new("either `text` or `base64` is needed").at("text"));
            }
        };
        let task = task_id.map(|task| id("taskId", &task)).transpose()?;
        if task.is_some() && (parameters.is_some() || objectives.is_some()) {
            let what = "a task has its own parameters and objectives: give either";
            return Err(Invalid::new(what).at("taskId"));
        }
        let objectives = few("objectives", objectives.unwrap_or_default(), 16)?;
        let answers = few("answers", answers.unwrap_or_default(), MOST)?;
        let answers = answers.into_iter().enumerate().map(answer).collect::<Result<_, _>>()?;
        let parameters = parameters.map(|some| few("parameters", some, MOST)).transpose()?;
        let parameters = parameters.map(|some| some.into_iter().map(Parameter::from).collect());
        let schema = Schema { parameters, objectives, metrics: Vec::new() };
        Ok(Self { bytes, task, schema, answers: Answers(answers) })
    }
}

fn few<T>(field: &str, items: Vec<T>, most: usize) -> Result<Vec<T>, Invalid> {
    if items.len() > most {
        return Err(Invalid::new(format!("at most {most} {field}")).at(field));
    }
    Ok(items)
}

fn answer((index, given): (usize, TableAnswerInput)) -> Result<Answer, Invalid> {
    let TableAnswerInput { question, column, reading } = given;
    let question = QuestionCode::from(question);
    if question == QuestionCode::Role && (column.is_none() || Role::from_value(&reading).is_none())
    {
        let what = "a role is of one column: leave-out, failure, or parameter, objective, deviation, metric or \
                    metadata with a colon and a name";
        return Err(Invalid::new(what).at("reading").at_index(index).at("answers"));
    }
    Ok(Answer { question, column, reading })
}

impl From<TableParameterInput> for Parameter {
    fn from(input: TableParameterInput) -> Self {
        let TableParameterInput { name, kind, choices, optional } = input;
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        let kind = match kind {
            TableParameterKind::Float => ParameterKind::Number { low, high },
            TableParameterKind::Int => ParameterKind::Integer { low, high },
            TableParameterKind::Choices => {
                ParameterKind::Choices(choices.unwrap_or_default().into_iter().map(value).collect())
            }
        };
        Self { name, kind, optional }
    }
}

fn value(given: Option<ParameterScalar>) -> Value {
    match ParameterScalar::value(given) {
        ParameterValue::Null => Value::Null,
        ParameterValue::Bool(truth) => Value::Boolean(truth),
        ParameterValue::Int(number) => Value::Integer(number),
        ParameterValue::Float(number) => Value::Number(number),
        ParameterValue::Text(text) => Value::Text(text),
    }
}
