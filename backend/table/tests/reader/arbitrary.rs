//! No bytes make the reader panic, and what it reads is in bounds.

use std::fmt::Write as _;

use asktell_table::{Answers, Earlier, Schema, Table, results};
use proptest::prelude::*;

/// Reads bytes as a task would, and looks at what must always hold.
fn holds(bytes: &[u8]) {
    let answers = Answers::default();
    let Ok(table) = Table::read(bytes, &answers) else { return };
    assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()));
    for parameters in [None, Some(vec![crate::number("a", 0.0, 1.0)])] {
        let schema =
            Schema { parameters, objectives: vec!["b".to_owned()], metrics: vec!["c".to_owned()] };
        let read = results(&table, &schema, &answers, &Earlier::default(), &|_| {
            Ok(asktell_table::Fit::Inside)
        });
        assert_eq!(read.roles.len(), table.columns.len());
        let values =
            read.rows.iter().flat_map(|row| &row.point).filter_map(|(_, value)| value.as_number());
        assert!(values.into_iter().all(f64::is_finite));
        let mut lines: Vec<usize> = read.rows.iter().map(|row| row.line).collect();
        lines.extend(read.refused.iter().map(|row| row.line));
        lines.extend(read.left_out.iter().chain(&read.undecided));
        lines.sort_unstable();
        let problems = read.problems.is_empty();
        lines.dedup();
        assert!(!problems || lines.len() == table.rows.len() + table.ragged.len(), "each row once");
    }
}

/// Pieces that tables are made of.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,6}",
        prop::sample::select(vec![
            ",",
            ";",
            "\t",
            "|",
            "\n",
            "\r\n",
            "\r",
            "\"",
            "#",
            "a",
            "b",
            "yield",
            "1",
            "1.5",
            "1,5",
            "1.200",
            "007",
            "%",
            "°C",
            " ",
            "\u{a0}",
            "<0.05",
            "nan",
            "inf",
            "PENDING",
            "2024-03-01",
            "sep=;",
            "[K]",
            "±",
            "-",
            "1e999",
            "=",
            "TRUE",
            "é",
            "µ",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        holds(&bytes);
    }

    #[test]
    fn any_pieces_of_tables(pieces in prop::collection::vec(piece(), 0..80)) {
        holds(pieces.concat().as_bytes());
    }

    #[test]
    fn a_written_table_is_read_as_it_was(rows in prop::collection::vec((-1e6..1e6_f64, 0..100_i64, 0..3_usize), 1..30)) {
        let mut text = "x;n;c;yield\n".to_owned();
        for (x, n, c) in &rows {
            let (x, c) = (format!("{x:.4}").replace('.', ","), ["red", "green", "blue"][*c]);
            writeln!(text, "{x};{n};{c};{n}").unwrap();
        }
        let read = crate::read(text, "yield");
        prop_assert_eq!(read.results.rows.len() + read.results.left_out.len(), rows.len());
        prop_assert!(read.refused().is_empty());
    }
}

/// Twice the rows take about twice the time: a quadratic step would take hours here.
#[test]
fn large_tables_are_read_in_linear_time() {
    let mut text = "id,temp,solvent,\"speed (rpm)\",yield\n".to_owned();
    for row in 0..100_000 {
        writeln!(text, "{row},{},S{},{} rpm,{}", row % 97, row % 1013, row % 31, row % 89).unwrap();
    }
    let begin = std::time::Instant::now();
    let read = crate::read(text, "yield");
    assert_eq!(read.results.rows.len(), 100_000);
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
    // Pathological: one record, all quotes, all delimiters, all comments, one endless number.
    for piece in ["\"", ",", "\n", "#\n", "1", "1.", "a,", "\"a\n", "\"\",\r", "1 "] {
        let begin = std::time::Instant::now();
        holds(piece.repeat(2_000_000 / piece.len()).as_bytes());
        assert!(begin.elapsed().as_secs() < 60, "{piece:?} {:?}", begin.elapsed());
    }
}
