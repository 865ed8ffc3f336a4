//! What the library's response does not tell, learned by an extension of the schema.
//!
//! *Whether an operation came to be executed.* The transports must tell request errors from field
//! errors; in the library both have `data: null`, and neither must have a path. The extension
//! leaves a mark when the library goes from validation to execution; for a subscription it does so
//! with every event.
//!
//! *What the response takes in memory.* Every value of a leaf is counted before it is kept. Once the response is over its
//! budget no more fields are resolved.
//!
//! *Errors of nullable fields.* By the specification such a field becomes null and its siblings
//! stay (<https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors>). The library lets
//! an error that the resolver itself returns (`Result<Option<T>>`) pass on to the parent, whatever
//! the type of the field. The extension stops it at the field.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use async_graphql::{
    PathSegment, QueryPathNode, QueryPathSegment, Response, ServerError, ServerResult, Value,
    async_trait::async_trait,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo,
    },
};

use super::{
    budget::{Account, Budget, weight},
    response::over_budget,
};
use crate::task::Position;

/// The notes about one operation, in the data of its request.
#[derive(Clone)]
pub(super) struct Execution(Arc<Notes>);

struct Notes {
    began: AtomicBool,
    errors: Mutex<Vec<ServerError>>,
    account: Mutex<Arc<Account>>,
    /// Where in the log the event is that a subscription responds to; 0 if that is not known.
    position: AtomicI64,
}

/// What was noted about one response.
pub(super) struct Noted {
    /// Whether the operation came to be executed.
    pub(super) executed: bool,
    /// The errors of nullable fields.
    pub(super) errors: Vec<ServerError>,
    /// The memory that it takes.
    pub(super) account: Arc<Account>,
}

impl Execution {
    pub(super) fn new(budget: Budget) -> Self {
        let account = Mutex::new(Arc::new(Account::new(budget)));
        let (began, errors) = (AtomicBool::new(false), Mutex::default());
        Self(Arc::new(Notes { began, errors, account, position: AtomicI64::new(0) }))
    }

    /// Notes the event that is responded to next.
    pub(super) fn responds_to(&self, position: Position) {
        self.0.position.store(position, Ordering::Relaxed);
    }

    /// The place in the log of the event that was responded to last.
    pub(super) fn position(&self) -> Option<Position> {
        Some(self.0.position.load(Ordering::Relaxed)).filter(|position| *position != 0)
    }

    /// What was noted since this was last asked; the next response begins anew.
    pub(super) fn take(&self) -> Noted {
        let executed = self.0.began.swap(false, Ordering::AcqRel);
        let mut errors = self.0.errors.lock().unwrap_or_else(PoisonError::into_inner);
        let mut account = self.0.account.lock().unwrap_or_else(PoisonError::into_inner);
        let another = Arc::new(account.another());
        let account = std::mem::replace(&mut *account, another);
        Noted { executed, errors: std::mem::take(&mut *errors), account }
    }

    fn account(&self) -> Arc<Account> {
        Arc::clone(&self.0.account.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begin(&self) {
        self.0.began.store(true, Ordering::Release);
    }

    fn keep(&self, error: ServerError) {
        self.0.errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
    }
}

/// Makes the extension.
pub(super) struct WatchExecution;

impl ExtensionFactory for WatchExecution {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Watcher)
    }
}

struct Watcher;

#[async_trait]
impl Extension for Watcher {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(execution) = ctx.data_opt::<Execution>() {
            execution.begin();
        }
        next.run(ctx, operation_name).await
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let is_nullable = !info.return_type.ends_with('!');
        let is_leaf = info.field.selection_set.node.items.is_empty();
        let (at, node) = (info.field.name.pos, info.path_node);
        let Some(execution) = ctx.data_opt::<Execution>() else { return next.run(ctx, info).await };
        let account = execution.account();
        let over = |exceeded| ServerError { path: path(node), ..over_budget(exceeded, Some(at)) };
        let result = match account.exceeded() {
            Some(exceeded) => Err(over(exceeded)),
            None => match next.run(ctx, info).await {
                Ok(Some(value)) if is_leaf => {
                    account.take(FIELD + weight(&value)).map(|()| Some(value)).map_err(over)
                }
                result => result,
            },
        };
        match result {
            Err(error) if is_nullable => {
                execution.keep(error);
                Ok(Some(Value::Null))
            }
            result => result,
        }
    }
}

/// What a field takes besides its value.
const FIELD: usize = 32;

fn path(node: &QueryPathNode<'_>) -> Vec<PathSegment> {
    let mut segments: Vec<_> = std::iter::successors(Some(node), |node| node.parent)
        .map(|node| match node.segment {
            QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
            QueryPathSegment::Index(index) => PathSegment::Index(index),
        })
        .collect();
    segments.reverse();
    segments
}
