//! The task.

mod facets;
mod planned;
mod reads;
mod status;
mod tree;

use async_graphql::{Context, ID, Object};

pub(in crate::api) use self::{
    facets::TaskFacets,
    reads::{list_events, list_tasks, shared},
    status::{TaskStatus, TrialCounts},
};
use self::{
    reads::within_steps,
    tree::{Below, RollUp},
};
use super::{
    SpaceReport, Trial, list_versions,
    model::{Contour, Model, ParameterImportance, Slice},
    policy::{Budget, OutcomeConstraint, Pruning, TaskClaim, TrialPolicy, WhyWaiting},
    settings::Objective,
    space::ParameterSpace,
    strategist::Strategist,
    strategy::Strategy,
};
use crate::{
    api::{
        Services,
        error::{Result, invalid, refusal},
        inputs::{TaskSort, TrialFilter, TrialSort, order, order_of_trials},
        loader::{Gathered, ModelStateKey, RollUpKey, TaskKey},
        paging::{
            PageArguments, TaskConnection, TaskEventConnection, TaskVersionConnection,
            TrialConnection,
        },
        scalar::{DateTime, Document, JsonMap},
    },
    task::{self, EventFilter, TrialId, TrialOrder, TrialState as State},
};

/// One optimization run: what is to be optimized, how, and everything that was tried.
#[derive(Debug, Clone)]
pub(in crate::api) struct Task(pub(in crate::api) task::Task);

impl From<task::Task> for Task {
    fn from(task: task::Task) -> Self {
        Self(task)
    }
}

/// One optimization run: what is to be optimized, how, and everything that was tried.
#[Object]
impl Task {
    /// The id, a UUID. The client may choose it when it makes the task.
    pub(in crate::api) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The name; `Task_` and the first eight characters of the id if none was given.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// What the task is about, in free text.
    async fn description(&self) -> &str {
        self.0.description.as_str()
    }

    /// Where the task stands in its life.
    async fn status(&self) -> TaskStatus {
        self.0.status.into()
    }

    /// Why the task came to its status, if a reason was given.
    async fn status_reason(&self) -> Option<&str> {
        self.0.status_reason.as_ref().map(task::Reason::as_str)
    }

    /// The statuses that the task may go to from here, with `transitionTask`. From COMPLETED to RUNNING it takes a reason,
    /// and a budget that leaves something.
    async fn allowed_transitions(&self) -> Vec<TaskStatus> {
        self.0.status.successors().iter().map(|status| (*status).into()).collect()
    }

    /// How often the task itself has changed (its trials do not count). Pass it as `expectedVersion` to change the
    /// task only if nobody else has meanwhile.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The number of the latest event of the task or one of its trials.
    async fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// When the task was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the task itself last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// When the task was first started.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(DateTime)
    }

    /// When the task ended, if it has.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }

    /// When the task was deleted, if it is. A deleted task can be restored.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.deleted_at.map(DateTime)
    }

    /// The parameters to search; none while the task is being planned.
    async fn parameter_space(&self, ctx: &Context<'_>) -> Result<Option<ParameterSpace>> {
        Ok(self.settings(ctx).await?.parameter_space.as_ref().map(ParameterSpace::from))
    }

    /// Which space it has: 1 for the first, one more with every change of `parameterSpace` since the task was started
    /// or had trials.
    async fn space_version(&self) -> i64 {
        self.0.space_version
    }

    /// When the space last changed; none while it is the first.
    async fn space_changed_at(&self) -> Option<DateTime> {
        self.0.space_changed_at.map(DateTime)
    }

    /// What the space makes of the results that there are: how many lie in it, and by what the others lie outside.
    /// None without a space. It looks at every trial.
    async fn space_report(&self, ctx: &Context<'_>) -> Result<Option<SpaceReport>> {
        let settings = self.settings(ctx).await?;
        let Some(space) = &settings.parameter_space else { return Ok(None) };
        let report = self.report_on(ctx, space, self.0.space_version).await?;
        Ok(Some(SpaceReport::from(&report)))
    }

    /// The id of the task of which it was made with `cloneTask`; that may be deleted by now.
    async fn cloned_from(&self) -> Option<ID> {
        self.0.cloned_from.map(|id| id.to_string().into())
    }

    /// What is measured, and whether less or more of it is better.
    async fn objectives(&self, ctx: &Context<'_>) -> Result<Vec<Objective>> {
        let settings = self.settings(ctx).await?;
        Ok(settings.objectives.as_slice().iter().map(Objective::from).collect())
    }

    /// What proposes points.
    async fn strategy(&self, ctx: &Context<'_>) -> Result<Strategy> {
        Ok(Strategy::from(&self.settings(ctx).await?.strategy))
    }

    /// What the strategy has learned, or the checkpoint of a client's own model.
    async fn model_state(&self, ctx: &Context<'_>) -> Result<Option<Document>> {
        let found = ctx.data::<Gathered>()?.load_one(ModelStateKey(self.0.id)).await;
        found.map_err(shared)
    }

    /// Whatever the client keeps with the task.
    async fn metadata(&self, ctx: &Context<'_>) -> Result<JsonMap> {
        Ok(JsonMap(self.settings(ctx).await?.metadata.clone()))
    }

    /// How many trials stand where.
    async fn trial_counts(&self) -> TrialCounts {
        self.0.trial_counts.into()
    }

    /// The best trial so far; none with several objectives.
    async fn best_trial(&self, ctx: &Context<'_>) -> Result<Option<Trial>> {
        let Some(best) = self.0.best else { return Ok(None) };
        let id = TrialId { task: self.0.id, number: best.number };
        let found = ctx.data::<Gathered>()?.load_one(id).await;
        Ok(found.map_err(shared)?.map(Trial))
    }

    /// The best value so far; none with several objectives.
    async fn best_value(&self) -> Option<f64> {
        self.0.best.map(|best| best.value)
    }

    /// Which task goes first where workers ask for a trial of any: the larger number. It may change at any time.
    async fn priority(&self) -> i32 {
        self.0.priority.get()
    }

    /// On whose behalf it runs. Owners take turns in the queue.
    async fn owner(&self) -> &str {
        self.0.owner.as_str()
    }

    /// What a worker must be able to do to get its trials from the queue.
    async fn labels(&self) -> &[String] {
        self.0.labels.as_slice()
    }

    /// Words by which people keep it apart from others, in lower case.
    async fn tags(&self) -> Vec<&str> {
        self.0.tags.as_slice().iter().map(task::Tag::as_str).collect()
    }

    /// The task that it is a part of; none for a root.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let Some(parent) = self.0.lineage.parent() else { return Ok(None) };
        let found = ctx.data::<Gathered>()?.load_one(TaskKey(parent)).await;
        Ok(found.map_err(shared)?.map(Task))
    }

    /// The tasks that it is a part of, the root first and the parent last.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Task>> {
        let ancestors = self.0.lineage.ancestors();
        let found = ctx.data::<Gathered>()?.load_many(ancestors.iter().copied().map(TaskKey)).await;
        let mut found = found.map_err(shared)?;
        Ok(ancestors.iter().filter_map(|id| found.remove(&TaskKey(*id)).map(Task)).collect())
    }

    /// The tasks that are a part of it, newest first unless `sort` says otherwise. Of all tasks below it:
    /// `tasks(filter: { ancestorId: … })`.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The most tasks of the page, from its start.")] first: Option<i32>,
        #[graphql(desc = "Only tasks after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most tasks of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only tasks before this cursor.")] before: Option<String>,
        #[graphql(desc = "In which order, the first key first; newest first if left out.")]
        sort: Option<Vec<TaskSort>>,
    ) -> Result<TaskConnection> {
        let condition = task::TaskCondition::Parent(self.0.id);
        let filter = task::TaskFilter { condition, deleted: false };
        let page = PageArguments { first, after, last, before };
        let order = order(sort.unwrap_or_default()).map_err(|e| invalid("sort", e))?;
        list_tasks(ctx, filter, order, &page).await
    }

    /// What the tasks below it have come to, taken together. It is always exact.
    async fn roll_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks below it.", default_with = "Below::Children")] of: Below,
    ) -> Result<RollUp> {
        let key = RollUpKey(of.into(), self.0.id);
        let found = ctx.data::<Gathered>()?.load_one(key).await.map_err(shared)?;
        Ok(found.unwrap_or_default().into())
    }

    /// Which share of its budget of trials is over, from 0 to 1; 1 when the task is COMPLETED. None without
    /// `budget.maxTrials`.
    async fn progress(&self) -> Option<f64> {
        self.0.progress()
    }

    /// When it has had enough.
    async fn budget(&self) -> Budget {
        self.0.budget.into()
    }

    /// Number of trials that have ever been handed out, or were reported by hand while they waited, each counted once:
    /// what `budget.maxTrials` counts.
    async fn handed_out(&self) -> i64 {
        self.0.handed_out
    }

    /// Number of failed trials, without those measured elsewhere: what `budget.maxFailures` counts.
    async fn failures(&self) -> i64 {
        self.0.failures
    }

    /// Number of trials that failed one after another, since another outcome or since the task was last started or
    /// resumed: what `budget.maxConsecutiveFailures` counts.
    async fn consecutive_failures(&self) -> i64 {
        self.0.failures_in_row
    }

    /// Id of the task whose subtree was paused with `transitionSubtree`, if that paused this one. It is resumed with that
    /// subtree. Null for a task that is not PAUSED, or was paused by itself.
    async fn paused_with(&self) -> Option<ID> {
        self.0.paused_with.map(|id| id.to_string().into())
    }

    /// What it does about workers that fail, die or come late.
    async fn trial_policy(&self, ctx: &Context<'_>) -> Result<TrialPolicy> {
        Ok(TrialPolicy::from(&self.settings(ctx).await?.policy))
    }

    /// Which trials are stopped early.
    async fn pruning(&self, ctx: &Context<'_>) -> Result<Pruning> {
        Ok(self.settings(ctx).await?.pruning.into())
    }

    /// What a result must satisfy to count as good.
    async fn constraints(&self, ctx: &Context<'_>) -> Result<Vec<OutcomeConstraint>> {
        let settings = self.settings(ctx).await?;
        Ok(settings.constraints.as_slice().iter().map(OutcomeConstraint::from).collect())
    }

    /// The runner that has taken the whole task, if one has.
    async fn claim(&self) -> Option<TaskClaim> {
        self.0.claim.clone().map(TaskClaim::from)
    }

    /// The client that proposes its points, if its strategy is EXTERNAL and one does.
    async fn strategist(&self) -> Option<Strategist> {
        self.0.strategist.as_ref().map(Strategist::from)
    }

    /// How many points a client should propose now: what `strategy.external.ahead` wants to be ready, less what is, and
    /// never more than the budget leaves. 0 unless the strategy is EXTERNAL and the task is RUNNING.
    #[expect(clippy::unused_async, reason = "the library takes only async resolvers")]
    async fn points_needed(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.0.points_needed(ctx.data::<Services>()?.clock.now()))
    }

    /// Its place in the queue, 1 for the next, whatever its labels: of the RUNNING tasks that have work, or of those
    /// that a runner may take. None if it is in neither.
    async fn queue_position(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        self.place(ctx).await
    }

    /// Why no worker gets a trial of it from the queue now; none if it is the next.
    async fn why_waiting(&self, ctx: &Context<'_>) -> Result<Option<WhyWaiting>> {
        if let Some(why) = self.0.why_waiting(ctx.data::<Services>()?.clock.now()) {
            return Ok(Some(why.into()));
        }
        let (reason, message) = match self.place(ctx).await? {
            Some(1) => return Ok(None),
            Some(place) => {
                (task::WaitingReason::BehindOthers, format!("It is number {place} in the queue."))
            }
            None => (
                task::WaitingReason::ShareReached,
                "It has its share of all the trials that are out.".to_owned(),
            ),
        };
        Ok(Some(task::WhyWaiting { reason, message, until: None }.into()))
    }

    /// With several objectives, the results that no other is better than in every respect, by number. Excluded ones and
    /// those that break a constraint are never among them.
    async fn pareto_front(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The most trials of the page, from its start.")] first: Option<i32>,
        #[graphql(desc = "Only trials after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most trials of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only trials before this cursor.")] before: Option<String>,
    ) -> Result<TrialConnection> {
        let filter = task::TrialFilter { on_front: true, ..task::TrialFilter::default() };
        let page = PageArguments { first, after, last, before };
        self.list_trials(ctx, filter, TrialOrder::default(), page).await
    }

    /// What the strategy's model has learned; none if the strategy has no model, or too few results for one.
    async fn model(&self, ctx: &Context<'_>) -> Result<Option<Model>> {
        let proposals = &ctx.data::<Services>()?.proposals;
        let model = proposals.model(&self.0).await.map_err(refusal)?;
        Ok(model.as_deref().map(Model::from))
    }

    /// What the model expects along one parameter; none without a model.
    async fn slice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name of the parameter.")] parameter: String,
        #[graphql(
            desc = "The point through which the slice goes. A parameter that is left out has its value at the best result; with several objectives, at a result of the Pareto front."
        )]
        at: Option<JsonMap>,
        #[graphql(
            desc = "How many values of the parameter, 2 to 200; fewer if it has fewer.",
            default = 50
        )]
        steps: i32,
    ) -> Result<Option<Slice>> {
        let steps = within_steps(steps, 200)?;
        let proposals = &ctx.data::<Services>()?.proposals;
        let at = at.map(|at| at.0);
        let slice = proposals.slice(&self.0, &parameter, at.as_ref(), steps).await;
        Ok(slice.map_err(refusal)?.map(Slice::from))
    }

    /// What the model expects over two parameters; none without a model.
    async fn contour(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name of one parameter.")] x: String,
        #[graphql(desc = "The name of the other.")] y: String,
        #[graphql(
            desc = "The point through which the plane goes. A parameter that is left out has its value at the best result; with several objectives, at a result of the Pareto front."
        )]
        at: Option<JsonMap>,
        #[graphql(
            desc = "How many values of each parameter, 2 to 60; fewer if it has fewer.",
            default = 25
        )]
        steps: i32,
    ) -> Result<Option<Contour>> {
        let steps = within_steps(steps, 60)?;
        let proposals = &ctx.data::<Services>()?.proposals;
        let at = at.map(|at| at.0);
        let contour = proposals.contour(&self.0, (&x, &y), at.as_ref(), steps).await;
        Ok(contour.map_err(refusal)?.map(Contour::from))
    }

    /// How much each parameter matters for each objective, whatever the strategy; none while there are too few results.
    async fn importance(&self, ctx: &Context<'_>) -> Result<Option<Vec<ParameterImportance>>> {
        let proposals = &ctx.data::<Services>()?.proposals;
        let shares = proposals.importance(&self.0).await.map_err(refusal)?;
        Ok(shares.map(|shares| shares.iter().map(ParameterImportance::from).collect()))
    }

    /// All trials, by number unless `sort` says otherwise. In any other order a page takes a look at every trial that passes.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn trials(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The most trials of the page, from its start. 50 if neither `first` nor `last` is given, 1,000 at most."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only trials after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most trials of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only trials before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which trials; all if left out.")] filter: Option<TrialFilter>,
        #[graphql(
            desc = "In which order, the first key first, at most 8 keys; by number if left out."
        )]
        sort: Option<Vec<TrialSort>>,
    ) -> Result<TrialConnection> {
        let filter = filter.map(TryInto::try_into).transpose().map_err(|e| invalid("filter", e))?;
        let order = order_of_trials(sort.unwrap_or_default()).map_err(|e| invalid("sort", e))?;
        let page = PageArguments { first, after, last, before };
        self.list_trials(ctx, filter.unwrap_or_default(), order, page).await
    }

    /// The trials that were planned before the strategy proposes any: points given with the task, then those that the
    /// method of its initial design makes. Before the task is started the latter are listed as they will be made, with the
    /// numbers that they will have unless trials are added before.
    async fn initial_designs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The most trials of the page, from its start.")] first: Option<i32>,
        #[graphql(desc = "Only trials after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most trials of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only trials before this cursor.")] before: Option<String>,
    ) -> Result<TrialConnection> {
        let origins = vec![task::TrialOrigin::InitialDesign];
        let filter = task::TrialFilter { origins, ..task::TrialFilter::default() };
        let page = PageArguments { first, after, last, before };
        self.list_planned(ctx, filter, page).await
    }

    /// The trials that are still to be run: what `ask` hands out next. Before the task is started, with the points of its
    /// initial design, as in `initialDesigns`.
    async fn next_points(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The most trials of the page, from its start.")] first: Option<i32>,
        #[graphql(desc = "Only trials after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most trials of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only trials before this cursor.")] before: Option<String>,
    ) -> Result<TrialConnection> {
        let states = vec![State::Waiting];
        let filter = task::TrialFilter { states, ..task::TrialFilter::default() };
        let page = PageArguments { first, after, last, before };
        self.list_planned(ctx, filter, page).await
    }

    /// The trials that have finished with an outcome: COMPLETED, which were measured, and FAILED, PRUNED and INFEASIBLE, which
    /// were not and have no values. Only what was measured: `trials(filter: { states: [COMPLETED] })`.
    async fn results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The most trials of the page, from its start.")] first: Option<i32>,
        #[graphql(desc = "Only trials after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most trials of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only trials before this cursor.")] before: Option<String>,
    ) -> Result<TrialConnection> {
        let states = State::WITH_OUTCOME.to_vec();
        let filter = task::TrialFilter { states, ..task::TrialFilter::default() };
        let page = PageArguments { first, after, last, before };
        self.list_trials(ctx, filter, TrialOrder::default(), page).await
    }

    /// Every version of the task, newest first: who changed it, when, why, and what.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The most versions of the page, from its start.")] first: Option<i32>,
        #[graphql(desc = "Only versions after this cursor: older ones.")] after: Option<String>,
        #[graphql(desc = "The most versions of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only versions before this cursor: newer ones.")] before: Option<String>,
    ) -> Result<TaskVersionConnection> {
        list_versions(ctx, self.0.id, &PageArguments { first, after, last, before }).await
    }

    /// What has happened to the task and its trials, oldest first.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The most events of the page, from its start.")] first: Option<i32>,
        #[graphql(desc = "Only events after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most events of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only events before this cursor.")] before: Option<String>,
    ) -> Result<TaskEventConnection> {
        let filter = EventFilter { tasks: vec![self.0.id], ..EventFilter::default() };
        list_events(ctx, &filter, &PageArguments { first, after, last, before }).await
    }
}
