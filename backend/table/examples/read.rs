//! Prints what the reader makes of a table: `cargo run -p asktell-table --example read -- FILE OBJECTIVE…`.

use std::{env, fs, process::ExitCode};

use asktell_table::{Answers, Earlier, Schema, Table, results};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("read FILE OBJECTIVE…");
        return ExitCode::FAILURE;
    };
    let answers = Answers::default();
    let table = match fs::read(&path).map(|bytes| Table::read(&bytes, &answers)) {
        Ok(Ok(table)) => table,
        Ok(Err(unreadable)) => {
            eprintln!("{path}: {unreadable}");
            return ExitCode::FAILURE;
        }
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let schema = Schema { objectives: arguments.collect(), ..Schema::default() };
    let read = results(&table, &schema, &answers, &Earlier::default(), &|_| {
        Ok(asktell_table::Fit::Inside)
    });
    for (column, role) in table.columns.iter().zip(&read.roles) {
        println!("{} [{}] {:?} {:?}", column.title, role.value(), column.kind, column.domain);
    }
    for notice in &read.notices {
        println!("  notice: {}", notice.message);
    }
    for problem in &read.problems {
        println!("  problem: {}", problem.message);
    }
    for question in &read.questions {
        println!("  question: {:?} {}", question.code, question.message);
        for reading in &question.readings {
            println!("    {}: {}", reading.value, reading.label);
        }
    }
    for row in &read.rows {
        println!("  line {}: {:?} {:?}", row.line, row.point, row.outcome);
    }
    for row in &read.refused {
        println!("  refused, line {}: {}", row.line, row.reasons.join("; "));
    }
    ExitCode::SUCCESS
}
