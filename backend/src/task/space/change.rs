//! What may become of a space while its task runs. Every point that was tried must keep its meaning: the
//! same parameters, of the same kinds, existing under the same conditions. Which of their values are
//! searched may change.

use std::fmt::Write as _;

use super::{Condition, Numeric, Parameter, ParameterKind, ParameterSpace};
use crate::task::{Invalid, ParameterValue};

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpaceChangeKind {
    /// A range goes further.
    Widened,
    /// A range goes less far.
    Narrowed,
    /// The values on a grid are others.
    StepChanged,
    /// A scale became logarithmic, or linear.
    ScaleChanged,
    /// There are more choices or levels.
    ChoicesAdded,
    /// There are fewer choices or levels.
    ChoicesRemoved,
    /// The same choices or levels stand in another order.
    Reordered,
    /// Only one value of a parameter is proposed from here on.
    Fixed,
    /// All its values are proposed again.
    Freed,
    /// A parameter exists for other new values of the one that decides.
    ConditionChanged,
    /// Something more must hold between parameters.
    ConstraintAdded,
    /// Something need no longer hold.
    ConstraintRemoved,
    /// Candidates were added to the list.
    CandidatesAdded,
    /// Candidates were taken from the list.
    CandidatesRemoved,
    /// Only a list of candidates can be tried from here on.
    Listed,
    /// Every point can be tried again, not a list of candidates only.
    Unlisted,
}

/// One difference between a space and the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceChange {
    /// What kind of change it is.
    pub kind: SpaceChangeKind,
    /// The parameter that it is of; none for what concerns several.
    pub parameter: Option<String>,
    /// The change in words.
    pub message: String,
}

impl ParameterSpace {
    /// What changes if `next` takes the place of this space while points of it have been tried, or why it
    /// cannot.
    pub fn succeed(&self, next: &Self) -> Result<Vec<SpaceChange>, Invalid> {
        check_names(&self.parameters, &next.parameters).map_err(|e| e.at("parameters"))?;
        let mut changes = Vec::new();
        for (index, (old, new)) in self.parameters.iter().zip(&next.parameters).enumerate() {
            let here =
                |problem: Invalid| problem.at(new.kind.word()).at_index(index).at("parameters");
            self.check_condition(next, old, new).map_err(|e| here(e.at("condition")))?;
            changes.extend(changes_of(old, new).map_err(here)?);
        }
        changes.extend(self.changes_between(next));
        Ok(changes)
    }

    /// Where both spaces have a value of what decides, the parameter exists in both or in none.
    fn check_condition(
        &self,
        next: &Self,
        old: &Parameter,
        new: &Parameter,
    ) -> Result<(), Invalid> {
        let (before, after) = match (&old.condition, &new.condition) {
            (None, None) => return Ok(()),
            (None, Some(_)) => return Err(not_now("no condition can be added")),
            (Some(_), None) => return Err(not_now("its condition cannot be taken away")),
            (Some(before), Some(after)) => (before, after),
        };
        if before.parameter != after.parameter {
            let what = format!("\"{}\" must go on to decide", before.parameter);
            return Err(not_now(&what).at("parameter"));
        }
        let decides = |space: &Self, value: &ParameterValue| {
            let parent = space.parameters.iter().find(|p| p.name == before.parameter);
            parent.is_some_and(|parent| parent.kind.admit(value).is_ok())
        };
        let both = |value: &&ParameterValue| decides(self, value) && decides(next, value);
        let listed = |condition: &Condition, value: &ParameterValue| {
            condition.one_of.iter().any(|one| one.same(value))
        };
        let differs = |value: &&ParameterValue| listed(before, value) != listed(after, value);
        if let Some(value) = before.one_of.iter().chain(&after.one_of).filter(both).find(differs) {
            let what = format!("whether it exists for {value} cannot change");
            return Err(not_now(&what).at("oneOf"));
        }
        for (field, before, after) in [
            ("atLeast", before.at_least, after.at_least),
            ("atMost", before.at_most, after.at_most),
        ] {
            if before != after {
                return Err(not_now("from where on it exists cannot change").at(field));
            }
        }
        Ok(())
    }

    /// What changes between parameters, and in the list of candidates.
    fn changes_between(&self, next: &Self) -> Vec<SpaceChange> {
        use SpaceChangeKind::{
            CandidatesAdded, CandidatesRemoved, ConstraintAdded, ConstraintRemoved, Listed,
            Unlisted,
        };
        let mut changes = Vec::new();
        let mut note = |kind, message| changes.push(SpaceChange { kind, parameter: None, message });
        for old in self.constraints.iter().filter(|old| !next.constraints.contains(old)) {
            note(ConstraintRemoved, format!("{old} need no longer be kept"));
        }
        for new in next.constraints.iter().filter(|new| !self.constraints.contains(new)) {
            note(ConstraintAdded, format!("{new} must be kept"));
        }
        match (self.candidates.len(), next.candidates.len()) {
            (0, 0) => {}
            (0, count) => note(Listed, format!("only {} can be tried", candidates(count))),
            (count, 0) => {
                note(Unlisted, format!("every point can be tried, not only {}", candidates(count)));
            }
            (_, _) => {
                let removed = self.candidates.iter().filter(|point| !next.lists(point)).count();
                let added = next.candidates.iter().filter(|point| !self.lists(point)).count();
                if removed > 0 {
                    note(CandidatesRemoved, format!("{} fewer", candidates(removed)));
                }
                if added > 0 {
                    note(CandidatesAdded, format!("{} more", candidates(added)));
                }
            }
        }
        changes
    }
}

fn candidates(count: usize) -> String {
    if count == 1 { "1 candidate".to_owned() } else { format!("{count} candidates") }
}

/// The refusal of a change that would take its meaning from what was tried.
fn not_now(what: &str) -> Invalid {
    Invalid::new(format!(
        "{what} once the task has been started or has trials: cloneTask makes another task of it"
    ))
}

fn check_names(old: &[Parameter], new: &[Parameter]) -> Result<(), Invalid> {
    let has = |all: &[Parameter], name: &str| all.iter().any(|parameter| parameter.name == name);
    let at = |index: usize, problem: Invalid| {
        let word = new[index].kind.word();
        problem.at("name").at(word).at_index(index)
    };
    if let Some(added) = new.iter().position(|parameter| !has(old, &parameter.name)) {
        let what = format!("the parameter \"{}\" cannot be added", new[added].name);
        return Err(at(added, not_now(&what)));
    }
    if let Some(missing) = old.iter().find(|parameter| !has(new, &parameter.name)) {
        let what = format!("the parameter \"{}\" cannot be taken away (fix it)", missing.name);
        return Err(not_now(&what));
    }
    match old.iter().zip(new).position(|(old, new)| old.name != new.name) {
        Some(moved) => Err(at(moved, not_now("parameters cannot change places"))),
        None => Ok(()),
    }
}

/// What changes of one parameter.
fn changes_of(old: &Parameter, new: &Parameter) -> Result<Vec<SpaceChange>, Invalid> {
    let name = &new.name;
    let mut changes = Changes { name, all: Vec::new() };
    match (&old.kind, &new.kind) {
        (ParameterKind::Float(old), ParameterKind::Float(new)) => {
            let step =
                |step: Option<f64>| step.map_or_else(|| "none".to_owned(), |s| s.to_string());
            changes.of_range(old, new, (&step(old.step), &step(new.step)));
        }
        (ParameterKind::Int(old), ParameterKind::Int(new)) => {
            changes.of_range(old, new, (&old.step.to_string(), &new.step.to_string()));
        }
        (
            ParameterKind::Categorical { choices: old },
            ParameterKind::Categorical { choices: new },
        )
        | (ParameterKind::Ordinal { levels: old }, ParameterKind::Ordinal { levels: new }) => {
            changes.of_choices(old, new);
        }
        (
            ParameterKind::Float(_)
            | ParameterKind::Int(_)
            | ParameterKind::Categorical { .. }
            | ParameterKind::Ordinal { .. },
            _,
        ) => {
            let (old, new) = (old.kind.word(), new.kind.word());
            return Err(not_now(&format!("\"{name}\" is {old} and cannot become {new}")));
        }
    }
    changes.of_fixed(old.fixed.as_ref(), new.fixed.as_ref());
    if old.condition != new.condition {
        let exists = match &new.condition {
            Some(condition) => format!("exists only where {condition}"),
            None => "always exists".to_owned(),
        };
        changes.note(SpaceChangeKind::ConditionChanged, exists);
    }
    Ok(changes.all)
}

/// Changes of one parameter.
struct Changes<'a> {
    name: &'a str,
    all: Vec<SpaceChange>,
}

impl Changes<'_> {
    fn note(&mut self, kind: SpaceChangeKind, what: impl std::fmt::Display) {
        let parameter = Some(self.name.to_owned());
        self.all.push(SpaceChange {
            kind,
            parameter,
            message: format!("\"{}\" {what}", self.name),
        });
    }

    fn of_range<T, S>(&mut self, old: &Numeric<T, S>, new: &Numeric<T, S>, step: (&str, &str))
    where
        T: PartialOrd + std::fmt::Display,
    {
        let ranges = format!(
            "goes from {} to {}, before from {} to {}",
            new.low, new.high, old.low, old.high
        );
        if new.low < old.low || new.high > old.high {
            self.note(SpaceChangeKind::Widened, &ranges);
        }
        if new.low > old.low || new.high < old.high {
            self.note(SpaceChangeKind::Narrowed, &ranges);
        }
        if step.0 != step.1 {
            let what = format!("has the step {}, before {}", step.1, step.0);
            self.note(SpaceChangeKind::StepChanged, what);
        }
        if old.log != new.log {
            let scale = if new.log { "logarithmic" } else { "linear" };
            self.note(SpaceChangeKind::ScaleChanged, format!("has a {scale} scale"));
        }
    }

    fn of_choices(&mut self, old: &[ParameterValue], new: &[ParameterValue]) {
        let lacks = |all: &[ParameterValue], value: &ParameterValue| {
            !all.iter().any(|other| other.same(value))
        };
        let beyond = |some: &[ParameterValue], all: &[ParameterValue]| -> Vec<ParameterValue> {
            some.iter().filter(|value| lacks(all, value)).cloned().collect()
        };
        let (added, removed) = (beyond(new, old), beyond(old, new));
        if !added.is_empty() {
            self.note(SpaceChangeKind::ChoicesAdded, format!("can be {}, too", list(&added)));
        }
        if !removed.is_empty() {
            let what = format!("can no longer be {}", list(&removed));
            self.note(SpaceChangeKind::ChoicesRemoved, what);
        }
        let kept = |some: &[ParameterValue], gone: &[ParameterValue]| beyond(some, gone);
        let in_order = kept(old, &removed).iter().zip(&kept(new, &added)).all(|(a, b)| a.same(b));
        if !in_order {
            self.note(SpaceChangeKind::Reordered, "has its values in another order");
        }
    }

    fn of_fixed(&mut self, old: Option<&ParameterValue>, new: Option<&ParameterValue>) {
        match (old, new) {
            (None, None) => {}
            (Some(old), None) => {
                self.note(SpaceChangeKind::Freed, format!("is free, before fixed to {old}"));
            }
            (Some(old), Some(new)) if old.same(new) => {}
            (Some(old), Some(new)) => {
                let what = format!("is fixed to {new}, before to {old}");
                self.note(SpaceChangeKind::Fixed, what);
            }
            (None, Some(new)) => {
                self.note(SpaceChangeKind::Fixed, format!("is fixed to {new}"));
            }
        }
    }
}

/// The first few values, and how many more there are.
fn list(values: &[ParameterValue]) -> String {
    let mut text = String::new();
    for (place, value) in values.iter().take(10).enumerate() {
        // Writing to a text cannot fail.
        let _ = write!(text, "{}{value}", if place == 0 { "" } else { ", " });
    }
    if values.len() > 10 {
        let _ = write!(text, " and {} more", values.len() - 10);
    }
    text
}
