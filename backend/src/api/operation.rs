//! The boundary between the web layer and the GraphQL library: parameters go in, responses come
//! out.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{ObjectType, SDLExportOptions, Schema, SchemaBuilder, SubscriptionType};
use futures_util::{FutureExt, Stream, StreamExt, future::Either, stream};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use super::{
    Limits, Mutation, Query, RequestParams, Response, Subscription,
    execution::{Execution, WatchExecution},
    mutation::Gone,
    prepare::{OperationKind, Prepared, prepare},
};
use crate::task::Caller;

/// The schema together with what guards it. Cloning is cheap.
pub struct GraphQl<Q = Query, M = Mutation, S = Subscription> {
    schema: Schema<Q, M, S>,
    limits: Arc<Limits>,
    /// Mutations under way.
    mutations: TaskTracker,
}

impl<Q, M, S> Clone for GraphQl<Q, M, S> {
    fn clone(&self) -> Self {
        Self {
            schema: self.schema.clone(),
            limits: Arc::clone(&self.limits),
            mutations: self.mutations.clone(),
        }
    }
}

/// An operation that may be executed, once.
pub struct Operation {
    request: async_graphql::Request,
    kind: OperationKind,
    execution: Execution,
}

impl Operation {
    /// What it does.
    #[must_use]
    pub fn kind(&self) -> OperationKind {
        self.kind
    }
}

impl<Q, M, S> GraphQl<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Finishes the schema. It takes the builder, not the schema, because it adds an extension that
    /// tells request errors from field errors. The library's own limits stay unused: they come
    /// after work that the limits here are there to prevent.
    #[must_use]
    pub fn new(builder: SchemaBuilder<Q, M, S>, limits: Limits) -> Self {
        let schema = builder
            .extension(WatchExecution)
            // It counts from 0, and its default of 32 is less than ours.
            .limit_recursive_depth(limits.nesting)
            .finish();
        Self { schema, limits: Arc::new(limits), mutations: TaskTracker::new() }
    }

    /// The limits of a request.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The schema in the schema definition language.
    #[must_use]
    pub fn sdl(&self) -> String {
        self.schema.sdl_with_options(SDLExportOptions::new().include_specified_by())
    }

    /// Checks the limits, parses the document and picks the operation. What does not pass is a
    /// response already, with [`ResponseKind::Refused`](super::ResponseKind::Refused).
    pub fn prepare(&self, params: RequestParams, caller: Caller) -> Result<Operation, Response> {
        let Prepared { request, kind } = prepare(params, &self.limits)?;
        let execution = Execution::default();
        let request = request.data(caller).data(execution.clone());
        Ok(Operation { request, kind, execution })
    }

    /// Executes a query or a mutation.
    ///
    /// A query ends with its caller's interest: when this future is dropped, or out of time. A
    /// mutation goes on to its end in a task of its own, for a client that disconnects must not
    /// leave it half done.
    pub async fn execute(&self, operation: Operation) -> Response {
        match operation.kind {
            OperationKind::Query => timeout(self.limits.query_time, self.run(operation))
                .await
                .unwrap_or_else(|_| Response::timed_out()),
            OperationKind::Mutation => {
                let graphql = self.clone();
                // Dropped with this future, when the caller goes away.
                let gone = CancellationToken::new();
                let _present = gone.clone().drop_guard();
                let operation =
                    Operation { request: operation.request.data(Gone(gone)), ..operation };
                let run = async move { graphql.run(operation).await }.in_current_span();
                self.mutations.spawn(run).await.unwrap_or_else(|_| Response::failed())
            }
            OperationKind::Subscription => {
                Response::bad_request("A subscription needs a transport that streams.")
            }
        }
    }

    /// Executes an operation of any kind as a stream of responses: one of a query or a mutation,
    /// one for each event of a subscription. Nothing is buffered here; what is not polled does not
    /// run.
    pub fn stream(&self, operation: Operation) -> impl Stream<Item = Response> + Send + 'static {
        match operation.kind {
            OperationKind::Query | OperationKind::Mutation => {
                let graphql = self.clone();
                let response = async move { graphql.execute(operation).await };
                Either::Left(stream::once(response))
            }
            OperationKind::Subscription => Either::Right(self.subscribe(operation)),
        }
    }

    /// Waits for the mutations under way, whose clients may be long gone: for the end of the
    /// process.
    pub async fn settle(&self) {
        self.mutations.close();
        self.mutations.wait().await;
    }

    async fn run(&self, operation: Operation) -> Response {
        let Operation { request, execution, .. } = operation;
        match AssertUnwindSafe(self.schema.execute(request)).catch_unwind().await {
            Ok(response) => Response::from_library(response, execution.take()),
            // The panic hook has logged it, with the place that is lost here.
            Err(_) => Response::failed(),
        }
    }

    fn subscribe(&self, operation: Operation) -> impl Stream<Item = Response> + Send + 'static {
        let Operation { request, execution, .. } = operation;
        let responses = AssertUnwindSafe(self.schema.execute_stream(request)).catch_unwind();
        responses.map(move |response| match response {
            Ok(response) => Response::from_library(response, execution.take()),
            Err(_) => Response::failed(),
        })
    }
}
