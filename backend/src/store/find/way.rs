//! Where the tasks that pass a filter are to be found: among few, in a set that an index has by age, or
//! anywhere.

use sea_orm::ConnectionTrait;

use super::{
    super::{fault, sql::Sql},
    driver::Driver,
    order::Columns,
    rail::Rail,
    walk::Place,
    words::Words,
};
use crate::task::{Error, Result, TaskFilter};

/// Where to look for the tasks of a filter.
#[derive(Debug)]
pub(super) struct Way {
    among: Among,
    learned: Learned,
}

/// What was learned of a filter before it is used.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// Which words are those of a few terms.
    pub(super) words: Words,
    /// The sets of its conditions, the rarest first.
    pub(super) rarest_first: Vec<Driver>,
}

#[derive(Debug)]
enum Among {
    /// These few.
    Few(Driver),
    /// A set that an index has by age.
    ByAge(Driver),
    /// All tasks.
    All,
}

impl Way {
    /// Looks where the tasks that pass are to be found, if they are wanted by age or not.
    pub(super) async fn of(
        filter: &TaskFilter,
        place: Place<'_, impl ConnectionTrait>,
        by_age: bool,
    ) -> Result<Self> {
        let words = Words::of(&filter.condition, place).await?;
        let mut drivers = Driver::of(&filter.condition, &words);
        drivers.retain(|driver| !filter.deleted || driver.has_deleted());
        let sizes = match &drivers[..] {
            // It is gone along, however many it has.
            [only] if by_age && only.is_by_age() => vec![Size::default()],
            several => probe(place, several, by_age).await?,
        };
        let mut found: Vec<_> = sizes.into_iter().zip(drivers).collect();
        found.sort_by_key(|(size, _)| *size);
        let rarest_first = found.iter().map(|(_, driver)| driver.clone()).collect();
        let learned = Learned { words, rarest_first };
        let fewest = found.first().filter(|(size, _)| size.count <= i64::from(place.few));
        // Who wants them by age need not look at all of the few, if they are kept by age.
        if fewest.is_some_and(|(_, driver)| !by_age || !driver.is_by_age()) {
            return Ok(Self { among: Among::Few(found.swap_remove(0).1), learned });
        }
        let mut drivers = found.into_iter().map(|(_, driver)| driver);
        // Whoever goes to the end anyway has nothing of an order that must be merged.
        let fits = |driver: &Driver| driver.is_by_age() && (by_age || driver.merged().is_none());
        Ok(Self { among: drivers.find(fits).map_or(Among::All, Among::ByAge), learned })
    }

    /// Whether all tasks that pass are among few.
    pub(super) const fn is_few(&self) -> bool {
        matches!(self.among, Among::Few(_))
    }

    /// The rail by age, oldest first or the other way round; of few, one without an order.
    pub(super) fn by_age(self, filter: &TaskFilter, reversed: bool) -> Rail {
        match self.among {
            Among::Few(driver) => Rail::few(driver, self.learned),
            Among::ByAge(driver) => Rail::by_age(driver, reversed, self.learned),
            Among::All => Rail::all(filter, reversed, self.learned),
        }
    }

    /// The rail that is an index of all tasks that are not deleted, in its order.
    pub(super) fn by_index(self, index: &'static str, columns: Columns) -> Rail {
        Rail::live(index, columns, self.learned)
    }
}

/// How large a set is, as far as it matters. Of two that have many, the smaller one is that whose last
/// ones were made over a longer time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    count: i64,
    since: i64,
}

/// Which part of the few are looked at to tell which of several sets is the rarest.
const RANKED: u32 = 8;

async fn probe(
    place: Place<'_, impl ConnectionTrait>,
    drivers: &[Driver],
    by_age: bool,
) -> Result<Vec<Size>> {
    if drivers.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(place.kind);
    // A set that is gone along by age is so, be it of few or many: only which is rarer matters.
    let some = if by_age { place.few / RANKED } else { place.few };
    push_since(&mut sql, drivers, some);
    for (i, driver) in drivers.iter().enumerate() {
        sql.push(if i > 0 { ", " } else { " SELECT " });
        // Of a set whose last few were made since then there are many.
        let many = place.few + 1;
        sql.push(&format!("since{i}, CASE WHEN since{i} IS NULL THEN (SELECT count(*) FROM ("));
        sql.push("SELECT 1 FROM ").push(driver.table()).push(" WHERE ");
        driver.push(&mut sql);
        sql.push(&format!(" LIMIT {many}) AS probe) ELSE {many} END AS count{i}"));
    }
    sql.push(" FROM last");
    let row = place.connection.query_one_raw(sql.into_statement()).await.map_err(fault)?;
    let row = row.ok_or_else(|| Error::storage("a count has no row"))?;
    (0..drivers.len())
        .map(|i| {
            let count = row.try_get("", &format!("count{i}")).map_err(fault)?;
            let since: Option<i64> = row.try_get("", &format!("since{i}")).map_err(fault)?;
            Ok(Size { count, since: since.unwrap_or_default() })
        })
        .collect()
}

/// Adds since when the last few of each set were made, nothing if there are not so many; of several terms
/// the most frequent one is looked at, which has its part of these. It is not asked where there is nothing
/// to compare, or no index would tell.
fn push_since(sql: &mut Sql, drivers: &[Driver], some: u32) {
    for (i, driver) in drivers.iter().enumerate() {
        sql.push(if i > 0 { ", (" } else { "WITH last AS MATERIALIZED (SELECT (" });
        let falling = Columns::age(driver.created_at(), driver.id()).reversed(true);
        match driver.merged() {
            Some(terms) if drivers.len() > 1 => {
                sql.push("SELECT max(since) FROM (");
                for (j, term) in terms.iter().enumerate() {
                    sql.push(if j > 0 { " UNION ALL " } else { "" });
                    sql.push("SELECT (SELECT x.created_at FROM task_term AS x WHERE x.term = ");
                    sql.bind(term.as_str());
                    falling.push_order(sql);
                    sql.push(&format!(" LIMIT 1 OFFSET {}) AS since", some as usize / terms.len()));
                }
                sql.push(") AS each");
            }
            None if driver.is_by_age() && drivers.len() > 1 => {
                sql.push("SELECT ").push(driver.created_at()).push(" FROM ");
                sql.push(driver.table()).push(" WHERE ");
                driver.push(sql);
                falling.push_order(sql);
                sql.push(&format!(" LIMIT 1 OFFSET {some}"));
            }
            Some(_) | None => {
                sql.push("SELECT CAST(NULL AS BIGINT)");
            }
        }
        sql.push(&format!(") AS since{i}"));
    }
    sql.push(")");
}
