//! Measured data as an experiment: for a point that is asked, the nearest measured design is told.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context as _, ensure};
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;
use serde_json::{Value, json};

use super::Experiment;

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
    /// Texts.
    Categorical(Vec<String>),
}

/// A cell: a number, or a text.
#[derive(Clone, PartialEq)]
enum Cell {
    Number(f64),
    Text(String),
}

/// Measured designs; of replicates one is told at random, with a fixed seed.
pub(super) struct Measured {
    name: String,
    objective: String,
    maximize: bool,
    columns: Vec<Column>,
    rows: Vec<(Vec<Cell>, f64)>,
    generator: Pcg64,
}

impl Measured {
    /// Reads a CSV file with a header line; every column but the objective is a parameter.
    pub(super) fn read(path: &Path, objective: &str, maximize: bool) -> anyhow::Result<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path)?;
        let header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
        let target = header.iter().position(|name| name == objective).with_context(|| {
            format!("no column \"{objective}\"; there are {}", header.join(", "))
        })?;
        let mut rows = Vec::new();
        for (line, record) in reader.records().enumerate() {
            let mut cells: Vec<Cell> = record?.iter().map(cell).collect();
            let Cell::Number(value) = cells.remove(target) else {
                anyhow::bail!("row {}: the objective is not a number", line + 1);
            };
            rows.push((cells, value));
        }
        ensure!(!rows.is_empty(), "there are no rows");
        let names = header.into_iter().enumerate().filter(|(i, _)| *i != target).map(|(_, n)| n);
        let columns: Vec<Column> = names
            .enumerate()
            .filter_map(|(i, name)| {
                kind(rows.iter().map(|(cells, _)| &cells[i])).map(|kind| Column { name, kind })
            })
            .collect();
        ensure!(!columns.is_empty(), "no column varies");
        ensure!(
            columns.len() == rows[0].0.len(),
            "every parameter column needs at least two different values"
        );
        let name = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let generator = Pcg64::seed_from_u64(0);
        Ok(Self { name, objective: objective.to_owned(), maximize, columns, rows, generator })
    }

    /// How far a design is from a point, each number scaled by its range.
    fn distance(&self, design: &[Cell], point: &[Cell]) -> f64 {
        let parts =
            self.columns.iter().zip(design).zip(point).map(|((column, a), b)| match (a, b) {
                (Cell::Number(a), Cell::Number(b)) => {
                    let range = column.kind.range();
                    ((a - b) / range).powi(2)
                }
                (a, b) if a == b => 0.0,
                _ => 1.0,
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

fn cell(text: &str) -> Cell {
    text.parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .map_or_else(|| Cell::Text(text.to_owned()), Cell::Number)
}

/// What a column is, from its cells; none if they are all the same.
fn kind<'a>(cells: impl Iterator<Item = &'a Cell>) -> Option<Kind> {
    let cells: Vec<&Cell> = cells.collect();
    let numbers: Option<Vec<f64>> = cells
        .iter()
        .map(|cell| match cell {
            Cell::Number(number) => Some(*number),
            Cell::Text(_) => None,
        })
        .collect();
    let Some(numbers) = numbers else {
        let texts: BTreeSet<String> = cells
            .iter()
            .map(|cell| match cell {
                Cell::Number(number) => number.to_string(),
                Cell::Text(text) => text.clone(),
            })
            .collect();
        return (texts.len() > 1).then(|| Kind::Categorical(texts.into_iter().collect()));
    };
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low >= high {
        return None;
    }
    if numbers.iter().all(|number| number.fract() == 0.0 && number.abs() < 1e15) {
        #[expect(clippy::cast_possible_truncation, reason = "whole and small: exact")]
        let whole = |number: f64| number as i64;
        let (low, high) = (whole(low), whole(high));
        let step = numbers.iter().fold(0, |step, number| gcd(step, whole(*number) - low));
        return Some(Kind::Int { low, high, step });
    }
    Some(Kind::Float { low, high })
}

const fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
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
                Value::String(text) => Some(cell_of(column, text)),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
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

/// A choice of a column of texts is compared as the cell was read: "1" may be a number there.
fn cell_of(column: &Column, text: &str) -> Cell {
    match column.kind {
        Kind::Categorical(_) => cell(text),
        Kind::Int { .. } | Kind::Float { .. } => Cell::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> anyhow::Result<Measured> {
        let path = std::env::temp_dir().join(format!("asktell-measured-{}.csv", text.len()));
        std::fs::write(&path, text)?;
        let read = Measured::read(&path, "y", true);
        std::fs::remove_file(&path)?;
        read
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
}
