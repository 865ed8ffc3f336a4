//! Text to records of cells.
//!
//! Not the crate `csv`: it counts no lines in files whose lines end with CR, says nothing of a quote that is never
//! closed, and takes `a, "b, c"` apart at the second comma.

use crate::{MAX_CELLS, MAX_COLUMNS, Unreadable};

/// Record of a text: one line, or several if a quoted cell has line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Line on which it begins, from 1.
    pub(crate) line: usize,
    /// Trimmed cells.
    pub(crate) cells: Vec<String>,
    /// It begins with `#` outside quotes.
    pub(crate) hash: bool,
}

impl Record {
    /// Number of cells without the blank ones at the end.
    pub(crate) fn filled_width(&self) -> usize {
        self.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1)
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.filled_width() == 0
    }

    /// Cells that are not blank, with their index.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        let cells = self.cells.iter().enumerate().map(|(i, cell)| (i, cell.as_str()));
        cells.filter(|(_, cell)| !cell.is_empty())
    }
}

/// Records of a text.
pub(crate) fn split(
    text: &str,
    delimiter: char,
    first_line: usize,
) -> Result<Vec<Record>, Unreadable> {
    let mut splitter = Splitter::new(delimiter, first_line);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        if splitter.take(character, next) {
            characters.next();
        }
        if splitter.cells.len() > MAX_COLUMNS {
            return Err(Unreadable::TooManyColumns { line: splitter.begin });
        }
        if splitter.all_cells > MAX_CELLS {
            return Err(Unreadable::TooManyCells);
        }
    }
    splitter.end()
}

/// Records of the beginning of a text, for a first look: a quote that stays open ends with it.
pub(crate) fn split_sample(text: &str, delimiter: char) -> Vec<Record> {
    const RECORDS: usize = 200;
    const CHARACTERS: usize = 65_536;
    let mut splitter = Splitter::new(delimiter, 1);
    let mut characters = text.chars().take(CHARACTERS).peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        if splitter.take(character, next) {
            characters.next();
        }
        if splitter.records.len() >= RECORDS {
            return splitter.records;
        }
    }
    // What the cut has left unfinished says nothing, unless it is all there is.
    if splitter.records.is_empty() || text.len() < CHARACTERS {
        splitter.end_record();
    }
    splitter.records
}

struct Splitter {
    delimiter: char,
    records: Vec<Record>,
    cells: Vec<String>,
    cell: String,
    /// Number of cells of all records.
    all_cells: usize,
    line: usize,
    begin: usize,
    /// Line of the quote that is open.
    quote: Option<usize>,
    /// The cell was quoted: what follows the closing quote is added to it.
    quoted: bool,
    hash: bool,
}

impl Splitter {
    fn new(delimiter: char, line: usize) -> Self {
        Self {
            delimiter,
            records: Vec::new(),
            cells: Vec::new(),
            cell: String::new(),
            all_cells: 0,
            line,
            begin: line,
            quote: None,
            quoted: false,
            hash: false,
        }
    }

    /// Takes a character. True if the next one belongs to it.
    fn take(&mut self, character: char, next: Option<char>) -> bool {
        let at_start = self.cells.is_empty() && self.cell.trim().is_empty() && !self.quoted;
        match character {
            '\r' | '\n' => {
                let pair = character == '\r' && next == Some('\n');
                self.line += 1;
                // A comment ends with its line, whatever quotes it has.
                if self.quote.is_some() && !self.hash {
                    self.cell.push('\n');
                } else {
                    self.end_record();
                }
                return pair;
            }
            '"' if self.quote.is_some() => {
                if next == Some('"') {
                    self.cell.push('"');
                    return true;
                }
                self.quote = None;
            }
            '"' if !self.quoted && self.cell.trim().is_empty() => {
                self.cell.clear();
                self.quote = Some(self.line);
                self.quoted = true;
            }
            // Spreadsheets protect texts such as 007 as ="007".
            '=' if next == Some('"') && self.cell.trim().is_empty() && self.quote.is_none() => {}
            _ if character == self.delimiter && self.quote.is_none() => self.end_cell(),
            _ => {
                self.hash |= at_start && character == '#' && self.quote.is_none();
                self.cell.push(character);
            }
        }
        false
    }

    fn end_cell(&mut self) {
        self.cells.push(self.cell.trim_matches(is_blank).to_owned());
        self.all_cells += 1;
        self.cell.clear();
        self.quoted = false;
    }

    fn end_record(&mut self) {
        self.end_cell();
        let cells = std::mem::take(&mut self.cells);
        self.records.push(Record { line: self.begin, cells, hash: self.hash });
        self.begin = self.line;
        self.hash = false;
        self.quote = None;
    }

    fn end(mut self) -> Result<Vec<Record>, Unreadable> {
        if let (Some(line), false) = (self.quote, self.hash) {
            return Err(Unreadable::OpenQuote { line });
        }
        if !self.cells.is_empty() || !self.cell.is_empty() || self.quoted {
            self.end_record();
        }
        Ok(self.records)
    }
}

/// White space, and what has no width.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        split(text, ',', 1).unwrap().into_iter().map(|r| (r.line, r.cells)).collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_kind_of_line_end_counts() {
        let right = vec![row(1, &["a", "b"]), row(2, &["1", "2"]), row(3, &["3", ""])];
        for end in ["\n", "\r\n", "\r"] {
            assert_eq!(cells(&["a,b", "1,2", "3,"].join(end)), right);
            assert_eq!(cells(&["a,b", "1,2", "3,", ""].join(end)), right);
        }
    }

    #[test]
    fn quotes_hold_delimiters_line_breaks_and_quotes() {
        let text = "\"a \"\"b\"\", c\", \"d, e\" ,f\n\"two\r\nlines\",5\" pipe,=\"007\"\nlast,,";
        let right = vec![
            row(1, &["a \"b\", c", "d, e", "f"]),
            row(2, &["two\nlines", "5\" pipe", "007"]),
            row(4, &["last", "", ""]),
        ];
        assert_eq!(cells(text), right);
    }

    #[test]
    fn a_quote_that_stays_open_has_its_line() {
        assert_eq!(split("a,b\n1,\"2\n3,4\n", ',', 1), Err(Unreadable::OpenQuote { line: 2 }));
        assert_eq!(split("# see, \"here\na,b\n", ',', 1).map(|r| r.len()), Ok(2));
    }
}
