//! `__typename`, which the library's validation passes over: it neither looks at the arguments, directives and
//! selections of this field, nor does it count the variables that are used there.

use async_graphql::{
    Pos, Positioned,
    parser::types::{ExecutableDocument, Field, InlineFragment, Selection, SelectionSet},
};

const TYPENAME: &str = "__typename";

/// What is wrong with the field.
pub(super) struct Misused {
    pub(super) message: String,
    pub(super) at: Pos,
}

/// Refuses arguments and selections of `__typename`. Its directives are put on a fragment around it, where they mean the
/// same and are validated like all others.
///
/// It goes down as deep as the document nests, which is limited before.
pub(super) fn expose_typename(document: &mut ExecutableDocument) -> Result<(), Misused> {
    let operations = match &mut document.operations {
        async_graphql::parser::types::DocumentOperations::Single(operation) => {
            return in_set(&mut operation.node.selection_set).and_then(|()| in_fragments(document));
        }
        async_graphql::parser::types::DocumentOperations::Multiple(operations) => operations,
    };
    for operation in operations.values_mut() {
        in_set(&mut operation.node.selection_set)?;
    }
    in_fragments(document)
}

fn in_fragments(document: &mut ExecutableDocument) -> Result<(), Misused> {
    let fragments = document.fragments.values_mut();
    fragments.map(|fragment| &mut fragment.node.selection_set).try_for_each(in_set)
}

fn in_set(set: &mut Positioned<SelectionSet>) -> Result<(), Misused> {
    for item in &mut set.node.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == TYPENAME => {
                check(field)?;
                if !field.node.directives.is_empty() {
                    item.node = Selection::InlineFragment(wrapped(field));
                }
            }
            Selection::Field(field) => in_set(&mut field.node.selection_set)?,
            Selection::InlineFragment(inline) => in_set(&mut inline.node.selection_set)?,
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

fn check(field: &Positioned<Field>) -> Result<(), Misused> {
    if let Some((name, _)) = field.node.arguments.first() {
        let message = format!("Unknown argument \"{}\" on field \"{TYPENAME}\".", name.node);
        return Err(Misused { message, at: name.pos });
    }
    if !field.node.selection_set.node.items.is_empty() {
        let message = format!(
            "Field \"{TYPENAME}\" must not have a selection since type \"String\" has no subfields."
        );
        return Err(Misused { message, at: field.node.selection_set.pos });
    }
    Ok(())
}

fn wrapped(field: &mut Positioned<Field>) -> Positioned<InlineFragment> {
    let at = field.pos;
    let directives = std::mem::take(&mut field.node.directives);
    let item = Positioned::new(Selection::Field(field.clone()), at);
    let set = Positioned::new(SelectionSet { items: vec![item] }, at);
    Positioned::new(InlineFragment { type_condition: None, directives, selection_set: set }, at)
}
