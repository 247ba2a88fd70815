//! The files of a load: what each is, and all their rows in the order in which they are to be loaded.

use super::cells::Schemas;
use super::columns::names;
use super::events;
use super::lines::{BYTE_ORDER_MARK, Lines};
use super::register::{RegisterTables, Table};
use super::row::{Problem, Row, RowFault, RowPlace, no_rows};
use super::tables::Rows;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// What can't be loaded at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file can't be read.
    #[error("reading {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is none that is known.
    #[error("{}: {found}; needed: {needed}", path.display())]
    Unknown {
        /// Which.
        path: PathBuf,
        /// What it begins with.
        found: String,
        /// What there is.
        needed: String,
    },
}

/// What a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An event a line, as JSON.
    Lines,
    /// An event a row.
    Events,
    /// A register's own table.
    Register(Table),
}

/// A file that is to be loaded.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// The SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    kind: Kind,
}

/// Files that are loaded together.
#[derive(Debug, Clone)]
pub struct Load {
    files: Vec<File>,
}

impl Load {
    /// Looks at each file, without keeping it: what it is, and its digest.
    ///
    /// # Errors
    /// [`ImportError`].
    pub fn open(paths: &[PathBuf]) -> Result<Self, ImportError> {
        let files = paths.iter().map(|path| File::open(path)).collect::<Result<_, _>>()?;
        Ok(Self { files })
    }

    /// The files, as they were named.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Every row, or what is wrong with it: first what registers list, in the order in which they came to know it, then
    /// events in the order of their files. Registers' tables are read whole; events one at a time.
    pub fn rows(&self) -> impl Iterator<Item = Result<(RowPlace, Row), RowFault>> + '_ {
        let events = self.files.iter().filter(|file| !matches!(file.kind, Kind::Register(_)));
        self.listed().into_iter().chain(events.flat_map(File::events))
    }

    fn listed(&self) -> Vec<Result<(RowPlace, Row), RowFault>> {
        let mut tables: Vec<_> = self.files.iter().filter_map(|file| Some((file.table()?, file))).collect();
        tables.sort_by_key(|(table, _file)| *table);
        let (mut register, mut listed) = (RegisterTables::default(), Vec::new());
        for (table, file) in tables {
            let rows = file.reader().map_err(|error| error.to_string());
            let rows = rows.map_err(|found| Problem::of_form(found, "a file that can be read"));
            match rows.and_then(|reader| register.read(table, reader)) {
                Ok(rows) => listed.extend(rows.into_iter().flat_map(|(line, rows)| file.placed(line, rows))),
                Err(problem) => listed.extend(file.placed(1, Err(problem))),
            }
        }
        listed.sort_by_key(|row| row.as_ref().ok().and_then(|(_place, row)| row.time));
        listed
    }
}

impl File {
    fn open(path: &Path) -> Result<Self, ImportError> {
        let unreadable = |source| ImportError::Unreadable { path: path.to_owned(), source };
        let sha256 = digest(path).map_err(unreadable)?;
        let file = Self { path: path.to_owned(), sha256, kind: Kind::Lines };
        let mut reader = file.reader()?;
        let start = reader.fill_buf().map_err(unreadable)?;
        let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
        let kind = match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None | Some(b'{') => Kind::Lines,
            Some(_) => file.kind_of_table()?,
        };
        Ok(Self { kind, ..file })
    }

    fn kind_of_table(&self) -> Result<Kind, ImportError> {
        let unknown = |found, needed: &str| ImportError::Unknown {
            path: self.path.clone(),
            found,
            needed: needed.to_owned(),
        };
        let (columns, _rows) =
            Rows::new(self.reader()?).map_err(|problem| unknown(problem.found, &problem.needed))?;
        if events::are_columns(&columns) {
            return Ok(Kind::Events);
        }
        Table::of_columns(&names(&columns))
            .map(Kind::Register)
            .map_err(|problem| unknown(problem.found, &problem.needed))
    }

    /// The file's name, without its folders.
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    fn table(&self) -> Option<Table> {
        match self.kind {
            Kind::Register(table) => Some(table),
            Kind::Lines | Kind::Events => None,
        }
    }

    fn reader(&self) -> Result<BufReader<fs::File>, ImportError> {
        let file = fs::File::open(&self.path);
        file.map(BufReader::new).map_err(|source| ImportError::Unreadable { path: self.path.clone(), source })
    }

    fn placed(&self, line: u64, rows: Result<Vec<Row>, Problem>) -> Vec<Result<(RowPlace, Row), RowFault>> {
        let place = RowPlace { file: self.path.display().to_string(), line };
        match rows {
            Ok(rows) => rows.into_iter().map(|row| Ok((place.clone(), row))).collect(),
            Err(problem) => vec![Err(RowFault { place, problems: vec![problem] })],
        }
    }

    fn events(&self) -> Box<dyn Iterator<Item = Result<(RowPlace, Row), RowFault>> + '_> {
        let opened =
            self.reader().map_err(|error| Problem::of_form(error.to_string(), "a file that can be read"));
        let rows = opened.and_then(|reader| self.rows(reader));
        match rows {
            Ok(rows) => {
                let mut rows = rows.peekable();
                if rows.peek().is_none() {
                    return Box::new(self.placed(1, Err(no_rows())).into_iter());
                }
                Box::new(rows.flat_map(|(line, row)| self.placed(line, row.map(|row| vec![row]))))
            }
            Err(problem) => Box::new(self.placed(1, Err(problem)).into_iter()),
        }
    }

    fn rows(&self, reader: BufReader<fs::File>) -> Result<NumberedRows, Problem> {
        if self.kind == Kind::Lines {
            let lines = Lines::new(reader);
            return Ok(Box::new(
                lines.map(|(line, text)| (line, text.and_then(|text| events::of_json(&text)))),
            ));
        }
        let (columns, rows) = Rows::new(reader)?;
        let mut schemas = Schemas::default();
        let read = move |(line, cells): (u64, Result<csv::StringRecord, Problem>)| {
            (line, cells.and_then(|cells| events::of_cells(&columns, &cells, &mut schemas)))
        };
        Ok(Box::new(rows.map(read)))
    }
}

/// Rows with the lines that they begin on.
type NumberedRows = Box<dyn Iterator<Item = (u64, Result<Row, Problem>)>>;

/// The SHA-256 of a file, read piece by piece.
fn digest(path: &Path) -> io::Result<String> {
    let (mut file, mut digest, mut piece) = (fs::File::open(path)?, Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(data_encoding::HEXLOWER.encode(&digest.finalize())),
            read => digest.update(piece.get(..read).unwrap_or_default()),
        }
    }
}
