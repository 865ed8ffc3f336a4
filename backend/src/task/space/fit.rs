//! How points that were tried lie to a space, which may have been another when they were made.

use super::{Parameter, ParameterKind, ParameterSpace, Point, linear::widened};
use crate::task::ParameterValue;

/// What a point is judged as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JudgedAs {
    /// A point that is to be tried: it lies on the steps of numbers, and keeps the constraints exactly.
    Proposal,
    /// A point that was tried: numbers may lie between steps, and sums within the tolerance of their constraints.
    Result,
}

/// How a point lies to a space.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fit {
    /// The parameters by which it lies outside.
    pub parameters: Vec<String>,
    /// The constraints between parameters that it breaks, by index.
    pub constraints: Vec<usize>,
    /// Whether it is none of the candidates, of which there are some.
    pub unlisted: bool,
    /// Whether models can learn from it all the same.
    pub learned: bool,
}

impl Fit {
    /// Whether the point lies in the space.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.parameters.is_empty() && self.constraints.is_empty() && !self.unlisted
    }
}

impl ParameterSpace {
    /// How a point of this or an earlier space lies to this one.
    #[must_use]
    pub fn fit(&self, point: &Point, judged_as: JudgedAs) -> Fit {
        let value_of = |name: &str| {
            point.values().iter().find(|(known, _)| known == name).map(|(_, value)| value)
        };
        let outside = |parameter: &&Parameter| {
            let exists = parameter.condition.as_ref().is_none_or(|condition| {
                value_of(&condition.parameter).is_some_and(|value| condition.holds(value))
            });
            match (exists, value_of(&parameter.name)) {
                (true, Some(value)) => !admits(parameter, value, judged_as),
                (true, None) | (false, Some(_)) => true,
                (false, None) => false,
            }
        };
        let name = |parameter: &Parameter| parameter.name.clone();
        let mut parameters: Vec<_> = self.parameters.iter().filter(outside).map(name).collect();
        let unknown = |name: &&String| !self.parameters.iter().any(|known| known.name == **name);
        parameters.extend(point.values().iter().map(|(name, _)| name).filter(unknown).cloned());
        let numbers = self.numbers_of(point);
        let both = self.numbers.constraints.iter().zip(&self.constraints);
        let broken = numbers.as_ref().map_or_else(Vec::new, |place| {
            let keeps = |(linear, constraint)| match judged_as {
                JudgedAs::Proposal => self.numbers.keeps(linear, place),
                JudgedAs::Result => self.numbers.keeps(&widened(linear, constraint), place),
            };
            both.enumerate().filter(|(_, both)| !keeps(*both)).map(|(index, _)| index).collect()
        });
        let listed = numbers.as_ref().is_some_and(|place| self.listed.contains(place));
        Fit {
            parameters,
            constraints: broken,
            unlisted: !self.candidates.is_empty() && !listed,
            learned: self.learned(point).is_some(),
        }
    }

    /// Whether a point could be proposed now.
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        self.fit(point, JudgedAs::Proposal).is_inside()
    }

    /// Whether a point that was tried lies in the space.
    #[must_use]
    pub fn holds(&self, point: &Point) -> bool {
        self.fit(point, JudgedAs::Result).is_inside()
    }

    /// Whether a point is in the list of candidates.
    pub(super) fn lists(&self, point: &Point) -> bool {
        self.numbers_of(point).is_some_and(|place| self.listed.contains(&place))
    }

    /// A point in numbers from which models can learn: they know where it lies. That need not be in the
    /// space: numbers outside of their range, values of a parameter that is now fixed, sums that must now be kept and points
    /// that are no candidates tell of the points that are left. A choice that is gone has no place.
    #[must_use]
    pub fn learned(&self, point: &Point) -> Option<asktell_strategies::Point> {
        self.numbers_of(point)
    }
}

/// Whether a value lies in a parameter, as far as it is fixed.
fn admits(parameter: &Parameter, value: &ParameterValue, judged_as: JudgedAs) -> bool {
    let free = parameter.fixed.as_ref().is_none_or(|fixed| fixed.same(value));
    let between = || match &parameter.kind {
        ParameterKind::Float(bounds) => within(value, bounds.low, bounds.high),
        #[expect(clippy::cast_precision_loss, reason = "bounds are within 53 bits")]
        ParameterKind::Int(bounds) => within(value, bounds.low as f64, bounds.high as f64),
        ParameterKind::Categorical { .. } | ParameterKind::Ordinal { .. } => false,
    };
    free && match judged_as {
        JudgedAs::Proposal => parameter.kind.admit(value).is_ok(),
        JudgedAs::Result => parameter.kind.admit(value).is_ok() || between(),
    }
}

fn within(value: &ParameterValue, low: f64, high: f64) -> bool {
    value.as_f64().is_some_and(|number| (low..=high).contains(&number))
}
