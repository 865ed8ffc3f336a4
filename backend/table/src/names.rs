//! When two names are the same.

use crate::header::one_line;

/// As written, in one line and in NFC.
pub(crate) fn exact(name: &str) -> String {
    one_line(name)
}

/// Without case, blanks, `_`, `-` and `.`.
pub(crate) fn folded(name: &str) -> String {
    let name = exact(name).to_lowercase();
    name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.')).collect()
}

/// Without brackets, too: `T (inlet)` and `T` are one.
pub(crate) fn without_brackets(name: &str) -> String {
    let mut bare = String::new();
    let mut depth = 0_usize;
    for character in name.chars() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => bare.push(character),
            _ => {}
        }
    }
    folded(&bare)
}

/// The folded name of what a title such as `yield_sd` is the deviation of.
pub(crate) fn without_deviation(title: &str) -> Option<String> {
    const WORDS: [&str; 10] = [
        "sd",
        "std",
        "stdev",
        "stddev",
        "sigma",
        "error",
        "uncertainty",
        "sem",
        "standard",
        "deviation",
    ];
    let spaced = title
        .to_lowercase()
        .replace(['_', '-', '(', ')', '[', ']'], " ")
        .replace(['±', 'σ'], " sd ");
    let (marks, words): (Vec<&str>, Vec<&str>) =
        spaced.split_whitespace().partition(|word| WORDS.contains(word));
    (!marks.is_empty() && !words.is_empty()).then(|| folded(&words.concat()))
}

pub(crate) fn is_failure(title: &str) -> bool {
    matches!(
        folded(title).as_str(),
        "failure" | "failed" | "fail" | "error" | "reason" | "failurereason"
    )
}
