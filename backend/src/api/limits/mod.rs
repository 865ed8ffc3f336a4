//! What one request may cost, checked before the library does any work on it.
//!
//! A GraphQL document is a small program written by the client. The checks go from cheap to dear,
//! and each one protects the next: bytes, then tokens and nesting of the raw text ([`scan`]: the
//! library's parser is recursive), then the parsed selection with its fragments costed but not
//! expanded ([`cost`]: the library's validation follows every spread, and *n* fragments can spread
//! into 2ⁿ fields), and the size of the variables ([`variables`]).

mod cost;
#[cfg(test)]
mod cost_test;
mod scan;
#[cfg(test)]
mod scan_test;
mod types;
mod variables;

use std::time::Duration;

pub(super) use cost::{CostError, check_cost};
pub(super) use scan::{ScanError, check_text};
pub(super) use types::close_types;
pub(super) use variables::check_variables;

/// The limits of a request. The defaults leave ample room for hand-written documents, for those
/// that GraphQL clients generate, and for the introspection queries of the common tools.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of an HTTP request body: 8 MiB, room for 10,000 results in one call.
    pub body_bytes: usize,
    /// Bytes of the GraphQL document alone: 64 KiB. Data belongs into variables.
    pub document_bytes: usize,
    /// Lexical tokens of the document: 8,000.
    pub tokens: usize,
    /// How deep braces, brackets and parentheses may nest, and how deep selections may once
    /// fragments are followed: 50. The library's parser recurses on nesting and stops for good at
    /// 64.
    pub nesting: usize,
    /// Levels of fields: 20. The introspection query of graphql-js needs 15.
    pub depth: u64,
    /// Fields, with every fragment counted at each place it is spread: 2,000.
    pub fields: u64,
    /// Aliased fields, counted the same way: 200.
    pub aliases: u64,
    /// Fields at the root of the operation: 50. Each one is a read or a write of its own.
    pub root_fields: u64,
    /// Estimated number of values in the response: 50,000. A field with a page size multiplies what
    /// is selected below it.
    pub complexity: u64,
    /// What a connection without `first` or `last` is multiplied with: 50.
    pub default_page: u64,
    /// The most a page size multiplies with: 1,000. Resolvers refuse larger pages by an error that
    /// says more than "too complex" would, so there is no point in refusing them here.
    pub largest_page: u64,
    /// How deep the variables may nest: 40. A JSON document that the server keeps may use 32 of
    /// these itself.
    pub variable_depth: usize,
    /// JSON values in the variables, counting those inside lists and objects, names, and an object for five: 1,000,000.
    pub variable_values: usize,
    /// Bytes of memory that a response may take: 12 MiB.
    pub response_bytes: usize,
    /// Bytes of memory that all responses under way may take together: 32 MiB.
    pub all_response_bytes: usize,
    /// How long a query may run: 30 seconds. Mutations and subscriptions are not limited in time.
    pub query_time: Duration,
}

impl Limits {
    /// What an object counts beside its members and itself: each has a table of its own.
    pub const OBJECT: usize = 4;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 8 << 20,
            document_bytes: 64 << 10,
            tokens: 8_000,
            nesting: 50,
            depth: 20,
            fields: 2_000,
            aliases: 200,
            root_fields: 50,
            complexity: 50_000,
            default_page: 50,
            largest_page: 1_000,
            variable_depth: 40,
            variable_values: 1_000_000,
            response_bytes: 12 << 20,
            all_response_bytes: 32 << 20,
            query_time: Duration::from_secs(30),
        }
    }
}

/// A limit that a request is over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The request is over the limit `{limit}` of {max}{}.", actual_text(*.actual))]
pub(super) struct LimitExceeded {
    /// Which limit: a field of [`Limits`], in camel case.
    pub(super) limit: &'static str,
    pub(super) max: u64,
    /// What the request asks for, where it was counted to the end.
    pub(super) actual: Option<u64>,
}

fn actual_text(actual: Option<u64>) -> String {
    actual.map(|actual| format!(": it has {actual}")).unwrap_or_default()
}

/// `actual` must not be above `max`.
fn within(limit: &'static str, max: u64, actual: u64) -> Result<(), LimitExceeded> {
    if actual > max {
        return Err(LimitExceeded { limit, max, actual: Some(actual) });
    }
    Ok(())
}

/// A count of things in memory, as the number that limits are compared in.
fn count(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
