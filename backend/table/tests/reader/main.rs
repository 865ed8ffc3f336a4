//! The reader of tables: every file of `tests/cases`, more of each kind, and arbitrary bytes.

mod answers;
mod arbitrary;
mod cases;
mod kinds;
mod task;

use asktell_table::{
    Answer, Answers, Earlier, NoticeCode, Outcome, Parameter, ParameterKind, QuestionCode, Results,
    Schema, Table, Value, results,
};

/// A table read for a task that is to be made, with these objectives.
pub(crate) struct Read {
    pub(crate) table: Table,
    pub(crate) results: Results,
}

pub(crate) fn read_with(
    bytes: &[u8],
    schema: &Schema,
    answers: &Answers,
    earlier: &Earlier,
) -> Read {
    let table = Table::read(bytes, answers).expect("a table");
    let results = results(&table, schema, answers, earlier, &|_| Ok(asktell_table::Fit::Inside));
    Read { table, results }
}

pub(crate) fn read(text: impl AsRef<[u8]>, objective: &str) -> Read {
    answered(text, objective, &[])
}

/// The same with answers: question, column, reading.
pub(crate) fn answered(
    text: impl AsRef<[u8]>,
    objective: &str,
    answers: &[(QuestionCode, Option<usize>, &str)],
) -> Read {
    let schema = Schema { objectives: vec![objective.to_owned()], ..Schema::default() };
    read_with(text.as_ref(), &schema, &self::answers(answers), &Earlier::default())
}

pub(crate) fn answers(answers: &[(QuestionCode, Option<usize>, &str)]) -> Answers {
    let answer = |(question, column, reading): &(QuestionCode, Option<usize>, &str)| Answer {
        question: *question,
        column: *column,
        reading: (*reading).to_owned(),
    };
    Answers(answers.iter().map(answer).collect())
}

impl Read {
    /// Points and values in short: `60, 0.1 -> 45`.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.results.rows.iter().map(shown).collect()
    }

    pub(crate) fn questions(&self) -> Vec<QuestionCode> {
        self.results.questions.iter().map(|question| question.code).collect()
    }

    /// Lines and reasons of the rows that cannot be used.
    pub(crate) fn refused(&self) -> Vec<(usize, String)> {
        self.results.refused.iter().map(|row| (row.line, row.reasons.join("; "))).collect()
    }

    /// The sentence of a notice.
    pub(crate) fn told(&self, code: NoticeCode) -> String {
        let all = self.results.notices.iter().chain(&self.results.problems);
        all.filter(|n| n.code == code).map(|n| n.message.as_str()).collect::<Vec<_>>().join(" | ")
    }

    pub(crate) fn roles(&self) -> Vec<String> {
        self.results.roles.iter().map(asktell_table::Role::value).collect()
    }

    /// Everything is answered, and these are the rows.
    #[track_caller]
    pub(crate) fn is(&self, rows: &[&str]) {
        assert_eq!(self.questions(), [], "{:?}", self.results.questions);
        assert_eq!(self.results.problems, []);
        assert_eq!(self.rows(), rows);
        assert_eq!(self.refused(), []);
    }
}

fn shown(row: &asktell_table::ResultRow) -> String {
    let point: Vec<String> = row
        .point
        .iter()
        .map(|(_, value)| match value {
            Value::Text(text) => format!("'{text}'"),
            Value::Integer(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => {
                value.to_string()
            }
        })
        .collect();
    let outcome = match &row.outcome {
        Outcome::Measured(values) => {
            let value = |(_, value, deviation): &(String, f64, Option<f64>)| match deviation {
                Some(deviation) => format!("{value}±{deviation}"),
                None => value.to_string(),
            };
            values.iter().map(value).collect::<Vec<_>>().join(", ")
        }
        Outcome::Planned => "planned".to_owned(),
        Outcome::Failed(reason) => format!("failed: {reason}"),
    };
    format!("{} -> {outcome}", point.join(", "))
}

pub(crate) fn number(name: &str, low: f64, high: f64) -> Parameter {
    Parameter { name: name.to_owned(), kind: ParameterKind::Number { low, high }, optional: false }
}
