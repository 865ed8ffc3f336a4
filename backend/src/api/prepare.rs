//! From the parameters of a request to an operation that may be handed to the library.

use async_graphql::{
    Name, Pos, Value, Variables,
    parser::{
        self,
        types::{
            DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
        },
    },
};
use serde_json::Map;

use super::{
    Limits, RequestParams, Response,
    limits::{CostError, ScanError, check_cost, check_text, check_variables, close_types},
    response::{code, error},
    typename::expose_typename,
};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// Reads.
    Query,
    /// Writes.
    Mutation,
    /// Listens.
    Subscription,
}

/// A request that passed every check that comes before the schema's own validation.
pub(super) struct Prepared {
    pub(super) request: async_graphql::Request,
    pub(super) kind: OperationKind,
    /// Whether it is a subscription to what comes from now on, the same for all who begin it.
    pub(super) is_shared: bool,
}

/// Checks the limits, parses the document and picks the operation.
pub(super) fn prepare(params: RequestParams, limits: &Limits) -> Result<Prepared, Response> {
    check_text(&params.query, limits).map_err(|fault| refuse_text(&params.query, fault))?;
    check_variables(&params.variables, limits)?;
    let query = close_types(&params.query).into_owned();
    let mut document = parser::parse_query(&query).map_err(|fault| refuse_parse(&fault))?;
    let variables = variables(params.variables)?;
    let name = params.operation_name.filter(|name| !name.is_empty());
    let (name, operation) = select(&document, name.as_deref())?;
    let cost = check_cost(&document, operation, &variables, limits).map_err(refuse_cost)?;
    check_required(operation, &variables)?;
    let is_shared = begins_now(operation);
    let kind = match operation.ty {
        OperationType::Query => OperationKind::Query,
        OperationType::Mutation => OperationKind::Mutation,
        OperationType::Subscription => {
            check_root(operation, cost.root_fields)?;
            OperationKind::Subscription
        }
    };
    tracing::debug!(operation = ?name, ?kind, complexity = cost.complexity, "a request");

    let mut request = async_graphql::Request::new(query).variables(variables);
    request.operation_name = name.map(ToString::to_string);
    expose_typename(&mut document).map_err(|misused| invalid(misused.message, Some(misused.at)))?;
    request.set_parsed_query(document);
    Ok(Prepared { request, kind, is_shared })
}

fn refuse_text(document: &str, fault: ScanError) -> Response {
    match fault {
        ScanError::Limit(exceeded) => exceeded.into(),
        ScanError::UnterminatedString { at } => {
            let before = &document[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|&char| char != '\n').count() + 1;
            let message = "Syntax error: unterminated string.";
            Response::refused(error(message, code::PARSE_FAILED, Some(Pos { line, column })))
        }
    }
}

fn refuse_parse(fault: &parser::Error) -> Response {
    let is_syntax = matches!(fault, parser::Error::Syntax { .. });
    let (code, message) = if is_syntax {
        // The parser draws the line with an arrow under it; the reason is what follows the last
        // `=`.
        let message = fault.to_string();
        let reason = message.rsplit_once("= ").map_or(&*message, |(_, reason)| reason.trim());
        (code::PARSE_FAILED, format!("Syntax error: {reason}."))
    } else {
        (
            code::VALIDATION_FAILED,
            format!("Invalid document: {}.", fault.to_string().trim_end_matches('.')),
        )
    };
    let mut error = error(message, code, None);
    error.locations = fault.positions().collect();
    Response::refused(error)
}

fn refuse_cost(fault: CostError) -> Response {
    match fault {
        CostError::Limit(exceeded) => exceeded.into(),
        CostError::FragmentCycle(name) => {
            invalid(format!("The fragment \"{name}\" spreads itself."), None)
        }
    }
}

fn invalid(message: impl Into<String>, at: Option<Pos>) -> Response {
    Response::refused(error(message, code::VALIDATION_FAILED, at))
}

/// The variables as the library's values. `Variables::from_json` would drop all of them for one bad
/// name.
fn variables(members: Map<String, serde_json::Value>) -> Result<Variables, Response> {
    let mut variables = Variables::default();
    for (name, json) in members {
        let value = Value::from_json(json).map_err(|fault| {
            Response::bad_request(format!("The variable \"{name}\" cannot be read: {fault}"))
        })?;
        variables.insert(Name::new(name), value);
    }
    Ok(variables)
}

/// The operation to execute: <https://spec.graphql.org/September2025/#GetOperation()>.
fn select<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<(Option<&'a Name>, &'a OperationDefinition), Response> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some((None, &operation.node)),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get_key_value(name).map(|(name, operation)| (Some(name), &operation.node))
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.iter();
            let (Some((name, operation)), None) = (all.next(), all.next()) else {
                let message =
                    "The document has several operations: `operationName` must say which.";
                return Err(Response::refused(error(message, code::OPERATION_NOT_FOUND, None)));
            };
            Some((Some(name), &operation.node))
        }
    };
    found.ok_or_else(|| {
        let message =
            format!("The document has no operation named \"{}\".", name.unwrap_or_default());
        Response::refused(error(message, code::OPERATION_NOT_FOUND, None))
    })
}

/// Variables that must have a value have one. The library finds out only when a resolver wants it,
/// and makes it an error of that field; it is one of the request
/// (<https://spec.graphql.org/September2025/#sec-Coercing-Variable-Values>).
fn check_required(operation: &OperationDefinition, variables: &Variables) -> Result<(), Response> {
    for definition in &operation.variable_definitions {
        let variable = &definition.node;
        if variable.var_type.node.nullable {
            continue;
        }
        let given = variables.get(&variable.name.node);
        let missing = given.is_none() && variable.default_value.is_none();
        if missing || given.is_some_and(|value| *value == Value::Null) {
            let message = format!(
                "The variable \"${}\" of the type \"{}\" needs a value.",
                variable.name.node, variable.var_type.node
            );
            return Err(Response::refused(error(
                message,
                code::BAD_USER_INPUT,
                Some(definition.pos),
            )));
        }
    }
    Ok(())
}

/// Whether the operation follows the log from now on. Other subscriptions begin with something of their own: the events
/// since a cursor, the work that there is, the moment at which a list is read.
fn begins_now(operation: &OperationDefinition) -> bool {
    let Some(Selection::Field(field)) = operation.selection_set.node.items.first().map(|i| &i.node)
    else {
        return false;
    };
    let begins_elsewhere =
        ["after", "first"].iter().any(|name| field.node.get_argument(name).is_some());
    operation.ty == OperationType::Subscription
        && matches!(field.node.name.node.as_str(), "taskStatusChanged" | "taskEvents")
        && !begins_elsewhere
}

/// A subscription has one root field, which is no introspection
/// (<https://spec.graphql.org/September2025/#sec-Single-Root-Field>). The library would run several
/// side by side.
fn check_root(operation: &OperationDefinition, root_fields: u64) -> Result<(), Response> {
    let at = Some(operation.selection_set.pos);
    if root_fields != 1 {
        return Err(invalid("A subscription must have exactly one root field.", at));
    }
    match operation.selection_set.node.items.first().map(|item| &item.node) {
        Some(Selection::Field(field)) if field.node.name.node.starts_with("__") => Err(invalid(
            "The root field of a subscription must not be introspection.",
            Some(field.pos),
        )),
        Some(Selection::Field(_)) => Ok(()),
        // The library only looks for fields here, and would end the stream without a word.
        Some(Selection::FragmentSpread(_) | Selection::InlineFragment(_)) | None => {
            Err(invalid("The root field of a subscription must not be in a fragment.", at))
        }
    }
}
