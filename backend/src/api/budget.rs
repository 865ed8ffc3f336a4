//! The memory that responses take: each has a budget, and all that are under way share one. What a document asks for is
//! estimated before it is executed, but nobody knows before how large the documents are that tasks keep.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::Value;

/// The memory for responses. Cloning is cheap.
#[derive(Debug, Clone)]
pub(super) struct Budget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    each: usize,
    all: usize,
    taken: AtomicUsize,
}

/// Why there is no memory for more of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exceeded {
    /// The response is over its own budget.
    Response {
        /// That budget, in bytes.
        max: usize,
    },
    /// All responses together are.
    All,
}

/// What a response takes of its own: thousands of small ones are nothing that must be shared out.
const FREE: usize = 64 << 10;

/// In such parts memory is taken from what all share.
const PART: usize = 64 << 10;

impl Budget {
    pub(super) fn new(each: usize, all: usize) -> Self {
        Self(Arc::new(Shared { each, all, taken: AtomicUsize::new(0) }))
    }
}

/// What one response takes, until it is dropped.
#[derive(Debug)]
pub(super) struct Account {
    budget: Budget,
    used: AtomicUsize,
    /// What was taken for it from what all share.
    taken: AtomicUsize,
    exceeded: OnceLock<Exceeded>,
}

impl Account {
    pub(super) fn new(budget: Budget) -> Self {
        let (used, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { budget, used, taken, exceeded: OnceLock::new() }
    }

    /// Another one of the same budget.
    pub(super) fn another(&self) -> Self {
        Self::new(self.budget.clone())
    }

    /// Why nothing more fits, if that is so.
    pub(super) fn exceeded(&self) -> Option<Exceeded> {
        self.exceeded.get().copied()
    }

    /// Takes so many bytes more.
    pub(super) fn take(&self, bytes: usize) -> Result<(), Exceeded> {
        if let Some(exceeded) = self.exceeded() {
            return Err(exceeded);
        }
        let Shared { each, all, taken } = &*self.budget.0;
        let used = self.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if used > *each {
            return Err(*self.exceeded.get_or_init(|| Exceeded::Response { max: *each }));
        }
        let own = self.taken.load(Ordering::Relaxed);
        let owed = used.saturating_sub(FREE);
        if owed > own {
            // The fields of one response are resolved by one task: nobody else takes for it meanwhile.
            let more = (owed - own).next_multiple_of(PART);
            self.taken.fetch_add(more, Ordering::Relaxed);
            if taken.fetch_add(more, Ordering::Relaxed) + more > *all {
                return Err(*self.exceeded.get_or_init(|| Exceeded::All));
            }
        }
        Ok(())
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let taken = self.taken.load(Ordering::Relaxed);
        self.budget.0.taken.fetch_sub(taken, Ordering::Relaxed);
    }
}

/// Bytes that a value takes in memory, about.
pub(super) fn weight(value: &Value) -> usize {
    const VALUE: usize = size_of::<Value>();
    VALUE
        + match value {
            Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
            Value::Enum(name) => name.len(),
            Value::String(text) => text.len(),
            Value::Binary(bytes) => bytes.len(),
            Value::List(items) => items.iter().map(weight).sum(),
            // A name is shared with the schema; an entry has its hash and its place in the table.
            Value::Object(members) => {
                members.values().map(|member| weight(member) + 32).sum::<usize>() + 64
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_has_its_own_budget() {
        let budget = Budget::new(1_000, 10 << 20);
        let account = Account::new(budget.clone());
        assert_eq!(account.take(600), Ok(()));
        assert_eq!(account.take(600), Err(Exceeded::Response { max: 1_000 }));
        assert_eq!(account.take(1), Err(Exceeded::Response { max: 1_000 }), "it stays so");
        assert_eq!(account.another().take(600), Ok(()));
    }

    #[test]
    fn all_responses_share_one_budget_and_give_it_back() {
        let budget = Budget::new(1 << 20, 2 << 20);
        let accounts: Vec<_> = (0..2).map(|_| Account::new(budget.clone())).collect();
        for account in &accounts {
            assert_eq!(account.take(1 << 20), Ok(()));
        }
        let third = Account::new(budget.clone());
        assert_eq!(third.take(1), Ok(()), "a small one is never refused");
        assert_eq!(third.take(1 << 19), Err(Exceeded::All));
        drop((accounts, third));
        assert_eq!(Account::new(budget.clone()).take(1 << 20), Ok(()));
        assert_eq!(budget.0.taken.load(Ordering::Relaxed), 0);
    }
}
