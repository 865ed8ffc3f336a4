//! Which points are known already.

use std::collections::HashSet;

use super::Point;
use crate::history::History;

/// A set of points, by their exact values.
#[derive(Debug, Clone, Default)]
pub struct Used(HashSet<Vec<Option<u64>>>);

impl Used {
    /// The points of a history that need not be proposed again: tried in this task with any outcome, or pending. Those
    /// of earlier tasks may be worth trying here, too.
    #[must_use]
    pub fn of(history: &History) -> Self {
        let mut used = Self::default();
        for observation in history.observations.iter().filter(|observation| observation.source == 0)
        {
            used.insert(&observation.point);
        }
        for point in &history.pending {
            used.insert(point);
        }
        used
    }

    /// Whether a point is in it.
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        self.0.contains(&key(point))
    }

    /// Puts a point in; tells whether it is new.
    pub fn insert(&mut self, point: &Point) -> bool {
        self.0.insert(key(point))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn key(point: &Point) -> Vec<Option<u64>> {
    // Adding 0 makes −0 the same as 0.
    point.0.iter().map(|value| value.map(|v| (v + 0.0).to_bits())).collect()
}
