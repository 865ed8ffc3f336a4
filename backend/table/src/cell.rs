//! What a cell holds: nothing, a number with what is written around it, or a text.

use crate::{
    number::{DecimalSign, Number, Scanned, scan},
    unit::{CURRENCIES, is_unit},
};

/// Why a cell has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// It is blank.
    Empty,
    /// The result is still to come: `PENDING`, `TBD`.
    Pending,
    /// There is no value, or none that is known: `n/a`, `n.d.`, `-`, `null`.
    NotAvailable,
    /// Not a number: `nan`, or an error of a spreadsheet.
    NotANumber,
    /// `inf`, or a number beyond the range of a double.
    Infinite,
}

impl Mark {
    /// The mark says that a calculation went wrong, not that there is no result yet.
    #[must_use]
    pub const fn is_not_finite(self) -> bool {
        match self {
            Self::NotANumber | Self::Infinite => true,
            Self::Empty | Self::Pending | Self::NotAvailable => false,
        }
    }
}

/// The bound that a cell such as `<0.05` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Below,
    Above,
    About,
}

/// A number with what is written around it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantity<'t> {
    pub(crate) number: Scanned<'t>,
    pub(crate) bound: Option<Bound>,
    /// Unit after the number, or currency before it; blank if there is none.
    pub(crate) unit: &'t str,
    /// There is a blank between number and unit, or the unit needs none (`%`, `°C`).
    pub(crate) spaced: bool,
    /// What follows `±`.
    pub(crate) deviation: Option<Scanned<'t>>,
}

impl Quantity<'_> {
    pub(crate) const fn under(&self, sign: DecimalSign) -> Option<Number> {
        self.number.under(sign)
    }

    /// Nothing is written around the number.
    pub(crate) const fn is_bare(&self) -> bool {
        self.bound.is_none() && self.unit.is_empty() && self.deviation.is_none()
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'t> {
    Missing(Mark),
    Quantity(Quantity<'t>),
    Text(&'t str),
}

/// Longest number with all that is written around it, in bytes; what is longer is a text.
const LONGEST_NUMBER: usize = 160;

pub(crate) fn cell(text: &str) -> Cell<'_> {
    if text.len() > LONGEST_NUMBER {
        return Cell::Text(text);
    }
    if let Some(mark) = mark(text) {
        return Cell::Missing(mark);
    }
    match quantity(text) {
        Some(quantity) if is_infinite(&quantity) => Cell::Missing(Mark::Infinite),
        Some(quantity) => Cell::Quantity(quantity),
        None => Cell::Text(text),
    }
}

fn is_infinite(quantity: &Quantity<'_>) -> bool {
    let infinite = |number: Option<Number>| number.is_none_or(|n| n.value.is_infinite());
    infinite(quantity.number.point) && infinite(quantity.number.comma)
}

/// Longest mark, in bytes; what is longer is not compared.
const LONGEST_MARK: usize = 24;

/// The mark of a cell without a value.
pub(crate) fn mark(text: &str) -> Option<Mark> {
    if text.is_empty() {
        return Some(Mark::Empty);
    }
    if text.len() > LONGEST_MARK {
        return None;
    }
    let folded = text.to_lowercase();
    match folded.as_str() {
        "pending" | "tbd" | "t.b.d." | "to be determined" | "todo" | "to do" | "in progress"
        | "running" | "planned" | "waiting" | "queued" => Some(Mark::Pending),
        "n/a" | "#n/a" | "#n/a n/a" | "na" | "<na>" | "n.a." | "nd" | "n.d." | "n/d" | "nm"
        | "n.m." | "n.b." | "n. d." | "n. a." | "null" | "none" | "-" | "--" | "---" | "–"
        | "—" | "." | "?" | "??" | "missing" | "not measured" | "not determined"
        | "not detected" => Some(Mark::NotAvailable),
        "nan" | "-nan" | "#nan" | "1.#ind" | "-1.#ind" | "#div/0!" | "#wert!" | "#value!"
        | "#num!" | "#zahl!" | "#ref!" | "#bezug!" | "#name?" | "#null!" | "#error!"
        | "1.#qnan" => Some(Mark::NotANumber),
        "inf" | "+inf" | "-inf" | "infinity" | "+infinity" | "-infinity" | "∞" | "+∞" | "-∞"
        | "1.#inf" | "-1.#inf" => Some(Mark::Infinite),
        _ => None,
    }
}

/// The mark holds in a column of texts, too. `none`, `-` and the like may be choices there.
pub(crate) fn is_mark_among_texts(text: &str, mark: Mark) -> bool {
    match mark {
        Mark::Empty | Mark::Pending | Mark::NotANumber => true,
        Mark::NotAvailable => matches!(text, "n/a" | "N/A" | "#N/A" | "<NA>" | "NULL" | "null"),
        Mark::Infinite => false,
    }
}

fn quantity(text: &str) -> Option<Quantity<'_>> {
    let (bound, text) = bound(text);
    let (currency, text) = currency(text);
    let number = scan(text)?;
    let rest = number.rest;
    let unit = rest.trim();
    let bare = Quantity { number, bound, unit: currency, spaced: true, deviation: None };
    if unit.is_empty() {
        return Some(bare);
    }
    if let Some(after) = ["±", "+/-", "+-"].iter().find_map(|mark| unit.strip_prefix(mark)) {
        let deviation = scan(after.trim())?;
        let unit = deviation.rest.trim();
        let fits = unit.is_empty() || is_unit(unit);
        return fits.then_some(Quantity { deviation: Some(deviation), unit, ..bare });
    }
    if !currency.is_empty() {
        return None;
    }
    let spaced = rest.starts_with(char::is_whitespace) || unit.starts_with(['%', '°', 'º', '‰']);
    let fits = is_unit(unit) || spaced && is_word(unit);
    fits.then_some(Quantity { unit, spaced, ..bare })
}

/// What may be a unit that is not known, if a whole column has it.
fn is_word(text: &str) -> bool {
    text.len() <= 16 && text.chars().all(char::is_alphabetic)
}

fn bound(text: &str) -> (Option<Bound>, &str) {
    const BOUNDS: [(&str, Bound); 12] = [
        ("<=", Bound::Below),
        (">=", Bound::Above),
        ("<", Bound::Below),
        (">", Bound::Above),
        ("≤", Bound::Below),
        ("≥", Bound::Above),
        ("⩽", Bound::Below),
        ("⩾", Bound::Above),
        ("~", Bound::About),
        ("≈", Bound::About),
        ("ca. ", Bound::About),
        ("ca ", Bound::About),
    ];
    let found = BOUNDS.iter().find_map(|(mark, bound)| Some((*bound, text.strip_prefix(mark)?)));
    found.map_or((None, text), |(bound, rest)| (Some(bound), rest.trim_start()))
}

fn currency(text: &str) -> (&str, &str) {
    let found = CURRENCIES.iter().find(|currency| text.starts_with(**currency));
    found.map_or(("", text), |currency| {
        let (unit, rest) = text.split_at(currency.len());
        (unit, rest.trim_start())
    })
}

/// A boolean as programs write it.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "TRUE" | "True" | "WAHR" | "VRAI" | "VERDADERO" => Some(true),
        "false" | "FALSE" | "False" | "FALSCH" | "FAUX" | "FALSO" => Some(false),
        _ => None,
    }
}

/// A date, a time or both: `2024-03-01 09:12`, `1.3.24`, `03/01/2024`, `1-Mar-2024`, `09:12:30`.
pub(crate) fn is_date(text: &str) -> bool {
    if text.len() > 40 {
        return false;
    }
    let (first, rest) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    if is_time(text) || is_day(first) && (rest.is_empty() || is_time(rest)) {
        return true;
    }
    is_day_with_month(text)
}

fn is_day(text: &str) -> bool {
    ['-', '/', '.'].into_iter().any(|mark| {
        let parts: Vec<&str> = text.split(mark).collect();
        let number =
            |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?;
        let numbers: Option<Vec<u32>> = parts.iter().map(|part| number(part)).collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        match (numbers.as_deref(), lengths.as_slice()) {
            (Some([_, month, day]), [4, 1..=2, 1..=2]) => is_day_of_month(*day, *month),
            (Some([a, b, _]), [1..=2, 1..=2, 2 | 4]) => {
                is_day_of_month(*a, *b) || is_day_of_month(*b, *a)
            }
            _ => false,
        }
    })
}

fn is_day_of_month(day: u32, month: u32) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

/// `09:12`, `9:12:30.5`, `09:12:30Z`, `09:12:30+01:00`, `9:12 PM`.
fn is_time(text: &str) -> bool {
    let text = text.trim();
    let bare = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let zone = &text[bare.len()..];
    if !matches!(zone.trim().to_lowercase().as_str(), "" | "z" | "am" | "pm" | "utc" | "gmt") {
        return false;
    }
    let clock = bare.split(['+', '-']).next().unwrap_or("");
    let parts: Vec<&str> = clock.split(':').collect();
    let digits =
        |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [hour, minute] => digits(hour) && digits(minute),
        [hour, minute, second] => {
            let (whole, part) = second.split_once(['.', ',']).unwrap_or((second, "0"));
            digits(hour)
                && digits(minute)
                && digits(whole)
                && part.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

/// `1-Mar-2024`, `1 March 24`, `Mar 1, 2024`, `2024 Mar 1`.
fn is_day_with_month(text: &str) -> bool {
    const MONTHS: [&str; 16] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär",
        "mai", "okt", "dez",
    ];
    let parts: Vec<String> = text
        .split([' ', '-', ',', '.', '/'])
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    let day =
        |part: &String| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let year =
        |part: &String| matches!(part.len(), 2 | 4) && part.bytes().all(|b| b.is_ascii_digit());
    let month = |part: &String| {
        let letters = part.chars().all(char::is_alphabetic);
        letters && MONTHS.iter().any(|month| part.starts_with(month))
    };
    match parts.as_slice() {
        [a, b, c] => {
            month(b) && (day(a) && year(c) || year(a) && day(c)) || month(a) && day(b) && year(c)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Option<&str> {
        match cell(text) {
            Cell::Quantity(quantity) => Some(quantity.unit),
            Cell::Missing(_) | Cell::Text(_) => None,
        }
    }

    #[test]
    fn numbers_may_have_units() {
        for (text, right) in [
            ("60 °C", "°C"),
            ("2 h", "h"),
            ("45%", "%"),
            ("12 %", "%"),
            ("5mg", "mg"),
            ("1,5 mol/L", "mol/L"),
            ("€ 5", "€"),
            ("3 wells", "wells"),
            ("5", ""),
            ("20°C", "°C"),
        ] {
            assert_eq!(unit(text), Some(right), "{text}");
        }
        for text in ["2b", "L6", "2-MeTHF", "126-33-0", "1_000", "5 of 7", "1.2.3"] {
            assert_eq!(cell(text), Cell::Text(text));
        }
    }

    #[test]
    fn bounds_and_deviations_are_kept() {
        let Cell::Quantity(limit) = cell("< 0.05 %") else { panic!("no number") };
        assert_eq!((limit.bound, limit.unit), (Some(Bound::Below), "%"));
        let Cell::Quantity(with) = cell("5.1 ± 0.2 °C") else { panic!("no number") };
        assert_eq!(with.deviation.unwrap().point.unwrap().value.to_bits(), 0.2_f64.to_bits());
        assert_eq!(with.unit, "°C");
    }

    #[test]
    fn marks_are_no_values() {
        for (text, right) in [
            ("", Mark::Empty),
            ("PENDING", Mark::Pending),
            ("n.d.", Mark::NotAvailable),
            ("NaN", Mark::NotANumber),
            ("#DIV/0!", Mark::NotANumber),
            ("-inf", Mark::Infinite),
            ("1e999", Mark::Infinite),
            ("–", Mark::NotAvailable),
        ] {
            assert_eq!(cell(text), Cell::Missing(right), "{text}");
        }
        assert!(!is_mark_among_texts("none", Mark::NotAvailable));
    }

    #[test]
    fn dates_are_known_in_many_orders() {
        for text in [
            "2024-03-01 09:12",
            "2024-03-01T09:12:30Z",
            "2024-03-01T09:12:30.5+01:00",
            "01.03.2024",
            "3/1/24",
            "09:12",
            "1-Mar-2024",
            "Mar 1, 2024",
            "2024/03/01",
            "9:12 PM",
            "13/01/2024 9:00",
            "1 März 2024",
        ] {
            assert!(is_date(text), "{text}");
        }
        for text in ["1.5", "126-33-0", "2024", "45.13.2024", "1:2:3:4", "a 9:12", "L-6-2"] {
            assert!(!is_date(text), "{text}");
        }
    }
}
