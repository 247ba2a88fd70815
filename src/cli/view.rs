//! From where a question looks, and what it asks about.

use super::exit::Usage;
use crate::proto;
use crate::proto::view::KnownAt;
use minutebook_governance::{Date, Instant, read_day};

/// The view of a question: a day in the world, how much of the book is known, which statements count.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "View")]
pub(crate) struct ViewArgs {
    /// The day in the world: YYYY-MM-DD. Else today; in a re-enactment, the day of its last entry.
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub(crate) as_at: Option<Date>,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
}

/// How much of the book is known, and which statements count.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "View")]
pub(crate) struct KnownArgs {
    /// How much of the book is known: up to a position (812), a moment (2019-06-30T12:00:00Z, to the end of that second) or
    /// the end of a day (2019-06-30, UTC). Else all of it.
    #[arg(long, value_name = "TIME|POSITION", value_parser = parse_known_at)]
    pub(super) known_at: Option<Known>,
    /// Counts what papers and the press report too, and marks it.
    #[arg(long)]
    pub(super) reported: bool,
}

/// A day as people write it: 2019-07-04, 04/07/2019, 4 July 2019.
///
/// # Errors
/// What is no day, and what would be right.
pub(super) fn parse_day(text: &str) -> Result<Date, Usage> {
    read_day(text).map_err(|needed| Usage(format!("needed {needed}")))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    Position(u64),
    Time(String),
}

pub(super) fn parse_known_at(text: &str) -> Result<Known, Usage> {
    if let Ok(position) = text.parse() {
        return Ok(Known::Position(position));
    }
    // As tables print it.
    let moment = text.trim().replacen(' ', "T", 1);
    if text.parse::<Date>().is_ok() || moment.parse::<Instant>().is_ok() {
        return Ok(Known::Time(moment));
    }
    if let Ok(day) = read_day(text) {
        return Ok(Known::Time(day.to_string()));
    }
    Err(Usage("a position (812), a moment (2019-06-30T12:00:00Z) or a day (2019-06-30)".to_owned()))
}

impl ViewArgs {
    /// As it travels.
    pub(crate) fn to_wire(&self) -> proto::View {
        let as_at = self.as_at.map(|day| day.to_string()).unwrap_or_default();
        proto::View { as_at, ..self.known.to_wire() }
    }
}

impl KnownArgs {
    /// As it travels, of no particular day.
    pub(crate) fn to_wire(&self) -> proto::View {
        let known_at = self.known_at.clone().map(|known| match known {
            Known::Position(position) => KnownAt::KnownAtPosition(position),
            Known::Time(time) => KnownAt::KnownAtTime(time),
        });
        let scope = if self.reported { proto::Scope::Reported } else { proto::Scope::Enacted };
        proto::View { as_at: String::new(), known_at, scope: scope.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_a_position_a_moment_or_a_day() {
        assert_eq!(parse_known_at("812").unwrap(), Known::Position(812));
        for time in ["2019-06-30", "2019-06-30T12:00:00Z", "2019-06-17T09:00:00+01:00"] {
            assert_eq!(parse_known_at(time).unwrap(), Known::Time(time.to_owned()));
        }
        let pasted = parse_known_at("2019-06-30 12:00:00Z").unwrap();
        assert_eq!(pasted, Known::Time("2019-06-30T12:00:00Z".to_owned()));
        assert_eq!(parse_known_at("30/06/2019").unwrap(), Known::Time("2019-06-30".to_owned()));
        for other in ["", "june", "2019-06", "2019-6-30", "-1", "2019-06-30 12:00"] {
            assert!(parse_known_at(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_day_is_read_as_people_write_it() {
        for text in ["2026-11-26", "26/11/2026", "26 November 2026"] {
            assert_eq!(parse_day(text).unwrap().to_string(), "2026-11-26", "{text}");
        }
        assert!(
            parse_day("2026-02-30").unwrap_err().0.contains("28"),
            "{}",
            parse_day("2026-02-30").unwrap_err().0
        );
        for other in ["November", "April 2019"] {
            assert!(parse_day(other).unwrap_err().0.contains("04/07/2019"), "{other}");
        }
    }
}
