//! Looks at all cells of a column, and finds out what it holds.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    bookkeeping,
    cell::{Bound, Cell, Mark, boolean, cell, is_date, is_mark_among_texts},
    column::{Column, ColumnKind, LeaveOut, Rules},
    domain::domain,
    notice::{
        Answers, Notice, NoticeCode, Question, QuestionCode, Reading, count, lines, quote, sample,
    },
    number::DecimalSign,
    unit::{is_unit, of_title},
    value::Value,
};

/// What the cells of a column are, counted.
#[derive(Default)]
pub(crate) struct Tally<'t> {
    pub(crate) filled: usize,
    pub(crate) marks: usize,
    pub(crate) pending: usize,
    pub(crate) marks_among_texts: usize,
    pub(crate) numbers: usize,
    /// Numbers under the other decimal sign.
    pub(crate) misread: usize,
    /// Numbers in the file's reading that are whole.
    pub(crate) whole: usize,
    pub(crate) booleans: usize,
    pub(crate) dates: usize,
    pub(crate) leading_zeros: usize,
    pub(crate) glued: usize,
    pub(crate) texts: Vec<usize>,
    pub(crate) text_example: Option<&'t str>,
    pub(crate) units: BTreeMap<&'t str, Vec<usize>>,
    pub(crate) bounds: Vec<usize>,
    pub(crate) bound_example: Option<&'t str>,
    pub(crate) deviations: Vec<usize>,
}

impl<'t> Tally<'t> {
    fn add(&mut self, line: usize, text: &'t str, sign: DecimalSign) {
        match cell(text) {
            Cell::Missing(mark) => {
                self.pending += usize::from(mark == Mark::Pending);
                self.marks += 1;
                self.marks_among_texts += usize::from(is_mark_among_texts(text, mark));
            }
            Cell::Quantity(quantity) => {
                self.filled += 1;
                let Some(number) = quantity.under(sign) else {
                    self.misread += 1;
                    return self.text(line, text);
                };
                self.numbers += 1;
                self.whole += usize::from(number.integer);
                self.leading_zeros +=
                    usize::from(quantity.number.leading_zero && quantity.is_bare());
                self.units.entry(quantity.unit).or_default().push(line);
                self.glued += usize::from(!quantity.unit.is_empty() && !quantity.spaced);
                if matches!(quantity.bound, Some(Bound::Below | Bound::Above)) {
                    self.bounds.push(line);
                    self.bound_example.get_or_insert(text);
                }
                if quantity.deviation.is_some() {
                    self.deviations.push(line);
                }
            }
            Cell::Text(text) => {
                self.filled += 1;
                self.booleans += usize::from(boolean(text).is_some());
                self.dates += usize::from(is_date(text));
                self.text(line, text);
            }
        }
    }

    fn text(&mut self, line: usize, text: &'t str) {
        self.texts.push(line);
        self.text_example.get_or_insert(text);
    }
}

/// A column and its cells, before it is known what they are.
pub(crate) struct Raw<'t> {
    pub(crate) index: usize,
    pub(crate) title: &'t str,
    /// Unit of a line below the titles; blank if there is none.
    pub(crate) unit: &'t str,
    /// Cells with their lines.
    pub(crate) cells: Vec<(usize, &'t str)>,
}

/// What is found about a column.
pub(crate) struct Found {
    pub(crate) column: Column,
    pub(crate) notices: Vec<Notice>,
    pub(crate) questions: Vec<Question>,
}

pub(crate) fn look_at(raw: &Raw<'_>, decimal: Option<DecimalSign>, answers: &Answers) -> Found {
    let sign = decimal.unwrap_or(DecimalSign::Point);
    let mut tally = Tally::default();
    for (line, text) in &raw.cells {
        tally.add(*line, text, sign);
    }
    let mut look = Look::new(raw, &tally, answers);
    look.column.rules.decimal = decimal;
    let kind = look.kind();
    look.column.kind = kind;
    if look.column.is_numeric() {
        look.units();
        look.bounds();
        look.deviations();
    } else {
        look.tell_text();
    }
    look.values(decimal.is_none());
    Found { column: look.column, notices: look.notices, questions: look.questions }
}

pub(crate) struct Look<'l, 't> {
    pub(crate) raw: &'l Raw<'t>,
    pub(crate) tally: &'l Tally<'t>,
    pub(crate) answers: &'l Answers,
    pub(crate) column: Column,
    pub(crate) notices: Vec<Notice>,
    pub(crate) questions: Vec<Question>,
}

impl<'l, 't> Look<'l, 't> {
    fn new(raw: &'l Raw<'t>, tally: &'l Tally<'t>, answers: &'l Answers) -> Self {
        let titled = !raw.title.is_empty();
        let title = if titled { raw.title.to_owned() } else { format!("Column {}", raw.index + 1) };
        let (name, unit) = match of_title(&title) {
            Some((name, unit)) => (name, Some(unit)),
            None => (title.clone(), None),
        };
        let unit = unit.or_else(|| (!raw.unit.is_empty()).then(|| raw.unit.to_owned()));
        let column = Column {
            index: raw.index,
            title,
            name,
            unit: unit.filter(|unit| !matches!(unit.as_str(), "-" | "–" | "1")),
            kind: ColumnKind::Empty,
            missing: 0,
            distinct: 0,
            domain: None,
            leave_out: None,
            titled,
            rules: Rules::default(),
        };
        Self { raw, tally, answers, column, notices: Vec::new(), questions: Vec::new() }
    }

    pub(crate) fn tell(&mut self, code: NoticeCode, message: impl Into<String>) {
        self.notices.push(Notice::new(code, message).in_column(self.raw.index));
    }

    /// The reading that is chosen, or `None` after the question was added.
    pub(crate) fn ask(
        &mut self,
        code: QuestionCode,
        message: String,
        lines: &[usize],
        readings: Vec<Reading>,
    ) -> Option<String> {
        if let Some(chosen) = self.answers.of_column(code, self.raw.index)
            && readings.iter().any(|reading| reading.value == chosen)
        {
            return Some(chosen.to_owned());
        }
        let column = Some(self.raw.index);
        self.questions.push(Question { code, column, message, lines: sample(lines), readings });
        None
    }

    fn kind(&mut self) -> ColumnKind {
        let tally = self.tally;
        let number =
            if tally.whole == tally.numbers { ColumnKind::Integer } else { ColumnKind::Number };
        match self.answers.of_column(QuestionCode::ColumnKind, self.raw.index) {
            Some("TEXT") => return ColumnKind::Text,
            Some("NUMBER") => return number,
            _ => {}
        }
        if tally.filled == 0 {
            return ColumnKind::Empty;
        }
        if tally.booleans == tally.filled {
            return ColumnKind::Boolean;
        }
        if tally.dates == tally.filled {
            return ColumnKind::Date;
        }
        if tally.leading_zeros > 0 && tally.bounds.is_empty() {
            return ColumnKind::Id;
        }
        if tally.texts.is_empty() {
            return if self.units_allow_numbers() { number } else { ColumnKind::Text };
        }
        if tally.numbers >= 4 && tally.numbers >= tally.texts.len() * 4 {
            self.ask_kind(number)
        } else {
            ColumnKind::Text
        }
    }

    /// Almost all cells are numbers: the others may be mistakes, or all may be texts.
    fn ask_kind(&mut self, number: ColumnKind) -> ColumnKind {
        let (title, texts) = (&self.column.title, &self.tally.texts);
        let example = quote(self.tally.text_example.unwrap_or_default());
        let message = format!(
            "“{title}” holds numbers, but {example} in {} is not one. Are these texts or numbers?",
            lines(texts)
        );
        let readings = vec![
            Reading::new(
                "NUMBER",
                format!("numbers: {} cannot be read", count(texts.len(), "row")),
            ),
            Reading::new("TEXT", "texts: each different cell is a value of its own"),
        ];
        match self.ask(QuestionCode::ColumnKind, message, texts, readings).as_deref() {
            Some("TEXT") => ColumnKind::Text,
            _ => number,
        }
    }

    /// Words after numbers are units only if they are known, or all the same.
    fn units_allow_numbers(&self) -> bool {
        let units: Vec<&&str> = self.tally.units.keys().filter(|unit| !unit.is_empty()).collect();
        let unknown = units.iter().any(|unit| !is_unit(unit));
        !unknown || units.len() == 1 && !self.tally.units.contains_key("")
    }

    // --- texts ---

    fn tell_text(&mut self) {
        let title = self.column.title.clone();
        match self.column.kind {
            ColumnKind::Text if self.tally.numbers + self.tally.misread > 0 => {
                let (example, at) = match (self.tally.text_example, self.tally.texts.first()) {
                    (Some(example), Some(line)) => (example, format!(" in line {line}")),
                    _ => ("", String::new()),
                };
                let because = if example.is_empty() {
                    String::new()
                } else {
                    format!(": {}{at} is not a number", quote(example))
                };
                let message = format!(
                    "“{title}” is read as texts{because}. “1” and “1.0” are then different."
                );
                self.tell(NoticeCode::ColumnKind, message);
            }
            ColumnKind::Id => {
                let message =
                    format!("“{title}” is read as texts, because it has ids with leading zeros.");
                self.tell(NoticeCode::ColumnKind, message);
            }
            ColumnKind::Date => {
                self.tell(
                    NoticeCode::ColumnKind,
                    format!("“{title}” holds dates or times, kept as texts."),
                );
            }
            ColumnKind::Boolean => {
                self.tell(NoticeCode::ColumnKind, format!("“{title}” holds true and false."));
            }
            ColumnKind::Number
            | ColumnKind::Integer
            | ColumnKind::RunNumber
            | ColumnKind::Text
            | ColumnKind::Empty => {}
        }
    }

    // --- all values ---

    fn values(&mut self, undecided: bool) {
        let mut distinct: HashMap<String, Value> = HashMap::new();
        let (mut missing, mut marks): (Vec<usize>, HashSet<&str>) = (Vec::new(), HashSet::new());
        let mut skipped = 0;
        for (line, text) in &self.raw.cells {
            match self.column.value(text) {
                Ok(Some(value)) => {
                    distinct.entry(value.key()).or_insert(value);
                }
                Ok(None) => {
                    missing.push(*line);
                    marks.insert(if text.is_empty() { "blank" } else { text });
                }
                Err(_) => skipped += 1,
            }
        }
        self.column.missing = missing.len();
        self.column.distinct = distinct.len();
        self.tell_missing(&missing, &marks);
        let counts = self.counts_rows();
        if counts {
            self.column.kind = ColumnKind::RunNumber;
        }
        let values: Vec<Value> = distinct.into_values().collect();
        let unread = undecided && self.column.is_numeric() && self.has_ambiguous();
        self.column.domain = if unread { None } else { domain(self.column.kind, values) };
        self.column.leave_out = self.leave_out(skipped);
    }

    fn has_ambiguous(&self) -> bool {
        self.raw.cells.iter().any(|(_, text)| match cell(text) {
            Cell::Quantity(quantity) => quantity.number.is_ambiguous(),
            Cell::Missing(_) | Cell::Text(_) => false,
        })
    }

    fn tell_missing(&mut self, missing: &[usize], marks: &HashSet<&str>) {
        if missing.is_empty()
            || self.column.kind == ColumnKind::Empty && marks.len() < 2 && marks.contains("blank")
        {
            return;
        }
        let mut marks: Vec<String> = marks
            .iter()
            .map(|mark| if *mark == "blank" { "blank".to_owned() } else { format!("“{mark}”") })
            .collect();
        marks.sort_unstable();
        marks.truncate(5);
        let title = &self.column.title;
        let message =
            format!("“{title}” has no value in {} ({}).", lines(missing), marks.join(", "));
        self.tell(NoticeCode::MissingCells, message);
    }

    /// Whole numbers that rise by one from 0 or 1; or that all differ, below a title such as `run`.
    fn counts_rows(&self) -> bool {
        if self.column.kind != ColumnKind::Integer
            || self.tally.marks > 0
            || self.raw.cells.len() < 2
        {
            return false;
        }
        let numbers: Vec<i64> = self
            .raw
            .cells
            .iter()
            .filter_map(|(_, text)| match self.column.value(text) {
                Ok(Some(Value::Integer(number))) => Some(number),
                Ok(_) | Err(_) => None,
            })
            .collect();
        let by_one = numbers.windows(2).all(|pair| pair[1] - pair[0] == 1);
        let differ = self.column.distinct == numbers.len();
        let named = bookkeeping::numbers_runs(&self.column.name);
        let begins = matches!(numbers.first(), Some(0 | 1));
        let first_of_many = self.raw.index == 0 && numbers.len() >= 8;
        (by_one && begins && (named || !self.column.titled || first_of_many)) || differ && named
    }

    fn leave_out(&self, skipped: usize) -> Option<LeaveOut> {
        let rows = self.raw.cells.len();
        match self.column.kind {
            ColumnKind::Empty => return Some(LeaveOut::Empty),
            ColumnKind::Date => return Some(LeaveOut::Date),
            ColumnKind::RunNumber => return Some(LeaveOut::RunNumber),
            ColumnKind::Id => return Some(LeaveOut::Id),
            ColumnKind::Number | ColumnKind::Integer | ColumnKind::Boolean | ColumnKind::Text => {}
        }
        if self.tally.pending > 0 {
            return Some(LeaveOut::Pending);
        }
        if !self.column.titled {
            return Some(LeaveOut::Unnamed);
        }
        let name = &self.column.name;
        let noted = if self.column.is_numeric() {
            bookkeeping::orders_queue(name)
        } else {
            bookkeeping::notes(name)
                || bookkeeping::numbers_runs(name) && self.column.distinct == rows
        };
        if noted {
            return Some(LeaveOut::Bookkeeping);
        }
        (self.column.distinct == 1 && rows > 1 && skipped == 0).then_some(LeaveOut::Constant)
    }
}
