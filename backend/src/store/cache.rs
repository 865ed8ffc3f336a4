//! What is kept in memory of what the database holds.

use std::{
    collections::HashMap,
    hash::Hash,
    io,
    sync::{Arc, Mutex},
};

use serde::Serialize;

use crate::task::{Task, TaskId, TaskSettings, Version};

/// The bytes of the settings that the transactions of a Postgres share.
const SHARED_SETTINGS: usize = 32 << 20;

/// A value whose memory is bounded.
pub(super) trait Weigh {
    /// About how many bytes of memory it takes.
    fn bytes(&self) -> usize;
}

/// About how many bytes a document takes in memory: a few times its text.
pub(super) fn document_bytes(document: &impl Serialize) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0 += text.len();
            Ok(text.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting does not fail.
    let _ = serde_json::to_writer(&mut count, document);
    3 * count.0
}

/// About how many bytes the settings of a task take.
pub(super) fn settings_bytes(settings: &TaskSettings) -> usize {
    // The space is there once more, in numbers.
    size_of::<TaskSettings>()
        + document_bytes(&settings.metadata)
        + 2 * document_bytes(&settings.parameter_space)
        + document_bytes(&settings.strategy.tuning)
}

/// A map that can forget what was not asked for lately, at the price of a second look-up: there is a
/// young generation and an old one, what is asked for becomes young, and at times the old one goes.
#[derive(Debug)]
pub(super) struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    /// The bytes of the young generation, as they were when each came in.
    young_bytes: usize,
}

impl<K, V> Default for Generations<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), young_bytes: 0 }
    }
}

impl<K: Copy + Eq + Hash, V: Weigh> Generations<K, V> {
    pub(super) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        if let Some(value) = self.old.remove(&key) {
            self.young_bytes += value.bytes();
            self.young.insert(key, value);
        }
        self.young.get_mut(&key)
    }

    pub(super) fn peek(&self, key: K) -> Option<&V> {
        self.young.get(&key).or_else(|| self.old.get(&key))
    }

    /// Sets a value, and gives the one that was there.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let old = self.old.remove(&key);
        self.young_bytes += value.bytes();
        let replaced = self.young.insert(key, value);
        if let Some(replaced) = &replaced {
            self.young_bytes = self.young_bytes.saturating_sub(replaced.bytes());
        }
        replaced.or(old)
    }

    pub(super) fn remove(&mut self, key: K) -> Option<V> {
        let removed = self.young.remove(&key);
        if let Some(removed) = &removed {
            self.young_bytes = self.young_bytes.saturating_sub(removed.bytes());
        }
        removed.or_else(|| self.old.remove(&key))
    }

    pub(super) fn retain(&mut self, mut stays: impl FnMut(&K) -> bool) {
        self.young.retain(|key, _| stays(key));
        self.young_bytes = self.young.values().map(Weigh::bytes).sum();
        self.old.retain(|key, _| stays(key));
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.young.values().chain(self.old.values())
    }

    /// Forgets what has not been asked for lately if there are more than `limit` bytes, and everything if the latest
    /// alone are more.
    pub(super) fn keep_at_most(&mut self, limit: usize) {
        if self.young_bytes > limit {
            *self = Self::default();
        } else if self.young_bytes > limit / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.young.is_empty() && self.old.is_empty()
    }
}

/// Settings that transactions on a Postgres share, each with the version of its task. They are
/// asked for by the version that was read under the lock of the task's row, so that another server's
/// update is seen at once; they are remembered after the commit only.
#[derive(Debug, Default)]
pub(super) struct SharedSettings(Mutex<Generations<TaskId, Remembered>>);

#[derive(Debug)]
struct Remembered {
    version: Version,
    sequence: i64,
    settings: Arc<TaskSettings>,
}

impl Weigh for Remembered {
    fn bytes(&self) -> usize {
        size_of::<Self>() + settings_bytes(&self.settings)
    }
}

impl SharedSettings {
    /// The settings of that task as it is now.
    pub(super) fn of(&self, task: &Task) -> Option<Arc<TaskSettings>> {
        // A thread that died with the lock costs a query, no more.
        let mut known = self.0.lock().ok()?;
        let remembered = known.get_mut(task.id)?;
        // A task that was purged and then imported again begins a new sequence, and may come to a
        // version that it had before.
        let same = remembered.version == task.version && remembered.sequence <= task.sequence;
        if !same {
            known.remove(task.id);
            return None;
        }
        remembered.sequence = task.sequence;
        Some(Arc::clone(&remembered.settings))
    }

    /// Remembers the settings of a task as it has been committed.
    pub(super) fn remember(&self, task: &Task, settings: &Arc<TaskSettings>) {
        let Ok(mut known) = self.0.lock() else { return };
        // Two commits may come here in another order than they were made in.
        if known.get_mut(task.id).is_some_and(|there| there.version > task.version) {
            return;
        }
        let remembered = Remembered {
            version: task.version,
            sequence: task.sequence,
            settings: Arc::clone(settings),
        };
        known.insert(task.id, remembered);
        known.keep_at_most(SHARED_SETTINGS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_outlives_what_is_not() {
        let mut map: Generations<&str, i32> = Generations::default();
        map.insert("hot", 1);
        for key in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            map.insert(key, 0);
            assert_eq!(map.get_mut("hot"), Some(&mut 1));
            map.keep_at_most(40);
        }
        assert!(map.values().count() <= 6);
        assert_eq!(map.get_mut("a"), None);
    }

    #[test]
    fn there_is_one_value_for_a_key() {
        let mut map: Generations<i32, i32> = Generations::default();
        map.insert(1, 11);
        map.keep_at_most(10);
        assert_eq!(map.insert(1, 12), Some(11));
        assert_eq!(map.remove(1), Some(12));
        assert!(map.is_empty());
    }

    #[test]
    fn what_alone_is_more_than_the_limit_is_not_kept() {
        let mut map: Generations<i32, i32> = Generations::default();
        for key in 0..20 {
            assert_eq!(map.insert(key, 0), None);
        }
        map.keep_at_most(100);
        assert!(map.is_empty());
    }

    /// Ten bytes each.
    impl Weigh for i32 {
        fn bytes(&self) -> usize {
            10
        }
    }
}
