//! Points that are ready to be handed out, which server computes more of them, and what the model has
//! learned. Nothing here is the truth about a task: whatever is lost is computed again, the same.

use sea_orm::{ConnectionTrait as _, EntityTrait as _};

use super::{
    Tx,
    entity::{micros, proposal, warm_start},
    fault,
    sql::Sql,
};
use crate::task::{Prepared, Result, TaskId, Timestamp};

impl Tx {
    /// The points of a task that are ready, whatever they stand on.
    pub async fn prepared(&mut self, id: TaskId) -> Result<Option<Prepared>> {
        let row =
            proposal::Entity::find_by_id(id.uuid()).one(self.connection()).await.map_err(fault)?;
        row.map(Prepared::try_from).transpose()
    }

    /// Lets a server compute the points of a task until then, unless another does; says whether it may.
    pub async fn claim_computation(
        &mut self,
        id: TaskId,
        server: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let mut sql = Sql::new(self.kind());
        sql.push("INSERT INTO proposal (task_id, computing_by, computing_until) VALUES (");
        sql.bind_all([id.uuid().into(), server.into(), micros(until).into()]);
        sql.push(") ON CONFLICT (task_id) DO UPDATE SET computing_by = excluded.computing_by, ");
        sql.push("computing_until = excluded.computing_until WHERE proposal.computing_by IS NULL ");
        sql.push(
            "OR proposal.computing_by = excluded.computing_by OR proposal.computing_until <= ",
        );
        sql.bind(micros(now));
        let done = self.writing_apart().execute_raw(sql.into_statement()).await.map_err(fault)?;
        Ok(done.rows_affected() > 0)
    }

    /// Another server may compute the points of a task.
    pub async fn release_computation(&mut self, id: TaskId, server: &str) -> Result<()> {
        let mut sql = Sql::new(self.kind());
        sql.push(
            "UPDATE proposal SET computing_by = NULL, computing_until = NULL WHERE task_id = ",
        );
        sql.bind(id.uuid()).push(" AND computing_by = ").bind(server);
        self.writing_apart().execute_raw(sql.into_statement()).await.map_err(fault)?;
        Ok(())
    }

    /// Keeps points that are ready, unless there are some that stand on more.
    pub async fn keep_prepared(&mut self, id: TaskId, prepared: &Prepared) -> Result<()> {
        let Prepared { basis, sequence, proposed, points: _, exhausted: _ } = prepared;
        let points = proposal::points(prepared)?;
        let mut sql = Sql::new(self.kind());
        sql.push("INSERT INTO proposal (task_id, basis, sequence, proposed, points) VALUES (");
        sql.bind_all([
            id.uuid().into(),
            (*basis).into(),
            (*sequence).into(),
            (*proposed).into(),
            points.into(),
        ]);
        sql.push(") ON CONFLICT (task_id) DO UPDATE SET basis = excluded.basis, ");
        sql.push("sequence = excluded.sequence, proposed = excluded.proposed, ");
        sql.push("points = excluded.points WHERE proposal.sequence <= excluded.sequence");
        self.writing_apart().execute_raw(sql.into_statement()).await.map_err(fault)?;
        Ok(())
    }

    /// The results that a task begins with, as they were written down.
    pub async fn warm_start(&mut self, id: TaskId) -> Result<Option<String>> {
        let row = warm_start::Entity::find_by_id(id.uuid())
            .one(self.connection())
            .await
            .map_err(fault)?;
        Ok(row.map(|row| row.results))
    }

    /// Writes down the results that a task begins with, or removes them.
    pub async fn set_warm_start(&mut self, id: TaskId, results: Option<&str>) -> Result<()> {
        let mut sql = Sql::new(self.kind());
        match results {
            Some(results) => {
                sql.push("INSERT INTO warm_start (task_id, results) VALUES (");
                sql.bind_all([id.uuid().into(), results.into()]);
                sql.push(") ON CONFLICT (task_id) DO UPDATE SET results = excluded.results");
            }
            None => {
                sql.push("DELETE FROM warm_start WHERE task_id = ").bind(id.uuid());
            }
        }
        self.writing_apart().execute_raw(sql.into_statement()).await.map_err(fault)?;
        Ok(())
    }

    /// Keeps what the model of a task has learned.
    pub async fn keep_model(&mut self, id: TaskId, model: &str) -> Result<()> {
        let mut sql = Sql::new(self.kind());
        sql.push("INSERT INTO proposal (task_id, model) VALUES (");
        sql.bind_all([id.uuid().into(), model.into()]);
        sql.push(") ON CONFLICT (task_id) DO UPDATE SET model = excluded.model");
        self.writing_apart().execute_raw(sql.into_statement()).await.map_err(fault)?;
        Ok(())
    }
}
