//! What separates the columns.

use std::collections::HashMap;

use crate::{
    notice::{Answers, Notice, NoticeCode, Question, QuestionCode, Reading},
    number::scan,
    split::{Record, split_sample},
};

/// What separates the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// `|`
    Pipe,
}

impl Delimiter {
    const ALL: [Self; 4] = [Self::Tab, Self::Semicolon, Self::Comma, Self::Pipe];

    /// Value of the answer to [`QuestionCode::Delimiter`].
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Comma => "COMMA",
            Self::Semicolon => "SEMICOLON",
            Self::Tab => "TAB",
            Self::Pipe => "PIPE",
        }
    }

    pub(crate) const fn character(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Pipe => '|',
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
            Self::Pipe => "vertical bars",
        }
    }

    fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delimiter| delimiter.value() == value)
    }
}

/// The delimiter of a text, and where its records begin.
pub(crate) struct Choice<'t> {
    pub(crate) delimiter: Delimiter,
    /// Text after the `sep=` line.
    pub(crate) text: &'t str,
    /// Line on which that begins.
    pub(crate) first_line: usize,
    pub(crate) notices: Vec<Notice>,
    pub(crate) question: Option<Question>,
}

pub(crate) fn choose<'t>(text: &'t str, answers: &Answers) -> Choice<'t> {
    let mut notices = Vec::new();
    let (named, text, first_line) = match sep_line(text) {
        Some((delimiter, rest)) => {
            let noun = delimiter.noun();
            let message = format!("Line 1 says that the columns are separated by {noun}.");
            notices.push(Notice::new(NoticeCode::Delimiter, message).at_line(1));
            (Some(delimiter), rest, 2)
        }
        None => (None, text, 1),
    };
    let chosen = answers.of_table(QuestionCode::Delimiter).and_then(Delimiter::from_value);
    if let Some(delimiter) = chosen.or(named) {
        return Choice { delimiter, text, first_line, notices, question: None };
    }
    let mut scores: Vec<(f64, Delimiter)> =
        Delimiter::ALL.into_iter().map(|delimiter| (score(text, delimiter), delimiter)).collect();
    // Stable: of equals the one that is less often part of a text comes first.
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (best, delimiter) = scores[0];
    let question = (best > 0.0 && scores[1].0 >= best).then(|| ask(&scores, best));
    let delimiter = if best > 0.0 { delimiter } else { Delimiter::Comma };
    if best > 0.0 && delimiter != Delimiter::Comma && question.is_none() {
        let message = format!("The columns are separated by {}.", delimiter.noun());
        notices.push(Notice::new(NoticeCode::Delimiter, message));
    }
    Choice { delimiter, text, first_line, notices, question }
}

fn ask(scores: &[(f64, Delimiter)], best: f64) -> Question {
    let equal = scores.iter().filter(|(score, _)| *score >= best);
    Question {
        code: QuestionCode::Delimiter,
        column: None,
        message: "Several characters may separate the columns. Which one does?".to_owned(),
        lines: Vec::new(),
        readings: equal
            .map(|(_, one)| {
                Reading::new(one.value(), format!("columns separated by {}", one.noun()))
            })
            .collect(),
    }
}

/// The delimiter that a first line such as `sep=;` names, and the text after it.
fn sep_line(text: &str) -> Option<(Delimiter, &str)> {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    let line = line.trim_matches(|c: char| c == '"' || c == ' ');
    let (key, value) = line.split_once('=')?;
    if !key.trim().eq_ignore_ascii_case("sep") {
        return None;
    }
    let value = value.trim_matches(' ').chars().next()?;
    let found = Delimiter::ALL.into_iter().find(|delimiter| delimiter.character() == value)?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n']));
    Some((found, rest.unwrap_or("")))
}

/// How well a delimiter explains the first records: the part of them that have the same number of cells, and the part of
/// their cells in which no other delimiter is left, except in numbers. Zero if it separates nothing.
fn score(text: &str, delimiter: Delimiter) -> f64 {
    let records = split_sample(text, delimiter.character());
    let records: Vec<&Record> = records.iter().filter(|r| !r.is_blank() && !r.hash).collect();
    let mut widths: HashMap<usize, usize> = HashMap::new();
    for record in &records {
        *widths.entry(record.cells.len()).or_default() += 1;
    }
    let Some((width, alike)) = widths.into_iter().max_by_key(|(width, number)| (*number, *width))
    else {
        return 0.0;
    };
    if width < 2 {
        return 0.0;
    }
    // Titles may have commas before their units.
    let titles = usize::from(records.len() > 1);
    let cells =
        records.iter().skip(titles).filter(|r| r.cells.len() == width).flat_map(|r| &r.cells);
    let (mut all, mut clean) = (0, 0);
    for cell in cells.filter(|cell| !cell.is_empty()) {
        all += 1;
        clean += usize::from(is_clean(cell));
    }
    ratio(alike, records.len()) * 0.5 * (1.0 + ratio(clean, all))
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds of records")]
fn ratio(part: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

fn is_clean(cell: &str) -> bool {
    let other = Delimiter::ALL.into_iter().any(|one| cell.contains(one.character()));
    !other || scan(cell).is_some_and(|number| number.rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str) -> (Delimiter, bool) {
        let choice = choose(text, &Answers::default());
        (choice.delimiter, choice.question.is_some())
    }

    #[test]
    fn the_delimiter_explains_most_records() {
        for (text, right) in [
            ("temp,conc\n60,0.1\n80,0.2\n", Delimiter::Comma),
            ("temp;conc\n60;0,1\n80;0,2\n", Delimiter::Semicolon),
            ("temp, °C;conc, M\n60,5;0,1\n80,5;0,2\n", Delimiter::Semicolon),
            ("a\tb\n0,5\t1,5\n0,7\tx, y\n", Delimiter::Tab),
            ("a|b|c\n1|2|3\n", Delimiter::Pipe),
            ("Title of the table\n\na,b,c\n1,2,\"x; y\"\n3,4,z\n", Delimiter::Comma),
            ("only\n1\n2\n", Delimiter::Comma),
        ] {
            assert_eq!(chosen(text), (right, false), "{text}");
        }
    }

    #[test]
    fn a_first_line_may_name_it() {
        let choice = choose("sep=;\r\na;b\r\n", &Answers::default());
        assert_eq!(
            (choice.delimiter, choice.text, choice.first_line),
            (Delimiter::Semicolon, "a;b\r\n", 2)
        );
        assert_eq!(choose("\"sep=|\"\na|b\n", &Answers::default()).delimiter, Delimiter::Pipe);
    }

    #[test]
    fn equals_are_asked() {
        assert!(chosen("a;b|c;d\nx;y|z;w\n").1 || chosen("a;b|c\nx;y|z\n").1);
    }
}
