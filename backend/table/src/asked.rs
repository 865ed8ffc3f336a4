//! What is asked and told before the rows are read, and once all of them are.

use std::collections::HashMap;

use crate::{
    Row,
    column::{Column, NumberRead},
    fields::{ParameterKind, Role, name_of},
    notice::{Notice, NoticeCode, Question, QuestionCode, Reading, count, lines, quote, sample},
    results::{Fit, Outcome, ResultRow, Results, row_key},
    rows::RowReader,
};

impl RowReader<'_> {
    // --- before ---

    /// Percentages for a parameter that goes from 0 to 1 or so.
    pub(crate) fn ask_percent(&mut self) {
        for parameter in self.parameters {
            let (ParameterKind::Number { low, high } | ParameterKind::Integer { low, high }) =
                parameter.kind
            else {
                continue;
            };
            let Some(column) = self.column(&Role::Parameter(parameter.name.clone())) else {
                continue;
            };
            if column.unit.as_deref() != Some("%") || !column.is_numeric() {
                continue;
            }
            let numbers: Vec<f64> =
                self.table.rows.iter().filter_map(|row| plain_number(column, row)).collect();
            let inside = |scale: f64| numbers.iter().all(|n| (low..=high).contains(&(n * scale)));
            if numbers.is_empty() || inside(1.0) || !inside(0.01) {
                continue;
            }
            match self.answers.of_column(QuestionCode::Percent, column.index) {
                Some("DIVIDE") => self.divided.push(column.index),
                Some("AS_WRITTEN") => {}
                _ => self.results.questions.push(Question {
                    code: QuestionCode::Percent,
                    column: Some(column.index),
                    message: format!(
                        "“{}” is in %, but “{}” goes from {low} to {high}. Are its numbers to be divided by 100?",
                        column.title, parameter.name
                    ),
                    lines: Vec::new(),
                    readings: vec![
                        Reading::new("DIVIDE", format!("yes: {} % is {}", numbers[0], numbers[0] / 100.0)),
                        Reading::new("AS_WRITTEN", format!("no: {} % is {}", numbers[0], numbers[0])),
                    ],
                }),
            }
        }
    }

    pub(crate) fn tell_missing_columns(&mut self) {
        let titles: Vec<&str> =
            self.table.columns.iter().map(|column| column.title.as_str()).collect();
        let titles = titles.join(", ");
        for role in self.missing_roles() {
            let message = format!("No column holds {}. There are: {titles}.", name_of(&role));
            self.results.problems.push(Notice::new(NoticeCode::NoColumn, message));
        }
        let objectives = &self.schema.objectives;
        if !objectives.is_empty() && !self.has_results() {
            // A table of points is read, too.
            let names: Vec<String> = objectives.iter().map(|name| quote(name)).collect();
            let message = format!("No column holds {}. There are: {titles}.", names.join(" or "));
            self.results.notices.push(Notice::new(NoticeCode::NoColumn, message));
        }
        let rows = !self.table.rows.is_empty();
        if self.parameters.is_empty() && self.results.questions.is_empty() && rows {
            let message = format!("No column holds a parameter. There are: {titles}.");
            self.results.problems.push(Notice::new(NoticeCode::NoColumn, message));
        }
        if !rows {
            let message = if self.table.ragged.is_empty() {
                "The table has titles, but no rows: there is nothing to read."
            } else {
                "No row has as many cells as there are titles."
            };
            self.results.notices.retain(|notice| notice.code != NoticeCode::NoRows);
            self.results.problems.push(Notice::new(NoticeCode::NoRows, message));
        }
    }

    /// What the table must hold, and no column does nor is asked about.
    fn missing_roles(&self) -> Vec<Role> {
        let open = |role: &Role| {
            let value = role.value();
            let asked =
                self.results.questions.iter().any(|q| q.readings.iter().any(|r| r.value == value));
            !asked && !self.with.contains_key(role)
        };
        let needed = self.parameters.iter().filter(|parameter| !parameter.optional);
        needed.map(|parameter| Role::Parameter(parameter.name.clone())).filter(open).collect()
    }

    // --- after ---

    pub(crate) fn finish(mut self) -> Results {
        self.results.refused.sort_by_key(|row| row.line);
        self.tell_replicates();
        self.tell_outside();
        self.tell_partial();
        self.ask_about_rows();
        self.results
    }

    fn tell_replicates(&mut self) {
        if self.results.questions.iter().any(|question| question.code == QuestionCode::Role) {
            return;
        }
        let mut points: HashMap<String, Vec<usize>> = HashMap::new();
        for row in &self.results.rows {
            points.entry(row_key(&row.point, &[])).or_default().push(row.line);
        }
        let mut replicated: Vec<&Vec<usize>> =
            points.values().filter(|lines| lines.len() > 1).collect();
        replicated.sort_unstable();
        let Some(first) = replicated.first() else { return };
        let message = match replicated.len() {
            1 => format!(
                "The rows in {} have the same point: they are kept as replicates.",
                lines(first)
            ),
            several => format!(
                "{several} points have several rows each, the first in {}: they are kept as replicates.",
                lines(first)
            ),
        };
        self.results.notices.push(Notice::new(NoticeCode::Replicates, message));
    }

    fn tell_outside(&mut self) {
        let rows = self.results.rows.iter();
        let outside: Vec<usize> =
            rows.filter(|row| row.fit == Fit::Outside).map(|row| row.line).collect();
        if outside.is_empty() {
            return;
        }
        let lie = if outside.len() == 1 { "lies" } else { "lie" };
        let message = format!(
            "{} {lie} outside the space of the task ({}): results are kept and marked, models learn from them, they are \
             never the best.",
            count(outside.len(), "row"),
            lines(&outside)
        );
        self.results.notices.push(Notice::new(NoticeCode::OutsideRows, message));
    }

    fn tell_partial(&mut self) {
        let objectives = self.schema.objectives.len();
        let partial = |row: &&ResultRow| match &row.outcome {
            Outcome::Measured(values) => values.len() < objectives,
            Outcome::Planned | Outcome::Failed(_) => false,
        };
        let lacking: Vec<usize> =
            self.results.rows.iter().filter(partial).map(|row| row.line).collect();
        if lacking.is_empty() {
            return;
        }
        let was = if lacking.len() == 1 { "was" } else { "were" };
        let message = format!(
            "{} {was} not measured in every objective ({}): models learn from what there is.",
            count(lacking.len(), "row"),
            lines(&lacking)
        );
        self.results.notices.push(Notice::new(NoticeCode::PartialRows, message));
    }

    fn ask_about_rows(&mut self) {
        let open = std::mem::take(&mut self.open);
        let fact = |found: &[usize], what: &str| {
            let have = if found.len() == 1 { "has" } else { "have" };
            format!("{} {have} {what} ({}).", count(found.len(), "row"), lines(found))
        };
        let choices = || {
            vec![
                Reading::new("PLAN", "trials without a result, which are still to be run"),
                Reading::new("FAIL", "failed trials"),
                Reading::new("LEAVE_OUT", "nothing: leave these rows out"),
            ]
        };
        if !open.without_result.is_empty() {
            let fact = fact(&open.without_result, "no result");
            self.ask(
                QuestionCode::WithoutResult,
                &fact,
                "What is to be stored?",
                &open.without_result,
                choices(),
            );
        }
        if !open.not_finite.is_empty() {
            let fact = fact(&open.not_finite, "a result that is not a finite number");
            self.ask(
                QuestionCode::NotFinite,
                &fact,
                "What is to be stored?",
                &open.not_finite,
                choices(),
            );
        }
        if !open.repeated.is_empty() {
            let all = self.results.rows.len() + self.results.left_out.len();
            let are = if open.repeated.len() == 1 { "is" } else { "are" };
            let fact = format!(
                "{} of {} {are} in this task already ({}).",
                open.repeated.len(),
                count(all, "row"),
                lines(&open.repeated)
            );
            let readings = vec![
                Reading::new("LEAVE_OUT", "no: leave them out"),
                Reading::new("ADD", "yes: they were measured again, add them"),
            ];
            self.ask(
                QuestionCode::Repeated,
                &fact,
                "Are they replicates?",
                &open.repeated,
                readings,
            );
        }
        self.ask_about_bad_rows();
    }

    fn ask_about_bad_rows(&mut self) {
        let bad: Vec<usize> = self.results.refused.iter().map(|row| row.line).collect();
        if bad.is_empty() {
            return;
        }
        let results = &self.results;
        if results.rows.is_empty() && results.left_out.is_empty() && results.undecided.is_empty() {
            if results.questions.is_empty() && results.problems.is_empty() {
                let message = format!("No row can be used: {}.", lines(&bad));
                self.results.problems.push(Notice::new(NoticeCode::NoRows, message));
            }
            return;
        }
        let fact = format!("{} cannot be used: {}.", count(bad.len(), "row"), lines(&bad));
        let readings = vec![Reading::new("LEAVE_OUT", "yes: leave them out")];
        self.ask(QuestionCode::BadRows, &fact, "Are they to be left out?", &bad, readings);
    }

    /// Asks, unless it is answered; what was answered is told.
    fn ask(
        &mut self,
        code: QuestionCode,
        fact: &str,
        question: &str,
        about: &[usize],
        readings: Vec<Reading>,
    ) {
        let chosen = self.answers.of_table(code);
        if let Some(reading) =
            readings.iter().find(|reading| Some(reading.value.as_str()) == chosen)
        {
            let repeated = code == QuestionCode::Repeated;
            let notice =
                if repeated { NoticeCode::RepeatedRows } else { NoticeCode::WithoutResult };
            let told = format!("{fact} {question} Chosen: {}.", reading.label);
            self.results.notices.push(Notice::new(notice, told));
            return;
        }
        let message = format!("{fact} {question}");
        self.results.questions.push(Question {
            code,
            column: None,
            message,
            lines: sample(about),
            readings,
        });
    }
}

fn plain_number(column: &Column, row: &Row) -> Option<f64> {
    match column.number(&row.cells[column.index]) {
        NumberRead::Number { value, .. } => Some(value),
        NumberRead::Missing(_)
        | NumberRead::NoResult
        | NumberRead::LeaveOut
        | NumberRead::Asked
        | NumberRead::Bad(_) => None,
    }
}
