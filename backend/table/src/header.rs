//! Which lines are titles, units, comments and data.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::{
    cell::{Cell, Mark, cell, is_date},
    notice::{Answers, Notice, NoticeCode, Question, QuestionCode, Reading, lines},
    split::Record,
    unit::is_unit,
};

/// Reading of [`QuestionCode::HeaderLine`]: no line has titles.
pub(crate) const NO_TITLES: &str = "NONE";

/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;

/// The most lines below the data.
const FOOTER: usize = 20;

/// How far down titles are looked for.
const LOOKED_AT: usize = 50;

/// The records of a table by what they are.
pub(crate) struct Layout {
    /// Line of the titles. `None` if there are none.
    pub(crate) header_line: Option<usize>,
    /// Titles as written, NFC, in one line.
    pub(crate) titles: Vec<String>,
    /// Units of a line below the titles; blank where there is none.
    pub(crate) units: Vec<String>,
    /// Records with data.
    pub(crate) body: Vec<Record>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) question: Option<Question>,
}

pub(crate) fn lay_out(records: Vec<Record>, answers: &Answers) -> Layout {
    let width = usual_width(&records);
    let mut notices = Vec::new();
    let chosen = answers.of_table(QuestionCode::HeaderLine).and_then(|line| line.parse().ok());
    let (records, comments) = without_comments(records, width, chosen);
    if !comments.is_empty() {
        let lines_: Vec<usize> = comments.iter().map(|record| record.line).collect();
        notices.push(skipped(&format!("Comments are left out: {}.", lines(&lines_)), &lines_));
    }
    let records = without_blanks(records, &mut notices);
    let (header, question) = find_header(&records, width, &comments, answers);
    let mut records = records.into_iter();
    let above: Vec<Record> = records.by_ref().take(header.unwrap_or(0)).collect();
    tell_above(&above, &mut notices);
    let titles_of = header.and_then(|_| records.next());
    let mut body: Vec<Record> = records.collect();
    let width = titles_of.as_ref().map_or(width, |record| record.cells.len());
    let header_line = titles_of.as_ref().map(|record| record.line);
    let mut titles: Vec<String> = titles_of
        .map_or_else(|| vec![String::new(); width], |r| r.cells.iter().map(|t| title(t)).collect());
    let mut units = vec![String::new(); titles.len()];
    if let Some(line) = header_line {
        if line > 1 {
            let message = format!("The titles are in line {line}.");
            notices.push(Notice::new(NoticeCode::HeaderLine, message).at_line(line));
        }
        take_lines_below(&mut body, &mut titles, &mut units, &mut notices);
    }
    take_footer(&mut body, &mut notices);
    Layout { header_line, titles, units, body, notices, question }
}

/// The number of cells that most records have; of equals the larger one.
fn usual_width(records: &[Record]) -> usize {
    let mut widths: HashMap<usize, usize> = HashMap::new();
    for record in records.iter().filter(|record| !record.is_blank() && !record.hash) {
        *widths.entry(record.cells.len()).or_default() += 1;
    }
    let most = widths.into_iter().max_by_key(|(width, number)| (*number, *width));
    most.map_or_else(|| records.first().map_or(0, |r| r.cells.len()), |(width, _)| width)
}

fn skipped(message: &str, lines: &[usize]) -> Notice {
    let notice = Notice::new(NoticeCode::SkippedLines, message);
    match lines {
        [line] => notice.at_line(*line),
        _ => notice,
    }
}

/// Takes out the lines that begin with `#`, unless they look like data (`#1,60,45`, or a column with the title `#`) or are
/// chosen as the titles.
fn without_comments(
    records: Vec<Record>,
    width: usize,
    chosen: Option<usize>,
) -> (Vec<Record>, Vec<Record>) {
    let is_comment = |record: &Record| {
        let first = record.cells.first().map_or("", String::as_str).trim_start_matches('#');
        let as_data = first.is_empty() || first.bytes().all(|b| b.is_ascii_digit());
        record.hash && !(as_data && width > 1 && record.cells.len() == width)
    };
    let (mut kept, mut comments) = (Vec::new(), Vec::new());
    for mut record in records {
        if !is_comment(&record) {
            kept.push(record);
        } else if chosen == Some(record.line) {
            let bare = record.cells[0].trim_start_matches('#').trim_start().to_owned();
            record.cells[0] = bare;
            kept.push(record);
        } else {
            comments.push(record);
        }
    }
    (kept, comments)
}

fn without_blanks(records: Vec<Record>, notices: &mut Vec<Notice>) -> Vec<Record> {
    let last = records.iter().rposition(|record| !record.is_blank());
    let tail = last.map_or(0, |last| last + 1);
    let told = |(at, record): &(usize, &Record)| {
        record.is_blank() && (*at < tail || record.cells.len() > 1)
    };
    let blank: Vec<usize> =
        records.iter().enumerate().filter(told).map(|(_, record)| record.line).collect();
    if !blank.is_empty() {
        notices.push(skipped(&format!("Blank rows are left out: {}.", lines(&blank)), &blank));
    }
    records.into_iter().filter(|record| !record.is_blank()).collect()
}

/// Text in one line, in NFC.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

/// Title in one line, cut where it is longer than any name.
fn title(text: &str) -> String {
    one_line(text).chars().take(LONGEST_TITLE).collect()
}

// --- the titles --------------------------------------------------------------------------------------------------------

/// Index of the record with the titles, and the question if that is not certain.
fn find_header(
    records: &[Record],
    width: usize,
    comments: &[Record],
    answers: &Answers,
) -> (Option<usize>, Option<Question>) {
    match answers.of_table(QuestionCode::HeaderLine) {
        Some(NO_TITLES) => return (None, None),
        Some(line) => {
            let at = records.iter().position(|record| line.parse() == Ok(record.line));
            if at.is_some() {
                return (at, None);
            }
        }
        None => {}
    }
    if records.is_empty() {
        return (None, None);
    }
    let head = &records[..records.len().min(LOOKED_AT)];
    let data = head.iter().position(|record| looks_like_data(record, width));
    let above = &head[..data.unwrap_or(head.len())];
    let most = above.iter().map(distinct_texts).max().unwrap_or(0);
    let best = above.iter().position(|record| distinct_texts(record) == most);
    match best {
        Some(at) if above[at].filled().count() * 2 >= width => (Some(at), None),
        _ => titles_with_numbers(head, data.unwrap_or(0), comments),
    }
}

/// The first row holds numbers. It has titles if there are texts above numbers; else this is asked.
fn titles_with_numbers(
    head: &[Record],
    first: usize,
    comments: &[Record],
) -> (Option<usize>, Option<Question>) {
    let record = &head[first];
    let is_number = |text: &str| matches!(cell(text), Cell::Quantity(_));
    let text_above_number = record.filled().any(|(i, text)| {
        let below = head[first + 1..].iter().take(3).filter_map(|r| r.cells.get(i));
        let mut below = below.filter(|cell| !cell.is_empty()).peekable();
        matches!(cell(text), Cell::Text(_)) && below.peek().is_some() && below.all(|c| is_number(c))
    });
    let numbers = record.filled().filter(|(_, text)| is_number(text)).count();
    if text_above_number && numbers * 2 <= record.filled().count() {
        return (Some(first), None);
    }
    let line = record.line;
    let shown = shorten(&record.cells.join(" | "));
    let mut readings = vec![
        Reading::new(NO_TITLES, "No line has titles: the columns are called Column 1, Column 2, …"),
        Reading::new(line.to_string(), format!("Line {line} has the titles: {shown}")),
    ];
    // `# x, y, z` above the numbers, as NumPy writes it.
    if let Some(comment) =
        comments.iter().rfind(|c| c.line < line && c.cells.len() == record.cells.len())
    {
        let shown = shorten(&comment.cells.join(" | "));
        readings.push(Reading::new(
            comment.line.to_string(),
            format!("Line {}, a comment, has the titles: {shown}", comment.line),
        ));
    }
    let question = Question {
        code: QuestionCode::HeaderLine,
        column: None,
        message: format!(
            "Line {line} is the first row and holds numbers. Which line has the titles?"
        ),
        lines: vec![line],
        readings,
    };
    (None, Some(question))
}

fn shorten(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// More than half of its cells are filled, and one is a number, a date, a boolean or a mark such as PENDING.
fn looks_like_data(record: &Record, width: usize) -> bool {
    let enough = record.filled().count() * 2 > width;
    enough && record.filled().any(|(_, text)| is_data(text))
}

fn is_data(text: &str) -> bool {
    match cell(text) {
        Cell::Quantity(_) => true,
        Cell::Missing(mark) => match mark {
            Mark::Pending | Mark::NotANumber | Mark::Infinite => true,
            Mark::Empty | Mark::NotAvailable => false,
        },
        Cell::Text(text) => is_date(text) || crate::cell::boolean(text).is_some(),
    }
}

fn distinct_texts(record: &Record) -> usize {
    let mut texts: Vec<&str> =
        record.filled().map(|(_, text)| text).filter(|t| !is_data(t)).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.len()
}

fn tell_above(above: &[Record], notices: &mut Vec<Notice>) {
    if above.is_empty() {
        return;
    }
    let lines_: Vec<usize> = above.iter().map(|record| record.line).collect();
    let shown = shorten(&above[0].cells.join(" "));
    let message =
        format!("Text above the titles is left out: {} (\u{201c}{shown}\u{201d}).", lines(&lines_));
    notices.push(skipped(&message, &lines_));
}

// --- below the titles --------------------------------------------------------------------------------------------------

/// Takes units, types and the name of the first column from the lines below the titles.
fn take_lines_below(
    body: &mut Vec<Record>,
    titles: &mut [String],
    units: &mut [String],
    notices: &mut Vec<Notice>,
) {
    while body.len() > 1 {
        let below = &body[1..body.len().min(4)];
        let record = &body[0];
        let line = record.line;
        let message = if is_units(record, below) {
            for (unit, text) in units.iter_mut().zip(&record.cells) {
                let bare = text.trim_matches(|c| matches!(c, '[' | ']' | '(' | ')'));
                *unit = if is_unit(bare) { bare.to_owned() } else { String::new() };
            }
            format!("Line {line} has the units of the columns.")
        } else if is_types(record, below) {
            format!(
                "Line {line} says what the columns are and is left out: “{}”.",
                shorten(&record.cells.join(" "))
            )
        } else if names_untitled(record, titles) && !has_data(record) {
            let mut named = Vec::new();
            for (i, text) in record.filled() {
                titles[i] = title(text);
                named.push(format!("“{}”", titles[i]));
            }
            format!("Line {line} has a title: {}.", named.join(", "))
        } else {
            return;
        };
        notices.push(Notice::new(NoticeCode::HeaderLine, message).at_line(line));
        body.remove(0);
    }
}

fn has_data(record: &Record) -> bool {
    record.filled().any(|(_, text)| is_data(text))
}

/// Every filled cell is a unit or a dash, and most units are above numbers.
fn is_units(record: &Record, below: &[Record]) -> bool {
    let bare = |text: &str| is_unit(text.trim_matches(|c| matches!(c, '[' | ']' | '(' | ')')));
    let fits = record
        .filled()
        .all(|(_, text)| bare(text) || matches!(text, "-" | "–" | "[-]" | "(-)" | "1"));
    let units = record.filled().filter(|(_, text)| bare(text)).count();
    let above = record.filled().filter(|(i, text)| bare(text) && above_number(*i, below)).count();
    fits && units > 0 && above * 2 >= units
}

fn above_number(column: usize, below: &[Record]) -> bool {
    let cells = below.iter().filter_map(|record| record.cells.get(column));
    cells.into_iter().any(|text| matches!(cell(text), Cell::Quantity(_)))
}

/// The same word in several cells, or words for types, above numbers.
fn is_types(record: &Record, below: &[Record]) -> bool {
    const TYPES: [&str; 24] = [
        "data",
        "metadata",
        "int",
        "integer",
        "float",
        "double",
        "number",
        "numeric",
        "real",
        "string",
        "str",
        "text",
        "object",
        "category",
        "categorical",
        "factor",
        "bool",
        "boolean",
        "input",
        "output",
        "parameter",
        "objective",
        "target",
        "date",
    ];
    let texts: Vec<String> = record.filled().map(|(_, text)| text.to_lowercase()).collect();
    let same = texts.len() > 1 && texts.iter().all(|text| *text == texts[0]);
    let types = !texts.is_empty() && texts.iter().all(|text| TYPES.contains(&text.as_str()));
    let above = record.filled().any(|(i, _)| above_number(i, below));
    (same || types) && !has_data(record) && above
}

/// Every filled cell is below a blank title.
fn names_untitled(record: &Record, titles: &[String]) -> bool {
    let mut filled = record.filled().peekable();
    filled.peek().is_some()
        && filled.all(|(i, _)| titles.get(i).is_some_and(String::is_empty))
        && record.filled().count() < titles.len()
}

// --- the end -----------------------------------------------------------------------------------------------------------

/// Takes averages and notes off the end.
fn take_footer(body: &mut Vec<Record>, notices: &mut Vec<Notice>) {
    const WORDS: [&str; 34] = [
        "average",
        "avg",
        "avg.",
        "mean",
        "median",
        "sum",
        "total",
        "totals",
        "min",
        "max",
        "minimum",
        "maximum",
        "sd",
        "std",
        "stdev",
        "std dev",
        "std. dev.",
        "stddev",
        "standard deviation",
        "rsd",
        "rsd %",
        "var",
        "variance",
        "count",
        "n",
        "mittelwert",
        "mittel",
        "summe",
        "gesamt",
        "standardabweichung",
        "moyenne",
        "media",
        "average:",
        "mean:",
    ];
    let is_note = |record: &Record| {
        let text = |(_, text): (usize, &str)| {
            matches!(cell(text), Cell::Text(_)) && (text.contains(' ') || text.starts_with('*'))
        };
        record.filled().count() == 1 && record.filled().all(text)
    };
    let one_cell_is_usual = body.iter().filter(|r| r.filled().count() == 1).count() > FOOTER;
    let mut taken = Vec::new();
    while body.len() > 1 && taken.len() < FOOTER {
        let (Some(last), above) = (body.last(), &body[..body.len() - 1]) else { break };
        let Some((at, first)) = last.filled().next() else { break };
        let word = first.trim_end_matches([':', '=']).trim_end().to_lowercase();
        let elsewhere = || above.iter().any(|r| r.cells.get(at).is_some_and(|c| c == first));
        let aggregate = WORDS.contains(&word.as_str()) && !elsewhere();
        let note = !one_cell_is_usual && above[0].filled().count() > 1 && is_note(last);
        if !aggregate && !note {
            break;
        }
        taken.extend(body.pop());
    }
    taken.reverse();
    for record in taken {
        let shown = shorten(&record.cells.join(" "));
        let message = format!("Line {} is below the data and left out: “{shown}”.", record.line);
        notices.push(skipped(&message, &[record.line]));
    }
}
