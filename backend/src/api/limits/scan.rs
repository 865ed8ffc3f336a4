//! The raw text of a document: its size, its tokens and its nesting, by a lexer that never
//! recurses.
//!
//! It only needs to know where tokens begin and end
//! (<https://spec.graphql.org/September2025/#sec-Language.Source-Text>); whether they make sense is
//! the parser's matter.

use super::{LimitExceeded, Limits, count, within};

/// Why a text does not reach the parser.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::api) enum ScanError {
    Limit(LimitExceeded),
    /// A string that begins at this byte has no end. Reported here because the parser would search
    /// for that end over and over.
    UnterminatedString {
        at: usize,
    },
}

impl From<LimitExceeded> for ScanError {
    fn from(limit: LimitExceeded) -> Self {
        Self::Limit(limit)
    }
}

/// Checks the limits that need no parsing.
pub(in crate::api) fn check_text(document: &str, limits: &Limits) -> Result<(), ScanError> {
    within("documentBytes", count(limits.document_bytes), count(document.len()))?;
    let bytes = document.as_bytes();
    let (mut at, mut tokens, mut nesting) = (0, 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = end_of_comment(bytes, at);
                continue;
            }
            b'"' => end_of_string(bytes, at).ok_or(ScanError::UnterminatedString { at })?,
            b'.' => end_while(bytes, at, |byte| byte == b'.'),
            b'{' | b'[' | b'(' => {
                nesting += 1;
                if nesting > limits.nesting {
                    return Err(over("nesting", limits.nesting));
                }
                at + 1
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                at + 1
            }
            _ if is_word(byte) => end_while(bytes, at, is_word),
            _ => at + 1,
        };
        tokens += 1;
        if tokens > limits.tokens {
            return Err(over("tokens", limits.tokens));
        }
        at = end;
    }
    Ok(())
}

fn over(limit: &'static str, max: usize) -> ScanError {
    ScanError::Limit(LimitExceeded { limit, max: count(max), actual: None })
}

/// Names and numbers. Bytes above ASCII are no token of the language; one run of them counts as
/// one.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

pub(super) fn end_while(bytes: &[u8], from: usize, belongs: fn(u8) -> bool) -> usize {
    let length = bytes[from..].iter().take_while(|&&byte| belongs(byte)).count();
    from + length
}

pub(super) fn end_of_comment(bytes: &[u8], from: usize) -> usize {
    end_while(bytes, from, |byte| byte != b'\n' && byte != b'\r')
}

pub(super) fn end_of_string(bytes: &[u8], from: usize) -> Option<usize> {
    if bytes[from..].starts_with(br#"""""#) {
        return end_of_block_string(bytes, from + 3);
    }
    let mut at = from + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// In a block string only `\"""` is an escape.
fn end_of_block_string(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        if rest.starts_with(br#"""""#) {
            return Some(at + 3);
        }
        at += if rest.starts_with(br#"\""""#) { 4 } else { 1 };
    }
}
