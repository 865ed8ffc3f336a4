//! Running many statements in turn: while the database executes one, the next is put together.

use std::future::Future;

use futures_util::future::join;
use sea_orm::{DbErr, Statement};

use super::{fault, sql::Sql};
use crate::task::Result;

/// Runs statements one after the other, and gives what each of them gave. The first error ends it.
pub(super) async fn in_turn<T, F>(
    mut statements: impl Iterator<Item = Result<Sql>>,
    run: impl Fn(Statement) -> F,
) -> Result<Vec<T>>
where
    F: Future<Output = Result<T, DbErr>>,
{
    let mut done = Vec::new();
    let mut next = statements.next().transpose()?;
    while let Some(sql) = next {
        // The first of the two is polled first: it is on its way when the other begins.
        let building = async { statements.next().transpose() };
        let (ran, built) = join(run(sql.into_statement()), building).await;
        done.push(ran.map_err(fault)?);
        next = built?;
    }
    Ok(done)
}
