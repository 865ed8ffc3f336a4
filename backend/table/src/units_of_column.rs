//! What is written around the numbers of a column: units, limits, deviations.

use crate::{
    column::{Censored, ColumnKind, same_unit},
    look::Look,
    notice::{NoticeCode, QuestionCode, Reading, lines},
};

impl Look<'_, '_> {
    pub(crate) fn units(&mut self) {
        let tally = self.tally;
        let units: Vec<(&str, &Vec<usize>)> = tally
            .units
            .iter()
            .map(|(unit, lines)| (*unit, lines))
            .filter(|(u, _)| !u.is_empty())
            .collect();
        let Some((unit, with)) = units.iter().max_by_key(|(_, lines)| lines.len()).copied() else {
            return self.tell_unit_of_title();
        };
        let title = self.column.title.clone();
        let of_title = self.column.unit.clone().filter(|known| !same_unit(known, unit));
        let mut different: Vec<&str> =
            units.iter().map(|(unit, _)| *unit).filter(|u| !same_unit(u, unit)).collect();
        different.extend(of_title.as_deref());
        if !different.is_empty() {
            let message = format!(
                "“{title}” has several units: {unit} and {}. Numbers in different units are not converted.",
                different.join(", ")
            );
            let readings = vec![
                Reading::new(
                    "NUMBER",
                    format!("numbers in {unit}: rows in other units cannot be read"),
                ),
                Reading::new("TEXT", "texts: each different cell is a value of its own"),
            ];
            if self.ask(QuestionCode::ColumnKind, message, with, readings).as_deref()
                == Some("TEXT")
            {
                self.column.kind = ColumnKind::Text;
                return;
            }
        } else if tally.glued == tally.numbers
            && unit.chars().count() == 1
            && self.column.unit.is_none()
        {
            let example = self
                .raw
                .cells
                .iter()
                .find(|(line, _)| with.contains(line))
                .map_or("", |(_, text)| *text);
            let message = format!("Is “{example}” in “{title}” a number in {unit}, or a name?");
            let readings = vec![
                Reading::new("NUMBER", format!("a number in {unit}")),
                Reading::new("TEXT", "a name: each different cell is a value of its own"),
            ];
            if self.ask(QuestionCode::ColumnKind, message, with, readings).as_deref()
                == Some("TEXT")
            {
                self.column.kind = ColumnKind::Text;
                return;
            }
        }
        self.bare_numbers(unit, of_title.is_some() || self.column.unit.is_some());
        self.column.unit = Some(unit.to_owned());
        let first = with.first().and_then(|line| self.raw.cells.iter().find(|(at, _)| at == line));
        let example = first.map_or("", |(_, text)| *text);
        let meaning = if unit == "%" {
            format!(": “{example}” is read as {}", example.trim_end_matches(['%', ' ']))
        } else {
            String::new()
        };
        self.tell(NoticeCode::Unit, format!("“{title}” is in {unit}, as its cells say{meaning}."));
    }

    fn tell_unit_of_title(&mut self) {
        if let Some(unit) = self.column.unit.clone() {
            let title = self.column.title.clone();
            self.tell(NoticeCode::Unit, format!("“{title}” is in {unit}."));
        }
    }

    /// Some cells have the unit, others none.
    fn bare_numbers(&mut self, unit: &str, known: bool) {
        let Some(bare) = self.tally.units.get("") else { return };
        let title = self.column.title.clone();
        let whole_column = "as the title says";
        if known && unit != "%" {
            let message =
                format!("Numbers of “{title}” without a unit are in {unit}, {whole_column}.");
            return self.tell(NoticeCode::Unit, message);
        }
        let message = format!(
            "Some cells of “{title}” have the unit {unit}, {} none. What are these?",
            lines(bare)
        );
        let mut readings = vec![Reading::new("SAME_UNIT", format!("numbers in {unit}, too"))];
        if unit == "%" {
            readings.push(Reading::new("FRACTION", "fractions of one: 0.1 is 10 %"));
        }
        let chosen = self.ask(QuestionCode::BareNumbers, message, bare, readings);
        self.column.rules.bare_are_fractions = chosen.as_deref() == Some("FRACTION");
    }

    pub(crate) fn bounds(&mut self) {
        let bounds = &self.tally.bounds;
        let Some(example) = self.tally.bound_example else { return };
        let title = &self.column.title;
        let message = format!(
            "“{title}” has limits such as “{example}” in {}. What are they read as?",
            lines(bounds)
        );
        let readings = vec![
            Reading::new("LIMIT", "the limit itself"),
            Reading::new("HALF", "half the limit, as is usual below a limit of detection"),
            Reading::new("NO_RESULT", "no result"),
            Reading::new("LEAVE_OUT", "leave these rows out"),
        ];
        let chosen = self.ask(QuestionCode::Censored, message, bounds, readings);
        self.column.rules.censored = match chosen.as_deref() {
            Some("LIMIT") => Censored::Limit,
            Some("HALF") => Censored::Half,
            Some("NO_RESULT") => Censored::NoResult,
            Some("LEAVE_OUT") => Censored::LeaveOut,
            _ => Censored::Asked,
        };
    }

    pub(crate) fn deviations(&mut self) {
        let deviations = &self.tally.deviations;
        if deviations.is_empty() {
            return;
        }
        let title = &self.column.title;
        let message =
            format!("“{title}” has numbers with ± in {}. What follows the ±?", lines(deviations));
        let readings = vec![
            Reading::new("STANDARD_DEVIATION", "the standard deviation of the value"),
            Reading::new("IGNORE", "something else: only the value is read"),
        ];
        self.ask(QuestionCode::Deviation, message, deviations, readings);
    }
}
