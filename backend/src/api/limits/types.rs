//! The types of variables, written the one way that the library's parser reads: it takes no blanks within a type, where
//! the language allows them between any two tokens
//! (<https://spec.graphql.org/September2025/#sec-Insignificant-Commas>).

use std::{borrow::Cow, ops::Range};

use super::scan::{end_of_comment, end_of_string, end_while, is_word};

/// The document with what is between the tokens of each type moved behind it. All else stays at its place, so that
/// errors tell of the places in the document that the client has sent.
pub(in crate::api) fn close_types(document: &str) -> Cow<'_, str> {
    let mut closed: Option<String> = None;
    for (tokens, end) in loose_types(document.as_bytes()) {
        let closed = closed.get_or_insert_with(|| document.to_owned());
        let start = tokens[0].start;
        let (mut of_type, mut between) = (String::new(), String::new());
        let mut at = start;
        for token in tokens {
            between.push_str(&document[at..token.start]);
            of_type.push_str(&document[token.clone()]);
            at = token.end;
        }
        closed.replace_range(start..end, &(of_type + &between));
    }
    closed.map_or(Cow::Borrowed(document), Cow::Owned)
}

/// The tokens of each type that has something between them, and its end.
fn loose_types(bytes: &[u8]) -> Vec<(Vec<Range<usize>>, usize)> {
    let mut types = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'#' => end_of_comment(bytes, at),
            b'"' => match end_of_string(bytes, at) {
                Some(end) => end,
                None => break,
            },
            // Only where a variable is defined a colon follows on it.
            b'$' => {
                let name = skip(bytes, at + 1);
                let colon = skip(bytes, end_while(bytes, name, is_word));
                if bytes.get(colon) == Some(&b':') {
                    let tokens = type_tokens(bytes, colon + 1);
                    let end = tokens.last().map_or(colon + 1, |last| last.end);
                    let is_loose = tokens.windows(2).any(|pair| pair[0].end < pair[1].start);
                    if is_loose {
                        types.push((tokens, end));
                    }
                    end
                } else {
                    at + 1
                }
            }
            _ => at + 1,
        };
    }
    types
}

/// The tokens of the type that begins there.
fn type_tokens(bytes: &[u8], from: usize) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut has_name = false;
    loop {
        let start = skip(bytes, tokens.last().map_or(from, |last| last.end));
        let end = match bytes.get(start) {
            Some(b'[') if !has_name => start + 1,
            Some(b']' | b'!') if has_name => start + 1,
            Some(&byte) if is_word(byte) && !has_name => {
                has_name = true;
                end_while(bytes, start, is_word)
            }
            _ => return tokens,
        };
        tokens.push(start..end);
    }
}

/// Where the next token begins.
fn skip(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at = match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r' | b',') => at + 1,
            Some(b'#') => end_of_comment(bytes, at),
            _ => return at,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_within_a_type_comes_behind_it() {
        for (document, expected) in [
            ("query ($a: [ ID! ]) { a }", "query ($a: [ID!]  ) { a }"),
            ("query ($a: ID !) { a }", "query ($a: ID! ) { a }"),
            (
                "query ($a : [\n[ID ! ] !\t]!= [], $b: Int) { a }",
                "query ($a : [[ID!]!]!\n   \t= [], $b: Int) { a }",
            ),
            ("query ($a: [,ID]) { a }", "query ($a: [ID],) { a }"),
            ("query ($a: [#c ]\nID]) { a }", "query ($a: [ID]#c ]\n) { a }"),
            ("query ($ a #c\n: [ ID]) { a }", "query ($ a #c\n: [ID] ) { a }"),
            ("query ($a: [ID ] @d, $b: [Int ]) { a }", "query ($a: [ID]  @d, $b: [Int] ) { a }"),
        ] {
            assert_eq!(close_types(document), expected);
            assert_eq!(close_types(expected), expected, "it is done");
        }
    }

    #[test]
    fn all_else_stays_as_it_is() {
        for document in [
            "",
            "$",
            "$a:",
            "$a: [",
            "{ a(b: $c d: [ 1 ], e: { f: $g } ) }",
            "{ a(b: \"$a: [ ID ]\") } # $a: [ ID ]",
            "{ a(b: \"\"\"$a: [ ID ]\"\"\") }",
            "query ($a: [ID!]! = [ 1 ]) { a }",
            "{ \"$a: [ ID ]",
        ] {
            assert!(matches!(close_types(document), Cow::Borrowed(_)), "{document}");
        }
    }
}
