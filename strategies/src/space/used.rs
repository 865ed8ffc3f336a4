//! Points that need not be proposed again.

use std::collections::HashMap;

use super::Point;
use crate::history::History;

/// Points by their exact values, each with how often it was tried.
#[derive(Debug, Clone)]
pub struct Used {
    counts: HashMap<Vec<Option<u64>>, u32>,
    replicates: u32,
}

impl Default for Used {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Used {
    /// The empty set, in which a point is used once it was tried so many times, at least once.
    #[must_use]
    pub fn new(replicates: u32) -> Self {
        Self { counts: HashMap::new(), replicates: replicates.max(1) }
    }

    /// The points of a history: tried in this task with any outcome, planned and tried elsewhere, or pending. Those of earlier tasks may be worth trying
    /// here, too.
    #[must_use]
    pub fn of(history: &History, replicates: u32) -> Self {
        let mut used = Self::new(replicates);
        for observation in history.observations.iter().filter(|observation| observation.source == 0)
        {
            used.insert(&observation.point);
        }
        for point in history.pending.iter().chain(&history.settled) {
            used.insert(point);
        }
        used
    }

    /// Whether a point is used: not to be proposed again.
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        self.times(point) >= self.replicates
    }

    /// Number of times that a point was tried.
    #[must_use]
    pub fn times(&self, point: &Point) -> u32 {
        self.counts.get(&key(point)).copied().unwrap_or_default()
    }

    /// Counts one more trial of a point. True if it was not used before.
    pub fn insert(&mut self, point: &Point) -> bool {
        let times = self.counts.entry(key(point)).or_default();
        *times = times.saturating_add(1);
        *times <= self.replicates
    }

    /// Number of times that a point may be tried.
    #[must_use]
    pub fn replicates(&self) -> u32 {
        self.replicates
    }

    /// Number of different points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

fn key(point: &Point) -> Vec<Option<u64>> {
    // Adding 0 makes −0 the same as 0.
    point.0.iter().map(|value| value.map(|v| (v + 0.0).to_bits())).collect()
}
