//! Files that only have the original format's fields. Its lists held whatever a client put there, so the common
//! spellings are understood; what is not is an error that names the place, except for a strategy: that becomes
//! EXTERNAL, and its own words are kept in the metadata.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use serde_json::json;

use super::{
    file::{derived, status},
    moment::Moment,
};
use crate::{
    store::TaskRecord,
    task::{
        Actor, Constraints, Description, JsonObject, JsonValue, Numeric, Objectives, Owner,
        Parameter, ParameterKind, ParameterSpace, ParameterValue, Point, Pruning, Reason, Seed,
        StrategyKind, StrategySettings, Task, TaskId, TaskName, TaskSettings, TaskStatus,
        Timestamp, Trial, TrialId, TrialOrigin, TrialPolicy, TrialState, Tuning, Values,
        check_json,
    },
};

/// The key of the metadata that keeps a strategy that this server does not know.
const STRATEGY_KEPT: &str = "imported_strategy";
/// Where a point may stand in an item of a list; else the item itself is the point.
const POINT_NAMES: [&str; 8] =
    ["point", "params", "parameters", "design", "x", "input", "inputs", "configuration"];
/// Where what was measured may stand in a result.
const VALUE_NAMES: [&str; 9] =
    ["values", "value", "objectives", "objective", "metrics", "result", "y", "output", "outcome"];

/// Reads a task from a file without the key `asktell`.
pub(super) fn record(file: &JsonValue, now: Timestamp) -> anyhow::Result<TaskRecord> {
    let fields = file.as_object().context("a task is a JSON object")?;
    let text = |name: &str| fields.get(name).and_then(JsonValue::as_str);
    let id: TaskId = text("task_id").context("task_id: is missing")?.parse().context("task_id")?;
    let time = |name: &str| match fields.get(name) {
        None | Some(JsonValue::Null) => Ok(now),
        Some(value) => {
            value.as_str().and_then(Moment::parse).map(|moment| moment.0).with_context(|| {
                format!("{name}: {value} is not a time such as 2026-01-31T12:00:00")
            })
        }
    };
    let (created_at, updated_at) = (time("created_at")?, time("updated_at")?);
    let status = status(text("status").unwrap_or("created"))?;
    let mut metadata = match fields.get("metadata") {
        None | Some(JsonValue::Null) => JsonObject::new(),
        Some(JsonValue::Object(metadata)) => metadata.clone(),
        Some(_) => bail!("metadata: must be an object"),
    };
    let strategy = strategy(fields.get("strategy"), id, &mut metadata);
    check_json(&json!(metadata), TaskSettings::MAX_METADATA_BYTES).context("metadata")?;
    let model_state =
        fields.get("model_state").filter(|state| !state.is_null() && **state != json!({})).cloned();
    if let Some(state) = &model_state {
        check_json(state, TaskSettings::MAX_MODEL_STATE_BYTES).context("model_state")?;
    }
    let parameter_space = space(fields.get("parameter_space")).context("parameter_space")?;
    let trials = trials(fields, id, updated_at, parameter_space.as_ref())?;
    let name = match text("name").filter(|name| !name.trim().is_empty()) {
        Some(name) => name.to_owned(),
        None => id.default_name(),
    };
    let name = TaskName::new(name).context("name")?;
    let task = Task {
        description: Description::new(text("description").unwrap_or_default())
            .context("description")?,
        status,
        version: 1,
        updated_at,
        started_at: (status != TaskStatus::Created).then_some(created_at),
        finished_at: status.is_ended().then_some(updated_at),
        ..Task::new(id, name, Owner::from(&Actor::anonymous()), created_at)
    };
    // Which way is better the format does not say: the user sets the objectives after the import.
    let objectives = Objectives::default();
    let settings = TaskSettings {
        parameter_space,
        objectives,
        strategy,
        metadata,
        constraints: Constraints::default(),
        policy: TrialPolicy::default(),
        pruning: Pruning::default(),
    };
    let reports = BTreeMap::new();
    Ok(derived(TaskRecord { task, settings, model_state, trials, reports }))
}

fn strategy(value: Option<&JsonValue>, id: TaskId, metadata: &mut JsonObject) -> StrategySettings {
    let seed = Seed::of_task(id);
    let Some(value) = value.filter(|value| !value.is_null() && **value != json!({})) else {
        return StrategySettings::default_with(seed);
    };
    let word = value
        .as_str()
        .or_else(|| {
            ["kind", "type", "name", "method"].iter().find_map(|key| value.get(key)?.as_str())
        })
        .unwrap_or_default()
        .to_uppercase()
        .replace([' ', '-'], "_");
    let known = match word.as_str() {
        "RANDOM" | "RANDOM_SEARCH" => Some(StrategyKind::Random),
        "SOBOL" => Some(StrategyKind::Sobol),
        "LATIN_HYPERCUBE" | "LHS" => Some(StrategyKind::LatinHypercube),
        "GRID" | "GRID_SEARCH" => Some(StrategyKind::Grid),
        "TPE" => Some(StrategyKind::Tpe),
        "GP" | "GAUSSIAN_PROCESS" => Some(StrategyKind::Gp),
        "NSGA2" | "NSGA_II" | "NSGAII" => Some(StrategyKind::Nsga2),
        "AUTO" => Some(StrategyKind::Auto),
        "EXTERNAL" => Some(StrategyKind::External),
        _ => None,
    };
    let kind = known.unwrap_or_else(|| {
        metadata.insert(STRATEGY_KEPT.into(), value.clone());
        StrategyKind::External
    });
    StrategySettings { kind, seed, initial_design: None, tuning: Tuning::default() }
}

fn space(value: Option<&JsonValue>) -> anyhow::Result<Option<ParameterSpace>> {
    let parameters = match value {
        None | Some(JsonValue::Null) => return Ok(None),
        Some(JsonValue::Object(object)) => match object.get("parameters") {
            Some(JsonValue::Array(list)) => named(list)?,
            _ => object.iter().map(|(name, spec)| (name.clone(), spec.clone())).collect(),
        },
        Some(JsonValue::Array(list)) => named(list)?,
        Some(_) => bail!("must be an object or a list"),
    };
    if parameters.is_empty() {
        return Ok(None);
    }
    let parameters = parameters
        .into_iter()
        .map(|(name, spec)| {
            let kind = kind(&spec).with_context(|| name.clone())?;
            Ok(Parameter { name, kind, condition: None, fixed: None })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Some(ParameterSpace::new(parameters, Vec::new(), &[])?))
}

fn named(list: &[JsonValue]) -> anyhow::Result<Vec<(String, JsonValue)>> {
    list.iter()
        .enumerate()
        .map(|(i, spec)| {
            let name = spec.get("name").and_then(JsonValue::as_str);
            Ok((name.with_context(|| format!("[{i}]: has no name"))?.to_owned(), spec.clone()))
        })
        .collect()
}

/// What a parameter is: `[low, high]`, a list of choices, or an object with a type and bounds.
fn kind(spec: &JsonValue) -> anyhow::Result<ParameterKind> {
    if let JsonValue::Array(items) = spec {
        return match items.as_slice() {
            [low, high] if low.is_number() && high.is_number() => {
                numbers(low, high, None, false, low.is_i64() && high.is_i64())
            }
            choices => Ok(ParameterKind::Categorical { choices: values(choices)? }),
        };
    }
    let get = |names: &[&str]| names.iter().find_map(|name| spec.get(name));
    let word =
        get(&["type", "kind"]).and_then(JsonValue::as_str).unwrap_or_default().to_lowercase();
    if let Some(JsonValue::Array(choices)) = get(&["choices", "categories", "values", "levels"]) {
        let values = values(choices)?;
        return Ok(match word.as_str() {
            "ordinal" | "discrete" => ParameterKind::Ordinal { levels: values },
            _ => ParameterKind::Categorical { choices: values },
        });
    }
    let bounds = get(&["bounds", "range"]).and_then(JsonValue::as_array).map(Vec::as_slice);
    let (low, high) = match bounds {
        Some([low, high]) => (low, high),
        Some(_) => bail!("bounds: must be two numbers"),
        None => (
            get(&["low", "min", "lower", "lower_bound"]).context("has no lower bound")?,
            get(&["high", "max", "upper", "upper_bound"]).context("has no upper bound")?,
        ),
    };
    let log = get(&["log", "log_scale"]).and_then(JsonValue::as_bool).unwrap_or_else(|| {
        get(&["scale"]).and_then(JsonValue::as_str).is_some_and(|scale| scale == "log")
    });
    let whole = matches!(word.as_str(), "int" | "integer");
    numbers(low, high, get(&["step"]).filter(|step| !step.is_null()), log, whole)
}

fn numbers(
    low: &JsonValue,
    high: &JsonValue,
    step: Option<&JsonValue>,
    log: bool,
    whole: bool,
) -> anyhow::Result<ParameterKind> {
    if whole {
        let int = |value: &JsonValue| value.as_i64().context("must be whole numbers");
        let step = step.map(int).transpose()?.unwrap_or(1);
        return Ok(ParameterKind::Int(Numeric { low: int(low)?, high: int(high)?, step, log }));
    }
    let float = |value: &JsonValue| value.as_f64().context("bounds: must be numbers");
    let step = step.map(float).transpose()?;
    Ok(ParameterKind::Float(Numeric { low: float(low)?, high: float(high)?, step, log }))
}

fn values(items: &[JsonValue]) -> anyhow::Result<Vec<ParameterValue>> {
    items
        .iter()
        .map(|item| {
            serde_json::from_value(item.clone()).context("must be numbers, texts or booleans")
        })
        .collect()
}

/// Results first, in their order; then the initial designs and the next points that have no result yet.
fn trials(
    fields: &JsonObject,
    task: TaskId,
    at: Timestamp,
    space: Option<&ParameterSpace>,
) -> anyhow::Result<Vec<Trial>> {
    let list = |name: &str| match fields.get(name) {
        None | Some(JsonValue::Null) => Ok(Vec::new()),
        Some(JsonValue::Array(items)) => Ok(items.clone()),
        Some(_) => bail!("{name}: must be a list"),
    };
    let mut designs = points(&list("initial_designs")?, space).context("initial_designs")?;
    let mut planned = points(&list("next_points")?, space).context("next_points")?;
    let mut trials = Vec::new();
    for (i, item) in list("results")?.iter().enumerate() {
        let place = || format!("results[{i}]");
        let (point, values) = result(item, space).with_context(place)?;
        let origin = if take(&mut designs, &point) {
            TrialOrigin::InitialDesign
        } else {
            TrialOrigin::Client
        };
        let failure_reason = if values.is_empty() {
            Some(Reason::new("the file has no value for it")?)
        } else {
            None
        };
        let state = match failure_reason {
            Some(_) => TrialState::Failed,
            None => TrialState::Completed,
        };
        trials.push((state, origin, point, values, failure_reason));
    }
    for point in designs {
        // The original kept a planned design in both lists.
        take(&mut planned, &point);
        trials.push((TrialState::Waiting, TrialOrigin::InitialDesign, point, Values::new(), None));
    }
    for point in planned {
        trials.push((TrialState::Waiting, TrialOrigin::Client, point, Values::new(), None));
    }
    Ok((1..)
        .zip(trials)
        .map(|(number, (state, origin, point, values, failure_reason))| Trial {
            state,
            values,
            failure_reason,
            finished_at: (state != TrialState::Waiting).then_some(at),
            ..Trial::planned(TrialId { task, number }, 1, origin, point, at)
        })
        .collect())
}

fn take(points: &mut Vec<Point>, wanted: &Point) -> bool {
    let found = points.iter().position(|point| point == wanted);
    found.map(|place| points.remove(place)).is_some()
}

fn points(items: &[JsonValue], space: Option<&ParameterSpace>) -> anyhow::Result<Vec<Point>> {
    items
        .iter()
        .enumerate()
        .map(|(i, item)| {
            let object = item.as_object().with_context(|| format!("[{i}]: must be an object"))?;
            point(object, space).with_context(|| format!("[{i}]"))
        })
        .collect()
}

/// The point of an item: under one of the usual names, or its members that are parameters.
fn point(item: &JsonObject, space: Option<&ParameterSpace>) -> anyhow::Result<Point> {
    let nested = POINT_NAMES.iter().find_map(|name| item.get(*name)?.as_object());
    let object = match (nested, space) {
        (Some(nested), _) => nested.clone(),
        (None, Some(space)) => item
            .iter()
            .filter(|(name, _)| space.parameters().iter().any(|p| p.name == **name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        (None, None) => item
            .iter()
            .filter(|(name, _)| !VALUE_NAMES.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    };
    // A point that the space would not admit was measured all the same: it is kept as it is.
    match space.and_then(|space| space.admit(&object).ok()) {
        Some(point) => Ok(point),
        None => Ok(Point::from_json(&object)?),
    }
}

fn result(item: &JsonValue, space: Option<&ParameterSpace>) -> anyhow::Result<(Point, Values)> {
    let object = item.as_object().context("must be an object")?;
    let point = point(object, space)?;
    let mut measured = Values::new();
    for name in VALUE_NAMES {
        match object.get(name) {
            Some(JsonValue::Object(values)) => {
                for (name, value) in values {
                    if let Some(number) = value.as_f64() {
                        measured.insert(name.clone(), number);
                    }
                }
            }
            Some(value) => {
                if let Some(number) = value.as_f64() {
                    measured.insert(name.to_owned(), number);
                }
            }
            None => {}
        }
    }
    if measured.is_empty()
        && space.is_some()
        && !POINT_NAMES.iter().any(|n| object.contains_key(*n))
    {
        // A flat row: what is no parameter and is a number was measured.
        let parameter = |name: &str| point.values().iter().any(|(known, _)| known == name);
        for (name, value) in object.iter().filter(|(name, _)| !parameter(name)) {
            if let Some(number) = value.as_f64() {
                measured.insert(name.clone(), number);
            }
        }
    }
    ensure!(!point.values().is_empty(), "has no point");
    Ok((point, measured))
}
