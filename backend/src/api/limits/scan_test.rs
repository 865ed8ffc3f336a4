//! Tests of the lexer that guards the parser.

use super::{
    LimitExceeded, Limits,
    scan::{ScanError, check_text},
};

fn limit(name: &'static str, max: u64, actual: Option<u64>) -> Result<(), ScanError> {
    Err(ScanError::Limit(LimitExceeded { limit: name, max, actual }))
}

fn check(document: &str) -> Result<(), ScanError> {
    check_text(document, &Limits::default())
}

#[test]
fn a_deep_list_literal_is_refused() {
    let document = format!("{{ f(a: {}{}) }}", "[".repeat(1_800), "]".repeat(1_800));
    assert_eq!(check(&document), limit("nesting", 50, None));
}

#[test]
fn nesting_is_what_is_open_not_what_was() {
    let document = format!("{{ f(a: [{}]) }}", "[[]]".repeat(500));
    assert_eq!(check(&document), Ok(()));
    assert_eq!(check("}}}}]]]))) { a }"), Ok(()));
}

#[test]
fn brackets_in_strings_and_comments_do_not_nest() {
    let brackets = "[{(".repeat(100);
    for document in [
        format!(r#"{{ f(a: "{brackets}") }}"#),
        format!(r#"{{ f(a: "\"{brackets}\\") }}"#),
        format!(r#"{{ f(a: """{brackets} " "" \""" {brackets}""") }}"#),
        format!("{{ # {brackets} \"\n f }}"),
        format!("{{ # {brackets} \"\"\"\r f }}"),
        format!("{{ f }} # {brackets}"),
    ] {
        assert_eq!(check(&document), Ok(()), "{document}");
    }
}

#[test]
fn brackets_after_strings_and_comments_do_nest() {
    let brackets = "[".repeat(100);
    for start in [r#""""#, r#""\\""#, r#""\"""#, r#""""""""#, r#""""\"""""""#, "# \"\n", "\"#\""] {
        let document = format!("{{ f(a: {start} {brackets}");
        assert_eq!(check(&document), limit("nesting", 50, None), "{document}");
    }
}

#[test]
fn a_string_without_an_end_is_told_by_its_place() {
    for document in ["{ \"", "{ \"a\nb\" }", r#"{ "\"#, r#"{ """ \""""#, r#"{ """"#, r#"{ """""#] {
        assert_eq!(check(document), Err(ScanError::UnterminatedString { at: 2 }), "{document}");
    }
}

#[test]
fn tokens_are_counted() {
    let limits = Limits { tokens: 8, ..Limits::default() };
    assert_eq!(check_text("{ a(b: -1.5) }", &limits), limit("tokens", 8, None));
    assert_eq!(check_text("{ ...abc, d } # a b c d", &limits), Ok(()));
    assert_eq!(check_text("{ a b c d e f }", &limits), Ok(()));
    assert_eq!(check_text("{ a b c d e f g }", &limits), limit("tokens", 8, None));
}

#[test]
fn bytes_are_counted() {
    let limits = Limits { document_bytes: 8, ..Limits::default() };
    assert_eq!(check_text("{ abcd }", &limits), Ok(()));
    assert_eq!(check_text("{ abcde }", &limits), limit("documentBytes", 8, Some(9)));
}
