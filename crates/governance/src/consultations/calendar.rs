//! Working days in England. Bank holidays are data, year by year as proclaimed; of a year that is not listed
//! nothing but its weekends is known.

use crate::Date;

/// Bank holidays in England, 2013 to 2026 (Banking and Financial Dealings Act 1971; royal proclamations).
const BANK_HOLIDAYS: &str = "\
    2013-01-01 2013-03-29 2013-04-01 2013-05-06 2013-05-27 2013-08-26 2013-12-25 2013-12-26 \
    2014-01-01 2014-04-18 2014-04-21 2014-05-05 2014-05-26 2014-08-25 2014-12-25 2014-12-26 \
    2015-01-01 2015-04-03 2015-04-06 2015-05-04 2015-05-25 2015-08-31 2015-12-25 2015-12-28 \
    2016-01-01 2016-03-25 2016-03-28 2016-05-02 2016-05-30 2016-08-29 2016-12-26 2016-12-27 \
    2017-01-02 2017-04-14 2017-04-17 2017-05-01 2017-05-29 2017-08-28 2017-12-25 2017-12-26 \
    2018-01-01 2018-03-30 2018-04-02 2018-05-07 2018-05-28 2018-08-27 2018-12-25 2018-12-26 \
    2019-01-01 2019-04-19 2019-04-22 2019-05-06 2019-05-27 2019-08-26 2019-12-25 2019-12-26 \
    2020-01-01 2020-04-10 2020-04-13 2020-05-08 2020-05-25 2020-08-31 2020-12-25 2020-12-28 \
    2021-01-01 2021-04-02 2021-04-05 2021-05-03 2021-05-31 2021-08-30 2021-12-27 2021-12-28 \
    2022-01-03 2022-04-15 2022-04-18 2022-05-02 2022-06-02 2022-06-03 2022-08-29 2022-09-19 \
    2022-12-26 2022-12-27 \
    2023-01-02 2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 2023-08-28 2023-12-25 \
    2023-12-26 \
    2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26 \
    2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26 \
    2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28";

/// Whether people work on that day: it is no Saturday, Sunday or bank holiday.
pub(super) fn is_working_day(day: Date) -> bool {
    let written = day.to_string();
    !day.is_weekend() && !BANK_HOLIDAYS.split_whitespace().any(|holiday| holiday == written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bank_holiday_is_a_day_on_which_people_would_have_worked() {
        let days: Vec<Date> = BANK_HOLIDAYS.split_whitespace().map(|day| day.parse().unwrap()).collect();
        assert!(days.is_sorted() && days.iter().all(|day| !day.is_weekend()));
        assert_eq!(days.len(), 14 * 8 + 3, "three more: the jubilee, the funeral, the coronation");
    }

    #[test]
    fn a_monday_in_june_is_a_working_day() {
        assert!(is_working_day("2019-06-17".parse().unwrap()));
        assert!(!is_working_day("2019-06-16".parse().unwrap()));
        assert!(!is_working_day("2019-05-27".parse().unwrap()));
    }
}
