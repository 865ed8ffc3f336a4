//! Conditions in SQL. They are never NULL, so that NOT means what it says.
//!
//! What a task has or has not is looked up by its key, as a scalar: as an EXISTS, Postgres would join
//! the whole table of terms, however few tasks are looked at.

use sea_orm::Value;

use super::{
    super::{DatabaseKind, entity::micros, sql::Sql},
    driver::Driver,
    way::Learned,
};
use crate::task::{
    Bounds, FindTerm, MetadataTest, MetadataValue, TaskCondition, TaskFilter, TimeField,
    TrialState, WholeField,
};

/// A row of a statement that reads tasks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// When the task was made, and its id, perhaps of an index by which the row `task` is only found: what is
    /// looked up by these is looked up before that row is read.
    pub(super) created_at: &'static str,
    pub(super) id: &'static str,
    /// The set that all rows are of.
    pub(super) within: Option<&'a Driver>,
    /// What is known of the filter.
    pub(super) learned: &'a Learned,
}

impl<'a> Row<'a> {
    /// A row `task` that is read itself.
    pub(super) const fn of_tasks(learned: &'a Learned) -> Self {
        Self { created_at: "task.created_at", id: "task.id", within: None, learned }
    }

    /// Whether all rows are of the set for which that holds.
    fn is_sure(&self, condition: &TaskCondition) -> bool {
        // The sets of several conditions need not be all of these.
        let (Some(set), false) = (self.within, matches!(condition, TaskCondition::All(_))) else {
            return false;
        };
        matches!(&Driver::of(condition, &self.learned.words)[..], [own] if own == set)
    }

    /// How many sets of the filter are rarer than that of the condition.
    fn rank(&self, condition: &TaskCondition) -> usize {
        let Learned { words, rarest_first } = self.learned;
        let own = Driver::of(condition, words);
        let place = rarest_first.iter().position(|driver| own.contains(driver));
        place.unwrap_or(rarest_first.len())
    }

    fn push_term(&self, sql: &mut Sql, term: &FindTerm) {
        self.push_terms(sql, &[term.text()]);
    }

    /// Adds that the task has one of some terms.
    fn push_terms(&self, sql: &mut Sql, terms: &[String]) {
        sql.push("(SELECT 1 FROM task_term AS own WHERE ");
        push_one_of(sql, "own.term", terms.iter().map(|term| term.as_str().into()));
        self.push_own(sql);
        sql.push(if terms.len() > 1 { " LIMIT 1) IS NOT NULL" } else { ") IS NOT NULL" });
    }

    fn push_metadata(&self, sql: &mut Sql, path: &str, test: &MetadataTest) {
        sql.push("(SELECT 1 FROM task_metadata AS own WHERE own.path = ").bind(path);
        sql.push(" AND ");
        push_test(sql, "own", test);
        self.push_own(sql);
        sql.push(") IS NOT NULL");
    }

    /// Adds that a row `own` is of the same task.
    fn push_own(&self, sql: &mut Sql) {
        sql.push(" AND own.created_at = ").push(self.created_at);
        sql.push(" AND own.task_id = ").push(self.id);
    }
}

/// Adds that the row `task` passes the filter.
pub(super) fn push_filter(sql: &mut Sql, filter: &TaskFilter, row: Row<'_>) {
    push_live(sql, filter.deleted);
    push_condition(sql, filter, row);
}

fn push_condition(sql: &mut Sql, filter: &TaskFilter, row: Row<'_>) {
    if filter.condition != TaskCondition::default() {
        sql.push(" AND (");
        push(sql, &filter.condition, row);
        sql.push(")");
    }
}

/// Adds that the row `task`, which was found by its id, passes the filter.
pub(super) fn push_filter_by_id(sql: &mut Sql, filter: &TaskFilter, row: Row<'_>) {
    // Postgres, where its statistics are young, takes an index of few tasks to be empty, and would go
    // through all of it for each id: no index is of tasks for which this holds.
    let sign = if filter.deleted { "<>" } else { "=" };
    sql.push("coalesce(task.deleted_at, 0) ").push(sign).push(" 0");
    push_condition(sql, filter, row);
}

/// Adds that the row `task` is deleted, or is not.
pub(super) fn push_live(sql: &mut Sql, deleted: bool) {
    sql.push(if deleted { "task.deleted_at IS NOT NULL" } else { "task.deleted_at IS NULL" });
}

/// Adds that the condition holds for the row.
pub(super) fn push(sql: &mut Sql, condition: &TaskCondition, row: Row<'_>) {
    if row.is_sure(condition) {
        sql.push("TRUE");
        return;
    }
    match condition {
        TaskCondition::All(several) => push_several(sql, several, [" AND ", "TRUE"], row),
        TaskCondition::Any(several) => push_several(sql, several, [" OR ", "FALSE"], row),
        TaskCondition::Not(one) => {
            sql.push("NOT (");
            push(sql, one, row);
            sql.push(")");
        }
        TaskCondition::Ids(ids) => {
            push_one_of(sql, "task.id", ids.iter().map(|id| id.uuid().into()));
        }
        TaskCondition::NameIs(name) => {
            sql.push("task.name_folded = ").bind(name.as_str());
        }
        TaskCondition::NameContains(text) => {
            push_found(sql, "task.name_folded", text.clone());
        }
        TaskCondition::NameStartsWith(text) => {
            push_beginning(sql, "task.name_folded", text);
        }
        TaskCondition::Word(beginning) => {
            if let Some(terms) = row.learned.words.terms(beginning) {
                row.push_terms(sql, terms);
                return;
            }
            sql.push("coalesce((SELECT ");
            push_found(sql, "own.words", format!(" {beginning}"));
            sql.push(" FROM task_words AS own WHERE own.task_id = ").push(row.id).push("), FALSE)");
        }
        TaskCondition::Status(statuses) => {
            push_one_of(sql, "task.status_rank", statuses.iter().map(|s| s.rank().into()));
        }
        TaskCondition::Tag(tag) => row.push_term(sql, &FindTerm::Tag(tag.clone())),
        TaskCondition::Owner(owners) => {
            push_one_of(sql, "task.owner", owners.iter().map(|owner| owner.as_str().into()));
        }
        TaskCondition::Parent(id) => {
            sql.push("(task.parent_id IS NOT NULL AND task.parent_id = ").bind(id.uuid()).push(")");
        }
        TaskCondition::Root => {
            sql.push("task.parent_id IS NULL");
        }
        TaskCondition::Ancestor(id) => row.push_term(sql, &FindTerm::Ancestor(*id)),
        TaskCondition::Whole(field, bounds) => {
            push_bounds(sql, &whole(*field), bounds, |number| (*number).into());
        }
        TaskCondition::Time(field, bounds) => {
            push_bounds(sql, time_column(*field), bounds, |at| micros(*at).into());
        }
        TaskCondition::BestValue(bounds) => {
            push_bounds(sql, "task.best_value", bounds, |number| (*number).into());
        }
        TaskCondition::Parameter(name) => {
            row.push_term(sql, &FindTerm::Parameter(name.clone()));
        }
        TaskCondition::Metadata(path, test) => row.push_metadata(sql, path, test),
    }
}

fn push_several(
    sql: &mut Sql,
    several: &[TaskCondition],
    [between, none]: [&str; 2],
    row: Row<'_>,
) {
    if several.is_empty() {
        sql.push(none);
    }
    // What costs little first, and of what costs the same the rarest, so that most tasks are not asked
    // for the rest.
    let mut several: Vec<_> = several.iter().collect();
    several.sort_by_cached_key(|one| (cost(one, row), row.rank(one)));
    for (i, one) in several.into_iter().enumerate() {
        sql.push(if i > 0 { between } else { "" }).push("(");
        push(sql, one, row);
        sql.push(")");
    }
}

/// How many rows beside the task's own are looked up for a condition, the words, which are long, twice.
fn cost(condition: &TaskCondition, row: Row<'_>) -> usize {
    match condition {
        TaskCondition::All(several) | TaskCondition::Any(several) => {
            several.iter().map(|one| cost(one, row)).sum()
        }
        TaskCondition::Not(one) => cost(one, row),
        TaskCondition::Ids(_)
        | TaskCondition::NameIs(_)
        | TaskCondition::NameContains(_)
        | TaskCondition::NameStartsWith(_)
        | TaskCondition::Status(_)
        | TaskCondition::Owner(_)
        | TaskCondition::Parent(_)
        | TaskCondition::Root
        | TaskCondition::Whole(..)
        | TaskCondition::Time(..)
        | TaskCondition::BestValue(_) => 0,
        TaskCondition::Tag(_)
        | TaskCondition::Ancestor(_)
        | TaskCondition::Parameter(_)
        | TaskCondition::Metadata(..) => 1,
        TaskCondition::Word(beginning) => {
            row.learned.words.terms(beginning).map_or(2, <[String]>::len)
        }
    }
}

pub(super) fn push_one_of(sql: &mut Sql, what: &str, values: impl ExactSizeIterator<Item = Value>) {
    if values.len() == 0 {
        sql.push("FALSE");
    } else {
        sql.push(what).push(" IN (").bind_all(values).push(")");
    }
}

/// That a text is found in another.
fn push_found(sql: &mut Sql, text: &str, part: String) {
    let function = match sql.kind() {
        DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => "instr(",
        DatabaseKind::Postgres => "strpos(",
    };
    sql.push(function).push(text).push(", ").bind(part).push(") > 0");
}

/// That a text begins with another, as a range of the index.
pub(super) fn push_beginning(sql: &mut Sql, column: &str, beginning: &str) {
    sql.push("(").push(column).push(" >= ").bind(beginning);
    if let Some(after) = after_all(beginning) {
        sql.push(" AND ").push(column).push(" < ").bind(after);
    }
    sql.push(")");
}

/// The first text after all that begin with this one; none if nothing comes after them.
pub(super) fn after_all(beginning: &str) -> Option<String> {
    let mut characters: Vec<char> = beginning.chars().collect();
    while let Some(last) = characters.pop() {
        // Ranges of characters leave out the surrogates, which no text has.
        if let Some(next) = (last..=char::MAX).nth(1) {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

/// Adds that a row of a value in metadata passes the test.
pub(super) fn push_test(sql: &mut Sql, row: &str, test: &MetadataTest) {
    let (value, number) = (format!("{row}.value"), format!("{row}.number"));
    match test {
        MetadataTest::Exists => {
            sql.push("TRUE");
        }
        MetadataTest::OneOf(values) => {
            push_one_of(sql, &value, values.iter().map(|value| value.text.as_str().into()));
        }
        MetadataTest::Number(bounds) => {
            push_bounds(sql, &number, bounds, |number| (*number).into());
        }
        MetadataTest::Text(Bounds { from, to }) => {
            // Texts that are short enough lie together.
            let marked = |text: &str| format!("{}{text}", MetadataValue::SHORT_TEXT);
            let from = from.as_deref().unwrap_or_default();
            sql.push("(").push(&value).push(" >= ").bind(marked(from));
            sql.push(" AND ").push(&value).push(" ");
            if let Some(to) = to {
                sql.push("<= ").bind(marked(to));
            } else {
                sql.push("< ").bind(after_all(&marked("")));
            }
            sql.push(")");
        }
    }
}

/// That something is there and within bounds.
fn push_bounds<T>(sql: &mut Sql, what: &str, bounds: &Bounds<T>, value: impl Fn(&T) -> Value) {
    sql.push("(").push(what).push(" IS NOT NULL");
    for (comparison, bound) in [(" >= ", &bounds.from), (" <= ", &bounds.to)] {
        if let Some(bound) = bound {
            sql.push(" AND ").push(what).push(comparison).bind(value(bound));
        }
    }
    sql.push(")");
}

fn whole(field: WholeField) -> String {
    match field {
        WholeField::Priority => "task.priority".to_owned(),
        WholeField::Trials(state) => trials(state).to_owned(),
        WholeField::AllTrials => {
            let all: Vec<_> = TrialState::ALL.into_iter().map(trials).collect();
            format!("({})", all.join(" + "))
        }
    }
}

const fn trials(state: TrialState) -> &'static str {
    match state {
        TrialState::Waiting => "task.trials_waiting",
        TrialState::Running => "task.trials_running",
        TrialState::Completed => "task.trials_completed",
        TrialState::Failed => "task.trials_failed",
        TrialState::Pruned => "task.trials_pruned",
        TrialState::Infeasible => "task.trials_infeasible",
        TrialState::Abandoned => "task.trials_abandoned",
    }
}

const fn time_column(field: TimeField) -> &'static str {
    match field {
        TimeField::Created => "task.created_at",
        TimeField::Updated => "task.updated_at",
        TimeField::Started => "task.started_at",
        TimeField::Finished => "task.finished_at",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_all_that_begin_alike_comes_the_next() {
        assert_eq!(after_all("suz").as_deref(), Some("su{"));
        assert_eq!(after_all("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(after_all("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_all("\u{10ffff}"), None);
        assert_eq!(after_all(""), None);
    }
}
