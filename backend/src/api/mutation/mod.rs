//! Writes: one use case each. A failed one is an error at the top of the response, with a stable code.

mod batch;
mod replay;
mod strategist;
mod task;
mod trial;
mod view;
mod worker;

use async_graphql::{Context, MergedObject};
use tokio_util::sync::CancellationToken;

use super::{
    Services,
    error::{Result, refuse_input},
};
use crate::{
    manager::TaskManager,
    task::{Caller, Error, Invalid},
};

/// Writing. A mutation that fails changes nothing and is null, with an error that has a stable `extensions.code`; what other
/// mutations of the same document have done is told. Each may carry an `idempotencyKey`: sent twice with the same key and
/// input, it is done once and answered twice.
#[derive(Debug, MergedObject)]
pub struct Mutation(
    task::TaskMutation,
    batch::BatchMutation,
    worker::WorkerMutation,
    trial::TrialMutation,
    strategist::StrategistMutation,
    view::ViewMutation,
);

impl Mutation {
    pub(super) const fn new() -> Self {
        Self(
            task::TaskMutation,
            batch::BatchMutation,
            worker::WorkerMutation,
            trial::TrialMutation,
            strategist::StrategistMutation,
            view::ViewMutation,
        )
    }
}

/// Cancelled when the caller has gone away: what waits on its behalf need not.
#[derive(Debug, Clone)]
pub(super) struct Gone(pub(super) CancellationToken);

/// Whoever asks, with the key of the call and what it says, and what does it.
fn parts<'a>(
    ctx: &Context<'a>,
    key: Option<String>,
    input: &dyn std::fmt::Debug,
) -> Result<(&'a TaskManager, Caller)> {
    let caller: &Caller = ctx.data()?;
    let replay = key.map(|key| replay::of(ctx, &key, input)).transpose()?;
    Ok((&ctx.data::<Services>()?.manager, Caller { replay, ..caller.clone() }))
}

/// Whether the caller is still there.
fn presence(ctx: &Context<'_>) -> CancellationToken {
    ctx.data_opt::<Gone>().map(|gone| gone.0.clone()).unwrap_or_default()
}

fn wrong(problem: Invalid) -> async_graphql::Error {
    refuse_input(Error::Invalid(problem))
}
