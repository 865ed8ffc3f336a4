//! Numbers as tables write them, under either decimal sign.

/// Decimal sign of all numbers of a table. The other of `.` and `,` then groups thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalSign {
    /// `1.5`, and `1,200` is 1200.
    Point,
    /// `1,5`, and `1.200` is 1200.
    Comma,
}

impl DecimalSign {
    /// Value of the answer to [`QuestionCode::DecimalSign`](crate::QuestionCode::DecimalSign).
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Point => "POINT",
            Self::Comma => "COMMA",
        }
    }

    pub(crate) fn from_value(value: &str) -> Option<Self> {
        [Self::Point, Self::Comma].into_iter().find(|sign| sign.value() == value)
    }

    const fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// A number as one decimal sign reads it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    /// It has neither a fraction nor an exponent.
    pub(crate) integer: bool,
    /// It has thousands separators.
    pub(crate) grouped: bool,
}

/// A number at the beginning of a text, in both readings, and the text that follows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scanned<'t> {
    pub(crate) point: Option<Number>,
    pub(crate) comma: Option<Number>,
    /// It begins with a zero that has no meaning, like 007.
    pub(crate) leading_zero: bool,
    /// Text after the number, with its blanks.
    pub(crate) rest: &'t str,
}

impl Scanned<'_> {
    pub(crate) const fn under(&self, sign: DecimalSign) -> Option<Number> {
        match sign {
            DecimalSign::Point => self.point,
            DecimalSign::Comma => self.comma,
        }
    }

    /// The decimal sign that alone makes it a number. `None` if both do.
    pub(crate) const fn evidence(&self) -> Option<DecimalSign> {
        match (self.point, self.comma) {
            (Some(_), None) => Some(DecimalSign::Point),
            (None, Some(_)) => Some(DecimalSign::Comma),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }

    /// A sign under which it may be read without asking: both signs read the same.
    pub(crate) fn neutral(&self) -> Option<DecimalSign> {
        (self.point.is_some() && self.comma.is_some() && !self.is_ambiguous())
            .then_some(DecimalSign::Point)
    }

    /// Both decimal signs make it a number, but not the same.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!((self.point, self.comma), (Some(a), Some(b)) if a.value.to_bits() != b.value.to_bits())
    }
}

/// Longest number: more digits than any measurement has.
const LONGEST: usize = 64;

/// The number that a text begins with. `None` if it begins with none in either reading.
pub(crate) fn scan(text: &str) -> Option<Scanned<'_>> {
    let (negative, unsigned) = match text.chars().next()? {
        '+' => (false, &text[1..]),
        '-' => (true, &text[1..]),
        minus @ ('\u{2212}' | '\u{2012}' | '\u{2013}') => (true, &text[minus.len_utf8()..]),
        _ => (false, text),
    };
    let length = body_length(unsigned);
    let (body, after) = unsigned.split_at(length);
    if body.len() > LONGEST || !body.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let (exponent, rest) = exponent(after);
    if body.ends_with(['.', ',']) && !rest.is_empty() {
        return None;
    }
    let under = |sign| evaluate(body, sign, exponent, negative);
    let (point, comma) = (under(DecimalSign::Point), under(DecimalSign::Comma));
    let leading_zero = body.len() > 1
        && body.starts_with('0')
        && body.bytes().all(|b| b.is_ascii_digit())
        && unsigned.len() == text.len();
    (point.is_some() || comma.is_some()).then_some(Scanned { point, comma, leading_zero, rest })
}

/// Length of the digits and their separators; a blank or an apostrophe separates only between digits.
fn body_length(text: &str) -> usize {
    let mut end = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next_is_digit = characters.peek().is_some_and(|(_, c)| c.is_ascii_digit());
        let belongs = match character {
            '0'..='9' => true,
            '.' | ',' => next_is_digit || at == end && at > 0,
            _ => is_group_mark(character) && at == end && at > 0 && next_is_digit,
        };
        if !belongs {
            break;
        }
        end = at + character.len_utf8();
    }
    end
}

/// Separates thousands whatever the decimal sign: a blank of any width, an apostrophe.
const fn is_group_mark(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' | '\'' | '\u{2019}' | '\u{b4}'
    )
}

/// `e-3`, `E+03`, `×10^4`.
fn exponent(text: &str) -> (Option<i32>, &str) {
    const MARKS: [&str; 8] = ["×10^", "x10^", "*10^", " × 10^", " x 10^", "·10^", "e", "E"];
    for mark in MARKS {
        let Some(after) = text.strip_prefix(mark) else { continue };
        let sign = usize::from(after.starts_with(['+', '-']));
        let digits = after[sign..].bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            continue;
        }
        let (number, rest) = after.split_at(sign + digits);
        // Beyond any number: ±infinity or zero, which is what it is read as.
        let beyond = if number.starts_with('-') { -9_999 } else { 9_999 };
        return (Some(number.parse().unwrap_or(beyond)), rest);
    }
    (None, text)
}

fn evaluate(
    body: &str,
    sign: DecimalSign,
    exponent: Option<i32>,
    negative: bool,
) -> Option<Number> {
    let (whole, fraction) = match body.split_once(sign.sign()) {
        Some((_, fraction)) if !fraction.bytes().all(|b| b.is_ascii_digit()) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    let (digits, grouped) = whole_part(whole)?;
    if digits.is_empty() && fraction.is_empty() || grouped && exponent.is_some() {
        return None;
    }
    let minus = if negative { "-" } else { "" };
    let power = exponent.unwrap_or(0);
    let text = format!("{minus}{digits}.{fraction}e{power}");
    let text = if digits.is_empty() { text.replacen('.', "0.", 1) } else { text };
    let value = text.replace(".e", ".0e").parse().ok()?;
    let integer = fraction.is_empty() && exponent.is_none() && !body.ends_with(sign.sign());
    Some(Number { value, integer, grouped })
}

/// Digits before the decimal sign. Groups have three digits, but the first, which has one to three and begins with no
/// zero; all have the same separator.
fn whole_part(text: &str) -> Option<(String, bool)> {
    let Some(mark) = text.chars().find(|c| !c.is_ascii_digit()) else {
        return Some((text.to_owned(), false));
    };
    let mut groups = text.split(mark);
    let first = groups.next()?;
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let first_fits = (1..=3).contains(&first.len()) && digits(first) && !first.starts_with('0');
    let mut all = first.to_owned();
    for group in groups {
        if group.len() != 3 || !digits(group) {
            return None;
        }
        all.push_str(group);
    }
    first_fits.then_some((all, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values under a decimal point and a decimal comma.
    fn both(text: &str) -> (Option<f64>, Option<f64>) {
        scan(text).filter(|s| s.rest.is_empty()).map_or((None, None), |scanned| {
            (scanned.point.map(|n| n.value), scanned.comma.map(|n| n.value))
        })
    }

    #[test]
    fn one_decimal_sign_alone_makes_it_a_number() {
        for (text, value) in [
            ("0.5", 0.5),
            (".5", 0.5),
            ("1,234.5", 1234.5),
            ("1,234,567", 1_234_567.0),
            ("1.2e3", 1200.0),
            ("1.2345", 1.2345),
            ("1234.567", 1234.567),
            ("0.125", 0.125),
            ("1 234.567", 1234.567),
            ("5.", 5.0),
            ("1.200e0", 1.2),
            ("1.5×10^-3", 0.0015),
        ] {
            assert_eq!(both(text), (Some(value), None), "{text}");
            let swapped = text.replace('.', "_").replace(',', ".").replace('_', ",");
            assert_eq!(both(&swapped), (None, Some(value)), "{swapped}");
        }
    }

    #[test]
    fn three_digits_after_one_sign_are_ambiguous() {
        assert_eq!(both("1.200"), (Some(1.2), Some(1200.0)));
        assert_eq!(both("-12,000"), (Some(-12000.0), Some(-12.0)));
        assert!(scan("1.200").is_some_and(|s| s.is_ambiguous()));
    }

    #[test]
    fn other_numbers_are_the_same_in_both() {
        for (text, value) in [
            ("45", 45.0),
            ("+45", 45.0),
            ("-3", -3.0),
            ("\u{2212}3", -3.0),
            ("1 200", 1200.0),
            ("1\u{a0}200\u{a0}000", 1_200_000.0),
            ("1\u{202f}200", 1200.0),
            ("1'200", 1200.0),
            ("1’200", 1200.0),
            ("1e3", 1000.0),
            ("2E-02", 0.02),
            ("007", 7.0),
            ("-0", 0.0),
        ] {
            assert_eq!(both(text), (Some(value), Some(value)), "{text}");
            assert!(!scan(text).unwrap().is_ambiguous(), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "-",
            ".",
            ",",
            "1.2.3",
            "12.03.2024",
            "1_000",
            "12 00",
            "1,2,3",
            "0x1F",
            "1 2",
            "1'2",
            "e5",
            "--1",
            "126-33-0",
            "inf",
            "nan",
            "1.234.56",
            "01,234,567",
            "1 200'000",
        ] {
            assert_eq!(both(text), (None, None), "{text}");
        }
    }

    #[test]
    fn what_follows_is_left() {
        let rest = |text| scan(text).map(|s: Scanned<'_>| s.rest.to_owned());
        assert_eq!(rest("60 °C").as_deref(), Some(" °C"));
        assert_eq!(rest("5 eq").as_deref(), Some(" eq"));
        assert_eq!(rest("5e").as_deref(), Some("e"));
        assert_eq!(rest("2,5%").as_deref(), Some("%"));
        assert_eq!(rest("5, then").as_deref(), None);
    }

    #[test]
    fn what_is_too_large_is_infinite() {
        assert_eq!(both("1e999").0, Some(f64::INFINITY));
        assert_eq!(both("1e99999999999").0, Some(f64::INFINITY));
        assert_eq!(both("1e-99999999999").0, Some(0.0));
    }
}
