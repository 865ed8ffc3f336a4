//! The answers of calls that carried a key, kept in the transaction of the change.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _,
    QueryFilter as _, Statement,
};

use super::{
    Store, Tx,
    entity::{idempotency, micros},
    fault,
};
use crate::task::{Actor, Error, Replay, Result, Timestamp};

impl Tx {
    /// The answer that was given to a call with this key; none if it is new. Of two equal calls at the
    /// same time, the second waits here until the first is committed. (SQLite has one writer anyway.)
    pub async fn answer(&mut self, actor: &Actor, replay: &Replay) -> Result<Option<String>> {
        let Replay { key, mutation, .. } = replay;
        let connection = self.connection();
        if connection.get_database_backend() == DbBackend::Postgres {
            let lock = Statement::from_sql_and_values(
                DbBackend::Postgres,
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                [format!("{actor}\n{mutation}\n{key}").into()],
            );
            connection.execute_raw(lock).await.map_err(fault)?;
        }
        let known = idempotency::Entity::find_by_id((
            actor.as_str().to_owned(),
            mutation.clone(),
            key.as_str().to_owned(),
        ))
        .one(connection)
        .await
        .map_err(fault)?;
        match known {
            None => Ok(None),
            Some(known) if replay.is_of(&known.fingerprint) => Ok(Some(known.answer)),
            Some(_) => Err(Error::IdempotencyConflict { key: key.clone() }),
        }
    }

    /// Keeps the answer to a call under its key.
    pub async fn keep_answer(
        &mut self,
        actor: &Actor,
        replay: &Replay,
        answer: String,
        at: Timestamp,
    ) -> Result<()> {
        let Replay { key, mutation, .. } = replay;
        let row = idempotency::ActiveModel {
            actor: Set(actor.as_str().to_owned()),
            mutation: Set(mutation.clone()),
            key: Set(key.as_str().to_owned()),
            fingerprint: Set(replay.fingerprint()),
            answer: Set(answer),
            at: Set(micros(at)),
        };
        idempotency::Entity::insert(row)
            .exec_without_returning(self.writing_apart())
            .await
            .map_err(fault)?;
        Ok(())
    }

    /// Forgets the answers from before a time, and says how many they were.
    pub async fn forget_answers(&mut self, before: Timestamp) -> Result<u64> {
        let gone = idempotency::Entity::delete_many()
            .filter(idempotency::Column::At.lt(micros(before)))
            .exec(self.writing_apart())
            .await
            .map_err(fault)?;
        Ok(gone.rows_affected)
    }
}

impl Store {
    /// Whether there are answers from before a time.
    pub async fn has_answers_before(&self, before: Timestamp) -> Result<bool> {
        let oldest = idempotency::Entity::find()
            .filter(idempotency::Column::At.lt(micros(before)))
            .one(&self.reader)
            .await
            .map_err(fault)?;
        Ok(oldest.is_some())
    }
}
