//! Tables for a task that is there.

use asktell_table::{Earlier, NoticeCode, Parameter, ParameterKind, QuestionCode, Schema, Value};

use crate::{Read, answers, number, read_with};

fn schema() -> Schema {
    let choices = ["THF", "DMF", "none"].map(|text| Value::Text(text.to_owned()));
    let solvent = ParameterKind::Choices([choices.to_vec(), vec![Value::Integer(3)]].concat());
    let parameters = vec![
        number("temperature", 20.0, 100.0),
        Parameter { name: "solvent".into(), kind: solvent, optional: false },
        Parameter { optional: true, ..number("loading", 0.0, 1.0) },
    ];
    Schema {
        parameters: Some(parameters),
        objectives: vec!["yield".into(), "ee".into()],
        metrics: vec!["purity".into()],
    }
}

fn for_task(text: &str, chosen: &[(QuestionCode, Option<usize>, &str)], earlier: &Earlier) -> Read {
    read_with(text.as_bytes(), &schema(), &answers(chosen), earlier)
}

#[test]
fn columns_are_known_by_their_titles() {
    let text = "Temperature (°C),SOLVENT,Loading,Yield [%],yield_sd,ee,Purity,operator\n\
                25,thf,0.5,45,2,90,0.9,A\n30,3,,50,,80,,B\n35,none,0.1,55,1,,0.7,A\n";
    let read = for_task(text, &[], &Earlier::default());
    assert_eq!(
        read.roles(),
        [
            "parameter:temperature",
            "parameter:solvent",
            "parameter:loading",
            "objective:yield",
            "deviation:yield",
            "objective:ee",
            "metric:purity",
            "leave-out",
        ]
    );
    assert_eq!(
        read.rows(),
        ["25, 'THF', 0.5 -> 45±2, 90", "30, 3 -> 50, 80", "35, 'none', 0.1 -> 55±1"],
        "an objective may be missing, and a parameter that does not always exist"
    );
    assert_eq!(read.results.rows[2].metrics, [("purity".to_owned(), 0.7)]);
    assert!(read.told(NoticeCode::LeftOutColumn).contains("operator"));
    assert!(
        read.told(NoticeCode::ColumnRole).contains("“SOLVENT” is read as the parameter “solvent”")
    );
}

#[test]
fn every_bad_row_is_named_with_all_its_reasons() {
    let text = "temperature,solvent,yield\n25,water,45\nhot,THF,x\n,DMF,3\n30,DMF,4\n";
    let read = for_task(text, &[], &Earlier::default());
    assert_eq!(
        read.refused(),
        [
            (2, "solvent: “water” is not one of THF, DMF, none, 3".to_owned()),
            (3, "temperature: “hot” is not a number; yield: “x” is not a number".to_owned()),
            (4, "temperature: the cell is empty".to_owned()),
        ]
    );
    assert_eq!(read.rows(), ["30, 'DMF' -> 4"]);
}

#[test]
fn percentages_for_a_fraction_are_asked() {
    let text = "temperature,solvent,loading,yield\n25,THF,5%,45\n30,DMF,10%,50\n";
    let asked = for_task(text, &[], &Earlier::default());
    assert_eq!(asked.questions(), [QuestionCode::Percent]);
    let divided =
        for_task(text, &[(QuestionCode::Percent, Some(2), "DIVIDE")], &Earlier::default());
    assert_eq!(divided.rows(), ["25, 'THF', 0.05 -> 45", "30, 'DMF', 0.1 -> 50"]);
}

#[test]
fn a_table_that_the_task_has_already_is_told() {
    let text = "temperature,solvent,yield\n25,THF,45\n25,THF,45\n30,DMF,50\n";
    let mut earlier = Earlier::default();
    let mut add = |t: f64, solvent: &str, values: &[(String, f64)]| {
        let solvent = Value::Text(solvent.to_owned());
        earlier.add(
            &[("solvent".to_owned(), solvent), ("temperature".to_owned(), Value::Number(t))],
            values,
        );
    };
    add(25.0, "THF", &[("yield".to_owned(), 45.0)]);
    add(30.0, "DMF", &[("yield".to_owned(), 50.0)]);
    let asked = for_task(text, &[], &earlier);
    assert_eq!(asked.questions(), [QuestionCode::Repeated]);
    let question = &asked.results.questions[0];
    assert_eq!(
        question.message,
        "2 of 3 rows are in this task already (lines 2 and 4). Are they replicates?"
    );
    let added = for_task(text, &[(QuestionCode::Repeated, None, "ADD")], &earlier);
    assert_eq!(added.rows().len(), 3);
    let left = for_task(text, &[(QuestionCode::Repeated, None, "LEAVE_OUT")], &earlier);
    assert_eq!((left.rows().len(), left.results.left_out.clone()), (1, vec![2, 4]));
    assert!(left.told(NoticeCode::RepeatedRows).contains("2 of 3 rows are in this task already"));
}

#[test]
fn a_plan_that_the_task_has_already_is_told() {
    let text = "temperature,solvent,yield\n25,THF,PENDING\n";
    let mut earlier = Earlier::default();
    let solvent = Value::Text("THF".to_owned());
    earlier.add(
        &[("temperature".to_owned(), Value::Integer(25)), ("solvent".to_owned(), solvent)],
        &[],
    );
    let read = for_task(text, &[(QuestionCode::WithoutResult, None, "PLAN")], &earlier);
    assert_eq!(read.questions(), [QuestionCode::Repeated]);
}

#[test]
fn what_the_task_has_against_a_row_is_told_by_line() {
    let table = asktell_table::Table::read(
        b"temperature,solvent,yield\n25,THF,1\n26,THF,2\n",
        &answers(&[]),
    )
    .expect("a table");
    let judge = |row: &asktell_table::ResultRow| match row.line {
        3 => Err("is none of the candidates".to_owned()),
        _ => Ok(asktell_table::Fit::Inside),
    };
    let read =
        asktell_table::results(&table, &schema(), &answers(&[]), &Earlier::default(), &judge);
    assert_eq!(read.refused[0].reasons, ["is none of the candidates"]);
    let codes: Vec<_> = read.questions.iter().map(|question| question.code).collect();
    assert_eq!(codes, [QuestionCode::BadRows]);
}

#[test]
fn a_parameter_that_no_column_holds_is_named() {
    let read = for_task("solvent,yield\nTHF,45\nDMF,50\n", &[], &Earlier::default());
    let told = read.told(NoticeCode::NoColumn);
    assert_eq!(told, "No column holds the parameter “temperature”. There are: solvent, yield.");
}

#[test]
fn questions_about_columns_that_are_left_out_are_not_asked() {
    let text = "temperature,solvent,yield,purities\n25,THF,45,<0.05\n30,DMF,50,0.2\n";
    for_task(text, &[], &Earlier::default()).is(&["25, 'THF' -> 45", "30, 'DMF' -> 50"]);
}
