//! Bytes to text.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{
    Unreadable,
    notice::{Answers, Notice, NoticeCode, QuestionCode},
};

/// Encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1252, which contains Latin-1.
    Windows1252,
}

impl Encoding {
    /// Value of the answer to [`QuestionCode::Encoding`].
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF_8",
            Self::Utf16Le => "UTF_16_LE",
            Self::Utf16Be => "UTF_16_BE",
            Self::Windows1252 => "WINDOWS_1252",
        }
    }

    const ALL: [Self; 4] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];

    pub(crate) fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.value() == value)
    }
}

/// Text of a table with what is to be said about its encoding.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) encoding: Encoding,
    pub(crate) notices: Vec<Notice>,
}

pub(crate) fn decode(bytes: &[u8], answers: &Answers) -> Result<Decoded, Unreadable> {
    refuse_other_formats(bytes)?;
    let chosen = answers.of_table(QuestionCode::Encoding).and_then(Encoding::from_value);
    let (encoding, why) = match chosen {
        Some(encoding) => (encoding, "as chosen"),
        None => recognise(bytes),
    };
    let (text, replaced) = match encoding {
        Encoding::Utf8 => {
            let text = String::from_utf8_lossy(bytes);
            let replaced = matches!(text, std::borrow::Cow::Owned(_));
            (text.into_owned(), replaced)
        }
        Encoding::Utf16Le => with(UTF_16LE, bytes),
        Encoding::Utf16Be => with(UTF_16BE, bytes),
        Encoding::Windows1252 => with(WINDOWS_1252, bytes),
    };
    let text = text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned);
    if text.contains('\0') {
        return Err(Unreadable::NotText("it contains NUL characters"));
    }
    Ok(Decoded { notices: notices(&text, encoding, why, replaced), text, encoding })
}

fn with(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> (String, bool) {
    let (text, replaced) = encoding.decode_without_bom_handling(bytes);
    (text.into_owned(), replaced)
}

fn notices(text: &str, encoding: Encoding, why: &str, replaced: bool) -> Vec<Notice> {
    let mut notices = Vec::new();
    let name = match encoding {
        Encoding::Utf8 => None,
        Encoding::Utf16Le | Encoding::Utf16Be => Some("UTF-16"),
        Encoding::Windows1252 => Some("Windows-1252 (Latin-1)"),
    };
    let foreign = |(_, line): &(usize, &str)| !line.is_ascii();
    if let Some(name) = name {
        let mut message = format!("The text is read as {name}: {why}.");
        let example = text.lines().enumerate().find(foreign);
        if let (Encoding::Windows1252, Some((line, example))) = (encoding, example) {
            let letters: String = example.chars().filter(|c| !c.is_ascii()).take(5).collect();
            message = format!("{message} Line {} then has \u{201c}{letters}\u{201d}.", line + 1);
        }
        notices.push(Notice::new(NoticeCode::Encoding, message));
    }
    if replaced {
        let line = text.lines().position(|line| line.contains('\u{fffd}')).unwrap_or(0) + 1;
        let message = format!(
            "Some bytes are not valid in this encoding and became \u{201c}\u{fffd}\u{201d}, first in line {line}."
        );
        notices.push(Notice::new(NoticeCode::ReplacedCharacters, message).at_line(line));
    }
    notices
}

/// The encoding by its mark, or else by the bytes, with the reason.
fn recognise(bytes: &[u8]) -> (Encoding, &'static str) {
    match bytes {
        [0xff, 0xfe, ..] => return (Encoding::Utf16Le, "it begins with the mark of UTF-16"),
        [0xfe, 0xff, ..] => return (Encoding::Utf16Be, "it begins with the mark of UTF-16"),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(4096)];
    let nuls = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (nuls(0), nuls(1), head.len() / 2);
    if half > 0 && odd * 10 >= half * 7 && even * 10 <= half {
        return (Encoding::Utf16Le, "every second byte is zero");
    }
    if half > 0 && even * 10 >= half * 7 && odd * 10 <= half {
        return (Encoding::Utf16Be, "every second byte is zero");
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => (Encoding::Utf8, ""),
        Err(_) => (Encoding::Windows1252, "it is not valid UTF-8"),
    }
}

/// Refuses what is no text, by how it begins.
fn refuse_other_formats(bytes: &[u8]) -> Result<(), Unreadable> {
    const FORMATS: [(&[u8], &str); 8] = [
        (b"PK\x03\x04", "it is an Excel or OpenDocument workbook or a ZIP archive"),
        (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook (.xls)"),
        (b"%PDF", "it is a PDF"),
        (b"\x1f\x8b", "it is compressed with gzip"),
        (b"PAR1", "it is a Parquet file"),
        (b"\x89PNG", "it is a picture"),
        (b"\xff\xfe\0\0", "it is UTF-32"),
        (b"\0\0\xfe\xff", "it is UTF-32"),
    ];
    let found = FORMATS.into_iter().find(|(start, _)| bytes.starts_with(start));
    found.map_or(Ok(()), |(_, what)| Err(Unreadable::NotText(what)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Encoding) {
        let decoded = decode(bytes, &Answers::default()).unwrap();
        (decoded.text, decoded.encoding)
    }

    fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
        let text = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn each_encoding_is_recognised() {
        let text = "T (°C)\tµ\n1\t2\n";
        assert_eq!(read(text.as_bytes()), (text.to_owned(), Encoding::Utf8));
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), (text.to_owned(), Encoding::Utf8));
        for mark in [true, false] {
            assert_eq!(read(&utf16(text, mark, false)), (text.to_owned(), Encoding::Utf16Le));
            assert_eq!(read(&utf16(text, mark, true)), (text.to_owned(), Encoding::Utf16Be));
        }
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(read(&latin), (text.to_owned(), Encoding::Windows1252));
    }

    #[test]
    fn a_fallback_and_replaced_bytes_are_told_with_their_line() {
        let told = decode(b"x,y\n1,\xb0C\n", &Answers::default()).unwrap().notices;
        assert!(told[0].message.ends_with("Line 2 then has “°”."), "{told:?}");
        let odd = [utf16("x\ty\n", true, false), vec![0x00, 0xd8]].concat();
        let told = decode(&odd, &Answers::default()).unwrap().notices;
        assert_eq!((told[1].code, told[1].place.line), (NoticeCode::ReplacedCharacters, Some(2)));
    }

    #[test]
    fn other_formats_are_named() {
        let refused = decode(b"PK\x03\x04\x14\0", &Answers::default()).err().unwrap().to_string();
        assert!(refused.contains("workbook"), "{refused}");
        assert!(decode(b"a,\0b\n", &Answers::default()).is_err());
    }
}
