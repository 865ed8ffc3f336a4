//! Watching which tasks pass a filter.

use std::collections::HashSet;

use super::{Error, Position, Result, TaskId};

/// What a watcher is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// The watch has begun; nothing is missed from here on.
    Opened,
    /// This task passes now and did not before.
    Entered(TaskId),
    /// This task passes, as it did, and something has happened to it.
    Changed(TaskId),
    /// This task does not pass any more.
    Left(TaskId),
}

/// What a watcher is told, and how far along the log it is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// What is told.
    pub what: Sighting,
    /// Up to here nothing else has happened to it.
    pub position: Position,
}

/// The tasks that pass, as a watcher knows them from what it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedTasks(HashSet<TaskId>);

impl WatchedTasks {
    /// The most tasks of a watch.
    pub const MOST: usize = 100_000;

    /// Begins with the tasks that pass; refuses too many.
    pub fn new(passing: Vec<TaskId>) -> Result<Self> {
        Self(passing.into_iter().collect()).bounded()
    }

    fn bounded(self) -> Result<Self> {
        if self.0.len() > Self::MOST { Err(Error::ViewTooLarge) } else { Ok(self) }
    }

    /// Something has happened to some tasks, of which these pass now.
    pub fn look(
        self,
        touched: &[TaskId],
        passing: &HashSet<TaskId>,
    ) -> Result<(Self, Vec<Sighting>)> {
        let Self(mut known) = self;
        let seen = touched.iter().filter_map(|task| match passing.contains(task) {
            true if known.insert(*task) => Some(Sighting::Entered(*task)),
            true => Some(Sighting::Changed(*task)),
            false => known.remove(task).then_some(Sighting::Left(*task)),
        });
        let seen = seen.collect();
        Ok((Self(known).bounded()?, seen))
    }

    /// Something has happened to some tasks, by which others may have come to pass or not, too: these are
    /// all that pass now.
    pub fn look_at_all(
        self,
        touched: &[TaskId],
        passing: Vec<TaskId>,
    ) -> Result<(Self, Vec<Sighting>)> {
        let Self(known) = self;
        let Self(now) = Self::new(passing)?;
        let mut of_others: Vec<_> = known.symmetric_difference(&now).copied().collect();
        of_others.retain(|task| !touched.contains(task));
        of_others.sort_unstable();
        let all: Vec<_> = touched.iter().copied().chain(of_others).collect();
        Self(known).look(&all, &now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<const N: usize>(numbers: [u128; N]) -> Vec<TaskId> {
        numbers.into_iter().map(|n| TaskId::from(uuid::Uuid::from_u128(n))).collect()
    }

    #[test]
    fn what_comes_changes_and_goes_is_told() {
        let [one, two, three] = ids([1, 2, 3])[..] else { unreachable!() };
        let known = WatchedTasks::new(vec![one, two]).unwrap();
        let passing = HashSet::from([two, three]);
        let (known, seen) = known.look(&ids([1, 2, 3, 4]), &passing).unwrap();
        let expected = [Sighting::Left(one), Sighting::Changed(two), Sighting::Entered(three)];
        assert_eq!(seen, expected);
        let (again, seen) = known.clone().look(&[one, three], &HashSet::from([three])).unwrap();
        assert_eq!(seen, [Sighting::Changed(three)], "nothing enters or leaves twice");
        assert_eq!(again, known);
    }

    #[test]
    fn others_enter_and_leave_with_the_one_that_moved() {
        let [moved, below, stays, comes] = ids([9, 1, 2, 3])[..] else { unreachable!() };
        let known = WatchedTasks::new(vec![below, stays]).unwrap();
        let (known, seen) = known.look_at_all(&[moved], vec![stays, comes]).unwrap();
        assert_eq!(seen, [Sighting::Left(below), Sighting::Entered(comes)]);
        assert_eq!(known, WatchedTasks::new(vec![comes, stays]).unwrap());
    }

    #[test]
    fn too_many_are_refused_at_once_and_later() {
        let many: Vec<_> = (0..=WatchedTasks::MOST as u128).collect();
        let many: Vec<_> =
            many.into_iter().map(|n| TaskId::from(uuid::Uuid::from_u128(n))).collect();
        assert!(matches!(WatchedTasks::new(many.clone()), Err(Error::ViewTooLarge)));
        let (last, most) = many.split_last().unwrap();
        let known = WatchedTasks::new(most.to_vec()).unwrap();
        let one_more = known.look(&[*last], &HashSet::from([*last]));
        assert!(matches!(one_more, Err(Error::ViewTooLarge)));
    }
}
