//! The decimal sign of a whole table.

use crate::{
    cell::{Cell, cell, is_date},
    delimiter::Delimiter,
    notice::{Answers, Notice, NoticeCode, Question, QuestionCode, Reading, sample},
    number::DecimalSign,
};

/// What is decided about the decimal sign.
pub(crate) struct Decision {
    /// `None` while it is asked.
    pub(crate) sign: Option<DecimalSign>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) question: Option<Question>,
}

/// A cell that tells something, with its line.
type Example<'t> = (usize, &'t str);

#[derive(Default)]
struct Evidence<'t> {
    point: Vec<Example<'t>>,
    comma: Vec<Example<'t>>,
    ambiguous: Vec<Example<'t>>,
    /// Numbers with thousands separators, under each sign.
    grouped: Vec<Example<'t>>,
}

/// Decides by all cells of all columns, each column as its cells with their lines.
pub(crate) fn decide(
    columns: &[Vec<Example<'_>>],
    delimiter: Delimiter,
    answers: &Answers,
) -> Decision {
    let mut evidence = Evidence::default();
    for column in columns {
        evidence.look_at(column);
    }
    let chosen = answers.of_table(QuestionCode::DecimalSign).and_then(DecimalSign::from_value);
    if let Some(sign) = chosen {
        return evidence.told(sign, "as chosen");
    }
    let (point, comma) = (evidence.point.first(), evidence.comma.first());
    match point.xor(comma) {
        Some(example) if point.is_some() => evidence.told(DecimalSign::Point, &because(example)),
        Some(example) => evidence.told(DecimalSign::Comma, &because(example)),
        None if point.is_none() && evidence.ambiguous.is_empty() => {
            evidence.told(DecimalSign::Point, "")
        }
        // Where commas separate columns, a point that is everywhere the only sign is decimal.
        None if point.is_none() && delimiter == Delimiter::Comma && evidence.only_points() => {
            evidence.told(DecimalSign::Point, "because commas separate the columns")
        }
        None => evidence.ask(),
    }
}

fn because((line, text): &Example<'_>) -> String {
    format!("as in “{text}” in line {line}")
}

impl<'t> Evidence<'t> {
    /// Columns of texts tell nothing: versions such as 1.2 are no numbers.
    fn look_at(&mut self, column: &[Example<'t>]) {
        let cells: Vec<(Example<'t>, Cell<'t>)> =
            column.iter().map(|example| (*example, cell(example.1))).collect();
        let texts = cells.iter().filter(|(_, cell)| matches!(cell, Cell::Text(_))).count();
        let numbers = cells.iter().filter(|(_, cell)| matches!(cell, Cell::Quantity(_))).count();
        if texts > numbers {
            return;
        }
        for (example, cell) in cells {
            let Cell::Quantity(quantity) = cell else { continue };
            if is_date(example.1) {
                continue;
            }
            let number = &quantity.number;
            match number.evidence() {
                Some(DecimalSign::Point) => self.point.push(example),
                Some(DecimalSign::Comma) => self.comma.push(example),
                None if number.is_ambiguous() => self.ambiguous.push(example),
                None => {}
            }
            if [number.point, number.comma].iter().flatten().any(|number| number.grouped) {
                self.grouped.push(example);
            }
        }
    }

    fn only_points(&self) -> bool {
        self.ambiguous.iter().all(|(_, text)| text.contains('.'))
    }

    fn told(&self, sign: DecimalSign, why: &str) -> Decision {
        let mut notices = Vec::new();
        let is_evident = self.comma.is_empty() && self.ambiguous.is_empty();
        if sign == DecimalSign::Comma || !is_evident {
            let name = match sign {
                DecimalSign::Point => "point",
                DecimalSign::Comma => "comma",
            };
            notices.push(Notice::new(
                NoticeCode::DecimalSign,
                format!("Numbers have a decimal {name}, {why}."),
            ));
        }
        let grouped = self.grouped.iter().find_map(|(line, text)| match cell(text) {
            Cell::Quantity(quantity) => {
                quantity.under(sign).filter(|n| n.grouped).map(|n| (*line, *text, n.value))
            }
            Cell::Missing(_) | Cell::Text(_) => None,
        });
        if let Some((line, text, value)) = grouped {
            let message = format!(
                "Thousands separators are removed: “{text}” in line {line} is read as {value}."
            );
            notices.push(Notice::new(NoticeCode::Thousands, message).at_line(line));
        }
        Decision { sign: Some(sign), notices, question: None }
    }

    fn ask(&self) -> Decision {
        let contrary = !self.point.is_empty() && !self.comma.is_empty();
        let (line, text) =
            self.ambiguous.first().or(self.comma.first()).copied().unwrap_or((1, ""));
        let message = if contrary {
            let (point, comma) = (self.point[0], self.comma[0]);
            format!(
                "Some numbers have a decimal point (“{}” in line {}), others a decimal comma (“{}” in line {}). \
                 Which sign is decimal?",
                point.1, point.0, comma.1, comma.0
            )
        } else {
            format!(
                "Is “{text}” in line {line} a number with decimals, or are its thousands separated?"
            )
        };
        let readings = [DecimalSign::Point, DecimalSign::Comma];
        let lines: Vec<usize> =
            self.ambiguous.iter().chain(&self.comma).map(|(line, _)| *line).collect();
        let question = Question {
            code: QuestionCode::DecimalSign,
            column: None,
            message,
            lines: sample(&lines),
            readings: readings.map(|sign| Reading::new(sign.value(), reading(sign, text))).to_vec(),
        };
        Decision { sign: None, notices: Vec::new(), question: Some(question) }
    }
}

/// What a sign makes of an example.
fn reading(sign: DecimalSign, text: &str) -> String {
    let name = match sign {
        DecimalSign::Point => "decimal point",
        DecimalSign::Comma => "decimal comma",
    };
    let value = match cell(text) {
        Cell::Quantity(quantity) => quantity.under(sign),
        Cell::Missing(_) | Cell::Text(_) => None,
    };
    match value {
        Some(number) => format!("{name}: “{text}” is {}", number.value),
        None => format!("{name}: “{text}” is not a number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(cells: &[&str], delimiter: Delimiter) -> Option<DecimalSign> {
        let column = cells.iter().enumerate().map(|(i, text)| (i + 2, *text)).collect();
        decide(&[column], delimiter, &Answers::default()).sign
    }

    #[test]
    fn one_cell_may_decide_for_all() {
        let (point, comma) = (Some(DecimalSign::Point), Some(DecimalSign::Comma));
        assert_eq!(decided(&["1.200", "0.5"], Delimiter::Semicolon), point);
        assert_eq!(decided(&["1.200", "0,5"], Delimiter::Semicolon), comma);
        assert_eq!(decided(&["1.200", "1.234.567"], Delimiter::Semicolon), comma);
        assert_eq!(decided(&["1.200", "900"], Delimiter::Comma), point);
        assert_eq!(decided(&["12", "v1,5", "x"], Delimiter::Tab), point);
    }

    #[test]
    fn what_is_ambiguous_or_contrary_is_asked() {
        assert_eq!(decided(&["1.200", "900"], Delimiter::Semicolon), None);
        assert_eq!(decided(&["1.200", "900"], Delimiter::Tab), None);
        assert_eq!(decided(&["1,200", "900"], Delimiter::Comma), None);
        assert_eq!(decided(&["0.5", "0,5"], Delimiter::Tab), None);
    }
}
