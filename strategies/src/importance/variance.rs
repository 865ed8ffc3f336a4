//! The analysis of variance of a forest.

use rand::RngExt as _;

use crate::sampling::{self, purpose};

use super::forest::{Feature, Forest, Node, Part, Tree};

/// How many places the variance of the whole forest is estimated at.
const PLACES: usize = 4096;

/// For each parameter, the share of the forest's variance over the unit cube that it explains alone: the variance of what
/// the forest says on average over all other parameters.
///
/// Exact but for the whole variance, which is estimated. The average is that of all trees before its variance is taken (the
/// paper takes the variance of each tree): what single trees make of noise goes out of it.
pub(super) fn shares(forest: &Forest, seed: u64) -> Vec<f64> {
    let mut marginals: Vec<Marginal> =
        forest.features.iter().map(|feature| Marginal::of(*feature)).collect();
    for tree in &forest.trees {
        let mut leaf = Leaf { sides: marginals.iter().map(Marginal::whole).collect() };
        visit(tree, 0, &mut leaf, &mut marginals);
    }
    let count = f64::from(u32::try_from(forest.trees.len()).unwrap_or(u32::MAX));
    let alone: Vec<f64> =
        marginals.into_iter().map(|marginal| marginal.variance() / (count * count)).collect();
    // The estimate may fall short of its parts.
    let whole = whole_variance(forest, seed).max(alone.iter().sum());
    alone.into_iter().map(|variance| if whole > 0.0 { variance / whole } else { 0.0 }).collect()
}

fn whole_variance(forest: &Forest, seed: u64) -> f64 {
    let mut generator = sampling::generator(seed, purpose::IMPORTANCE, u64::from(u32::MAX));
    let mut place = |feature: &Feature| match feature {
        Feature::Number => generator.random::<f64>(),
        #[expect(clippy::cast_precision_loss, reason = "counts of choices are far below 2^53")]
        Feature::Choice(choices) => generator.random_range(0..*choices) as f64,
    };
    let predictions: Vec<f64> = (0..PLACES)
        .map(|_| {
            let place: Vec<f64> = forest.features.iter().map(&mut place).collect();
            forest.predict(&place)
        })
        .collect();
    let pieces: Vec<(f64, f64)> = predictions.into_iter().map(|value| (1.0, value)).collect();
    variance(&pieces)
}

/// Of values with weights.
fn variance(pieces: &[(f64, f64)]) -> f64 {
    let weight: f64 = pieces.iter().map(|(weight, _)| weight).sum();
    let mean = pieces.iter().map(|(weight, value)| weight * value).sum::<f64>() / weight;
    let squares = pieces.iter().map(|(weight, value)| weight * (value - mean).powi(2));
    squares.sum::<f64>() / weight
}

/// The side of a leaf along one parameter.
#[derive(Clone)]
enum Side {
    /// From the first number to the second.
    Between(f64, f64),
    /// These choices.
    Among(Vec<bool>),
}

impl Side {
    /// Its share of the unit cube.
    fn share(&self) -> f64 {
        match self {
            Self::Between(low, high) => high - low,
            Self::Among(choices) => {
                let held = choices.iter().filter(|held| **held).count();
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "counts of choices are far below 2^53"
                )]
                let share = held as f64 / choices.len() as f64;
                share
            }
        }
    }

    /// The two parts into which a node cuts it.
    fn cut(&self, left: &Part) -> [Self; 2] {
        match (self, left) {
            (Self::Between(low, high), Part::UpTo(threshold)) => {
                let threshold = threshold.clamp(*low, *high);
                [Self::Between(*low, threshold), Self::Between(threshold, *high)]
            }
            (Self::Among(held), Part::Among(left)) => [true, false].map(|to_left| {
                Self::Among(held.iter().zip(left).map(|(h, l)| *h && *l == to_left).collect())
            }),
            (Self::Between(..), Part::Among(_)) | (Self::Among(_), Part::UpTo(_)) => {
                [self.clone(), self.clone()]
            }
        }
    }
}

/// The box in which a node decides.
struct Leaf {
    sides: Vec<Side>,
}

/// Adds what the leaves below a node say to the averages.
fn visit(tree: &Tree, node: usize, leaf: &mut Leaf, marginals: &mut [Marginal]) {
    match &tree.0[node] {
        Node::Leaf(value) => {
            let shares: Vec<f64> = leaf.sides.iter().map(Side::share).collect();
            let volume: f64 = shares.iter().product();
            if volume > 0.0 {
                for ((marginal, side), share) in marginals.iter_mut().zip(&leaf.sides).zip(shares) {
                    marginal.add(side, value * volume / share);
                }
            }
        }
        Node::Split { column, left, below } => {
            let whole = leaf.sides[*column].clone();
            for (side, below) in whole.cut(left).into_iter().zip(below) {
                leaf.sides[*column] = side;
                visit(tree, *below, leaf, marginals);
            }
            leaf.sides[*column] = whole;
        }
    }
}

/// What the trees say along one parameter, summed over the trees and averaged over all other parameters.
enum Marginal {
    /// Where it changes, and by how much.
    Steps(Vec<(f64, f64)>),
    /// For each choice.
    Choices(Vec<f64>),
}

impl Marginal {
    fn of(feature: Feature) -> Self {
        match feature {
            Feature::Number => Self::Steps(Vec::new()),
            Feature::Choice(choices) => Self::Choices(vec![0.0; choices]),
        }
    }

    /// All of the parameter.
    fn whole(&self) -> Side {
        match self {
            Self::Steps(_) => Side::Between(0.0, 1.0),
            Self::Choices(sums) => Side::Among(vec![true; sums.len()]),
        }
    }

    fn add(&mut self, side: &Side, value: f64) {
        match (self, side) {
            (Self::Steps(steps), Side::Between(low, high)) => {
                // What holds everywhere has no variance.
                if *low > 0.0 {
                    steps.push((*low, value));
                }
                if *high < 1.0 {
                    steps.push((*high, -value));
                }
            }
            (Self::Choices(sums), Side::Among(held)) => {
                for (sum, _) in sums.iter_mut().zip(held).filter(|(_, held)| **held) {
                    *sum += value;
                }
            }
            (Self::Steps(_), Side::Among(_)) | (Self::Choices(_), Side::Between(..)) => {}
        }
    }

    fn variance(self) -> f64 {
        let pieces: Vec<(f64, f64)> = match self {
            Self::Choices(sums) => sums.into_iter().map(|sum| (1.0, sum)).collect(),
            Self::Steps(mut steps) => {
                steps.sort_by(|(a, _), (b, _)| a.total_cmp(b));
                let (mut from, mut value) = (0.0, 0.0);
                let mut pieces = Vec::with_capacity(steps.len() + 1);
                for (at, change) in steps {
                    pieces.push((at - from, value));
                    (from, value) = (at, value + change);
                }
                pieces.push((1.0 - from, value));
                pieces
            }
        };
        variance(&pieces)
    }
}
