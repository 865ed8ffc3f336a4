//! The cost of a parsed document. Each fragment is costed once and remembered, so the work is
//! linear in the length of the document, whatever it would expand to; sums and products saturate.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Variables,
    parser::types::{
        ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType,
        Selection, SelectionSet,
    },
};
use async_graphql_value::{ConstValue, Value};

use super::{LimitExceeded, Limits, count, within};

/// What it costs to look at every trial of a task, in values of a response.
const EVERY_TRIAL: u64 = 200;

/// Why a parsed document is not validated any further.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::api) enum CostError {
    Limit(LimitExceeded),
    /// This fragment spreads itself, directly or through others.
    FragmentCycle(Name),
}

impl From<LimitExceeded> for CostError {
    fn from(limit: LimitExceeded) -> Self {
        Self::Limit(limit)
    }
}

/// What was learned about the selected operation on the way.
#[derive(Debug)]
pub(in crate::api) struct OperationCost {
    /// Fields at its root, in fragments too.
    pub(in crate::api) root_fields: u64,
    /// Estimated number of values in the response.
    pub(in crate::api) complexity: u64,
}

/// Checks the selected operation against all limits, and what else is in the document against those
/// on its structure: the library validates the whole of it.
pub(in crate::api) fn check_cost(
    document: &ExecutableDocument,
    selected: &OperationDefinition,
    variables: &Variables,
    limits: &Limits,
) -> Result<OperationCost, CostError> {
    let mut costs = Costs { document, selected, variables, limits, fragments: HashMap::new() };
    let (mut fields, mut aliases) = (0_u64, 0_u64);
    for (_, operation) in document.operations.iter() {
        let cost = costs.of_set(&operation.node.selection_set.node, 1)?;
        within_structure(&cost, limits)?;
        fields = fields.saturating_add(cost.fields);
        aliases = aliases.saturating_add(cost.aliases);
    }
    within("fields", limits.fields, fields)?;
    within("aliases", limits.aliases, aliases)?;
    for (name, fragment) in &document.fragments {
        let cost = costs.of_fragment(name, fragment, 1)?;
        within_structure(&cost, limits)?;
        within("fields", limits.fields, cost.fields)?;
    }

    let cost = costs.of_operation(selected)?;
    within("rootFields", limits.root_fields, cost.width)?;
    within("complexity", limits.complexity, cost.complexity)?;
    Ok(OperationCost { root_fields: cost.width, complexity: cost.complexity })
}

fn within_structure(cost: &Cost, limits: &Limits) -> Result<(), LimitExceeded> {
    within("depth", limits.depth, cost.depth)?;
    within("nesting", count(limits.nesting), cost.levels)
}

/// The cost of a selection set.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    fields: u64,
    aliases: u64,
    complexity: u64,
    /// Levels of fields.
    depth: u64,
    /// Levels of selection sets, those of fragments included: what a recursive visitor goes down.
    levels: u64,
    /// Fields of the set itself.
    width: u64,
    /// It selects `edges` or `nodes`: the field above it is a connection.
    pages: bool,
}

impl Cost {
    /// Both, side by side.
    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.complexity = self.complexity.saturating_add(other.complexity);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.width = self.width.saturating_add(other.width);
        self.pages |= other.pages;
    }

    /// A field around this.
    fn under(self, field: &Field, times: u64) -> Self {
        Self {
            fields: self.fields.saturating_add(1),
            aliases: self.aliases.saturating_add(u64::from(field.alias.is_some())),
            complexity: self.complexity.saturating_mul(times).saturating_add(1),
            depth: self.depth.saturating_add(1),
            levels: self.levels,
            width: 1,
            pages: matches!(field.name.node.as_str(), "edges" | "nodes"),
        }
    }
}

/// A fragment while it is being costed, and after.
enum Fragment {
    Open,
    Done(Cost),
}

struct Costs<'a> {
    document: &'a ExecutableDocument,
    /// The operation whose variables are given.
    selected: &'a OperationDefinition,
    variables: &'a Variables,
    limits: &'a Limits,
    fragments: HashMap<&'a Name, Fragment>,
}

impl<'a> Costs<'a> {
    /// Each event of a subscription is a response of its own: `first` there counts events, not
    /// values.
    fn of_operation(&mut self, operation: &'a OperationDefinition) -> Result<Cost, CostError> {
        let root = &operation.selection_set.node;
        if operation.ty != OperationType::Subscription {
            return self.of_set(root, 1);
        }
        let mut cost = Cost::default();
        for item in &root.items {
            cost.add(match &item.node {
                Selection::Field(field) => {
                    self.of_set(&field.node.selection_set.node, 2)?.under(&field.node, 1)
                }
                selection @ (Selection::FragmentSpread(_) | Selection::InlineFragment(_)) => {
                    self.of_selection(selection, 2)?
                }
            });
        }
        Ok(cost)
    }

    /// `level` guards the stack of this walk itself, the library's parser having guarded its own.
    fn of_set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Cost, CostError> {
        if level > self.limits.nesting {
            let max = count(self.limits.nesting);
            return Err(LimitExceeded { limit: "nesting", max, actual: None }.into());
        }
        let mut cost = Cost::default();
        for item in &set.items {
            cost.add(self.of_selection(&item.node, level + 1)?);
        }
        if !set.items.is_empty() {
            cost.levels = cost.levels.saturating_add(1);
        }
        Ok(cost)
    }

    fn of_selection(&mut self, selection: &'a Selection, level: usize) -> Result<Cost, CostError> {
        match selection {
            Selection::Field(field) => {
                let below = self.of_set(&field.node.selection_set.node, level)?;
                let times = self.times(&field.node, below.pages);
                let mut cost = below.under(&field.node, times);
                cost.complexity = cost.complexity.saturating_add(self.work(&field.node));
                Ok(cost)
            }
            Selection::InlineFragment(inline) => {
                self.of_set(&inline.node.selection_set.node, level)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                // A fragment that is not there is the validation's matter.
                match self.document.fragments.get_key_value(name) {
                    Some((name, fragment)) => self.of_fragment(name, fragment, level),
                    None => Ok(Cost::default()),
                }
            }
        }
    }

    fn of_fragment(
        &mut self,
        name: &'a Name,
        fragment: &'a Positioned<FragmentDefinition>,
        level: usize,
    ) -> Result<Cost, CostError> {
        match self.fragments.get(name) {
            Some(Fragment::Done(cost)) => return Ok(*cost),
            Some(Fragment::Open) => return Err(CostError::FragmentCycle(name.clone())),
            None => {}
        }
        self.fragments.insert(name, Fragment::Open);
        let cost = self.of_set(&fragment.node.selection_set.node, level)?;
        self.fragments.insert(name, Fragment::Done(cost));
        Ok(cost)
    }

    /// How many values of what is selected below the field to expect: its page size or the number
    /// of its ids.
    fn times(&self, field: &Field, is_connection: bool) -> u64 {
        let page =
            ["first", "last"].iter().filter_map(|name| self.argument(field, name)?.as_size());
        let ids = self.argument(field, "ids").and_then(Argument::as_length);
        match page.max().or(ids) {
            Some(size) => size.clamp(1, self.limits.largest_page),
            None if is_connection => self.limits.default_page,
            None => 1,
        }
    }

    /// What the field costs whatever is selected of it: a document of any length, the places of a model that are
    /// computed, or that every trial of a task is looked at.
    fn work(&self, field: &Field) -> u64 {
        let steps = self.argument(field, "steps").and_then(Argument::as_size);
        match field.name.node.as_str() {
            "slice" => steps.unwrap_or(50).min(self.limits.largest_page),
            "contour" => steps.unwrap_or(25).min(self.limits.largest_page).pow(2),
            // Documents that clients keep here, by how large they may be.
            "modelState" => 500,
            "candidates" => 200,
            "metadata" => 10,
            "spaceReport" | "spaceChangePreview" | "readTable" => EVERY_TRIAL,
            "trials" if self.argument(field, "sort").is_some_and(Argument::is_given) => EVERY_TRIAL,
            _ => 0,
        }
    }

    fn argument<'b>(&'b self, field: &'b Field, name: &str) -> Option<Argument<'b>> {
        let value = &field.get_argument(name)?.node;
        if let Value::Variable(name) = value {
            return self.variable(name).map(Argument::Variable);
        }
        Some(Argument::Literal(value))
    }

    fn variable(&self, name: &Name) -> Option<&ConstValue> {
        self.variables.get(name).or_else(|| {
            let definitions = &self.selected.variable_definitions;
            let definition = definitions.iter().find(|item| item.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }
}

/// The value of an argument, from the document or from the variables.
#[derive(Clone, Copy)]
enum Argument<'a> {
    Literal(&'a Value),
    Variable(&'a ConstValue),
}

impl Argument<'_> {
    /// A number; what is not one counts as 1, being about to be refused by the validation.
    fn as_size(self) -> Option<u64> {
        match self {
            Self::Literal(Value::Null) | Self::Variable(ConstValue::Null) => None,
            Self::Literal(Value::Number(number)) | Self::Variable(ConstValue::Number(number)) => {
                Some(number.as_u64().unwrap_or(1))
            }
            Self::Literal(_) | Self::Variable(_) => Some(1),
        }
    }

    /// Whether it is anything but null.
    const fn is_given(self) -> bool {
        !matches!(self, Self::Literal(Value::Null) | Self::Variable(ConstValue::Null))
    }

    fn as_length(self) -> Option<u64> {
        match self {
            Self::Literal(Value::List(items)) => Some(count(items.len())),
            Self::Variable(ConstValue::List(items)) => Some(count(items.len())),
            Self::Literal(_) | Self::Variable(_) => None,
        }
    }
}
