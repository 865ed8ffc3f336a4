//! The rooms of the backend depend on each other in one direction only.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Which rooms a room may name, by the map in `backend/README.md`.
const MAY_NAME: [(&str, &[&str]); 10] = [
    ("task", &[]),
    ("strategy", &["task"]),
    ("store", &["task"]),
    ("events", &["store", "task"]),
    ("proposals", &["store", "strategy", "task"]),
    ("manager", &["store", "events", "strategy", "proposals", "task"]),
    ("table", &["manager", "store", "task"]),
    ("api", &["table", "manager", "store", "events", "strategy", "proposals", "task"]),
    ("web", &["api", "task"]),
    ("exchange", &["table", "manager", "store", "task"]),
];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).expect("a room").map(|entry| entry.expect("a file").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let rust = files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs"));
    rust.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

fn backend() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../backend/src")
}

/// The rooms that a text names as `crate::room` or as `room` in `use crate::{…}`.
fn named_rooms(text: &str) -> Vec<&'static str> {
    let grouped: String = text
        .split("use crate::{")
        .skip(1)
        .filter_map(|rest| rest.split("};").next())
        .collect::<Vec<_>>()
        .join(",");
    MAY_NAME
        .iter()
        .map(|(room, _)| *room)
        .filter(|room| {
            let words = grouped.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
            text.contains(&format!("crate::{room}::"))
                || text.contains(&format!("crate::{room};"))
                || words
                    .into_iter()
                    .any(|word| word == *room || word.starts_with(&format!("{room}::")))
        })
        .collect()
}

#[test]
fn no_room_names_one_further_out() {
    let mut wrong = Vec::new();
    for (room, allowed) in MAY_NAME {
        for file in sources(&backend().join(room)) {
            let text = fs::read_to_string(&file).expect("a source");
            let named = named_rooms(&text).into_iter();
            for other in named.filter(|other| *other != room && !allowed.contains(other)) {
                wrong.push(format!("{}: {room} names {other}", file.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn each_library_is_named_in_its_room_alone() {
    let mut wrong = Vec::new();
    for (library, room) in [("async_graphql", "api"), ("sea_orm", "store"), ("axum", "web")] {
        for file in sources(&backend()) {
            let inside = file.starts_with(backend().join(room));
            // `lib.rs` puts the rooms together; the feed listens to Postgres itself.
            let excepted = file.ends_with("src/lib.rs") || file.ends_with("events/across.rs");
            let text = fs::read_to_string(&file).expect("a source");
            if !inside && !excepted && text.contains(&format!("{library}::")) {
                wrong.push(format!("{} names {library}", file.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
