//! Where the tasks of a filter are looked for: in an index that has those that pass one of its
//! conditions.

use super::{
    super::sql::Sql,
    condition::{Row, push, push_beginning, push_one_of, push_test},
    way::Learned,
    words::Words,
};
use crate::task::{
    FindTerm, MetadataTest, Owner, TaskCondition, TaskId, TaskStatus, TimeField, WholeField,
};

/// A set of tasks that an index has, of which those that pass a filter are a part.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Driver {
    /// These.
    Ids(Vec<TaskId>),
    /// Those that have one of these terms.
    Terms(Vec<String>),
    /// Those that have a term that begins with this.
    TermsFrom(String),
    /// The children of a task.
    Parent(TaskId),
    /// Those of a status.
    Status(TaskStatus),
    /// Those of an owner.
    Owner(Owner),
    /// Those of this name.
    Name(String),
    /// Those for which a range of an index holds.
    Range(TaskCondition),
    /// Those whose metadata has such a value at this path.
    Metadata(String, MetadataTest),
}

/// How many terms at most are merged into one order.
pub(super) const MERGED: usize = 16;

impl Driver {
    /// The sets of which the tasks that pass the condition are a part. Each is smaller than all tasks.
    pub(super) fn of(condition: &TaskCondition, words: &Words) -> Vec<Self> {
        match condition {
            TaskCondition::All(several) => {
                several.iter().flat_map(|one| Self::of(one, words)).collect()
            }
            TaskCondition::Any(several) => Self::of_any(several).into_iter().collect(),
            TaskCondition::Ids(ids) => vec![Self::Ids(ids.clone())],
            TaskCondition::NameIs(name) => vec![Self::Name(name.clone())],
            TaskCondition::Word(beginning) => {
                vec![match words.terms(beginning) {
                    Some(terms) => Self::Terms(terms.to_vec()),
                    None => Self::TermsFrom(FindTerm::Word(beginning.clone()).text()),
                }]
            }
            TaskCondition::Status(statuses) => match statuses[..] {
                [status] => vec![Self::Status(status)],
                _ => Vec::new(),
            },
            TaskCondition::Tag(tag) => vec![Self::term(&FindTerm::Tag(tag.clone()))],
            TaskCondition::Owner(owners) => match &owners[..] {
                [owner] => vec![Self::Owner(owner.clone())],
                _ => Vec::new(),
            },
            TaskCondition::Parent(id) => vec![Self::Parent(*id)],
            TaskCondition::Ancestor(id) => vec![Self::term(&FindTerm::Ancestor(*id))],
            TaskCondition::Parameter(name) => vec![Self::term(&FindTerm::Parameter(name.clone()))],
            TaskCondition::Metadata(path, test) => vec![Self::Metadata(path.clone(), test.clone())],
            TaskCondition::NameStartsWith(_)
            | TaskCondition::BestValue(_)
            | TaskCondition::Whole(WholeField::Priority, _)
            | TaskCondition::Time(TimeField::Created | TimeField::Updated, _) => {
                vec![Self::Range(condition.clone())]
            }
            TaskCondition::Not(_)
            | TaskCondition::NameContains(_)
            | TaskCondition::Root
            | TaskCondition::Whole(WholeField::Trials(_) | WholeField::AllTrials, _)
            | TaskCondition::Time(TimeField::Started | TimeField::Finished, _) => Vec::new(),
        }
    }

    fn term(term: &FindTerm) -> Self {
        Self::Terms(vec![term.text()])
    }

    /// Those that have one of some tags.
    fn of_any(several: &[TaskCondition]) -> Option<Self> {
        let tags = several.iter().map(|one| {
            let TaskCondition::Tag(tag) = one else { return None };
            Some(FindTerm::Tag(tag.clone()).text())
        });
        tags.collect::<Option<Vec<_>>>().filter(|tags| !tags.is_empty()).map(Self::Terms)
    }

    /// Whether the index has them in the order of their making, or in a few such orders.
    pub(super) fn is_by_age(&self) -> bool {
        match self {
            Self::Terms(terms) => terms.len() <= MERGED,
            Self::Parent(_) | Self::Status(_) | Self::Owner(_) | Self::Name(_) => true,
            Self::Metadata(_, test) => match test {
                MetadataTest::Exists => true,
                MetadataTest::OneOf(values) => values.len() == 1,
                MetadataTest::Number(_) | MetadataTest::Text(_) => false,
            },
            Self::Ids(_) | Self::TermsFrom(_) | Self::Range(_) => false,
        }
    }

    /// The several terms by each of which the index has them in the order of their making.
    pub(super) fn merged(&self) -> Option<&[String]> {
        match self {
            Self::Terms(terms) if (2..=MERGED).contains(&terms.len()) => Some(terms),
            Self::Terms(_)
            | Self::Ids(_)
            | Self::TermsFrom(_)
            | Self::Parent(_)
            | Self::Status(_)
            | Self::Owner(_)
            | Self::Name(_)
            | Self::Range(_)
            | Self::Metadata(..) => None,
        }
    }

    /// Whether it has deleted tasks, too.
    pub(super) const fn has_deleted(&self) -> bool {
        match self {
            Self::Ids(_)
            | Self::Terms(_)
            | Self::TermsFrom(_)
            | Self::Parent(_)
            | Self::Metadata(..) => true,
            Self::Status(_) | Self::Owner(_) | Self::Name(_) | Self::Range(_) => false,
        }
    }

    /// The name of the time of making in the index.
    pub(super) const fn created_at(&self) -> &'static str {
        match self {
            Self::Ids(_) | Self::Terms(_) | Self::TermsFrom(_) | Self::Metadata(..) => {
                "x.created_at"
            }
            Self::Parent(_) | Self::Status(_) | Self::Owner(_) | Self::Name(_) | Self::Range(_) => {
                "task.created_at"
            }
        }
    }

    /// The name of the id in the index.
    pub(super) const fn id(&self) -> &'static str {
        match self {
            Self::Terms(_) | Self::TermsFrom(_) | Self::Metadata(..) => "x.task_id",
            Self::Ids(_) => "x.id",
            Self::Parent(_) | Self::Status(_) | Self::Owner(_) | Self::Name(_) | Self::Range(_) => {
                "task.id"
            }
        }
    }

    /// The table of the index.
    pub(super) const fn table(&self) -> &'static str {
        match self {
            Self::Terms(_) | Self::TermsFrom(_) => "task_term AS x",
            Self::Metadata(..) => "task_metadata AS x",
            Self::Ids(_) => "task AS x",
            Self::Parent(_) | Self::Status(_) | Self::Owner(_) | Self::Name(_) | Self::Range(_) => {
                "task"
            }
        }
    }

    /// The index of the tasks themselves that has them in the order of their making.
    pub(super) const fn index_of_tasks(&self) -> Option<&'static str> {
        match self {
            Self::Parent(_) => Some("task_by_parent"),
            Self::Status(_) => Some("task_by_status"),
            Self::Owner(_) => Some("task_by_owner"),
            Self::Name(_) => Some("task_by_name"),
            Self::Ids(_)
            | Self::Terms(_)
            | Self::TermsFrom(_)
            | Self::Metadata(..)
            | Self::Range(_) => None,
        }
    }

    /// Adds what makes a row one of them.
    pub(super) fn push(&self, sql: &mut Sql) {
        match self {
            Self::Ids(ids) => push_one_of(sql, "x.id", ids.iter().map(|id| id.uuid().into())),
            Self::Terms(terms) => {
                push_one_of(sql, "x.term", terms.iter().map(|term| term.as_str().into()));
            }
            Self::TermsFrom(beginning) => push_beginning(sql, "x.term", beginning),
            Self::Parent(id) => {
                sql.push("task.parent_id = ").bind(id.uuid());
            }
            Self::Status(status) => {
                sql.push("task.deleted_at IS NULL AND task.status_rank = ").bind(status.rank());
            }
            Self::Owner(owner) => {
                sql.push("task.deleted_at IS NULL AND task.owner = ").bind(owner.as_str());
            }
            Self::Name(name) => {
                sql.push("task.deleted_at IS NULL AND task.name_folded = ").bind(name.as_str());
            }
            Self::Range(condition) => {
                sql.push("task.deleted_at IS NULL AND ");
                push(sql, condition, Row::of_tasks(&Learned::default()));
            }
            Self::Metadata(path, test) => {
                sql.push("x.path = ").bind(path.as_str()).push(" AND ");
                push_test(sql, "x", test);
            }
        }
    }
}
