//! Which filters a task passed as it was at a version.

use super::{PastSpace, PastTask, ToldTask};
use crate::task::{
    FindTerm, Findable, MetadataTest, MetadataValue, Owner, Priority, Result, Task, TaskCondition,
    TaskFilter, TaskId, TaskSettings, TimeField, WholeField, fold,
};

/// A task as it was, and what it was found by. Its ancestors are not known to its own history.
#[derive(Debug, Clone)]
pub struct SeenTask {
    told: ToldTask,
    name: String,
    owner: Owner,
    priority: Priority,
    parent: Option<TaskId>,
    found: Findable,
}

impl SeenTask {
    /// What a task was found by then.
    pub fn new(past: PastTask) -> Result<Self> {
        let parent = past.parent()?;
        let PastTask { told, settings } = past;
        let name = fold(settings.name.as_str());
        let (owner, priority) = (settings.owner.clone(), settings.priority);
        let at = told.created_at.unwrap_or_default();
        let task = Task {
            description: settings.description,
            tags: settings.tags,
            ..Task::new(told.id, settings.name, settings.owner, at)
        };
        let settings = TaskSettings {
            parameter_space: match settings.parameter_space {
                PastSpace::Known(space) => Some(*space),
                PastSpace::None | PastSpace::CandidatesUnknown => None,
            },
            objectives: settings.objectives,
            strategy: settings.strategy,
            metadata: settings.metadata,
            constraints: settings.constraints,
            policy: settings.policy,
            pruning: settings.pruning,
        };
        let found = Findable::of(&task, &settings);
        Ok(Self { told, name, owner, priority, parent, found })
    }

    /// The task that it was a part of.
    #[must_use]
    pub const fn parent(&self) -> Option<TaskId> {
        self.parent
    }

    /// Whether it passed the filter, deleted or not unless that is about deleted ones; `ancestors` are
    /// those that it had.
    #[must_use]
    pub fn passes(&self, filter: &TaskFilter, ancestors: &[TaskId]) -> bool {
        (!filter.deleted || self.told.deleted_at.is_some())
            && self.holds(&filter.condition, ancestors)
    }

    fn holds(&self, condition: &TaskCondition, ancestors: &[TaskId]) -> bool {
        let has = |term: FindTerm| self.found.terms.contains(&term.text());
        match condition {
            TaskCondition::All(several) => several.iter().all(|one| self.holds(one, ancestors)),
            TaskCondition::Any(several) => several.iter().any(|one| self.holds(one, ancestors)),
            TaskCondition::Not(one) => !self.holds(one, ancestors),
            TaskCondition::Ids(ids) => ids.contains(&self.told.id),
            TaskCondition::NameIs(name) => self.name == *name,
            TaskCondition::NameContains(text) => self.name.contains(text),
            TaskCondition::NameStartsWith(text) => self.name.starts_with(text),
            TaskCondition::Word(beginning) => self.found.words.contains(&format!(" {beginning}")),
            TaskCondition::Status(statuses) => statuses.contains(&self.told.status),
            TaskCondition::Tag(tag) => has(FindTerm::Tag(tag.clone())),
            TaskCondition::Owner(owners) => owners.contains(&self.owner),
            TaskCondition::Parent(id) => self.parent == Some(*id),
            TaskCondition::Root => self.parent.is_none(),
            TaskCondition::Ancestor(id) => ancestors.contains(id),
            TaskCondition::Whole(WholeField::Priority, bounds) => {
                bounds.have(&self.priority.get().into())
            }
            TaskCondition::Time(field, bounds) => {
                let at = match field {
                    TimeField::Created => self.told.created_at,
                    TimeField::Updated => self.told.updated_at,
                    TimeField::Started => self.told.started_at,
                    TimeField::Finished => self.told.finished_at,
                };
                at.is_some_and(|at| bounds.have(&at))
            }
            TaskCondition::Parameter(name) => has(FindTerm::Parameter(name.clone())),
            TaskCondition::Metadata(path, test) => {
                self.found.metadata.get(path).is_some_and(|value| passes(value, test))
            }
            // Its versions do not tell of its trials: see `TaskCondition::is_about_trials`.
            TaskCondition::Whole(WholeField::Trials(_) | WholeField::AllTrials, _)
            | TaskCondition::BestValue(_) => false,
        }
    }
}

fn passes(value: &MetadataValue, test: &MetadataTest) -> bool {
    match test {
        MetadataTest::Exists => true,
        MetadataTest::OneOf(values) => values.iter().any(|one| one.text == value.text),
        MetadataTest::Number(bounds) => value.number.is_some_and(|number| bounds.have(&number)),
        MetadataTest::Text(bounds) => value
            .text
            .strip_prefix(MetadataValue::SHORT_TEXT)
            .is_some_and(|text| bounds.have(&text.to_owned())),
    }
}
