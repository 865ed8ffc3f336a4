//! GraphQL: the schema, its types and inputs, and the codes of its errors. The only room that names the
//! GraphQL library; the transports of [`crate::web`] use what is re-exported here.
//!
//! Objects are newtypes around records of [`crate::task`]; the `///` comments on them and their
//! fields are the user's manual, printed into `schema.graphql`.

mod budget;
mod caller;
mod cursor;
mod error;
mod execution;
mod inputs;
mod limits;
mod loader;
mod mutation;
mod operation;
#[cfg(test)]
mod operation_test;
mod paging;
mod prepare;
mod query;
mod request;
mod response;
mod scalar;
mod shared;
mod subscription;
mod typename;
mod types;

use std::sync::Arc;

use async_graphql::SchemaBuilder;
use futures_util::FutureExt as _;

pub use caller::caller;
pub use limits::Limits;
pub use operation::{GraphQl, Operation};
pub use prepare::OperationKind;
pub use request::RequestParams;
pub use response::{Response, ResponseKind, code};

use crate::{
    events::{Feed, WorkWatch},
    manager::TaskManager,
    proposals::Proposals,
    store::Store,
    task::{Aging, Clock},
};
use mutation::Mutation;
use query::Query;
use subscription::Subscription;

/// The schema of the library.
pub(crate) type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// What resolvers work with.
#[derive(Clone)]
pub struct Services {
    /// Reads.
    pub store: Store,
    /// Writes.
    pub manager: TaskManager,
    /// Subscriptions.
    pub feed: Feed,
    /// Those who wait for work.
    pub work: WorkWatch,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What models have learned.
    pub proposals: Proposals,
    /// How the queue ages.
    pub aging: Aging,
}

impl GraphQl {
    /// The schema over these services, guarded by these limits.
    #[must_use]
    pub fn serving(services: Services, limits: Limits) -> Self {
        let Services { store, clock, aging, .. } = &services;
        let by_id = loader::ById::new(store.clone(), Arc::clone(clock), *aging);
        let prepare = move |request: async_graphql::Request, kind: OperationKind| {
            request.data(by_id.gather(kind))
        };
        let store = store.clone();
        let head = move || {
            let store = store.clone();
            async move { store.log_head().await.ok() }.boxed()
        };
        Self::new(builder().data(services), limits).preparing(prepare).sharing(head)
    }
}

/// The schema in the schema definition language: what `schema.graphql` holds.
#[must_use]
pub fn sdl() -> String {
    format!("{LINT_EXCEPTIONS}\n{}", GraphQl::new(builder(), Limits::default()).sdl())
}

/// What this schema does otherwise than graphql-eslint's presets ask, with the reasons.
const LINT_EXCEPTIONS: &str = "\
# Inputs are named as types are, in Pascal case; the rule compares them with the mutation's name letter by letter.
# eslint-disable @graphql-eslint/input-name
# Only what has an identity has an id: payloads, edges, pages and values have none.
# eslint-disable @graphql-eslint/strict-id-in-types
# Short lists that are never paged (objectives, parameters, choices) are plain lists, and connections have `nodes`.
# eslint-disable @graphql-eslint/relay-edge-types
";

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query, Mutation::new(), Subscription)
        .register_output_type::<types::Node>()
        .register_output_type::<types::Parameter>()
        .register_output_type::<types::TaskEvent>()
}
