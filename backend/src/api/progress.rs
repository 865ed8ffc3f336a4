//! Whether an operation came to be executed.
//!
//! The transports must tell request errors from field errors, and the library's response does not: both have
//! `data: null`, and neither must have a path. So the schema carries an extension that leaves a mark when the
//! library goes from validation to execution; for a subscription it does so with every event.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    Response,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};

/// The mark of one operation, in the data of its request.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<AtomicBool>);

impl Progress {
    /// Whether execution began since this was last asked.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::AcqRel)
    }

    fn mark(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Makes the extension.
pub(super) struct MarkExecution;

impl ExtensionFactory for MarkExecution {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Marker)
    }
}

struct Marker;

#[async_graphql::async_trait::async_trait]
impl Extension for Marker {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(progress) = ctx.data_opt::<Progress>() {
            progress.mark();
        }
        next.run(ctx, operation_name).await
    }
}
