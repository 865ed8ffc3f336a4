//! Finding tasks: filters, orders, counts.

mod check;
mod condition;
mod driver;
mod findable;
mod lists;
mod order;
mod rail;
mod tree;
mod walk;
mod way;
mod words;

pub(super) use check::Found;
pub(super) use findable::{FindChange, make_findable, write_found};
pub(super) use walk::FEW;
