//! Words that are searched for by their beginnings: which terms there are that begin so.

use sea_orm::ConnectionTrait;

use super::{
    super::{fault, sql::Sql},
    condition::after_all,
    driver::MERGED,
    walk::Place,
};
use crate::task::{FindTerm, Result, TaskCondition};

/// The beginnings of words in a filter that are those of a few terms only, with these.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(Vec<(String, Vec<String>)>);

impl Words {
    /// Looks the words of a condition up.
    pub(super) async fn of(
        condition: &TaskCondition,
        place: Place<'_, impl ConnectionTrait>,
    ) -> Result<Self> {
        let mut beginnings = Vec::new();
        gather(condition, &mut beginnings);
        if beginnings.is_empty() {
            return Ok(Self::default());
        }
        let mut words: Vec<_> =
            beginnings.into_iter().map(|beginning| (beginning.to_owned(), Vec::new())).collect();
        let sql = terms_from(place, &words);
        for row in place.connection.query_all_raw(sql.into_statement()).await.map_err(fault)? {
            let word: i64 = row.try_get("", "word").map_err(fault)?;
            let known = usize::try_from(word).ok().and_then(|word| words.get_mut(word));
            if let Some((_, terms)) = known {
                terms.push(row.try_get("", "term").map_err(fault)?);
            }
        }
        words.retain(|(_, terms)| (1..=MERGED).contains(&terms.len()));
        Ok(Self(words))
    }

    /// All terms of words that begin so; none if they are none, or more than a few.
    pub(super) fn terms(&self, beginning: &str) -> Option<&[String]> {
        self.0.iter().find(|(known, _)| known == beginning).map(|(_, terms)| &terms[..])
    }
}

/// The words of a condition.
fn gather<'a>(condition: &'a TaskCondition, beginnings: &mut Vec<&'a str>) {
    match condition {
        TaskCondition::Word(beginning) => {
            if !beginnings.contains(&beginning.as_str()) {
                beginnings.push(beginning);
            }
        }
        TaskCondition::All(several) | TaskCondition::Any(several) => {
            for one in several {
                gather(one, beginnings);
            }
        }
        TaskCondition::Not(one) => gather(one, beginnings),
        TaskCondition::Ids(_)
        | TaskCondition::NameIs(_)
        | TaskCondition::NameContains(_)
        | TaskCondition::NameStartsWith(_)
        | TaskCondition::Status(_)
        | TaskCondition::Tag(_)
        | TaskCondition::Owner(_)
        | TaskCondition::Parent(_)
        | TaskCondition::Root
        | TaskCondition::Ancestor(_)
        | TaskCondition::Whole(..)
        | TaskCondition::Time(..)
        | TaskCondition::BestValue(_)
        | TaskCondition::Parameter(_)
        | TaskCondition::Metadata(..) => {}
    }
}

/// The terms that begin as the words do, of each at most one more than few: from each term to the next one,
/// without reading the rows between.
fn terms_from(place: Place<'_, impl ConnectionTrait>, words: &[(String, Vec<String>)]) -> Sql {
    let next = "(SELECT min(x.term) FROM task_term AS x WHERE x.term";
    let mut sql = Sql::new(place.kind);
    sql.push("WITH RECURSIVE own(word, after_all, term, place) AS (SELECT wanted.word, wanted.after_all, ");
    sql.push(next).push(" >= wanted.beginning AND x.term < wanted.after_all), 1 FROM (");
    for (i, (beginning, _)) in words.iter().enumerate() {
        let beginning = FindTerm::Word(beginning.clone()).text();
        let after = after_all(&beginning).unwrap_or_default();
        sql.push(if i > 0 { " UNION ALL " } else { "" });
        sql.push(&format!("SELECT CAST({i} AS BIGINT) AS word, CAST("));
        sql.bind(beginning).push(" AS TEXT) AS beginning, CAST(");
        sql.bind(after).push(" AS TEXT) AS after_all");
    }
    sql.push(") AS wanted UNION ALL SELECT own.word, own.after_all, ").push(next);
    sql.push(" > own.term AND x.term < own.after_all), own.place + 1 FROM own ");
    sql.push(&format!("WHERE own.term IS NOT NULL AND own.place <= {MERGED}) "));
    sql.push("SELECT word, term FROM own WHERE term IS NOT NULL");
    sql
}
