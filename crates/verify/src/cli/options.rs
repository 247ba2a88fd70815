//! What the command line says. It is read here, and not by a crate: three commands and a dozen options are
//! less to review than what would parse them.

use crate::{Period, Questions};
use minutebook_log::Position;
use std::path::PathBuf;

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// Print the help.
    Help,
    /// Print the version.
    Version,
    /// Verify, and report.
    Verify(Options),
    /// Verify, and explain one entry.
    Explain(Position, Options),
}

/// What to verify, against what, and what to write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) log: PathBuf,
    pub(crate) vkeys: Vec<String>,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) from_checkpoint: Option<PathBuf>,
    pub(crate) html: Option<PathBuf>,
    pub(crate) working_papers: Option<PathBuf>,
    pub(crate) output: Output,
    /// Whether the rules are left out, and signatures checked together.
    pub(crate) is_quick: bool,
    pub(crate) questions: Questions,
}

/// In which form the report is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Output {
    #[default]
    Text,
    Json,
}

/// What was written wrongly, and what would have been right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}\nminutebook-verify --help says more")]
pub(crate) struct Misused(String);

impl Misused {
    pub(super) fn new(what: &str) -> Self {
        Self(what.to_owned())
    }
}

/// The options as they were given, before they are put together.
#[derive(Default)]
struct Given {
    words: Vec<String>,
    options: Vec<(String, String)>,
    json: bool,
    quick: bool,
}

const VALUED: [&str; 10] = [
    "--vkey",
    "--policy",
    "--from-checkpoint",
    "--html",
    "--working-papers",
    "--documents",
    "--period",
    "--recorded-by",
    "--seed",
    "--n",
];

/// The options that mean nothing where one entry is explained.
const OF_REPORTS: [&str; 6] =
    ["--working-papers", "--documents", "--period", "--recorded-by", "--seed", "--n"];

/// The options that mean nothing where nobody reads what entries say.
const OF_RULES: [&str; 3] = ["--documents", "--period", "--recorded-by"];

/// Reads the arguments, without the program's name.
///
/// # Errors
/// [`Misused`].
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command, Misused> {
    let mut given = Given::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
            _ => (argument, None),
        };
        match name.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--version" | "-V" => return Ok(Command::Version),
            "--json" if value.is_none() => given.json = true,
            "--quick" if value.is_none() => given.quick = true,
            option if VALUED.contains(&option) => {
                let value = value.or_else(|| arguments.next());
                let value = value.ok_or_else(|| Misused(format!("{name} needs a value")))?;
                if name != "--vkey" && given.options.iter().any(|(given, _value)| *given == name) {
                    return Err(Misused(format!("{name} stands there twice")));
                }
                given.options.push((name, value));
            }
            option if option.starts_with('-') => return Err(Misused(format!("there is no option {option}"))),
            _ => given.words.push(name),
        }
    }
    given.command()
}

impl Given {
    fn command(mut self) -> Result<Command, Misused> {
        let command = self.words.first().map(String::as_str);
        let command = match command {
            Some("explain") => {
                let position = self.words.get(1).and_then(|position| position.parse().ok());
                let position = position.ok_or_else(|| {
                    Misused("explain needs the position of an entry, such as explain 17".to_owned())
                })?;
                self.words.drain(..2);
                if self.quick {
                    return Err(Misused("explain replays the rules, which --quick leaves out".to_owned()));
                }
                let unused = OF_REPORTS.into_iter().find(|name| self.value(name).is_some());
                if let Some(name) = unused {
                    return Err(Misused(format!("{name} is for reports; explain takes --html and --json")));
                }
                Command::Explain(Position(position), self.put_together()?)
            }
            Some("sample") => {
                if self.value("--seed").is_none() {
                    return Err(Misused("sample needs --seed and --n".to_owned()));
                }
                self.words.remove(0);
                Command::Verify(self.put_together()?)
            }
            _ => Command::Verify(self.put_together()?),
        };
        Ok(command)
    }

    fn value(&self, name: &str) -> Option<&str> {
        let found = self.options.iter().find(|(given, _value)| given == name);
        found.map(|(_name, value)| value.as_str())
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.value(name).map(PathBuf::from)
    }

    fn put_together(&self) -> Result<Options, Misused> {
        if let Some(name) = OF_RULES.into_iter().find(|name| self.quick && self.value(name).is_some()) {
            return Err(Misused(format!("{name} asks what entries say, which --quick does not read")));
        }
        let needed = "one folder, or one tar, with a published log";
        let [log] = self.words.as_slice() else {
            return Err(Misused(format!("{} given; {needed} is needed", self.words.len())));
        };
        let vkeys: Vec<String> = self
            .options
            .iter()
            .filter(|(name, _value)| name == "--vkey")
            .map(|(_name, value)| value.clone())
            .collect();
        if vkeys.is_empty() {
            let what = "--vkey is needed: the log's verifier key, or a file with it, from another source than the folder";
            return Err(Misused(what.to_owned()));
        }
        Ok(Options {
            log: log.into(),
            vkeys,
            policy: self.path("--policy"),
            from_checkpoint: self.path("--from-checkpoint"),
            html: self.path("--html"),
            working_papers: self.path("--working-papers"),
            output: if self.json { Output::Json } else { Output::Text },
            is_quick: self.quick,
            questions: Questions {
                period: self.period()?,
                sample: self.sample()?,
                documents: self.path("--documents"),
            },
        })
    }

    fn period(&self) -> Result<Option<Period>, Misused> {
        let recorded_by = self.value("--recorded-by").map(str::parse).transpose();
        let recorded_by = recorded_by
            .map_err(|error: minutebook_log::Malformed| Misused(format!("--recorded-by: {error}")))?;
        match self.value("--period") {
            Some(period) => match Period::parse(period, recorded_by) {
                Ok(period) => Ok(Some(period)),
                Err(malformed) => Err(Misused(malformed.to_string())),
            },
            None if recorded_by.is_some() => Err(Misused("--recorded-by needs --period".to_owned())),
            None => Ok(None),
        }
    }

    fn sample(&self) -> Result<Option<(String, usize)>, Misused> {
        match (self.value("--seed"), self.value("--n")) {
            (None, None) => Ok(None),
            (Some(seed), Some(count)) => {
                let count = count.parse().ok().filter(|count| *count > 0);
                let count = count.ok_or_else(|| Misused("--n needs a number from 1".to_owned()))?;
                Ok(Some((seed.to_owned(), count)))
            }
            _ => Err(Misused("a sample needs both --seed and --n".to_owned())),
        }
    }
}

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Verifies a published minute book from its files alone: form, chain, tree and checkpoint, signatures, witnesses,
what authors had seen, and every rule replayed. Says what was admitted under which rules.

Usage:
  minutebook-verify LOG --vkey VKEY [options]
  minutebook-verify explain POSITION LOG --vkey VKEY [options]
  minutebook-verify sample LOG --seed SEED --n N --vkey VKEY [options]

LOG is a published folder, or a tar of one.

What to trust (bring it from elsewhere than LOG):
  --vkey VKEY|FILE          the log's verifier key, or a file with it or with all that there were; may stand there
                            several times, where the log's key was passed on
  --policy FILE             witnesses that you know, and how many must have signed
  --from-checkpoint FILE    a checkpoint that you verified before: this log must extend it, and signatures
                            before it are not verified again

How deep to go:
  --quick                   leave the rules out, and check signatures many as one: at least twice as quick, and
                            no verdict on the book; authentic as far as that tells is exit code 6

What to ask beside:
  --period FROM..TO         the acts dated from one day to another, both included
  --recorded-by DAY         with --period: those recorded after that day are listed as late
  --seed SEED --n N         draw N entries; the same seed draws the same
  --documents FOLDER        look there for the documents that entries rest on, by their SHA-256

What to write:
  --json                    print the report as JSON
  --html FILE               also write it as a page that prints on A4
  --working-papers FOLDER   write a new folder with the report in all forms, the checkpoint, what was
                            trusted, the command line and the hash of this program

Exit codes: 0 verified; 1 anything unexpected; 2 wrong usage; 4 verification failed; 6 authentic, and
the rules were not all replayed: it does not know them, or --quick was asked for.
";

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Command, Misused> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn commands_are_read() {
        let Ok(Command::Verify(options)) = words("log --vkey=a+b+c --json --seed x --n 3") else { panic!() };
        assert_eq!((options.log, options.vkeys), (PathBuf::from("log"), vec!["a+b+c".to_owned()]));
        assert_eq!(options.questions.sample, Some(("x".to_owned(), 3)));
        assert!(!options.is_quick);
        let Ok(Command::Verify(options)) = words("log --vkey old --vkey new --quick") else { panic!() };
        assert!(options.is_quick);
        assert_eq!(options.vkeys, ["old", "new"]);
        assert!(matches!(words("explain 17 log --vkey k"), Ok(Command::Explain(Position(17), _))));
        assert!(matches!(words("sample log --vkey k --seed s --n 1"), Ok(Command::Verify(_))));
        assert_eq!(words("--help"), Ok(Command::Help));
    }

    #[test]
    fn what_is_no_command_says_what_would_be() {
        for line in [
            "",
            "log",
            "--vkey k",
            "one two --vkey k",
            "log --vkey",
            "log --vkey k --policy p --policy p",
            "log --vkey k --what",
            "log --vkey k --json=1",
            "log --vkey k --seed s",
            "log --vkey k --seed s --n 0",
            "log --vkey k --recorded-by 2020-01-01",
            "log --vkey k --period 2020",
            "explain log --vkey k",
            "explain 1 log --vkey k --working-papers p",
            "sample log --vkey k",
            "log --vkey k --quick=1",
            "log --vkey k --quick --period 2020-01-01..2020-02-01",
            "explain 1 log --vkey k --quick",
        ] {
            assert!(words(line).is_err(), "{line}");
        }
    }
}
