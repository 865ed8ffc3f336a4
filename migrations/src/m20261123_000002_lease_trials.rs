//! Leases, budgets, the queue across tasks, intermediate reports, and idempotency keys.

use sea_orm_migration::prelude::*;

use crate::resume;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for (table, columns) in [
            ("task", task_columns()),
            ("task_settings", settings_columns()),
            ("trial", trial_columns()),
        ] {
            for column in columns {
                resume::add_column(manager, table, column).await?;
            }
        }
        resume::create_table(manager, task_label()).await?;
        resume::create_table(manager, owner_turn()).await?;
        resume::create_table(manager, report()).await?;
        resume::create_table(manager, idempotency()).await?;
        let connection = manager.get_connection();
        for statement in INDEXES.iter().chain(EXISTING_ROWS) {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().take()
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().take()
}

fn count(name: &'static str) -> ColumnDef {
    number(name).not_null().default(0).take()
}

fn flag(name: &'static str, default: bool) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().default(default).take()
}

fn task_columns() -> Vec<ColumnDef> {
    vec![
        count("priority"),
        text("owner").not_null().default("anonymous").take(),
        text("labels").not_null().default("[]").take(),
        text("budget").not_null().default("{}").take(),
        text("bound"),
        count("handed_out"),
        count("returned"),
        number("retry_at"),
        count("since_best"),
        flag("proposes", true),
        flag("ready", false),
        number("waiting_since"),
        number("work_since"),
        text("runner"),
        count("claim_token"),
        number("claim_expires_at"),
        number("claim_micros"),
        flag("given_back", false),
        // Derived, for the queue: from when on there is work, or something to claim; and two bounds of the budget.
        number("work_at"),
        number("claim_at"),
        number("deadline"),
        ColumnDef::new("max_share").double().take(),
    ]
}

fn settings_columns() -> Vec<ColumnDef> {
    vec![
        text("constraints").not_null().default("[]").take(),
        text("policy").not_null().default("{}").take(),
        text("pruning").not_null().default("{}").take(),
    ]
}

fn trial_columns() -> Vec<ColumnDef> {
    vec![
        text("details"),
        count("lease_token"),
        number("lease_expires_at"),
        number("lease_micros"),
        number("available_at"),
        number("told_with"),
        text("excluded"),
        ColumnDef::new("feasible").boolean().take(),
        flag("on_front", false),
    ]
}

/// The labels of tasks once more, to be searched.
fn task_label() -> TableCreateStatement {
    Table::create()
        .table("task_label")
        .col(ColumnDef::new("task_id").uuid().not_null())
        .col(text("label").not_null())
        .primary_key(Index::create().col("task_id").col("label"))
        .foreign_key(&mut of_task("task_label"))
        .to_owned()
}

/// When each owner was last served by the queue, as a number that grows with every turn.
fn owner_turn() -> TableCreateStatement {
    Table::create()
        .table("owner_turn")
        .col(text("owner").not_null().primary_key())
        .col(number("turn").not_null())
        .to_owned()
}

/// What workers tell of a trial on the way to its result.
fn report() -> TableCreateStatement {
    Table::create()
        .table("report")
        .col(ColumnDef::new("task_id").uuid().not_null())
        .col(number("number").not_null())
        .col(number("step").not_null())
        .col(text("measurement").not_null())
        .col(ColumnDef::new("value").double().take())
        .col(number("rung"))
        .col(number("at").not_null())
        .primary_key(Index::create().col("task_id").col("number").col("step"))
        .foreign_key(&mut of_task("report"))
        .to_owned()
}

/// The answers of calls that carried a key.
fn idempotency() -> TableCreateStatement {
    Table::create()
        .table("idempotency")
        .col(text("actor").not_null())
        .col(text("mutation").not_null())
        .col(text("key").not_null())
        .col(text("fingerprint").not_null())
        .col(text("answer").not_null())
        .col(number("at").not_null())
        .primary_key(Index::create().col("actor").col("mutation").col("key"))
        .to_owned()
}

fn of_task(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "task_id")
        .to("task", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

/// Few rows of large tables: both databases have indexes of a part, in the same words.
const INDEXES: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS task_with_work ON task (work_at) WHERE work_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS task_to_claim ON task (claim_at) WHERE claim_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS task_claimed ON task (claim_expires_at) WHERE claim_expires_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS task_with_deadline ON task (deadline) WHERE deadline IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS task_at_work ON task (trials_running) WHERE trials_running > 0",
    "CREATE INDEX IF NOT EXISTS trial_leased ON trial (lease_expires_at) WHERE lease_expires_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS trial_on_front ON trial (task_id, number) WHERE on_front",
    "CREATE INDEX IF NOT EXISTS owner_by_turn ON owner_turn (turn)",
    "CREATE INDEX IF NOT EXISTS report_by_step ON report (task_id, step, value)",
    "CREATE INDEX IF NOT EXISTS report_by_rung ON report (task_id, rung, value) WHERE rung IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS idempotency_by_age ON idempotency (at)",
];

/// Rows from before there were leases: what is out gets a lease that ends a day after it was handed out.
const EXISTING_ROWS: &[&str] = &[
    "UPDATE trial SET feasible = TRUE WHERE state = 'COMPLETED'",
    "UPDATE trial SET lease_token = 1 WHERE started_at IS NOT NULL",
    "UPDATE trial SET lease_expires_at = started_at + 86400000000, lease_micros = 86400000000
       WHERE state = 'RUNNING'",
    "UPDATE task SET handed_out = (SELECT COUNT(*) FROM trial
       WHERE task_id = task.id AND started_at IS NOT NULL)",
    "UPDATE task SET proposes = FALSE WHERE EXISTS (SELECT 1 FROM task_settings
       WHERE task_id = task.id AND strategy LIKE '%\"EXTERNAL\"%')",
    "UPDATE task SET ready = TRUE WHERE EXISTS (SELECT 1 FROM task_settings
       WHERE task_id = task.id AND parameter_space IS NOT NULL AND objectives <> '[]')",
    "UPDATE task SET work_at = 0, waiting_since = updated_at
       WHERE status = 'RUNNING' AND deleted_at IS NULL AND (proposes OR trials_waiting > 0)",
    "UPDATE task SET claim_at = 0, waiting_since = created_at
       WHERE status = 'CREATED' AND deleted_at IS NULL AND ready",
];
