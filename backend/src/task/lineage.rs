//! The tree of tasks: where a task stands in it.

use serde::{Deserialize, Serialize};

use super::{Invalid, TaskId};

/// The ancestors of a task, the root first and the parent last; none for a root.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lineage(Vec<TaskId>);

impl Lineage {
    /// The most ancestors of a task.
    pub const MAX: usize = 32;

    /// That of a child of this task, which has the given lineage.
    pub fn of_child(parent: TaskId, of_parent: &Self) -> Result<Self, Invalid> {
        if of_parent.0.len() >= Self::MAX {
            return Err(Invalid::new(format!("at most {} levels below a root", Self::MAX)));
        }
        Ok(Self(of_parent.0.iter().copied().chain([parent]).collect()))
    }

    /// That of a child of this task, whose own lineage is not known yet.
    #[must_use]
    pub fn unresolved(parent: TaskId) -> Self {
        Self(vec![parent])
    }

    /// The same after an ancestor has another lineage: what lies below that ancestor stays.
    pub fn after_move(&self, ancestor: TaskId, its: &Self) -> Result<Self, Invalid> {
        let place = self.0.iter().position(|id| *id == ancestor);
        let below = place.map_or(&[][..], |place| &self.0[place..]);
        let moved: Vec<_> = its.0.iter().chain(below).copied().collect();
        if moved.len() > Self::MAX {
            return Err(Invalid::new(format!("at most {} levels below a root", Self::MAX)));
        }
        Ok(Self(moved))
    }

    /// The parent; none for a root.
    #[must_use]
    pub fn parent(&self) -> Option<TaskId> {
        self.0.last().copied()
    }

    /// The ancestors, the root first.
    #[must_use]
    pub fn ancestors(&self) -> &[TaskId] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> TaskId {
        TaskId::from(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_move_takes_along_what_is_below() {
        let root = Lineage::default();
        let child = Lineage::of_child(id(1), &root).unwrap();
        let grandchild = Lineage::of_child(id(2), &child).unwrap();
        assert_eq!(grandchild.ancestors(), [id(1), id(2)]);
        let elsewhere = Lineage::of_child(id(9), &root).unwrap();
        let moved = grandchild.after_move(id(2), &elsewhere).unwrap();
        assert_eq!(moved.ancestors(), [id(9), id(2)]);
        assert_eq!(moved.parent(), Some(id(2)));
    }

    #[test]
    fn depth_has_a_limit() {
        let mut lineage = Lineage::default();
        for n in 1..=Lineage::MAX as u128 {
            lineage = Lineage::of_child(id(n), &lineage).unwrap();
        }
        assert!(Lineage::of_child(id(99), &lineage).is_err());
        let one = Lineage::of_child(id(100), &Lineage::default()).unwrap();
        assert!(lineage.after_move(id(1), &one).is_err());
    }
}
