//! What Asktell promises, tried from outside on every kind of database. One module for each subject;
//! the names of the tests are the promises.

mod bad_input;
mod budgets;
mod by_hand;
mod check;
mod durable;
mod events;
mod exchange;
mod filters;
mod graphql_library;
mod house;
mod idempotency;
mod kill;
mod late;
mod leases;
mod lifecycle;
mod outcomes;
mod paging;
mod retries;
mod schema;
mod strategies;
mod subscriptions;
mod tail;
mod tasks;
mod transitions;
mod trials;
mod updates;
