//! By when an application is to be made: dated policy, as data. What an edition of the procedures does not say,
//! or what no edition found says, is not judged.

use super::events::ApplicationKind;
use crate::{Certainty, Date, PDate};

/// What an edition of NHS England's procedures says of applications that are made while it holds.
struct Edition {
    /// Its first day.
    from: &'static str,
    /// The first day of the next edition, or without one.
    until: &'static str,
    /// The last day of the year, month and day, for a merger on the next 1 April.
    merger: &'static str,
    /// The days of each year on which variations are considered.
    variation: &'static [&'static str],
}

/// The editions whose days are known. Those of October 2015 and November 2016 name none that was found; the first was
/// published by 6 June 2013, the last updated in August 2020, and all ended with CCGs.
static EDITIONS: [Edition; 3] = [
    Edition { from: "2013-06-06", until: "2015-10-01", merger: "06-01", variation: &["06-01", "11-01"] },
    Edition { from: "2019-04-15", until: "2020-08-03", merger: "09-30", variation: &[] },
    Edition { from: "2020-08-03", until: "2022-07-01", merger: "09-30", variation: &[] },
];

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// The edition that held on whatever day the application was made.
fn edition(submitted: &PDate) -> Option<&'static Edition> {
    EDITIONS.iter().find(|edition| {
        let begun = day(edition.from).map(|from| submitted.is_by(from.day_before()).negated());
        let over =
            day(edition.until).map_or(Certainty::No, |until| submitted.is_by(until.day_before()).negated());
        begun == Some(Certainty::Yes) && over == Certainty::No
    })
}

/// The last day for an application to merge on 1 April; of other days no edition speaks.
pub(super) fn last_day(kind: ApplicationKind, submitted: &PDate, effective: &PDate) -> Option<Date> {
    let (year, month, day_of_month) = effective.exact()?.parts();
    if kind != ApplicationKind::Merger || (month, day_of_month) != (4, 1) {
        return None;
    }
    day(&format!("{}-{}", year - 1, edition(submitted)?.merger))
}

/// The day on which an application to vary is first considered.
pub(super) fn earliest_effect(kind: ApplicationKind, submitted: &PDate) -> Option<Date> {
    let edition = edition(submitted).filter(|_edition| kind == ApplicationKind::Variation)?;
    let submitted = submitted.exact()?;
    let (year, _month, _day) = submitted.parts();
    let days = [year, year + 1].into_iter().flat_map(|year| {
        edition.variation.iter().filter_map(move |of_year| day(&format!("{year}-{of_year}")))
    });
    days.into_iter().find(|considered| *considered >= submitted)
}
