//! More of each kind.

use asktell_table::{
    ColumnKind, DecimalSign, Delimiter, Encoding, LeaveOut, NoticeCode, QuestionCode, Table,
    Unreadable,
};

use crate::{answered, answers, read};

#[test]
fn european_files() {
    let text = "Temp [°C];Druck (bar);Ausbeute\r\n60,5;1,2E-03;45,1\r\n80;2,5e+1;61\r\n";
    let european = read(text, "Ausbeute");
    european.is(&["60.5, 0.0012 -> 45.1", "80, 25 -> 61"]);
    assert_eq!(european.table.delimiter, Delimiter::Semicolon);
    assert!(european.told(NoticeCode::Delimiter).contains("semicolons"));
    assert_eq!(european.table.columns[0].unit.as_deref(), Some("°C"));

    let thousands = read("n;p;yield\n1.200;0,5;45\n900;0,7;61\n1.234.567,5;1;3\n", "yield");
    thousands.is(&["1200, 0.5 -> 45", "900, 0.7 -> 61", "1234567.5, 1 -> 3"]);
    assert!(thousands.told(NoticeCode::Thousands).contains("“1.200” in line 2 is read as 1200"));
    let english = read("n;p;yield\n1,200;0.5;45\n900;0.7;61\n", "yield");
    english.is(&["1200, 0.5 -> 45", "900, 0.7 -> 61"]);
    // Three decimals in a file with commas between columns need no question.
    let points = read("x,yield\n1.234,5.678\n2.345,6.789\n", "yield");
    points.is(&["1.234 -> 5.678", "2.345 -> 6.789"]);
    assert!(points.told(NoticeCode::DecimalSign).contains("because commas separate the columns"));
    assert_eq!(
        read("x\tyield\n1.234\t5\n2.345\t6\n", "yield").questions(),
        [QuestionCode::DecimalSign]
    );
}

#[test]
fn both_decimal_signs_in_one_file_are_asked() {
    let text = "x\tz\tyield\n0.5\t1,5\t4\n0.6\t2,5\t5\n";
    let asked = read(text, "yield");
    assert_eq!(asked.questions(), [QuestionCode::DecimalSign]);
    assert!(
        asked.results.questions[0].message.contains("“0.5” in line 2"),
        "{:?}",
        asked.results.questions
    );
    let point = answered(text, "yield", &[(QuestionCode::DecimalSign, None, "POINT")]);
    assert_eq!(point.table.columns[1].kind, ColumnKind::Text);
    assert!(point.told(NoticeCode::ColumnKind).contains("“1,5” in line 2 is not a number"));
}

#[test]
fn thousands_by_blanks_and_apostrophes() {
    let text = "n\tz\tyield\n1\u{a0}200\t1'500\t4\n900\t2’000’000\t5\n12\u{202f}000\t1 000\t6\n";
    let blanks = read(text, "yield");
    blanks.is(&["1200, 1500 -> 4", "900, 2000000 -> 5", "12000, 1000 -> 6"]);
    assert!(blanks.told(NoticeCode::Thousands).contains("is read as 1200"));
}

#[test]
fn encodings() {
    let text = "T (°C)\tµ\tyield\r\n60\t0,5\t1\r\n80\t0,7\t2\r\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16: Vec<u8> =
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (latin, Encoding::Windows1252),
        (utf16, Encoding::Utf16Le),
    ] {
        let read = read(&bytes, "yield");
        read.is(&["60, 0.5 -> 1", "80, 0.7 -> 2"]);
        assert_eq!((read.table.encoding, read.table.columns[1].title.as_str()), (encoding, "µ"));
        assert_eq!(read.told(NoticeCode::Encoding).is_empty(), encoding == Encoding::Utf8);
    }
    let mac = answered(
        b"a,yield\n\xe9,1\nb,2\n",
        "yield",
        &[(QuestionCode::Encoding, None, "WINDOWS_1252")],
    );
    assert!(mac.told(NoticeCode::Encoding).contains("as chosen"));
}

#[test]
fn line_ends_of_old_macs_and_blank_columns() {
    read("temp,,yield\r60,,45\r80,,61\r", "yield").is(&["60 -> 45", "80 -> 61"]);
    let unnamed = read("temp,,yield\n60,1.5,45\n80,2.5,61\n", "yield");
    assert_eq!(unnamed.roles(), ["parameter:temp", "leave-out", "objective:yield"]);
    assert!(unnamed.told(NoticeCode::UnnamedColumn).contains("Column 2 has no title"));
    assert_eq!(unnamed.table.columns[1].leave_out, Some(LeaveOut::Unnamed));
}

#[test]
fn percent_and_units_in_titles() {
    let read =
        read("loading (mol %),T / K,conv. [%],yield\n5,300,12 %,45\n10,310,15 %,61\n", "yield");
    let units: Vec<_> =
        read.table.columns.iter().map(|column| column.unit.clone().unwrap_or_default()).collect();
    assert_eq!(units, ["mol %", "K", "%", ""]);
    read.is(&["5, 300, 12 -> 45", "10, 310, 15 -> 61"]);
    let line = crate::read("T,p,yield\n°C,bar,%\n60,1,45\n80,2,61\n", "yield");
    line.is(&["60, 1 -> 45", "80, 2 -> 61"]);
    assert_eq!(line.table.columns[1].unit.as_deref(), Some("bar"));
    assert!(line.told(NoticeCode::HeaderLine).contains("Line 2 has the units"));
}

#[test]
fn some_cells_with_a_unit_are_asked() {
    let text = "loading,yield\n5%,45\n0.1,61\n10%,50\n";
    let asked = read(text, "yield");
    assert_eq!(asked.questions(), [QuestionCode::BareNumbers]);
    let as_ =
        |reading| answered(text, "yield", &[(QuestionCode::BareNumbers, Some(0), reading)]).rows();
    assert_eq!(as_("SAME_UNIT"), ["5 -> 45", "0.1 -> 61", "10 -> 50"]);
    assert_eq!(as_("FRACTION"), ["5 -> 45", "10 -> 61", "10 -> 50"]);
    let several = read("time,yield\n2 h,45\n30 min,61\n3 h,50\n", "yield");
    assert_eq!(several.questions(), [QuestionCode::ColumnKind, QuestionCode::BadRows]);
    assert!(several.results.questions[0].message.contains("h and min"));
    assert_eq!(
        read("well,yield\n1A,45\n2A,61\n3A,50\n", "yield").questions(),
        [QuestionCode::ColumnKind]
    );
}

#[test]
fn deviations_in_cells_and_columns() {
    let text = "temp,yield\n60,45 ± 2\n80,61 ± 3\n";
    assert_eq!(read(text, "yield").questions(), [QuestionCode::Deviation]);
    let as_ =
        |reading| answered(text, "yield", &[(QuestionCode::Deviation, Some(1), reading)]).rows();
    assert_eq!(as_("STANDARD_DEVIATION"), ["60 -> 45±2", "80 -> 61±3"]);
    assert_eq!(as_("IGNORE"), ["60 -> 45", "80 -> 61"]);
    read("temp,yield,yield_sd\n60,45,2\n80,61,3\n", "yield").is(&["60 -> 45±2", "80 -> 61±3"]);
}

#[test]
fn dates_in_any_order_and_ids_in_quotes() {
    let text = "when,lot,temp,yield\n01.03.2024,\"007\",60,45\n2024-03-02 09:12,\"010\",80,61\n3/4/24,=\"012\",70,58\n";
    let read = read(text, "yield");
    assert_eq!(read.table.columns[0].kind, ColumnKind::Date);
    assert_eq!(read.table.columns[1].kind, ColumnKind::Id);
    read.is(&["60 -> 45", "80 -> 61", "70 -> 58"]);
}

#[test]
fn text_above_and_below_the_table() {
    let text = "Screening, batch 3\nDate:;2024-03-01;;\nOperator:;A;;\n\nrun;temp;conc;yield\n1;60;0,1;45\n2;80;0,2;61\n\
                Average;;;53\n* run 2 was repeated;;;\n";
    let read = read(text, "yield");
    read.is(&["60, 0.1 -> 45", "80, 0.2 -> 61"]);
    assert_eq!(read.table.header_line, Some(5));
    let told = read.told(NoticeCode::SkippedLines);
    assert!(
        told.contains("lines 1, 2 and 3") && told.contains("Line 8 is below the data"),
        "{told}"
    );
    assert!(told.contains("“* run 2 was repeated”"), "{told}");
}

#[test]
fn tables_without_titles_are_asked() {
    let text = "60,0.1,45\n80,0.2,61\n";
    let asked = read(text, "Column 3");
    assert_eq!(asked.questions(), [QuestionCode::HeaderLine]);
    let none = answered(
        text,
        "Column 3",
        &[
            (QuestionCode::HeaderLine, None, "NONE"),
            (QuestionCode::Role, Some(0), "parameter:a"),
            (QuestionCode::Role, Some(1), "parameter:b"),
            (QuestionCode::Role, Some(2), "objective:Column 3"),
        ],
    );
    none.is(&["60, 0.1 -> 45", "80, 0.2 -> 61"]);
    let comment = "# temp,conc,yield\n60,0.1,45\n80,0.2,61\n";
    answered(comment, "yield", &[(QuestionCode::HeaderLine, None, "1")])
        .is(&["60, 0.1 -> 45", "80, 0.2 -> 61"]);
    // Wavelengths as titles, among words.
    read("temp,254,yield\n60,0.1,45\n80,0.2,61\n", "yield").is(&["60, 0.1 -> 45", "80, 0.2 -> 61"]);
}

#[test]
fn hashes_that_are_data() {
    let read = read("#,temp,yield\n1,60,45\n2,80,61\n# aborted\n3,70,58\n", "yield");
    read.is(&["60 -> 45", "80 -> 61", "70 -> 58"]);
    assert!(read.told(NoticeCode::SkippedLines).contains("line 4"));
}

#[test]
fn a_mistake_among_many_numbers_is_asked() {
    let text = "temp,yield\n60,45\n8O,61\n70,58\n75,59\n90,66\n65,50\n";
    let asked = read(text, "yield");
    assert_eq!(asked.questions()[0], QuestionCode::ColumnKind);
    assert!(asked.results.questions[0].message.contains("“8O” in line 3"));
    let number = answered(text, "yield", &[(QuestionCode::ColumnKind, Some(0), "NUMBER")]);
    assert_eq!(number.refused(), [(3, "temp: “8O” is not a number".to_owned())]);
    assert_eq!(
        answered(text, "yield", &[(QuestionCode::ColumnKind, Some(0), "TEXT")]).rows()[1],
        "'8O' -> 61"
    );
}

#[test]
fn commas_for_everything_are_named() {
    let read = read("temp,conc,yield\n60,0,1,45\n80,0,2,61\n", "yield");
    assert_eq!(read.refused().len(), 2);
    assert!(read.told(NoticeCode::RaggedRows).contains("decimal comma"));
}

#[test]
fn what_is_no_table_is_refused_in_a_sentence() {
    let refused = |bytes: &[u8]| Table::read(bytes, &answers(&[])).unwrap_err();
    assert_eq!(refused(b""), Unreadable::Empty);
    assert_eq!(refused(b"\n\n  \n"), Unreadable::Empty);
    assert_eq!(refused(b"a,b\n1,\"2\n"), Unreadable::OpenQuote { line: 2 });
    assert!(refused(b"PK\x03\x04rest").to_string().contains("workbook"));
    assert!(matches!(refused(&vec![b'a'; asktell_table::MAX_BYTES + 1]), Unreadable::TooLarge(_)));
    assert!(matches!(
        refused("a,".repeat(2_000).as_bytes()),
        Unreadable::TooManyColumns { line: 1 }
    ));
}

#[test]
fn an_answer_decides_against_the_evidence() {
    let text = "a;b,c\n1;2,5\n2;3,5\n";
    let read = answered(text, "b,c", &[(QuestionCode::DecimalSign, None, "COMMA")]);
    assert_eq!(read.table.decimal, Some(DecimalSign::Comma));
    let comma = answered(text, "b,c", &[(QuestionCode::Delimiter, None, "COMMA")]);
    assert_eq!(comma.table.delimiter, Delimiter::Comma);
    let unknown = answered(text, "b,c", &[(QuestionCode::DecimalSign, None, "DOT")]);
    assert!(unknown.told(NoticeCode::UnknownAnswer).contains("“DOT” is no reading"));
}

#[test]
fn spellings_of_a_unit_are_one_and_open_columns_are_not_left_out() {
    let read = crate::read("temp,base,yield\n60,1 eq,45\n70,2 eq.,50\n80,1.5 equiv,60\n", "yield");
    read.is(&["60, 1 -> 45", "70, 2 -> 50", "80, 1.5 -> 60"]);
    let several = crate::read("temp,t,yield\n60,1 h,45\n70,20 min,50\n80,30 min,60\n", "yield");
    assert_eq!(several.questions()[0], QuestionCode::ColumnKind);
    let speed = crate::read("n;yield\n1.200;1\n1.300;2\n900;3\n", "yield");
    assert_eq!(
        (speed.questions(), speed.table.columns[0].missing),
        (vec![QuestionCode::DecimalSign], 0)
    );
    assert_eq!(speed.told(NoticeCode::MissingCells), "");
}

#[test]
fn blanks_between_columns_are_named() {
    let read = crate::read("temp yield\n60 45\n80 61\n", "yield");
    assert!(read.told(NoticeCode::Delimiter).contains("blanks do not separate columns"));
}
