//! Small tables made after public reports from people who run campaigns.

use asktell_table::{
    ColumnKind, DecimalSign, Domain, Earlier, LeaveOut, NoticeCode, QuestionCode, Schema, Value,
};

use crate::{Read, answered, answers, read, read_with};

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/cases/{file}.csv", env!("CARGO_MANIFEST_DIR"))).expect("a case")
}

fn case(file: &str) -> Read {
    read(bytes(file), "yield")
}

#[test]
fn every_file_is_read() {
    let folder = std::fs::read_dir(format!("{}/tests/cases", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 30, "{} files", files.len());
    for file in files {
        read(std::fs::read(&file).unwrap(), "yield");
    }
}

#[test]
fn bom_crlf_and_replicates() {
    let read = read(bytes("01_bom_crlf_replicates"), "index");
    assert_eq!(read.results.rows.len(), 6);
    assert_eq!(read.rows()[..2], ["0, 1, 0 -> 480185", "0, 1, 0 -> 505657"]);
    assert!(read.told(NoticeCode::Replicates).contains("lines 2 and 3"));
    assert_eq!(read.roles()[0], "parameter:CsA", "the byte order mark is no part of the title");
}

#[test]
fn a_parameter_without_a_value_is_named_and_its_column_stays_numeric() {
    let right = [
        ("04_missing_numeric", "conc: the cell is empty"),
        ("14b_nan_parameter", "conc: “nan” is no value"),
    ];
    for (file, reason) in right {
        let read = case(file);
        assert_eq!(read.refused(), [(3, reason.to_owned())]);
        assert_eq!(read.questions(), [QuestionCode::BadRows]);
        assert_eq!(read.table.columns[1].kind, ColumnKind::Number);
        assert_eq!(read.table.columns[1].missing, 1);
        let left = answered(bytes(file), "yield", &[(QuestionCode::BadRows, None, "LEAVE_OUT")]);
        assert!(left.results.is_ready());
        assert_eq!(left.refused().len(), 1, "told all the same");
    }
}

#[test]
fn a_row_without_a_result_is_offered_as_planned_failed_or_left_out() {
    for (file, question, line) in [
        ("05_missing_objective", QuestionCode::WithoutResult, 3),
        ("06_pending", QuestionCode::WithoutResult, 2),
        ("14_nan_objective", QuestionCode::NotFinite, 3),
        ("14c_inf_objective", QuestionCode::NotFinite, 2),
    ] {
        let objective = if file.starts_with("14c") { "loss" } else { "yield" };
        let asked = read(bytes(file), objective);
        assert_eq!(asked.questions(), [question], "{file}");
        assert_eq!(asked.results.questions[0].lines, [line], "{file}");
        let row = |reading| answered(bytes(file), objective, &[(question, None, reading)]).rows();
        assert!(row("PLAN")[line - 2].ends_with("-> planned"), "{file}");
        assert!(row("FAIL")[line - 2].contains("-> failed: "), "{file}");
        assert_eq!(row("LEAVE_OUT").len(), row("PLAN").len() - 1, "{file}");
        let column = asked.table.columns.iter().find(|column| column.name == objective).unwrap();
        assert!(column.is_numeric(), "{file}");
    }
}

#[test]
fn none_may_be_a_choice() {
    let read = case("06_pending");
    let choices = ["MgCl2", "none"].map(|text| Value::Text(text.to_owned()));
    assert_eq!(read.table.columns[1].domain, Some(Domain::Choices(choices.to_vec())));
}

#[test]
fn three_digits_after_a_sign_are_asked_with_both_readings() {
    for (file, comma, point) in
        [("07_thousands_quoted", 1.2, 1200.0), ("08_european_thousands", 1200.0, 1.2)]
    {
        let asked = case(file);
        assert_eq!(asked.questions(), [QuestionCode::DecimalSign]);
        let readings = &asked.results.questions[0].readings;
        assert_eq!(
            readings.iter().map(|r| r.value.as_str()).collect::<Vec<_>>(),
            ["POINT", "COMMA"]
        );
        assert!(readings[0].label.ends_with(&format!("is {point}")), "{readings:?}");
        assert_eq!(asked.results.undecided, [2, 4, 5], "what is clear is read");
        for (sign, speed) in [("POINT", point), ("COMMA", comma)] {
            let read = answered(bytes(file), "yield", &[(QuestionCode::DecimalSign, None, sign)]);
            assert_eq!(
                read.rows()[..2],
                [format!("60, {speed} -> 45"), "80, 900 -> 61".to_owned()]
            );
            assert!(read.results.is_ready());
        }
    }
}

#[test]
fn blank_rows_and_blanks_around_cells_do_not_count() {
    let rows = ["60, 0.1 -> 45", "80, 0.2 -> 61", "70, 0.3 -> 58"];
    let blank = case("09_trailing_blank_cells");
    blank.is(&rows);
    assert_eq!(blank.told(NoticeCode::SkippedLines), "Blank rows are left out: lines 5 and 6.");
    let spaces = case("24_spaces");
    spaces.is(&rows);
    assert_eq!(spaces.roles(), ["parameter:temp", "parameter:conc", "objective:yield"]);
}

#[test]
fn constant_columns_are_offered_to_be_left_out_or_kept() {
    let bytes = bytes("11_constant_columns");
    let read = read(&bytes, "size");
    assert_eq!(read.roles(), ["leave-out", "parameter:lipid", "leave-out", "objective:size"]);
    assert_eq!(read.table.columns[0].leave_out, Some(LeaveOut::Constant));
    assert!(
        read.told(NoticeCode::ConstantColumn)
            .contains("“Drug” is left out: it is the same in all rows, “CBD”.")
    );
    let kept = answered(&bytes, "size", &[(QuestionCode::Role, Some(0), "parameter:Drug")]);
    assert_eq!(kept.rows()[0], "'CBD', 120 -> 822.1");
}

#[test]
fn a_percent_sign_is_a_unit() {
    let objective = case("12_percent_sign");
    objective.is(&["60 -> 45", "80 -> 61", "70 -> 58", "90 -> 66"]);
    assert_eq!(objective.table.columns[1].unit.as_deref(), Some("%"));
    assert!(objective.told(NoticeCode::Unit).contains("“45%” is read as 45"));
    let parameter = case("12b_percent_sign_param");
    parameter.is(&["5, 60 -> 45", "10, 80 -> 61", "2.5, 70 -> 58", "7.5, 90 -> 66"]);
    assert_eq!(parameter.table.columns[0].domain, Some(Domain::Number { low: 2.5, high: 10.0 }));
}

#[test]
fn run_numbers_dates_and_people_are_no_parameters_in_silence() {
    let read = case("13_date_and_id");
    let reasons: Vec<_> = read.table.columns.iter().map(|column| column.leave_out).collect();
    let right = [
        Some(LeaveOut::RunNumber),
        Some(LeaveOut::Date),
        Some(LeaveOut::Bookkeeping),
        None,
        None,
        None,
    ];
    assert_eq!(reasons, right);
    let told = read.told(NoticeCode::LeftOutColumn);
    for title in ["run", "date", "operator"] {
        assert!(told.contains(&format!("“{title}” is left out")), "{told}");
    }
    read.is(&["60, 0.1 -> 45", "80, 0.2 -> 61", "70, 0.3 -> 58", "90, 0.2 -> 66"]);
}

#[test]
fn a_title_that_is_there_twice_is_named_and_asked() {
    let read = case("15_duplicate_header");
    assert_eq!(
        read.told(NoticeCode::DuplicateTitle),
        "The title “temp” is there 2 times: columns 1 and 2."
    );
    assert_eq!(read.questions(), [QuestionCode::Role, QuestionCode::Role]);
    assert_eq!((read.rows().len(), read.refused().len()), (0, 0));
    assert_eq!(read.results.undecided, [2, 3, 4]);
    let first = [(QuestionCode::Role, Some(0), "parameter:temp")];
    answered(bytes("15_duplicate_header"), "yield", &first)
        .is(&["60 -> 45", "80 -> 61", "70 -> 58"]);
    let both = [
        (QuestionCode::Role, Some(0), "parameter:temp"),
        (QuestionCode::Role, Some(1), "parameter:temp 2"),
    ];
    let both = answered(bytes("15_duplicate_header"), "yield", &both);
    both.is(&["60, 20 -> 45", "80, 25 -> 61", "70, 22 -> 58"]);
}

#[test]
fn lines_above_and_below_the_titles_are_recognised_and_told() {
    let three = read(bytes("19_three_line_header"), "yield");
    assert_eq!(three.table.columns[0].title, "experiment_id");
    assert_eq!(three.results.rows.len(), 3);
    let told = three.told(NoticeCode::HeaderLine);
    assert!(
        told.contains("Line 2 says what the columns are") && told.contains("Line 3 has a title"),
        "{told}"
    );

    let comments = case("20_comment_lines");
    comments.is(&["60, 0.1 -> 45", "80, 0.2 -> 61", "70, 0.3 -> 58"]);
    assert_eq!(comments.told(NoticeCode::SkippedLines), "Comments are left out: lines 1 and 2.");

    let sep = case("21_sep_line");
    sep.is(&["60, 0.1 -> 45", "80, 0.2 -> 61", "70, 0.3 -> 58"]);
    assert_eq!(sep.table.decimal, Some(DecimalSign::Comma));
    assert!(sep.told(NoticeCode::Delimiter).contains("Line 1 says"));
    assert!(sep.told(NoticeCode::DecimalSign).contains("decimal comma, as in “0,1” in line 3"));
}

#[test]
fn a_table_without_rows_or_with_one_is_told_in_a_sentence() {
    let none = case("22_header_only");
    assert_eq!(
        none.told(NoticeCode::NoRows),
        "The table has titles, but no rows: there is nothing to read."
    );
    assert_eq!(none.results.problems.len(), 1);
    let one = case("23_one_row");
    one.is(&["60, 0.1 -> 45"]);
    assert!(one.told(NoticeCode::OneRow).starts_with("The table has one row"));
}

#[test]
fn kinds_of_columns_are_told_and_ids_stay_texts() {
    let mixed = case("25_mixed_int_float_text");
    assert_eq!(mixed.table.columns[0].kind, ColumnKind::Text);
    assert!(mixed.told(NoticeCode::ColumnKind).contains("“2b” in line 4 is not a number"));
    mixed.is(&["'1', 60 -> 45", "'2', 80 -> 61", "'2b', 70 -> 58", "'1.0', 90 -> 66"]);

    let booleans = case("26_booleans");
    booleans.is(&["true, 60 -> 45", "false, 80 -> 61", "true, 70 -> 58"]);
    assert!(booleans.told(NoticeCode::ColumnKind).contains("true and false"));

    let ids = case("30_text_number_ids");
    assert_eq!(
        (ids.table.columns[0].kind, ids.table.columns[0].leave_out),
        (ColumnKind::Id, Some(LeaveOut::Id))
    );
    let lot = [(QuestionCode::Role, Some(0), "parameter:lot")];
    let kept = answered(bytes("30_text_number_ids"), "yield", &lot);
    kept.is(&["'007', 60 -> 45", "'010', 80 -> 61", "'012', 70 -> 58", "'1_000', 65 -> 50"]);
}

#[test]
fn titles_are_compared_exactly_first_and_each_column_is_used_once() {
    let names = ["T (outlet)", "T (inlet)"];
    let parameters = names.map(|name| crate::number(name, 0.0, 100.0)).to_vec();
    let schema = Schema {
        parameters: Some(parameters),
        objectives: vec!["yield".to_owned()],
        metrics: vec![],
    };
    for (file, first) in
        [("27_folded_same", "20, 60 -> 45"), ("27b_folded_same_overlap", "20, 60 -> 45")]
    {
        let read = read_with(&bytes(file), &schema, &answers(&[]), &Earlier::default());
        assert_eq!(
            read.roles(),
            ["parameter:T (inlet)", "parameter:T (outlet)", "objective:yield"]
        );
        assert_eq!(read.rows()[0], first);
    }
    // A name that both titles may mean is asked.
    let parameters = Some(vec![crate::number("T", 0.0, 100.0)]);
    let schema = Schema { parameters, ..schema };
    let read = read_with(&bytes("27_folded_same"), &schema, &answers(&[]), &Earlier::default());
    assert_eq!(read.questions(), [QuestionCode::Role, QuestionCode::Role]);
    assert!(
        read.results.questions[0]
            .message
            .contains("Which of “T (inlet)” (column 1) and “T (outlet)” (column 2)")
    );
}

#[test]
fn ragged_rows_are_named_by_line() {
    let read = case("28_ragged");
    assert_eq!(
        read.refused(),
        [
            (3, "has 2 cells, but there are 3 titles".to_owned()),
            (4, "has 4 cells, but there are 3 titles".to_owned())
        ]
    );
    assert_eq!(read.questions(), [QuestionCode::BadRows]);
    assert_eq!(read.rows(), ["60, 0.1 -> 45"]);
}

#[test]
fn a_limit_is_asked() {
    let bytes = bytes("29_less_than");
    let asked = read(&bytes, "impurity");
    assert_eq!(asked.questions(), [QuestionCode::Censored]);
    assert_eq!((asked.results.undecided.clone(), asked.refused()), (vec![2], vec![]));
    let first = |reading| {
        answered(&bytes, "impurity", &[(QuestionCode::Censored, Some(2), reading)]).rows()[0]
            .clone()
    };
    assert_eq!(first("LIMIT"), "60, 0.1 -> 0.05");
    assert_eq!(first("HALF"), "60, 0.1 -> 0.025");
    assert_eq!(first("LEAVE_OUT"), "80, 0.2 -> 0.31");
    let none = answered(&bytes, "impurity", &[(QuestionCode::Censored, Some(2), "NO_RESULT")]);
    assert_eq!(none.questions(), [QuestionCode::WithoutResult]);
}

#[test]
fn units_in_cells_are_told() {
    let read = case("31_unit_in_cells");
    read.is(&["60, 2 -> 45", "80, 4 -> 61", "70, 3 -> 58"]);
    let units: Vec<_> = read.table.columns.iter().map(|column| column.unit.as_deref()).collect();
    assert_eq!(units, [Some("°C"), Some("h"), None]);
    assert!(read.told(NoticeCode::Unit).contains("“time” is in h, as its cells say."));
}

#[test]
fn a_title_may_have_a_line_break_and_a_unit() {
    let read = case("33_quoted_newline_header");
    read.is(&["60, 0.1 -> 45", "80, 0.2 -> 61", "70, 0.3 -> 58"]);
    let column = &read.table.columns[0];
    assert_eq!(
        (column.title.as_str(), column.name.as_str(), column.unit.as_deref()),
        ("temp (°C)", "temp", Some("°C"))
    );
    assert_eq!(read.table.rows[0].line, 3);
}
