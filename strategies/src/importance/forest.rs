//! A random forest for regression: Breiman, Machine Learning 45, 2001.

use rand::{RngExt as _, seq::index};
use rand_pcg::Pcg64;

use crate::sampling::{self, purpose};

/// How many trees.
const TREES: u64 = 32;

/// How many results each tree draws at the most, with replacement.
const SAMPLE: usize = 2000;

/// The least number of drawn results in a leaf, as in the paper's own forests.
const LEAST_IN_LEAF: f64 = 3.0;

/// How many columns at least are looked at for each split; a third of them if that is more. Others come to their turn where
/// the strongest are not among them.
const LEAST_COLUMNS: usize = 4;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    /// Numbers from 0 to 1.
    Number,
    /// Indices of so many choices.
    Choice(usize),
}

/// What a forest learns from, column by column.
#[derive(Debug)]
pub(super) struct Table {
    features: Vec<Feature>,
    columns: Vec<Vec<f64>>,
    /// The rows of each column in ascending order; empty for choices.
    orders: Vec<Vec<u32>>,
    targets: Vec<f64>,
}

/// A tree: its nodes, of which the first is the root.
#[derive(Debug)]
pub(super) struct Tree(pub(super) Vec<Node>);

/// A node of a tree.
#[derive(Debug)]
pub(super) enum Node {
    /// What the tree says here.
    Leaf(f64),
    /// Two further nodes, by their indices.
    Split { column: usize, left: Part, below: [usize; 2] },
}

/// What goes to the left.
#[derive(Debug, PartialEq)]
pub(super) enum Part {
    /// Numbers up to this.
    UpTo(f64),
    /// These choices.
    Among(Vec<bool>),
}

/// Many trees.
#[derive(Debug)]
pub(super) struct Forest {
    pub(super) features: Vec<Feature>,
    pub(super) trees: Vec<Tree>,
}

impl Table {
    pub(super) fn new(features: Vec<Feature>, columns: Vec<Vec<f64>>) -> Self {
        let order = |(feature, column): (&Feature, &Vec<f64>)| match feature {
            Feature::Number => {
                let mut order: Vec<u32> = (0..).take(column.len()).collect();
                order.sort_by(|a, b| column[*a as usize].total_cmp(&column[*b as usize]));
                order
            }
            Feature::Choice(_) => Vec::new(),
        };
        let orders = features.iter().zip(&columns).map(order).collect();
        Self { features, columns, orders, targets: Vec::new() }
    }

    /// What is to be learned, one for each row; kept on a scale from −1 to 1, so that squares neither overflow nor cancel.
    pub(super) fn set_targets(&mut self, mut targets: Vec<f64>) {
        // Halves, for the range of any two numbers is a number then.
        let halves = targets.iter().map(|target| 0.5 * target);
        let (low, high) = halves.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), half| {
            (low.min(half), high.max(half))
        });
        let (middle, range) = (0.5 * low + 0.5 * high, high - low);
        for target in &mut targets {
            *target = if range > 0.0 { (0.5 * *target - middle) / range * 2.0 } else { 0.0 };
        }
        self.targets = targets;
    }
}

impl Forest {
    pub(super) fn grow(table: &Table, seed: u64) -> Self {
        let rows = table.targets.len();
        let tree = |number: u64| {
            let mut generator = sampling::generator(seed, purpose::IMPORTANCE, 1 + number);
            let mut weights = vec![0.0; rows];
            for _ in 0..rows.min(SAMPLE) {
                weights[generator.random_range(0..rows)] += 1.0;
            }
            Growing { table, generator, weights, nodes: Vec::new(), goes_left: vec![false; rows] }
                .grow()
        };
        Self { features: table.features.clone(), trees: (0..TREES).map(tree).collect() }
    }

    /// What the trees say on average.
    pub(super) fn predict(&self, place: &[f64]) -> f64 {
        let count = f64::from(u32::try_from(self.trees.len()).unwrap_or(u32::MAX));
        self.trees.iter().map(|tree| tree.predict(place)).sum::<f64>() / count
    }
}

impl Tree {
    fn predict(&self, place: &[f64]) -> f64 {
        let mut node = 0;
        loop {
            match &self.0[node] {
                Node::Leaf(value) => return *value,
                Node::Split { column, left, below } => {
                    node = below[usize::from(!left.holds(place[*column]))];
                }
            }
        }
    }
}

impl Part {
    fn holds(&self, value: f64) -> bool {
        match self {
            Self::UpTo(threshold) => value <= *threshold,
            Self::Among(choices) => choices.get(place_of(value)).copied().unwrap_or_default(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the index of a choice"
)]
fn place_of(choice: f64) -> usize {
    choice as usize
}

/// A sum of targets and of weights.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    weight: f64,
    target: f64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.weight += other.weight;
        self.target += other.target;
    }

    fn mean(self) -> f64 {
        self.target / self.weight
    }

    /// What a split wins of the squared error, but for a constant; none if a side is too small.
    fn gain(self, whole: Self) -> Option<f64> {
        let rest = Self { weight: whole.weight - self.weight, target: whole.target - self.target };
        let enough = self.weight >= LEAST_IN_LEAF && rest.weight >= LEAST_IN_LEAF;
        enough.then(|| {
            self.target * self.mean() + rest.target * rest.mean() - whole.target * whole.mean()
        })
    }
}

/// A tree while it grows.
struct Growing<'t> {
    table: &'t Table,
    generator: Pcg64,
    /// How often each row was drawn.
    weights: Vec<f64>,
    nodes: Vec<Node>,
    /// For each row of the node that is being split.
    goes_left: Vec<bool>,
}

impl Growing<'_> {
    fn grow(mut self) -> Tree {
        let drawn = |rows: &mut dyn Iterator<Item = u32>| -> Vec<u32> {
            rows.filter(|row| self.weights[*row as usize] > 0.0).collect()
        };
        let rows = drawn(&mut (0..).take(self.weights.len()));
        let orders =
            self.table.orders.iter().map(|order| drawn(&mut order.iter().copied())).collect();
        self.add(rows, orders);
        Tree(self.nodes)
    }

    /// Adds a node for these rows (also in the order of each column), with all below it. Its index.
    fn add(&mut self, rows: Vec<u32>, orders: Vec<Vec<u32>>) -> usize {
        let node = self.nodes.len();
        let whole = self.sum(&rows);
        self.nodes.push(Node::Leaf(whole.mean()));
        if let Some((column, left)) = self.best_split(&rows, &orders, whole) {
            for row in &rows {
                let value = self.table.columns[column][*row as usize];
                self.goes_left[*row as usize] = left.holds(value);
            }
            let divide = |rows: Vec<u32>| -> (Vec<u32>, Vec<u32>) {
                rows.into_iter().partition(|row| self.goes_left[*row as usize])
            };
            let (left_rows, right_rows) = divide(rows);
            let (left_orders, right_orders) = orders.into_iter().map(divide).unzip();
            let below = [self.add(left_rows, left_orders), self.add(right_rows, right_orders)];
            self.nodes[node] = Node::Split { column, left, below };
        }
        node
    }

    fn of(&self, row: u32) -> Sum {
        let (row, weight) = (row as usize, self.weights[row as usize]);
        Sum { weight, target: weight * self.table.targets[row] }
    }

    fn sum(&self, rows: &[u32]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            sum.add(self.of(*row));
        }
        sum
    }

    fn best_split(
        &mut self,
        rows: &[u32],
        orders: &[Vec<u32>],
        whole: Sum,
    ) -> Option<(usize, Part)> {
        let mut best = None;
        // Below this it is rounding: all targets are as good as equal.
        let mut least = 1e-12 * whole.weight;
        let columns = orders.len();
        let tried = columns.div_ceil(3).max(LEAST_COLUMNS).min(columns);
        for column in index::sample(&mut self.generator, columns, tried) {
            let found = match self.table.features[column] {
                Feature::Number => self.best_threshold(column, &orders[column], whole),
                Feature::Choice(choices) => self.best_choices(column, choices, rows, whole),
            };
            if let Some((gain, left)) = found.filter(|(gain, _)| *gain > least) {
                least = gain;
                best = Some((column, left));
            }
        }
        best
    }

    fn best_threshold(&self, column: usize, order: &[u32], whole: Sum) -> Option<(f64, Part)> {
        let values = &self.table.columns[column];
        let mut left = Sum::default();
        let mut best: Option<(f64, Part)> = None;
        for pair in order.windows(2) {
            left.add(self.of(pair[0]));
            let (value, next) = (values[pair[0] as usize], values[pair[1] as usize]);
            if value < next
                && let Some(gain) = left.gain(whole)
                && best.as_ref().is_none_or(|(most, _)| gain > *most)
            {
                let middle = value + 0.5 * (next - value);
                best = Some((gain, Part::UpTo(if middle < next { middle } else { value })));
            }
        }
        best
    }

    /// Of all ways to divide choices in two, one that keeps them in the order of their means is best (Breiman, Friedman, Olshen
    /// and Stone, "Classification and Regression Trees", 1984). A choice that is not among the rows goes to the right.
    fn best_choices(
        &self,
        column: usize,
        choices: usize,
        rows: &[u32],
        whole: Sum,
    ) -> Option<(f64, Part)> {
        let mut sums = vec![Sum::default(); choices];
        for row in rows {
            let choice = place_of(self.table.columns[column][*row as usize]);
            sums.get_mut(choice)?.add(self.of(*row));
        }
        let mut order: Vec<usize> =
            (0..choices).filter(|choice| sums[*choice].weight > 0.0).collect();
        order.sort_by(|a, b| sums[*a].mean().total_cmp(&sums[*b].mean()));
        let mut left = Sum::default();
        let mut best: Option<(f64, usize)> = None;
        for (place, choice) in order.iter().enumerate() {
            left.add(sums[*choice]);
            if let Some(gain) = left.gain(whole)
                && best.is_none_or(|(most, _)| gain > most)
            {
                best = Some((gain, place));
            }
        }
        let (gain, last) = best?;
        let among = (0..choices).map(|choice| order[..=last].contains(&choice)).collect();
        Some((gain, Part::Among(among)))
    }
}
