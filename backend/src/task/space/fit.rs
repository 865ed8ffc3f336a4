//! How points that were tried lie to a space, which may have been another when they were made.

use super::{Parameter, ParameterSpace, Point, number_fits};
use crate::task::ParameterValue;

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
    /// Whether the point could be proposed now.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.parameters.is_empty() && self.constraints.is_empty() && !self.unlisted
    }
}

impl ParameterSpace {
    /// How a point of this or an earlier space lies to this one.
    #[must_use]
    pub fn fit(&self, point: &Point) -> Fit {
        let value_of = |name: &str| {
            point.values().iter().find(|(known, _)| known == name).map(|(_, value)| value)
        };
        let outside = |parameter: &&Parameter| {
            let exists = parameter.condition.as_ref().is_none_or(|condition| {
                value_of(&condition.parameter).is_some_and(|value| condition.holds(value))
            });
            match (exists, value_of(&parameter.name)) {
                (true, Some(value)) => !admits(parameter, value),
                (true, None) | (false, Some(_)) => true,
                (false, None) => false,
            }
        };
        let name = |parameter: &Parameter| parameter.name.clone();
        let mut parameters: Vec<_> = self.parameters.iter().filter(outside).map(name).collect();
        let unknown = |name: &&String| !self.parameters.iter().any(|known| known.name == **name);
        parameters.extend(point.values().iter().map(|(name, _)| name).filter(unknown).cloned());
        let numbers = self.numbers_of(point);
        let linear = self.numbers.constraints.iter().enumerate();
        let broken = numbers.as_ref().map_or_else(Vec::new, |place| {
            let broken = linear.filter(|(_, linear)| !self.numbers.keeps(linear, place));
            broken.map(|(index, _)| index).collect()
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
        self.fit(point).is_inside()
    }

    /// Whether a point is in the list of candidates.
    pub(super) fn lists(&self, point: &Point) -> bool {
        self.numbers_of(point).is_some_and(|place| self.listed.contains(&place))
    }

    /// A point in numbers from which models can learn: they know where it lies. That need not be in the
    /// space: values of a parameter that is now fixed, sums that must now be kept and points that are no
    /// candidates tell of the points that are left. A number outside of its range or a choice that is
    /// gone has no place.
    #[must_use]
    pub fn learned(&self, point: &Point) -> Option<asktell_strategies::Point> {
        self.numbers_of(point).filter(|place| number_fits(&self.numbers, place))
    }
}

/// Whether a value may be proposed for a parameter.
fn admits(parameter: &Parameter, value: &ParameterValue) -> bool {
    parameter.fixed.as_ref().is_none_or(|fixed| fixed.same(value))
        && parameter.kind.admit(value).is_ok()
}
