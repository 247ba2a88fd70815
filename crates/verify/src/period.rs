//! Acts of a period that were recorded by a cut-off, and those that came too late for it.

use minutebook_governance::{Certainty, Date, PDate, Record};
use minutebook_log::{Malformed, Position};
use serde::Serialize;

/// A period of days, both included, and the last day on which its acts were to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The last day (UTC) on which an act of the period is recorded in time; without one, none is late.
    pub recorded_by: Option<Date>,
}

/// An act of the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatedAct {
    /// Its entry.
    pub position: Position,
    /// The name of its type.
    pub name: &'static str,
    /// What it is about.
    pub subject: String,
    /// The date of the act, as written.
    pub dated: String,
    /// When the ledger took it.
    pub recorded: String,
}

/// The acts of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PeriodActs {
    /// Dated in the period, recorded in time.
    pub in_time: Vec<DatedAct>,
    /// Dated in the period, recorded after the cut-off.
    pub late: Vec<DatedAct>,
    /// Dated so loosely that they may be of the period or not.
    pub unclear: Vec<DatedAct>,
}

impl Period {
    /// Reads `FROM..TO`, days as YYYY-MM-DD, both included.
    ///
    /// # Errors
    /// [`Malformed`], also for a period that ends before it begins.
    pub fn parse(text: &str, recorded_by: Option<Date>) -> Result<Self, Malformed> {
        let refuse = || Malformed::quoting("--period", text, "FROM..TO, such as 2019-04-01..2020-03-31");
        let (from, to) = text.split_once("..").ok_or_else(refuse)?;
        let (from, to): (Date, Date) = (from.parse()?, to.parse()?);
        if from > to {
            return Err(refuse());
        }
        Ok(Self { from, to, recorded_by })
    }

    /// Sorts the acts of a record by whether they are of the period. Acts that bear no date are of the day on
    /// which they were recorded.
    pub fn acts(&self, record: &Record) -> PeriodActs {
        let mut acts = PeriodActs::default();
        for position in (0..record.len()).map(Position) {
            let Some(recorded) = record.at(position) else { continue };
            let recorded_on = Date::of(recorded.recorded);
            let date = recorded.act.statement.act_date().unwrap_or_else(|| PDate::day(recorded_on));
            let list = match self.covers(&date) {
                Certainty::No => continue,
                Certainty::Unknown => &mut acts.unclear,
                Certainty::Yes if self.recorded_by.is_some_and(|day| recorded_on > day) => &mut acts.late,
                Certainty::Yes => &mut acts.in_time,
            };
            list.push(DatedAct {
                position,
                name: recorded.act.name,
                subject: recorded.act.subject.to_string(),
                dated: date.to_string(),
                recorded: recorded.recorded.to_string(),
            });
        }
        acts
    }

    fn covers(&self, date: &PDate) -> Certainty {
        match (date.is_by(self.to), date.is_by(self.from.day_before())) {
            (Certainty::No, _) | (_, Certainty::Yes) => Certainty::No,
            (Certainty::Yes, Certainty::No) => Certainty::Yes,
            _ => Certainty::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_both_its_days() {
        let period = Period::parse("2020-04-01..2020-04-30", None).unwrap();
        let day = |day: &str| PDate::day(day.parse().unwrap());
        for (date, covers) in [
            ("2020-03-31", Certainty::No),
            ("2020-04-01", Certainty::Yes),
            ("2020-04-30", Certainty::Yes),
            ("2020-05-01", Certainty::No),
        ] {
            assert_eq!(period.covers(&day(date)), covers, "{date}");
        }
        let spring = PDate::words("spring 2020", Some("2020-03-01".parse().unwrap()), None).unwrap();
        assert_eq!(period.covers(&spring), Certainty::Unknown);
    }

    #[test]
    fn what_is_no_period() {
        for text in ["2020-04-01", "2020-04-01..", "..2020-04-01", "2020-05-01..2020-04-01", "2020..2021"] {
            assert!(Period::parse(text, None).is_err(), "{text}");
        }
    }
}
