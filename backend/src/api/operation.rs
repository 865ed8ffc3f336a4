//! The boundary between the web layer and the GraphQL library: parameters go in, responses come
//! out.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_graphql::{ObjectType, SDLExportOptions, Schema, SchemaBuilder, SubscriptionType};
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::{self, BoxFuture, Either},
    stream,
};
use tokio::{
    runtime::Handle,
    sync::{
        OwnedSemaphorePermit,
        broadcast::{self, error::RecvError},
    },
    task::spawn_blocking,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use super::{
    Limits, Mutation, Query, RequestParams, Response, Subscription,
    budget::Budget,
    execution::{Execution, WatchExecution},
    mutation::Gone,
    prepare::{OperationKind, Prepared, prepare},
    shared::{Frame, Key, Shared},
};
use crate::task::{Caller, Position};

/// The schema together with what guards it. Cloning is cheap.
pub struct GraphQl<Q = Query, M = Mutation, S = Subscription> {
    schema: Schema<Q, M, S>,
    limits: Arc<Limits>,
    budget: Budget,
    /// What each request is given.
    prepare: Option<Arc<PrepareRequest>>,
    /// Where the log ends; without it no subscriptions are shared.
    head: Option<Arc<ReadHead>>,
    shared: Shared,
    /// Mutations under way.
    mutations: TaskTracker,
}

/// Gives a request what it alone has.
type PrepareRequest =
    dyn Fn(async_graphql::Request, OperationKind) -> async_graphql::Request + Send + Sync;

/// Reads where the log ends.
type ReadHead = dyn Fn() -> BoxFuture<'static, Option<Position>> + Send + Sync;

impl<Q, M, S> Clone for GraphQl<Q, M, S> {
    fn clone(&self) -> Self {
        Self {
            schema: self.schema.clone(),
            limits: Arc::clone(&self.limits),
            budget: self.budget.clone(),
            prepare: self.prepare.clone(),
            head: self.head.clone(),
            shared: self.shared.clone(),
            mutations: self.mutations.clone(),
        }
    }
}

/// An operation that may be executed, once.
pub struct Operation {
    request: async_graphql::Request,
    kind: OperationKind,
    execution: Execution,
    /// Held by a large one while it begins.
    lane: Option<OwnedSemaphorePermit>,
    /// What it was prepared from, if others may have the same.
    shared: Option<(RequestParams, Caller)>,
}

/// Where in the log a subscription begins that would begin now: after what its subscriber has seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct StartAfter(pub(super) Position);

impl Operation {
    /// What it does.
    #[must_use]
    pub fn kind(&self) -> OperationKind {
        self.kind
    }

    /// The same, begun on a thread of its own and not on those that serve everybody: its variables are large, and it
    /// takes long to read them. The permit holds up the next one meanwhile.
    #[must_use]
    pub fn apart(self, lane: OwnedSemaphorePermit) -> Self {
        Self { lane: Some(lane), ..self }
    }
}

/// No place in the log.
const NEVER: Position = -1;

/// How long a large operation may hold up the next one: some wait on purpose.
const APART: Duration = Duration::from_secs(5);

/// Begins work on a thread of its own. What is not done soon is waited for like any other.
async fn begin_apart(
    work: impl Future<Output = Response> + Send + 'static,
    lane: OwnedSemaphorePermit,
) -> Response {
    let (mut work, runtime) = (Box::pin(work), Handle::current());
    let begun = spawn_blocking(move || {
        let _lane = lane;
        let done = runtime.block_on(async { timeout(APART, &mut work).await });
        done.map_err(|_| work)
    });
    match begun.await {
        Ok(Ok(response)) => response,
        Ok(Err(work)) => work.await,
        // Only when the process ends: what is thrown in resolvers is caught.
        Err(_) => Response::failed(),
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
        let budget = Budget::new(limits.response_bytes, limits.all_response_bytes);
        let limits = Arc::new(limits);
        let (shared, mutations) = (Shared::default(), TaskTracker::new());
        Self { schema, limits, budget, prepare: None, head: None, shared, mutations }
    }

    /// The same, where each request is given what this adds to it.
    pub(super) fn preparing(
        self,
        prepare: impl Fn(async_graphql::Request, OperationKind) -> async_graphql::Request
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { prepare: Some(Arc::new(prepare)), ..self }
    }

    /// The same, where equal subscriptions are executed once. This reads where the log ends.
    pub(super) fn sharing(
        self,
        head: impl Fn() -> BoxFuture<'static, Option<Position>> + Send + Sync + 'static,
    ) -> Self {
        Self { head: Some(Arc::new(head)), ..self }
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
        let may_be_shared = self.head.is_some() && params.query.contains("subscription");
        let again = may_be_shared.then(|| (params.clone(), caller.clone()));
        let Prepared { request, kind, is_shared } = prepare(params, &self.limits)?;
        let execution = Execution::new(self.budget.clone());
        let request = request.data(caller).data(execution.clone());
        let request = match &self.prepare {
            Some(prepare) => prepare(request, kind),
            None => request,
        };
        let shared = again.filter(|_| is_shared);
        Ok(Operation { request, kind, execution, lane: None, shared })
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
                .map_or_else(|_| Response::timed_out(), Response::whole_or_nothing),
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
            OperationKind::Subscription => Either::Right(self.follow(operation)),
        }
    }

    /// Waits for the mutations under way, whose clients may be long gone: for the end of the
    /// process.
    pub async fn settle(&self) {
        self.mutations.close();
        self.mutations.wait().await;
    }

    async fn run(&self, operation: Operation) -> Response {
        let Operation { request, execution, lane, .. } = operation;
        let graphql = self.clone();
        let run = async move { graphql.resolve(request, &execution).await };
        match lane {
            Some(lane) => begin_apart(run, lane).await,
            None => run.await,
        }
    }

    async fn resolve(&self, request: async_graphql::Request, execution: &Execution) -> Response {
        match AssertUnwindSafe(self.schema.execute(request)).catch_unwind().await {
            Ok(response) => Response::from_library(response, execution.take()),
            // The panic hook has logged it, with the place that is lost here.
            Err(_) => Response::failed(),
        }
    }

    /// A subscription, together with those who have the same.
    fn follow(
        &self,
        operation: Operation,
    ) -> impl Stream<Item = Response> + Send + 'static + use<Q, M, S> {
        let Operation { shared: Some((params, caller)), .. } = operation else {
            return Either::Left(self.subscribe(operation));
        };
        let receiver = self.shared.join(Key::of(&params), || {
            let execution = operation.execution.clone();
            let operation = Operation { shared: None, ..operation };
            self.subscribe(operation).map(move |response| Frame {
                response: response.written(),
                position: execution.position(),
            })
        });
        let (graphql, head) = (self.clone(), self.head.clone());
        let begin = async move {
            // It listens already: what is committed from here on comes.
            let seen = match head {
                Some(head) => head().await,
                None => None,
            };
            match seen {
                Some(seen) => Either::Left(graphql.listen(receiver, seen, params, caller)),
                // The store has logged why.
                None => Either::Right(stream::once(future::ready(Response::failed()))),
            }
        };
        Either::Right(stream::once(begin).flatten())
    }

    /// What comes to all who have the same subscription; and if this one is too slow for that, an execution of its own
    /// that goes on where it was.
    fn listen(
        self,
        receiver: broadcast::Receiver<Arc<Frame>>,
        seen: Position,
        params: RequestParams,
        caller: Caller,
    ) -> impl Stream<Item = Response> + Send + 'static + use<Q, M, S> {
        let lagged = Arc::new(AtomicI64::new(NEVER));
        let state = (receiver, seen, Arc::clone(&lagged));
        let common = stream::unfold(state, |(mut receiver, mut seen, lagged)| async move {
            loop {
                match receiver.recv().await {
                    Ok(frame) if frame.position.is_some_and(|position| position <= seen) => {}
                    Ok(frame) => {
                        seen = frame.position.unwrap_or(seen);
                        return Some((frame.response.copy(), (receiver, seen, lagged)));
                    }
                    Err(RecvError::Lagged(_)) => {
                        lagged.store(seen, Ordering::Relaxed);
                        return None;
                    }
                    Err(RecvError::Closed) => return None,
                }
            }
        });
        let own = stream::once(async move {
            let seen = lagged.load(Ordering::Relaxed);
            if seen == NEVER {
                return Either::Left(stream::empty());
            }
            match self.prepare(params, caller) {
                Ok(mut operation) => {
                    operation.request = operation.request.data(StartAfter(seen));
                    Either::Right(Either::Left(self.subscribe(operation)))
                }
                Err(refusal) => Either::Right(Either::Right(stream::once(future::ready(refusal)))),
            }
        });
        common.chain(own.flatten())
    }

    fn subscribe(
        &self,
        operation: Operation,
    ) -> impl Stream<Item = Response> + Send + 'static + use<Q, M, S> {
        let Operation { request, execution, .. } = operation;
        let responses = AssertUnwindSafe(self.schema.execute_stream(request)).catch_unwind();
        responses.map(move |response| match response {
            Ok(response) => Response::from_library(response, execution.take()),
            Err(_) => Response::failed(),
        })
    }
}
