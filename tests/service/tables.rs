//! Tables as people have them: from spreadsheets, from other registers, with slips. What is meant for certain is taken;
//! what is not is refused once for each cause, with the row, the column, what stood there and what is wanted.

use minutebook::import::Load;
use serde_json::{Value, json};
use std::fs;

const HEADER: &str = "code,kind,name,from,unit\n";
const DARLINGTON: &str = "00C,ccg,NHS Darlington CCG,2013-04-01,00C\n";

/// What a load makes of a file: the facts of its rows; or what is wrong, as `line: found; needed`.
fn read(bytes: impl AsRef<[u8]>) -> Result<Vec<Value>, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, bytes).unwrap();
    let load = match Load::open(std::slice::from_ref(&path)) {
        Ok(load) => load,
        Err(error) => return Err(vec![format!("file: {error}")]),
    };
    let (mut facts, mut wrong) = (Vec::new(), Vec::new());
    for row in load.rows() {
        match row {
            Ok((_place, row)) => facts.push(row.facts),
            Err(fault) => wrong.extend(
                fault.problems.iter().map(|it| format!("{}: {}; {}", fault.place.line, it.found, it.needed)),
            ),
        }
    }
    if wrong.is_empty() { Ok(facts) } else { Err(wrong) }
}

fn darlington() -> Value {
    json!({"kind": "ccg", "short_name": "NHS Darlington CCG", "from": "2013-04-01", "units": ["00C"],
        "codes": [{"scheme": "ods", "value": "00C", "role": "RO98", "from": "2013-04-01"}]})
}

#[test]
fn what_is_meant_for_certain_is_taken() {
    let plain = format!("{HEADER}{DARLINGTON}");
    for (what, table) in [
        ("plain", plain.clone()),
        ("a byte order mark", format!("\u{feff}{plain}")),
        ("CR LF", plain.replace('\n', "\r\n")),
        ("CR alone", plain.replace('\n', "\r")),
        ("empty lines at the end", format!("{plain}\n\n\n")),
        ("lines of commas at the end", format!("{plain},,,,\n,,,,\n")),
        ("all in quotation marks", "\"code\",\"kind\",\"name\",\"from\",\"unit\"\n\"00C\",\"ccg\",\"NHS Darlington CCG\",\"2013-04-01\",\"00C\"\n".to_owned()),
        ("blanks around cells", format!("{HEADER}00C ,ccg, NHS Darlington CCG ,2013-04-01 ,00C\n")),
        ("a word processor's quotation marks", plain.replace("NHS Darlington CCG", "\u{201c}NHS Darlington CCG\u{201d}")),
        ("blanks in the header", plain.replace("code,kind,name,from,unit", "code, kind, name, from, unit")),
        ("capitals in the header", plain.replace("code,kind,name,from,unit", "Code,Kind,Name,From,Unit")),
        ("the kind in capitals", plain.replace("ccg", "CCG")),
    ] {
        assert_eq!(read(table), Ok(vec![darlington()]), "{what}");
    }
    let twice = read(format!("{HEADER}{DARLINGTON}{DARLINGTON}"));
    assert_eq!(twice, Ok(vec![darlington(), darlington()]), "the book tells the second from none");
    // Two rows with CR alone between them are two rows.
    let two = format!("{HEADER}{DARLINGTON}00D,ccg,NHS D CCG,2013-04-01,00D\n").replace('\n', "\r");
    assert_eq!(read(two).unwrap().len(), 2);
}

/// Asks that a table of bodies with this row is refused once, in line 2, for this.
fn refused(row: &str, found: &str, needed: &str) {
    let wrong = read(format!("{HEADER}{row}\n")).unwrap_err();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].starts_with(&format!("2: {found}")) && wrong[0].contains(needed), "{row:?}: {wrong:?}");
}

#[test]
fn what_is_not_is_refused_with_column_and_what_was_probably_meant() {
    let day = |from: &str| format!("00C,ccg,NHS Darlington CCG,{from},00C");
    refused(&day("2013-02-30"), "from: \"2013-02-30\"", "a day that the calendar has");
    for from in ["01/04/2013", "1-Apr-13", "2013-04-01T00:00:00", "20130401"] {
        refused(&day(from), &format!("from: \"{from}\""), "2013-04-01, if that is meant");
    }
    refused(&day(""), "from: an empty cell", "a day as YYYY-MM-DD");
    refused(
        "00C,CCG (demised),NHS Darlington CCG,2013-04-01,00C",
        "kind: \"CCG (demised)\"",
        "one of ccg, icb",
    );
    refused("00C,ccg,,2013-04-01,00C", "name: an empty cell", "a name");
    refused("00C,ccg,NHS Darlington CCG", "3 cells", "5, as there are columns");
    refused("00C,ccg,NHS Darlington CCG,2013-04-01,00C,x,y", "7 cells", "5, as there are columns");
    refused(
        "00C,ccg,NHS Dar\0lington CCG,2013-04-01,00C",
        "name: the character U+0000",
        "the cell without it",
    );
    refused("0.00E+00,ccg,NHS Darlington CCG,2013-04-01,", "code: \"0.00E+00\"", "a spreadsheet has turned");
    refused(
        "00C,ccg,\"NHS Darlington\nCCG\",2013-04-01,00C",
        "name: a line break inside the cell",
        "in one line",
    );
    refused(
        "00C,ccg,\"NHS Darlington CCG,2013-04-01,00C\n00D,ccg,NHS D CCG,2013-04-01,00D",
        "3 cells, one of which goes on over lines",
        "is a quotation mark left open?",
    );
    let wrong =
        read(b"code,kind,name,from,unit\n00C,ccg,NHS Darlington \x96 Tees CCG,2013-04-01,00C\n").unwrap_err();
    assert!(wrong[0].contains("0x96") && wrong[0].contains("Windows-1252"), "{wrong:?}");

    let kinds = read("predecessor,successor,effective,kind\n00D,00E,2020-04-01,merge\n00D,00E,2020-04-01,\n");
    let wrong = kinds.unwrap_err();
    assert!(
        wrong[0].starts_with("2: kind: \"merge\"") && wrong[0].ends_with("(perhaps merger)"),
        "{wrong:?}"
    );
    assert!(wrong[1].starts_with("3: kind: an empty cell; one of merger, split"), "{wrong:?}");
}

#[test]
fn a_header_is_refused_once_however_many_rows_there_are() {
    let header = |header: &str, needed: &str| {
        let table = format!("{header}\n{}", "00C,ccg,NHS Darlington CCG,2013-04-01,00C,hello\n".repeat(3));
        let wrong = read(table).unwrap_err();
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains(needed), "{wrong:?}");
    };
    header("code,kind,name,from,unit,notes", "1: the column notes; no others than code, kind, name, from");
    header("code,kind,name,from,unit,unit", "1: the column unit twice");
    header("code,kind,name", "for a table of bodies also from");
    header("code;kind;name;from;unit", "columns apart by semicolons");
    header("predecessor;successor;effective;kind", "columns apart by semicolons");
    header("code\tkind\tname\tfrom\tunit", "columns apart by tabs");
    header("CCG21CD,CCG21CDH,CCG21NM", "the layout of ONS names and codes of CCGs");
}

#[test]
fn a_file_without_rows_is_refused() {
    for table in ["", "code,kind,name,from,unit\n", "code,kind,name,from,unit", "\n\n", "type,subject\n"] {
        let wrong = read(table).unwrap_err();
        assert!(wrong.len() == 1 && wrong[0].contains("no row"), "{table:?}: {wrong:?}");
    }
}

#[test]
fn units_ends_and_intervals_are_read() {
    let followed =
        read("predecessor,successor,effective,kind,units\nQM7,S1Y5D,2026-04-01,split,06K 06N\n").unwrap();
    assert_eq!(followed[0]["reason"], "order");
    assert_eq!(followed[1]["units"], json!(["06K", "06N"]));
    // What passes on a part of itself does not end by it.
    let part = read("predecessor,successor,effective,kind,units\nQM7,QRL,2026-04-01,absorption,06K/north\n")
        .unwrap();
    assert_eq!((part.len(), &part[0]["kind"]), (1, &json!("absorption")));
    let ended =
        read("code,kind,name,from,until\n00C,ccg,NHS D CCG,2013-04-01,2020-04-01/2020-04-30\n").unwrap();
    assert_eq!((ended.len(), &ended[0]["until"]), (2, &Value::Null));
    assert_eq!(
        (&ended[1]["until"]["earliest"], &ended[1]["until"]["latest"]),
        (&json!("2020-04-01"), &json!("2020-04-30"))
    );
    let moved = read("code,name,icb,from,until\nD4U1Y,NHS Frimley ICB - D4U1Y,QNQ,,2026-04-01\n").unwrap();
    assert_eq!((moved.len(), &moved[0]["until"], &moved[0]["from"]), (1, &json!("2026-04-01"), &Value::Null));
    let neither = read("code,name,icb,from,until\nD4U1Y,NHS Frimley ICB - D4U1Y,QNQ,,\n").unwrap_err();
    assert!(neither[0].contains("a first day (from), or the first day no more (until)"), "{neither:?}");
}
