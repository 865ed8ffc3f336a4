//! Terms that are known by their beginnings, as words are: which there are.

use sea_orm::ConnectionTrait;

use super::{
    super::{fault, sql::Sql},
    condition::push_beginning,
    walk::Place,
};
use crate::task::Result;

/// All terms that begin so; none if they are none, or more than so many.
pub(super) async fn terms_from(
    place: Place<'_, impl ConnectionTrait>,
    beginning: &str,
    most: usize,
) -> Result<Option<Vec<String>>> {
    // From each term to the next one, without reading the rows between.
    let mut sql = Sql::new(place.kind);
    sql.push(
        "WITH RECURSIVE own(term, place) AS (SELECT min(x.term), 1 FROM task_term AS x WHERE ",
    );
    push_beginning(&mut sql, "x.term", beginning);
    sql.push(
        " UNION ALL SELECT (SELECT min(x.term) FROM task_term AS x WHERE x.term > own.term AND ",
    );
    push_beginning(&mut sql, "x.term", beginning);
    sql.push(&format!(
        "), own.place + 1 FROM own WHERE own.term IS NOT NULL AND own.place <= {most})"
    ));
    sql.push(" SELECT term FROM own WHERE term IS NOT NULL");
    let rows = place.connection.query_all_raw(sql.into_statement()).await.map_err(fault)?;
    if !(1..=most).contains(&rows.len()) {
        return Ok(None);
    }
    rows.iter().map(|row| row.try_get("", "term").map_err(fault)).collect::<Result<_>>().map(Some)
}
