//! Roles that are chosen.

use asktell_table::{NoticeCode, QuestionCode};

use crate::answered;

const TEXT: &str = "run,temp,note,yield\n1,60,ok,45\n2,80,leak,61\n";

#[test]
fn a_column_may_be_kept_as_a_note_or_a_reason() {
    let role = |index, role| (QuestionCode::Role, Some(index), role);
    let note = answered(TEXT, "yield", &[role(0, "metadata:run"), role(2, "metadata:remark")]);
    assert_eq!(
        note.results.rows[1].metadata,
        [("run".into(), "2".into()), ("remark".into(), "leak".into())]
    );
    let reason = answered("temp,yield,why\n60,45,\n80,,leak\n", "yield", &[role(2, "failure")]);
    reason.is(&["60 -> 45", "80 -> failed: leak"]);
}

#[test]
fn a_role_that_is_chosen_twice_is_asked() {
    let role = |index| (QuestionCode::Role, Some(index), "parameter:temp");
    let twice = answered(TEXT, "yield", &[role(0), role(1)]);
    assert_eq!(twice.questions(), [QuestionCode::Role, QuestionCode::Role]);
}

#[test]
fn a_role_of_another_task_is_not_taken() {
    let read = answered(TEXT, "yield", &[(QuestionCode::Role, Some(0), "objective:ee")]);
    assert!(read.told(NoticeCode::UnknownAnswer).contains("objective:ee"));
}

#[test]
fn an_objective_that_no_column_holds_is_named_with_those_that_are_there() {
    let read = answered(TEXT, "ee", &[]);
    let told = read.told(NoticeCode::NoColumn);
    assert_eq!(told, "No column holds “ee”. There are: run, temp, note, yield.");
    assert_eq!(read.rows(), ["60, 45 -> planned", "80, 61 -> planned"], "points without a result");
}
