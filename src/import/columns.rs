//! The columns of a register's tables: which table has which, what is wrong with a header, and the layouts of well-known
//! publishers, which are told by name.

use super::row::Problem;

/// A table that a register has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// The bodies that there ever were.
    Bodies,
    /// Who followed whom.
    Successions,
    /// Bodies that took another name under the same code.
    Renames,
    /// Bodies that stayed, with another area.
    Areas,
    /// Codes that live on as places.
    Locations,
}

/// A table with the columns that tell it from the others, and those that it may have beside.
struct Layout {
    table: Table,
    name: &'static str,
    telling: &'static [&'static str],
    others: &'static [&'static str],
}

/// Each table, the most telling first.
const LAYOUTS: [Layout; 5] = [
    Layout {
        table: Table::Successions,
        name: "successions",
        telling: &["predecessor", "successor", "effective", "kind"],
        others: &["units", "source", "inferred"],
    },
    Layout {
        table: Table::Renames,
        name: "renames",
        telling: &["code", "was", "now", "effective"],
        others: &["source"],
    },
    Layout {
        table: Table::Locations,
        name: "locations",
        telling: &["code", "name", "icb", "from"],
        others: &["until", "source"],
    },
    Layout {
        table: Table::Bodies,
        name: "bodies",
        telling: &["code", "kind", "name", "from"],
        others: &["until", "registered", "unit", "ons", "source"],
    },
    Layout {
        table: Table::Areas,
        name: "areas",
        telling: &["code", "effective", "basis"],
        others: &["written", "earliest", "latest", "unit", "to", "ons", "source"],
    },
];

/// A table that somebody publishes in columns of their own.
struct Published {
    name: &'static str,
    begins: &'static [&'static str],
}

const PUBLISHED: [Published; 6] = [
    Published { name: "the ODS data search export", begins: &["organisation code", "name"] },
    Published { name: "the ODS organisation reference data search", begins: &["orgid", "name"] },
    Published { name: "ODS succession data (succ)", begins: &["organisation code", "succession"] },
    Published { name: "ONS names and codes of CCGs", begins: &["ccg"] },
    Published { name: "ONS names and codes of sub-ICB locations", begins: &["sicbl"] },
    Published { name: "ONS names and codes of ICBs", begins: &["icb"] },
];

/// The columns as names: without blanks around them, in small letters.
pub(super) fn names(columns: &[String]) -> Vec<String> {
    columns.iter().map(|column| column.trim().to_ascii_lowercase()).collect()
}

impl Table {
    /// The table that has these columns, as `names` gives them.
    ///
    /// # Errors
    /// What is wrong with them, in one sentence: the separator, a column that is missing, another's layout.
    pub fn of_columns(columns: &[String]) -> Result<Table, Problem> {
        if let Some(problem) = separator(columns).or_else(|| published(columns)) {
            return Err(problem);
        }
        let has = |needed: &&&str| columns.iter().any(|column| column == **needed);
        let layout = LAYOUTS.iter().find(|layout| layout.telling.iter().all(|needed| has(&needed)));
        layout.map(|layout| layout.table).ok_or_else(|| {
            let nearest = LAYOUTS.iter().max_by_key(|layout| {
                let had = layout.telling.iter().filter(has).count();
                (had, std::cmp::Reverse(layout.telling.len()))
            });
            let missing = nearest.filter(|layout| layout.telling.iter().any(|needed| has(&needed))).map(|layout| {
                let missing: Vec<_> = layout.telling.iter().filter(|needed| !has(needed)).copied().collect();
                format!("for a table of {} also {}", layout.name, missing.join(", "))
            });
            let needed = "JSON Lines, or CSV with the columns type and subject, or with those of bodies, successions, \
                renames, areas or locations (docs/import.md)";
            let needed = missing.unwrap_or_else(|| needed.to_owned());
            Problem::of_form(format!("the columns {}", columns.join(", ")), needed)
        })
    }

    /// What is wrong with the columns of this table: one that it does not have, or has twice.
    pub(super) fn judge_columns(self, columns: &[String]) -> Result<(), Problem> {
        let layout = LAYOUTS.iter().find(|layout| layout.table == self);
        let known: Vec<_> =
            layout.into_iter().flat_map(|it| it.telling.iter().chain(it.others)).copied().collect();
        let twice =
            columns.iter().enumerate().find(|(at, column)| columns.iter().take(*at).any(|it| it == *column));
        if let Some((_at, column)) = twice {
            return Err(Problem::of_form(format!("the column {column} twice"), "each column once"));
        }
        let unknown: Vec<_> =
            columns.iter().filter(|column| !known.contains(&column.as_str())).cloned().collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let found = format!("the column {}", unknown.join(", "));
        Err(Problem::of_form(found, format!("no others than {}", known.join(", "))))
    }
}

/// Columns that are apart by something else than commas.
fn separator(columns: &[String]) -> Option<Problem> {
    let [only] = columns else { return None };
    let (found, named) = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")]
        .into_iter()
        .find_map(|(mark, name)| only.contains(mark).then(|| (format!("columns apart by {name}"), name)))?;
    Some(Problem::of_form(found, format!("commas between the columns, in place of {named}")))
}

/// The layout of a well-known publisher, whose columns have to be named anew.
fn published(columns: &[String]) -> Option<Problem> {
    let known = PUBLISHED.iter().find(|known| {
        let mut pairs = known.begins.iter().zip(columns);
        columns.len() >= known.begins.len() && pairs.all(|(begins, column)| is_column(begins, column))
    });
    let has_header =
        || LAYOUTS.iter().flat_map(|it| it.telling).any(|name| columns.iter().any(|column| column == name));
    let name = match known {
        Some(known) => known.name,
        // ODS publishes its files without a header: code, name, two geographies, address, dates as YYYYMMDD.
        None if columns.len() >= 12 && !has_header() && columns.iter().any(|it| is_compact_day(it)) => {
            "an ODS file without a header (eccg, epraccur)"
        }
        None => return None,
    };
    let needed = "its columns named as a table of this program (docs/import.md): code, kind, name, from";
    Some(Problem::of_form(format!("the layout of {name}"), needed))
}

/// Whether a column is named so; ONS adds the year and what it is: `CCG21CD`, `ICB23NM`.
fn is_column(begins: &str, column: &str) -> bool {
    let rest = column.strip_prefix(begins);
    let is_ons = |rest: &str| {
        let (year, what) = rest.split_at_checked(2).unwrap_or_default();
        year.bytes().all(|b| b.is_ascii_digit()) && ["cd", "cdh", "nm"].contains(&what)
    };
    rest.is_some_and(|rest| rest.is_empty() || is_ons(rest))
}

fn is_compact_day(cell: &str) -> bool {
    cell.len() == 8
        && cell.bytes().all(|b| b.is_ascii_digit())
        && (cell.starts_with("19") || cell.starts_with("20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Result<Table, String> {
        let columns: Vec<_> = header.split(',').map(str::to_owned).collect();
        let columns = names(&columns);
        Table::of_columns(&columns)
            .and_then(|table| table.judge_columns(&columns).map(|()| table))
            .map_err(|problem| format!("{}: {}", problem.found, problem.needed))
    }

    #[test]
    fn a_header_is_read_whatever_its_capitals_and_blanks() {
        assert_eq!(of("Code, Kind,NAME,from,unit"), Ok(Table::Bodies));
        assert_eq!(of("predecessor,successor,effective,kind,units"), Ok(Table::Successions));
    }

    #[test]
    fn what_is_wrong_with_a_header_is_said_once() {
        let wrong = |header: &str| of(header).unwrap_err();
        assert!(wrong("code,kind,name").contains("for a table of bodies also from"));
        assert!(wrong("code,kind,name,from,notes").starts_with("the column notes"));
        assert!(wrong("code,kind,name,from,unit,unit").starts_with("the column unit twice"));
        assert!(wrong("code;kind;name;from").starts_with("columns apart by semicolons"));
        assert!(wrong("code\tkind\tname\tfrom").starts_with("columns apart by tabs"));
        assert!(wrong("apples,pears").contains("JSON Lines"));
    }

    #[test]
    fn a_publishers_layout_is_told_by_name() {
        let wrong = |header: &str| of(header).unwrap_err();
        assert!(wrong("CCG21CD,CCG21CDH,CCG21NM").starts_with("the layout of ONS names and codes of CCGs"));
        assert!(wrong("ICB23CD,ICB23NM").starts_with("the layout of ONS names and codes of ICBs"));
        assert!(
            wrong("Organisation Code,Name,National Grouping")
                .starts_with("the layout of the ODS data search")
        );
        let eccg =
            "00C,NHS DARLINGTON CCG,Y54,Q74,DR PIPER HOUSE,KING STREET,,,,DL3 6JL,20130401,20200331,C,,,,,";
        assert!(wrong(eccg).starts_with("the layout of an ODS file without a header"));
    }
}
