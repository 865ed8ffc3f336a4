//! What is left to propose of a parameter, which may be fixed to one of its values.

use super::{Domain, Parameter, Space};

/// How far a value may be from the one that a parameter is fixed to, by its size: what rounding takes.
const DUST: f64 = 1e-12;

impl Parameter {
    /// A parameter that always exists and takes any value of its domain.
    #[must_use]
    pub const fn free(domain: Domain) -> Self {
        Self { domain, condition: None, fixed: None }
    }

    /// The value at `u` of 0 to 1 that may be proposed.
    #[must_use]
    pub fn value_at(&self, u: f64) -> f64 {
        self.fixed.unwrap_or_else(|| self.domain.value_at(u))
    }

    /// The value with that index among those that may be proposed.
    pub(super) fn nth(&self, index: f64) -> f64 {
        self.fixed.unwrap_or_else(|| self.domain.nth(index))
    }

    /// How many values may be proposed; none where any number between two bounds may.
    #[must_use]
    pub fn count(&self) -> Option<f64> {
        if self.fixed.is_some() { Some(1.0) } else { self.domain.count() }
    }

    /// The least and the greatest number that may be proposed.
    #[must_use]
    pub fn bounds(&self) -> (f64, f64) {
        self.fixed.map_or_else(|| self.domain.bounds(), |value| (value, value))
    }

    /// Whether a value may be proposed.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        let near = |fixed: f64| (value - fixed).abs() <= DUST * fixed.abs();
        self.fixed.is_none_or(near) && self.domain.contains(value)
    }

    /// All values that may be proposed, if there are `limit` at the most.
    #[must_use]
    pub fn values(&self, limit: usize) -> Option<Vec<f64>> {
        self.fixed.map_or_else(|| self.domain.values(limit), |value| Some(vec![value]))
    }

    /// The values one step away that may be proposed.
    #[must_use]
    pub fn next_to(&self, value: f64) -> Vec<f64> {
        if self.fixed.is_some() { Vec::new() } else { self.domain.next_to(value) }
    }
}

impl Space {
    /// The same space with every parameter free, and without a list: where a model can be asked what it expects.
    #[must_use]
    pub fn opened(&self) -> Self {
        let free = |parameter: &Parameter| Parameter { fixed: None, ..parameter.clone() };
        Self {
            parameters: self.parameters.iter().map(free).collect(),
            constraints: self.constraints.clone(),
            candidates: Vec::new(),
        }
    }
}
