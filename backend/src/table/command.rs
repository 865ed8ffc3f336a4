//! Tables on the command line: the file, and answers in words.

use std::{fs::File, io::Read as _, path::Path};

use anyhow::{Context as _, bail, ensure};
use asktell_table::{Answer, Answers, MAX_BYTES, Question, QuestionCode, Reading, Role, Table};

use crate::config::TableAnswers;

/// The bytes of a regular file, 16 MiB at most.
pub fn file(path: &Path) -> anyhow::Result<Vec<u8>> {
    // Before it is opened: a pipe would wait for a writer.
    let kind = std::fs::metadata(path)?;
    ensure!(kind.is_file(), "this is no regular file");
    let limit = u64::try_from(MAX_BYTES)?;
    ensure!(kind.len() <= limit, "the file has {} bytes; at most {limit} are read", kind.len());
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Answers as they were given: `decimal-sign=COMMA`, `censored:impurity=HALF`, and roles as `temp=parameter:temperature`.
pub fn answers(bytes: &[u8], given: &TableAnswers) -> anyhow::Result<Answers> {
    let mut answers = Vec::new();
    // What holds for the whole table comes first: the titles depend on it.
    let of_table = |text: &&String| !text.split('=').next().is_some_and(|name| name.contains(':'));
    let (whole, single): (Vec<&String>, Vec<&String>) = given.answers.iter().partition(of_table);
    for text in whole {
        let (name, reading) = pair(text)?;
        answers.push(Answer { question: question(name)?, column: None, reading: upper(reading) });
    }
    if single.is_empty() && given.columns.is_empty() {
        return Ok(Answers(answers));
    }
    let table = Table::read(bytes, &Answers(answers.clone()))?;
    for text in single {
        let (name, reading) = pair(text)?;
        let (name, title) = name.split_once(':').context("a question and a column")?;
        let column = Some(column(&table, title)?);
        answers.push(Answer { question: question(name)?, column, reading: upper(reading) });
    }
    for text in &given.columns {
        let (title, role) =
            text.rsplit_once('=').with_context(|| format!("\"{text}\" is not TITLE=ROLE"))?;
        let Some(role) = Role::from_value(role) else {
            bail!(
                "\"{role}\" is no role; there are leave-out, failure, and parameter, objective, deviation, metric or \
                 metadata with a colon and a name"
            );
        };
        let column = Some(column(&table, title)?);
        answers.push(Answer { question: QuestionCode::Role, column, reading: role.value() });
    }
    Ok(Answers(answers))
}

/// An answer as it is given on the command line.
#[must_use]
pub fn answer_text(table: &Table, question: &Question, reading: &Reading) -> String {
    let name = word(question.code);
    match question.column {
        Some(column) => {
            // Titles that are there twice are told apart by their number.
            let title = &table.columns[column].title;
            let same = table.columns.iter().filter(|other| other.title == *title).count();
            let title = if same > 1 { format!("#{}", column + 1) } else { title.clone() };
            if question.code == QuestionCode::Role {
                return format!("'{title}={}'", reading.value);
            }
            format!("'{name}:{title}={}'", reading.value)
        }
        None => format!("{name}={}", reading.value),
    }
}

fn pair(text: &str) -> anyhow::Result<(&str, &str)> {
    text.rsplit_once('=').with_context(|| format!("\"{text}\" is not QUESTION=READING"))
}

fn upper(reading: &str) -> String {
    reading.to_uppercase().replace('-', "_")
}

fn column(table: &Table, title: &str) -> anyhow::Result<usize> {
    match table.columns_named(title).as_slice() {
        [one] => Ok(*one),
        [] => {
            let titles: Vec<&str> = table.columns.iter().map(|c| c.title.as_str()).collect();
            bail!("there is no column \"{title}\"; there are {}", titles.join(", "))
        }
        several => {
            let numbers: Vec<String> = several.iter().map(|c| format!("#{}", c + 1)).collect();
            bail!("several columns are called \"{title}\": name them {}", numbers.join(" and "))
        }
    }
}

const QUESTIONS: [(QuestionCode, &str); 13] = [
    (QuestionCode::Encoding, "encoding"),
    (QuestionCode::Delimiter, "delimiter"),
    (QuestionCode::DecimalSign, "decimal-sign"),
    (QuestionCode::HeaderLine, "header-line"),
    (QuestionCode::ColumnKind, "column-kind"),
    (QuestionCode::BareNumbers, "bare-numbers"),
    (QuestionCode::Percent, "percent"),
    (QuestionCode::Censored, "censored"),
    (QuestionCode::Deviation, "deviation"),
    (QuestionCode::WithoutResult, "without-result"),
    (QuestionCode::NotFinite, "not-finite"),
    (QuestionCode::Repeated, "repeated"),
    (QuestionCode::BadRows, "bad-rows"),
];

fn question(name: &str) -> anyhow::Result<QuestionCode> {
    let plain = name.to_lowercase().replace('_', "-");
    let found = QUESTIONS.into_iter().find(|(_, word)| *word == plain);
    found.map(|(code, _)| code).with_context(|| {
        let words: Vec<&str> = QUESTIONS.iter().map(|(_, word)| *word).collect();
        format!("\"{name}\" is no question; there are {}", words.join(", "))
    })
}

fn word(code: QuestionCode) -> &'static str {
    QUESTIONS.into_iter().find(|(other, _)| *other == code).map_or("column", |(_, word)| word)
}

/// The flag that answers a question: `--column` for roles.
#[must_use]
pub fn flag(code: QuestionCode) -> &'static str {
    if code == QuestionCode::Role { "--column" } else { "--answer" }
}
