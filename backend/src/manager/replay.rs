//! Calls that are safe to send twice, and calls that wait.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{TaskManager, TrialChanged, TrialsChanged};
use crate::{
    events::Awaited,
    store::{Tx, Work},
    task::{Caller, Delay, Error, Replay, Result, Task},
};

/// What a use case answers: it can be written down, and given again to who repeats the call.
pub(super) trait Answer: Serialize + DeserializeOwned + Send + 'static {
    /// Whether the call did something that must not be done twice. One that did not leaves its key
    /// free.
    fn worth_keeping(&self) -> bool {
        true
    }

    /// The same answer for a call that is repeated later. What it is about may have changed since: most say
    /// what they said.
    fn repeated(self, _: &mut Tx) -> impl Future<Output = Result<Self>> + Send
    where
        Self: Sized,
    {
        std::future::ready(Ok(self))
    }
}

impl Answer for Task {}
impl Answer for TrialsChanged {}
impl Answer for TrialChanged {}

impl TaskManager {
    /// Runs `work` in one transaction. If the call carries a key, its answer is kept in the same
    /// transaction, and a call with the same key and input gets that answer instead.
    pub(super) async fn write<T, F>(&self, caller: &Caller, work: F) -> Result<T>
    where
        T: Answer,
        F: Work<T>,
    {
        match caller.replay.clone() {
            Some(replay) => self.store.write(self.once(caller, replay, work)).await,
            None => self.store.write(work).await,
        }
    }

    /// The same for work that takes a turn in the queue across tasks.
    pub(super) async fn write_in_line<T, F>(&self, caller: &Caller, work: F) -> Result<T>
    where
        T: Answer,
        F: Work<T>,
    {
        match caller.replay.clone() {
            Some(replay) => self.store.write_in_line(self.once(caller, replay, work)).await,
            None => self.store.write_in_line(work).await,
        }
    }

    /// The work, unless it was done before under this key.
    fn once<T, F>(&self, caller: &Caller, replay: Replay, work: F) -> impl Work<T> + use<T, F>
    where
        T: Answer,
        F: Work<T>,
    {
        let (actor, at, work) = (caller.actor.clone(), self.now(), Arc::new(work));
        move |tx: &mut Tx| {
            let (actor, replay, work) = (actor.clone(), replay.clone(), Arc::clone(&work));
            async move {
                if let Some(answer) = tx.answer(&actor, &replay).await? {
                    let answer: T = serde_json::from_str(&answer).map_err(Error::storage)?;
                    return answer.repeated(tx).await;
                }
                let answer = work(tx).await?;
                if answer.worth_keeping() {
                    let text = serde_json::to_string(&answer).map_err(Error::storage)?;
                    tx.keep_answer(&actor, &replay, text, at).await?;
                }
                Ok(answer)
            }
            .boxed()
        }
    }

    /// Tries again whenever there is work, until something comes of it, the time is up, the caller has
    /// gone, or the server stops.
    pub(super) async fn until_work<T, A>(
        &self,
        awaited: Awaited,
        wait: Delay,
        gone: &CancellationToken,
        attempt: impl Fn() -> A,
    ) -> Result<T>
    where
        T: Answer,
        A: Future<Output = Result<T>>,
    {
        let settled = |answer: &Result<T>| match answer {
            Ok(answer) => answer.worth_keeping(),
            Err(error) => !error.may_pass(),
        };
        let end = Instant::now() + Duration::from_secs_f64(wait.seconds());
        // Whoever is served at once has nobody look for work.
        let mut answer = attempt().await;
        if wait == Delay::default() || settled(&answer) {
            return answer;
        }
        // First listen, then try again: what has come between is not missed.
        let mut waiting = self.work.wait(awaited);
        loop {
            answer = attempt().await;
            if settled(&answer) || !waiting.until(end, gone).await {
                return answer;
            }
        }
    }
}
