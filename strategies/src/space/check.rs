//! What a space must be, so that every strategy can work in it.

use std::fmt;

use super::{
    Domain, Parameter, Space, When,
    polytope::{Polytope, SEARCH_BUDGET},
    projection::NoPlace,
};

/// The largest whole number up to which all are exact: 2^53.
const MOST_EXACT: i64 = 1 << 53;

/// Why no strategy can work in a space.
#[derive(Debug, Clone, PartialEq)]
pub enum SpaceProblem {
    /// It has no parameter.
    NoParameter,
    /// A domain has no value, or bounds that are not numbers.
    EmptyDomain {
        /// The parameter.
        parameter: usize,
    },
    /// A step is so small beside the bounds that neighbouring values could not be told apart: less than 10⁻¹² of them.
    StepTooSmall {
        /// The parameter.
        parameter: usize,
    },
    /// A parameter is fixed to a value that its domain does not have.
    FixedOutside {
        /// The parameter.
        parameter: usize,
    },
    /// A condition names a parameter that does not come earlier.
    ParentNotEarlier {
        /// The parameter whose condition it is.
        parameter: usize,
    },
    /// A condition no value of the parent fulfils.
    NeverActive {
        /// The parameter whose condition it is.
        parameter: usize,
    },
    /// A constraint without terms, without bounds, with bounds crossed or that are not numbers, or with a coefficient of 0.
    MeaninglessConstraint {
        /// The constraint.
        constraint: usize,
    },
    /// A constraint that names a parameter that there is not, or one twice.
    WrongTerm {
        /// The constraint.
        constraint: usize,
        /// The parameter that it names.
        parameter: usize,
    },
    /// A constraint on a parameter that is no number.
    TermWithoutNumber {
        /// The constraint.
        constraint: usize,
        /// The parameter that it names.
        parameter: usize,
    },
    /// A constraint on a parameter that may be inactive.
    ConditionalTerm {
        /// The constraint.
        constraint: usize,
        /// The parameter that it names.
        parameter: usize,
    },
    /// A constraint that no point keeps, whatever the others are.
    Unsatisfiable {
        /// The constraint.
        constraint: usize,
    },
    /// No point keeps all constraints.
    Empty,
    /// Whole numbers and steps that must keep constraints: no point was found, and the search had to be given up.
    NoneFound,
    /// A candidate that is not in the space or breaks a constraint.
    CandidateOutside {
        /// The candidate.
        candidate: usize,
    },
    /// A candidate that is there twice.
    CandidateTwice {
        /// The later one.
        candidate: usize,
    },
    /// No candidate has the values that parameters are fixed to.
    NoCandidateLeft,
}

impl fmt::Display for SpaceProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoParameter => write!(f, "the space has no parameter"),
            Self::EmptyDomain { parameter } => write!(f, "parameter {parameter} has no value"),
            Self::StepTooSmall { parameter } => {
                write!(f, "the step of parameter {parameter} is too small beside its bounds")
            }
            Self::FixedOutside { parameter } => {
                write!(f, "parameter {parameter} is fixed to a value that it does not take")
            }
            Self::ParentNotEarlier { parameter } => {
                write!(f, "the condition of parameter {parameter} must name an earlier parameter")
            }
            Self::NeverActive { parameter } => {
                write!(f, "the condition of parameter {parameter} is never fulfilled")
            }
            Self::MeaninglessConstraint { constraint } => {
                write!(
                    f,
                    "constraint {constraint} needs terms with coefficients other than 0, and bounds in order"
                )
            }
            Self::WrongTerm { constraint, parameter } => {
                write!(
                    f,
                    "constraint {constraint} must name parameters that exist, each once: not {parameter}"
                )
            }
            Self::TermWithoutNumber { constraint, parameter } => {
                write!(
                    f,
                    "constraint {constraint} names parameter {parameter}, which is neither float nor int"
                )
            }
            Self::ConditionalTerm { constraint, parameter } => {
                write!(
                    f,
                    "constraint {constraint} names parameter {parameter}, which is not always active"
                )
            }
            Self::Unsatisfiable { constraint } => {
                write!(f, "no point keeps constraint {constraint}")
            }
            Self::Empty => write!(f, "no point keeps all constraints"),
            Self::NoneFound => write!(f, "no point was found that keeps all constraints"),
            Self::CandidateOutside { candidate } => {
                write!(f, "candidate {candidate} is not in the space")
            }
            Self::CandidateTwice { candidate } => write!(f, "candidate {candidate} is there twice"),
            Self::NoCandidateLeft => {
                write!(f, "no candidate has the values that parameters are fixed to")
            }
        }
    }
}

impl std::error::Error for SpaceProblem {}

impl Space {
    /// Whether strategies can work in it: every index right, and at least one point that it admits.
    pub fn check(&self) -> Result<(), SpaceProblem> {
        if self.parameters.is_empty() {
            return Err(SpaceProblem::NoParameter);
        }
        for parameter in 0..self.parameters.len() {
            self.check_domain(parameter)?;
            self.check_condition(parameter)?;
        }
        for constraint in 0..self.constraints.len() {
            self.check_constraint(constraint)?;
        }
        self.check_candidates()?;
        self.check_feasible()
    }

    /// Whether a point keeps all constraints. For numbers without steps that is known for certain. With steps, roundings
    /// are searched, up to a bound.
    fn check_feasible(&self) -> Result<(), SpaceProblem> {
        let polytope = if self.candidates.is_empty() { Polytope::of(self) } else { None };
        let Some(polytope) = polytope else { return Ok(()) };
        match polytope.find(SEARCH_BUDGET) {
            Ok(_) => Ok(()),
            Err(NoPlace::Empty) => Err(SpaceProblem::Empty),
            Err(NoPlace::GaveUp) => Err(SpaceProblem::NoneFound),
        }
    }

    fn check_domain(&self, parameter: usize) -> Result<(), SpaceProblem> {
        let sound = match self.parameters[parameter].domain {
            Domain::Float { low, high, step, log } => {
                low.is_finite()
                    && high.is_finite()
                    && low <= high
                    && (high - low).is_finite()
                    && step.is_none_or(|step| step > 0.0 && step.is_finite())
                    && (!log || low > 0.0)
            }
            Domain::Int { low, high, step, log } => {
                let exact = -MOST_EXACT..=MOST_EXACT;
                exact.contains(&low)
                    && exact.contains(&high)
                    && low <= high
                    && step >= 1
                    && (!log || low >= 1)
            }
            Domain::Categorical { choices: count } | Domain::Ordinal { levels: count } => {
                count >= 1
            }
        };
        if !sound {
            return Err(SpaceProblem::EmptyDomain { parameter });
        }
        let Parameter { domain, fixed, condition: _ } = &self.parameters[parameter];
        if domain.has_vanishing_step() {
            return Err(SpaceProblem::StepTooSmall { parameter });
        }
        let possible = fixed.is_none_or(|value| value.is_finite() && domain.contains(value));
        if possible { Ok(()) } else { Err(SpaceProblem::FixedOutside { parameter }) }
    }

    fn check_condition(&self, parameter: usize) -> Result<(), SpaceProblem> {
        let Some(condition) = &self.parameters[parameter].condition else { return Ok(()) };
        if condition.parent >= parameter {
            return Err(SpaceProblem::ParentNotEarlier { parameter });
        }
        let parent = &self.parameters[condition.parent].domain;
        let (low, high) = parent.bounds();
        let possible = match &condition.when {
            #[expect(clippy::cast_precision_loss, reason = "indices of choices are below 2^53")]
            When::Among(choices) => choices.iter().any(|choice| parent.contains(*choice as f64)),
            When::Numbers(numbers) => numbers.iter().any(|number| parent.contains(*number)),
            When::Between(least, most) => *least <= high && *most >= low && least <= most,
        };
        if possible { Ok(()) } else { Err(SpaceProblem::NeverActive { parameter }) }
    }

    fn check_constraint(&self, index: usize) -> Result<(), SpaceProblem> {
        let constraint = &self.constraints[index];
        let (low, high) = (constraint.low, constraint.high);
        let bounded = low <= high
            && low < f64::INFINITY
            && high > f64::NEG_INFINITY
            && (low.is_finite() || high.is_finite());
        let weighted = constraint.terms.iter().all(|(_, c)| c.is_finite() && *c != 0.0);
        if !bounded || !weighted || constraint.terms.is_empty() {
            return Err(SpaceProblem::MeaninglessConstraint { constraint: index });
        }
        let (mut least, mut most) = (0.0, 0.0);
        for (place, (parameter, coefficient)) in constraint.terms.iter().enumerate() {
            let (constraint_index, parameter) = (index, *parameter);
            let twice = constraint.terms[..place].iter().any(|(other, _)| *other == parameter);
            let Some(known) = self.parameters.get(parameter).filter(|_| !twice) else {
                return Err(SpaceProblem::WrongTerm { constraint: constraint_index, parameter });
            };
            if matches!(known.domain, Domain::Categorical { .. } | Domain::Ordinal { .. }) {
                return Err(SpaceProblem::TermWithoutNumber {
                    constraint: constraint_index,
                    parameter,
                });
            }
            if known.condition.is_some() {
                return Err(SpaceProblem::ConditionalTerm {
                    constraint: constraint_index,
                    parameter,
                });
            }
            let (a, b) = known.bounds();
            least += (coefficient * a).min(coefficient * b);
            most += (coefficient * a).max(coefficient * b);
        }
        let slack = 1e-9 * least.abs().max(most.abs());
        if least > high + slack || most < low - slack {
            return Err(SpaceProblem::Unsatisfiable { constraint: index });
        }
        Ok(())
    }

    fn check_candidates(&self) -> Result<(), SpaceProblem> {
        let mut seen = super::Used::default();
        for (candidate, point) in self.candidates.iter().enumerate() {
            if !self.admits_unfixed(point) {
                return Err(SpaceProblem::CandidateOutside { candidate });
            }
            if !seen.insert(point) {
                return Err(SpaceProblem::CandidateTwice { candidate });
            }
        }
        let left =
            self.candidates.is_empty() || self.candidates.iter().any(|c| self.admits_values(c));
        if left { Ok(()) } else { Err(SpaceProblem::NoCandidateLeft) }
    }
}
