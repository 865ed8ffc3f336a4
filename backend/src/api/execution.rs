//! What the library's response does not tell, learned by an extension of the schema.
//!
//! *Whether an operation came to be executed.* The transports must tell request errors from field
//! errors; in the library both have `data: null`, and neither must have a path. The extension
//! leaves a mark when the library goes from validation to execution; for a subscription it does so
//! with every event.
//!
//! *Errors of nullable fields.* By the specification such a field becomes null and its siblings
//! stay (<https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors>). The library lets
//! an error that the resolver itself returns (`Result<Option<T>>`) pass on to the parent, whatever
//! the type of the field. The extension stops it at the field.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    Response, ServerError, ServerResult, Value,
    async_trait::async_trait,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo,
    },
};

/// The notes about one operation, in the data of its request.
#[derive(Clone, Default)]
pub(super) struct Execution(Arc<Notes>);

#[derive(Default)]
struct Notes {
    began: AtomicBool,
    errors: Mutex<Vec<ServerError>>,
}

impl Execution {
    /// Whether execution began since this was last asked, and the errors of nullable fields since
    /// then.
    pub(super) fn take(&self) -> (bool, Vec<ServerError>) {
        let began = self.0.began.swap(false, Ordering::AcqRel);
        let mut errors = self.0.errors.lock().unwrap_or_else(PoisonError::into_inner);
        (began, std::mem::take(&mut *errors))
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
        match (next.run(ctx, info).await, ctx.data_opt::<Execution>()) {
            (Err(error), Some(execution)) if is_nullable => {
                execution.keep(error);
                Ok(Some(Value::Null))
            }
            (result, _) => result,
        }
    }
}
