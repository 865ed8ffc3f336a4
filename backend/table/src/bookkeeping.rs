//! Titles of columns that say something about a run, and are seldom what was varied.

/// Numbers below this title are run numbers or ids, if all of them differ.
pub(crate) fn numbers_runs(title: &str) -> bool {
    const WORDS: [&str; 28] = [
        "run",
        "runno",
        "runnr",
        "runnumber",
        "no",
        "nr",
        "number",
        "id",
        "#",
        "index",
        "idx",
        "row",
        "entry",
        "exp",
        "expno",
        "expid",
        "experiment",
        "experimentid",
        "experimentno",
        "trial",
        "trialid",
        "trialnumber",
        "sample",
        "sampleid",
        "batchid",
        "lot",
        "lotno",
        "uuid",
    ];
    WORDS.contains(&plain(title).as_str())
}

/// Texts below this title are a person, a file, a time or a note.
pub(crate) fn notes(title: &str) -> bool {
    const WORDS: [&str; 28] = [
        "date",
        "datetime",
        "timestamp",
        "started",
        "finished",
        "created",
        "operator",
        "user",
        "analyst",
        "chemist",
        "author",
        "comment",
        "comments",
        "note",
        "notes",
        "remark",
        "remarks",
        "bemerkung",
        "datum",
        "file",
        "filename",
        "samplename",
        "path",
        "url",
        "lab",
        "instrument",
        "time",
        "name",
    ];
    WORDS.contains(&plain(title).as_str())
}

/// Numbers below this title order a queue.
pub(crate) fn orders_queue(title: &str) -> bool {
    plain(title) == "priority"
}

fn plain(title: &str) -> String {
    title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '#').collect()
}
