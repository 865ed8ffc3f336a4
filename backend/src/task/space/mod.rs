//! The parameter space of a task, and the points in it.

mod change;
mod condition;
mod fit;
mod linear;
mod numbers;
mod parameter;
mod point;
mod report;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use asktell_strategies::{Space, SpaceProblem, Used};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

pub use change::{SpaceChange, SpaceChangeKind};
pub use condition::Condition;
pub use fit::{Fit, JudgedAs};
pub use linear::{ParameterConstraint, Term};
pub use parameter::{Numeric, Parameter, ParameterKind};
pub use point::Point;
pub use report::{SpaceReport, SpaceTally, TriedPoint};

use super::{Invalid, JsonObject, JsonValue, ParameterValue, objective::check_label};
use point::scalar;

/// The space of a task: its parameters in the order given, what must hold between them, and the list
/// of candidates if these are the only points.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct ParameterSpace {
    parameters: Vec<Parameter>,
    constraints: Vec<ParameterConstraint>,
    candidates: Arc<[Point]>,
    /// The same in numbers, as the strategies know it.
    numbers: Arc<Space>,
    listed: Arc<Used>,
}

/// Without what follows from the rest: it is large, and in no order.
impl std::fmt::Debug for ParameterSpace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { parameters, constraints, candidates, numbers: _, listed: _ } = self;
        f.debug_struct("ParameterSpace")
            .field("parameters", parameters)
            .field("constraints", constraints)
            .field("candidates", candidates)
            .finish_non_exhaustive()
    }
}

/// What an event tells in place of the candidates: how many they are.
const CANDIDATE_COUNT: &str = "candidateCount";
/// And the hash under which their list is kept.
const CANDIDATES_HASH: &str = "candidatesHash";

/// A list that is too long for an event, kept once under the hash of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptList {
    /// SHA-256 of the content, as base64 without padding.
    pub hash: String,
    /// The list, as JSON.
    pub content: String,
}

impl KeptList {
    fn of(points: &[Point]) -> Self {
        let content = json!(points).to_string();
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(&content));
        Self { hash, content }
    }
}

/// A space as it is written. One of parameters alone is their list, as it always was.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Document {
    Parameters(Vec<Parameter>),
    Whole {
        parameters: Vec<Parameter>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        constraints: Vec<ParameterConstraint>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<Point>,
    },
}

impl ParameterSpace {
    /// The most parameters of a space.
    pub const MAX: usize = 100;
    /// The most constraints between parameters.
    pub const MAX_CONSTRAINTS: usize = 100;
    /// The most candidates.
    pub const MAX_CANDIDATES: usize = 10_000;

    /// Checks the parameters (at least one, names unique, bounds in order, steps and scales possible,
    /// conditions on earlier ones, fixed to values that they have), the constraints, that some point keeps them, and the candidates, if
    /// there are any: each in the space, none twice.
    pub fn new(
        mut parameters: Vec<Parameter>,
        constraints: Vec<ParameterConstraint>,
        candidates: &[JsonObject],
    ) -> Result<Self, Invalid> {
        check_parameters(&mut parameters).map_err(|e| e.at("parameters"))?;
        if constraints.len() > Self::MAX_CONSTRAINTS {
            let most = format!("at most {} constraints", Self::MAX_CONSTRAINTS);
            return Err(Invalid::new(most).at("constraints"));
        }
        for (i, constraint) in constraints.iter().enumerate() {
            constraint.check(&parameters).map_err(|e| e.at_index(i).at("constraints"))?;
        }
        let mut space = Self::without_candidates(parameters, constraints);
        space.numbers.check().map_err(|problem| space.explain(&problem))?;
        space.list(candidates).map_err(|e| e.at("candidates"))?;
        Ok(space)
    }

    fn without_candidates(
        parameters: Vec<Parameter>,
        constraints: Vec<ParameterConstraint>,
    ) -> Self {
        let numbers = Arc::new(numbers::space(&parameters, &constraints));
        Self {
            parameters,
            constraints,
            candidates: Arc::default(),
            numbers,
            listed: Arc::default(),
        }
    }

    /// Makes the candidates the only points.
    fn list(&mut self, candidates: &[JsonObject]) -> Result<(), Invalid> {
        if candidates.len() > Self::MAX_CANDIDATES {
            return Err(Invalid::new(format!("at most {} candidates", Self::MAX_CANDIDATES)));
        }
        let mut listed = Used::default();
        let mut points = Vec::with_capacity(candidates.len());
        let mut numbers = Vec::with_capacity(candidates.len());
        for (i, candidate) in candidates.iter().enumerate() {
            let (point, place) = self.place(candidate).map_err(|e| e.at_index(i))?;
            if !listed.insert(&place) {
                return Err(Invalid::new("the candidate is listed twice").at_index(i));
            }
            points.push(point);
            numbers.push(place);
        }
        let left = |point: &Point| self.check_fixed(point).is_ok();
        if !points.is_empty() && !points.iter().any(left) {
            return Err(Invalid::new("none has the values that parameters are fixed to"));
        }
        self.candidates = points.into();
        self.numbers = Arc::new(Space { candidates: numbers, ..Space::clone(&self.numbers) });
        self.listed = Arc::new(listed);
        Ok(())
    }

    /// What the strategies find wrong with a space whose parts are right: there is no point in it.
    fn explain(&self, problem: &SpaceProblem) -> Invalid {
        match problem {
            SpaceProblem::Unsatisfiable { constraint } => {
                let words = self.constraints[*constraint].to_string();
                Invalid::new(format!("no point within the bounds keeps {words}"))
                    .at_index(*constraint)
                    .at("constraints")
            }
            SpaceProblem::Empty => Invalid::new("no point keeps all of them").at("constraints"),
            SpaceProblem::NoneFound => {
                let what = "no point was found that keeps all of them; steps may be too coarse";
                Invalid::new(what).at("constraints")
            }
            SpaceProblem::NoParameter
            | SpaceProblem::EmptyDomain { .. }
            | SpaceProblem::StepTooSmall { .. }
            | SpaceProblem::ParentNotEarlier { .. }
            | SpaceProblem::NeverActive { .. }
            | SpaceProblem::MeaninglessConstraint { .. }
            | SpaceProblem::WrongTerm { .. }
            | SpaceProblem::TermWithoutNumber { .. }
            | SpaceProblem::ConditionalTerm { .. }
            | SpaceProblem::FixedOutside { .. }
            | SpaceProblem::CandidateOutside { .. }
            | SpaceProblem::CandidateTwice { .. }
            | SpaceProblem::NoCandidateLeft => Invalid::new(problem.to_string()),
        }
    }

    /// The parameters in order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// What must hold between them.
    #[must_use]
    pub fn constraints(&self) -> &[ParameterConstraint] {
        &self.constraints
    }

    /// The only points that there are; empty if there is no such list.
    #[must_use]
    pub fn candidates(&self) -> &[Point] {
        &self.candidates
    }

    /// The space as events tell it: of the candidates only how many they are, and a hash of their list,
    /// lest everybody who follows the log be sent thousands. The list itself is kept once, under its
    /// hash ([`Self::list_to_keep`]).
    #[must_use]
    pub fn told(&self) -> JsonValue {
        let Self { parameters, constraints, candidates, numbers: _, listed: _ } = self;
        let Some(list) = self.list_to_keep() else { return json!(self) };
        json!({
            "parameters": parameters,
            "constraints": constraints,
            (CANDIDATE_COUNT): candidates.len(),
            (CANDIDATES_HASH): list.hash,
        })
    }

    /// The list of candidates, if there are any, as it is kept beside the events.
    #[must_use]
    pub fn list_to_keep(&self) -> Option<KeptList> {
        (!self.candidates.is_empty()).then(|| KeptList::of(&self.candidates))
    }

    /// The hash of the list of candidates in a space that [`Self::told`] has told.
    #[must_use]
    pub fn told_hash(told: &JsonValue) -> Option<&str> {
        told.get(CANDIDATES_HASH)?.as_str()
    }

    /// The space that [`Self::told`] has told, with the list that was kept under its hash; none if it
    /// needs a list and there is none.
    pub fn of_told(told: &JsonValue, list: Option<&str>) -> serde_json::Result<Option<Self>> {
        let mut whole = told.clone();
        if let Some(members) = whole.as_object_mut().filter(|it| it.contains_key(CANDIDATE_COUNT)) {
            let Some(list) = list else { return Ok(None) };
            members.remove(CANDIDATE_COUNT);
            members.remove(CANDIDATES_HASH);
            members.insert("candidates".to_owned(), serde_json::from_str(list)?);
        }
        serde_json::from_value(whole).map(Some)
    }

    /// Checks that a point has exactly one value for each parameter that is active in it, the one that it
    /// is fixed to if it is, that it keeps the constraints and is one of the candidates, and gives it in
    /// the space's order.
    pub fn admit(&self, point: &JsonObject) -> Result<Point, Invalid> {
        let (point, place) = self.place(point)?;
        self.check_fixed(&point)?;
        if !self.candidates.is_empty() && !self.listed.contains(&place) {
            return Err(Invalid::new("is none of the candidates"));
        }
        Ok(point)
    }

    /// Checks a point that was really tried: a value for each parameter that exists in it. What binds proposals does not bind
    /// facts: bounds, steps, what is fixed, constraints and candidates are not looked at. Choices are: of one that nobody
    /// has named, models could learn nothing.
    pub fn locate(&self, point: &JsonObject) -> Result<Point, Invalid> {
        self.values(point, Parameter::locate)
    }

    /// Whether parameters have the values that they are fixed to.
    fn check_fixed(&self, point: &Point) -> Result<(), Invalid> {
        for (parameter, fixed) in
            self.parameters.iter().filter_map(|p| Some((p, p.fixed.as_ref()?)))
        {
            let value = point.values().iter().find(|(name, _)| *name == parameter.name);
            if value.is_some_and(|(_, value)| !value.same(fixed)) {
                let what = format!("is fixed to {fixed}");
                return Err(Invalid::new(what).at(parameter.name.as_str()));
            }
        }
        Ok(())
    }

    /// A point that lies in the space, whether or not it is one of the candidates, and whatever is fixed.
    fn place(&self, point: &JsonObject) -> Result<(Point, asktell_strategies::Point), Invalid> {
        let point = self.values(point, |parameter, value| parameter.kind.admit(value))?;
        let place = self.numbers_of(&point).ok_or_else(|| Invalid::new("is not in the space"))?;
        for (constraint, linear) in self.constraints.iter().zip(&self.numbers.constraints) {
            if !self.numbers.keeps(linear, &place) {
                let sum: f64 = linear
                    .terms
                    .iter()
                    .map(|(parameter, factor)| factor * place.0[*parameter].unwrap_or(f64::NAN))
                    .sum();
                let what = format!("must keep {constraint}; the sum is {sum}");
                return Err(Invalid::new(what));
            }
        }
        Ok((point, place))
    }

    /// A point with one value for each parameter that exists in it, each as it is read.
    fn values(
        &self,
        point: &JsonObject,
        read: impl Fn(&Parameter, &ParameterValue) -> Result<ParameterValue, Invalid>,
    ) -> Result<Point, Invalid> {
        let known = |name: &str| self.parameters.iter().any(|parameter| parameter.name == name);
        if let Some(extra) = point.keys().find(|name| !known(name)) {
            return Err(Invalid::new("the space has no such parameter").at(extra.as_str()));
        }
        let mut values: Vec<(String, ParameterValue)> = Vec::with_capacity(point.len());
        for parameter in &self.parameters {
            let value = given_value(parameter, point.get(&parameter.name), &values)
                .and_then(|value| value.map(|value| read(parameter, &value)).transpose())
                .map_err(|e| e.at(parameter.name.as_str()))?;
            values.extend(value.map(|value| (parameter.name.clone(), value)));
        }
        Ok(Point::of_space(values))
    }
}

/// What is given of a parameter in a point whose earlier values are known; none if it does not exist there.
fn given_value(
    parameter: &Parameter,
    given: Option<&serde_json::Value>,
    earlier: &[(String, ParameterValue)],
) -> Result<Option<ParameterValue>, Invalid> {
    if let Some(condition) = &parameter.condition {
        let parent = earlier.iter().find(|(name, _)| *name == condition.parameter);
        if !parent.is_some_and(|(_, value)| condition.holds(value)) {
            return match given {
                None | Some(serde_json::Value::Null) => Ok(None),
                Some(_) => Err(Invalid::new(format!("exists only where {condition}"))),
            };
        }
    }
    given.ok_or_else(|| Invalid::new("has no value")).and_then(scalar).map(Some)
}

/// Checks each parameter with those before it, and spells fixed values as their parameters do.
fn check_parameters(parameters: &mut [Parameter]) -> Result<(), Invalid> {
    if parameters.is_empty() {
        return Err(Invalid::new("at least one parameter is needed"));
    }
    if parameters.len() > ParameterSpace::MAX {
        return Err(Invalid::new(format!("at most {} parameters", ParameterSpace::MAX)));
    }
    for i in 0..parameters.len() {
        let (earlier, rest) = parameters.split_at_mut(i);
        let Parameter { name, kind, condition, fixed } = &mut rest[0];
        let named = if earlier.iter().any(|other| other.name == *name) {
            Err(Invalid::new(format!("the name \"{name}\" is used twice")))
        } else {
            check_label(name, 100)
        };
        named
            .map_err(|e| e.at("name"))
            .and_then(|()| kind.check())
            .and_then(|()| match condition {
                Some(condition) => condition.check(earlier).map_err(|e| e.at("condition")),
                None => Ok(()),
            })
            .and_then(|()| match fixed {
                Some(value) => kind.admit(value).map(Some).map_err(|e| e.at("fixed")),
                None => Ok(None),
            })
            .map(|spelled| *fixed = spelled)
            .map_err(|e| e.at(kind.word()).at_index(i))?;
    }
    Ok(())
}

impl PartialEq for ParameterSpace {
    fn eq(&self, other: &Self) -> bool {
        // The rest follows from these.
        self.parameters == other.parameters
            && self.constraints == other.constraints
            && self.candidates == other.candidates
    }
}

impl TryFrom<Document> for ParameterSpace {
    type Error = Invalid;

    fn try_from(document: Document) -> Result<Self, Invalid> {
        let (parameters, constraints, candidates) = match document {
            Document::Parameters(parameters) => (parameters, Vec::new(), Vec::new()),
            Document::Whole { parameters, constraints, candidates } => {
                (parameters, constraints, candidates)
            }
        };
        let candidates: Vec<JsonObject> = candidates.iter().map(Point::to_json).collect();
        Self::new(parameters, constraints, &candidates)
    }
}

impl From<ParameterSpace> for Document {
    fn from(space: ParameterSpace) -> Self {
        let ParameterSpace { parameters, constraints, candidates, numbers: _, listed: _ } = space;
        if constraints.is_empty() && candidates.is_empty() {
            return Self::Parameters(parameters);
        }
        Self::Whole { parameters, constraints, candidates: candidates.to_vec() }
    }
}
