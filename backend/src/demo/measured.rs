//! Measured data as an experiment: for a point that is asked, the nearest measured design is told.

use anyhow::{Context as _, bail, ensure};
use asktell_table::{
    Answer, Answers, Column as TableColumn, Domain, Earlier, Fit, Outcome, QuestionCode, Results,
    Role, Schema, Table, Value as Cell, results,
};
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;
use serde_json::{Value, json};

use super::Experiment;
use crate::table::{answer_text, flag};

/// A column that is a parameter.
struct Column {
    name: String,
    kind: Kind,
}

enum Kind {
    /// Whole numbers on a grid.
    Int { low: i64, high: i64, step: i64 },
    /// Any numbers.
    Float { low: f64, high: f64 },
    /// Texts or booleans.
    Categorical(Vec<Cell>),
}

/// Measured designs; of replicates one is told at random, with a fixed seed.
pub(super) struct Measured {
    name: String,
    objective: String,
    maximize: bool,
    columns: Vec<Column>,
    rows: Vec<(Vec<Cell>, f64)>,
    generator: Pcg64,
    /// What the reader of the table recognised, decided or left out.
    pub(super) notices: Vec<String>,
}

impl Measured {
    /// Reads a table; every column but the objective and those that the reader leaves out is a parameter. Rows that
    /// cannot be used or have no result are left out: nothing can be told of them.
    pub(super) fn read(
        bytes: &[u8],
        name: String,
        objective: &str,
        maximize: bool,
        answers: Answers,
    ) -> anyhow::Result<Self> {
        let answers = with_defaults(answers);
        let table = Table::read(bytes, &answers)?;
        let objective = named(&table, objective)?;
        let schema = Schema { objectives: vec![objective.clone()], ..Schema::default() };
        let read = results(&table, &schema, &answers, &Earlier::default(), &|_| Ok(Fit::Inside));
        expect_ready(&table, &read)?;
        let columns = columns(&table, &read)?;
        let rows: Vec<(Vec<Cell>, f64)> = read
            .rows
            .iter()
            .filter_map(|row| match &row.outcome {
                Outcome::Measured(values) => {
                    let cells = row.point.iter().map(|(_, value)| value.clone()).collect();
                    values.first().map(|(_, value, _)| (cells, *value))
                }
                Outcome::Planned | Outcome::Failed(_) => None,
            })
            .collect();
        ensure!(!rows.is_empty(), "no row has a result");
        let notices = notices(&read);
        let generator = Pcg64::seed_from_u64(0);
        Ok(Self { name, objective, maximize, columns, rows, generator, notices })
    }

    /// How far a design is from a point, each number scaled by its range.
    fn distance(&self, design: &[Cell], point: &[Cell]) -> f64 {
        let parts = self.columns.iter().zip(design).zip(point).map(|((column, a), b)| {
            match (a.as_number(), b.as_number()) {
                (Some(a), Some(b)) => ((a - b) / column.kind.range()).powi(2),
                _ if a == b => 0.0,
                _ => 1.0,
            }
        });
        parts.sum()
    }
}

impl Kind {
    #[expect(clippy::cast_precision_loss, reason = "a range of measured data")]
    fn range(&self) -> f64 {
        match self {
            Self::Int { low, high, .. } => (high - low) as f64,
            Self::Float { low, high } => high - low,
            Self::Categorical(_) => 1.0,
        }
    }
}

/// Rows that nothing can be told of are left out, unless something else is chosen.
fn with_defaults(Answers(chosen): Answers) -> Answers {
    let leave_out = |question| Answer { question, column: None, reading: "LEAVE_OUT".to_owned() };
    let questions = [QuestionCode::WithoutResult, QuestionCode::NotFinite, QuestionCode::BadRows];
    Answers(questions.map(leave_out).into_iter().chain(chosen).collect())
}

/// The title of the column with that name.
fn named(table: &Table, objective: &str) -> anyhow::Result<String> {
    match table.columns_named(objective).as_slice() {
        [one] => Ok(table.columns[*one].title.clone()),
        [] => {
            let titles: Vec<&str> = table.columns.iter().map(|c| c.title.as_str()).collect();
            bail!("no column \"{objective}\"; there are {}", titles.join(", "))
        }
        several => bail!("{} columns are called \"{objective}\"", several.len()),
    }
}

/// Fails with all that is to be answered or put right.
fn expect_ready(table: &Table, read: &Results) -> anyhow::Result<()> {
    if read.is_ready() {
        return Ok(());
    }
    let mut lines: Vec<String> =
        read.problems.iter().map(|problem| problem.message.clone()).collect();
    for question in &read.questions {
        lines.push(question.message.clone());
        for reading in &question.readings {
            let answer = answer_text(table, question, reading);
            let flag = flag(question.code);
            lines.push(format!("  {flag} {answer}   {}", reading.label));
        }
    }
    bail!("{}", lines.join("\n"))
}

fn notices(read: &Results) -> Vec<String> {
    let told = read.notices.iter().map(|notice| notice.message.clone());
    let refused = read.refused.iter();
    let refused =
        refused.map(|row| format!("Line {} is left out: {}.", row.line, row.reasons.join("; ")));
    told.chain(refused).collect()
}

fn columns(table: &Table, read: &Results) -> anyhow::Result<Vec<Column>> {
    let columns = table.columns.iter().zip(&read.roles);
    let columns: Vec<Column> = columns
        .filter_map(|(column, role)| match role {
            Role::Parameter(name) => Some((name, column)),
            Role::LeaveOut
            | Role::Objective(_)
            | Role::Deviation(_)
            | Role::Metric(_)
            | Role::FailureReason
            | Role::Metadata(_) => None,
        })
        .map(|(name, column)| {
            let kind = kind(column).with_context(|| {
                format!(
                    "the column \"{name}\" needs at least two different values to be a parameter"
                )
            })?;
            Ok(Column { name: name.clone(), kind })
        })
        .collect::<anyhow::Result<_>>()?;
    ensure!(!columns.is_empty(), "no column varies");
    Ok(columns)
}

fn kind(column: &TableColumn) -> Option<Kind> {
    match column.domain.clone()? {
        Domain::Integer { low, high, step } => {
            (low < high).then_some(Kind::Int { low, high, step })
        }
        Domain::Number { low, high } => (low < high).then_some(Kind::Float { low, high }),
        Domain::Choices(choices) => (choices.len() > 1).then_some(Kind::Categorical(choices)),
    }
}

impl Experiment for Measured {
    fn task(&self) -> Value {
        let parameters: Vec<Value> = self
            .columns
            .iter()
            .map(|Column { name, kind }| match kind {
                Kind::Int { low, high, step } => {
                    json!({"int": {"name": name, "low": low, "high": high, "step": step}})
                }
                Kind::Float { low, high } => {
                    json!({"float": {"name": name, "low": low, "high": high}})
                }
                Kind::Categorical(choices) => {
                    let choices: Vec<Value> = choices.iter().map(json_of).collect();
                    json!({"categorical": {"name": name, "choices": choices}})
                }
            })
            .collect();
        let direction = if self.maximize { "MAXIMIZE" } else { "MINIMIZE" };
        json!({
            "name": format!("Demo: {} of {}", self.objective, self.name),
            "description": format!(
                "{} measured designs; for each point asked, the nearest one is told.", self.rows.len()
            ),
            "parameterSpace": {"parameters": parameters},
            "objectives": [{"name": self.objective, "direction": direction}],
            "metadata": {"source": "asktell demo --csv"},
        })
    }

    fn objective(&self) -> &str {
        &self.objective
    }

    fn measure(&mut self, point: &Value) -> anyhow::Result<f64> {
        let wanted = self
            .columns
            .iter()
            .map(|column| match &point[&column.name] {
                Value::Number(number) => number.as_f64().map(Cell::Number),
                Value::String(text) => Some(Cell::Text(text.clone())),
                Value::Bool(truth) => Some(Cell::Boolean(*truth)),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            })
            .collect::<Option<Vec<_>>>()
            .context("the point does not have every parameter")?;
        let nearest = self
            .rows
            .iter()
            .min_by(|(a, _), (b, _)| {
                self.distance(a, &wanted).total_cmp(&self.distance(b, &wanted))
            })
            .map(|(design, _)| design.clone())
            .context("there are no rows")?;
        let replicates: Vec<f64> =
            self.rows.iter().filter(|(cells, _)| *cells == nearest).map(|row| row.1).collect();
        Ok(replicates[self.generator.random_range(0..replicates.len())])
    }
}

fn json_of(cell: &Cell) -> Value {
    match cell {
        Cell::Integer(number) => json!(number),
        Cell::Number(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Boolean(truth) => json!(truth),
        Cell::Null => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> anyhow::Result<Measured> {
        answered(text, Answers::default())
    }

    fn answered(text: &str, answers: Answers) -> anyhow::Result<Measured> {
        Measured::read(text.as_bytes(), "data".to_owned(), "y", true, answers)
    }

    #[test]
    fn bounds_and_types_come_from_the_data() {
        let data = measured("n,x,solvent,y\n6,0.5,water,1\n12,2.5,DMSO,2\n10,1,water,3\n").unwrap();
        let parameters = &data.task()["parameterSpace"]["parameters"];
        assert_eq!(parameters[0], json!({"int": {"name": "n", "low": 6, "high": 12, "step": 2}}));
        assert_eq!(parameters[1], json!({"float": {"name": "x", "low": 0.5, "high": 2.5}}));
        assert_eq!(parameters[2]["categorical"]["choices"], json!(["DMSO", "water"]));
    }

    #[test]
    fn the_nearest_design_is_told() {
        let mut data = measured("a,b,y\n0,0.5,1\n100,0.5,2\n100,1.5,3\n").unwrap();
        assert!((data.measure(&json!({"a": 90, "b": 1.4})).unwrap() - 3.0).abs() < 1e-12);
        assert!((data.measure(&json!({"a": 10, "b": 0.6})).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_file_without_the_column_is_refused_with_those_it_has() {
        let refused = measured("a,b\n0,1\n1,2\n").map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("a, b"), "{refused}");
    }

    #[test]
    fn what_cannot_be_told_is_left_out_and_said() {
        let data = measured("a,b,y\n0,0.5,1\n100,,2\n50,0.7,nan\n100,1.5,3\n").unwrap();
        assert_eq!(data.rows.len(), 2);
        assert!(
            data.notices.iter().any(|told| told.contains("Line 3 is left out")),
            "{:?}",
            data.notices
        );
    }

    #[test]
    fn what_is_ambiguous_is_asked_with_the_answers_to_choose_from() {
        let text = "a;y\n1.200;1\n900;2\n";
        let asked = measured(text).map(|_| ()).unwrap_err().to_string();
        assert!(asked.contains("--answer decimal-sign=COMMA"), "{asked}");
        let comma = Answer {
            question: QuestionCode::DecimalSign,
            column: None,
            reading: "COMMA".to_owned(),
        };
        let data = answered(text, Answers(vec![comma])).unwrap();
        assert_eq!(data.task()["parameterSpace"]["parameters"][0]["int"]["high"], json!(1200));
    }
}
