use crate::Malformed;
use std::fmt;

/// A moment in UTC, in whole microseconds, between the years 1970 and 9998.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// 9998-12-31T23:59:59.999999Z: the last whole year that the calendar library can write.
const LAST_MICROS: i64 = 253_370_764_799_999_999;

impl Timestamp {
    /// 1970-01-01T00:00:00.000000Z, the first moment that there is.
    pub const EPOCH: Timestamp = Timestamp(0);

    /// The moment `micros` microseconds after 1970-01-01T00:00:00Z, or nothing outside the range.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (0..=LAST_MICROS).contains(&micros).then_some(Self(micros))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The form of a `recorded` line: exactly six decimals and `Z`, so that string order is time order.
    pub fn parse_recorded(text: &str) -> Result<Self, Malformed> {
        let needed = "a moment such as 2019-07-04T13:05:02.118243Z: six decimals, Z, no leap second";
        parse_utc(text)
            .filter(|moment| moment.to_string() == text)
            .ok_or_else(|| Malformed::quoting("recorded", text, needed))
    }

    /// The form of an event's `time`: RFC 3339 in UTC with `Z`, and none to six decimals.
    pub fn parse_event_time(text: &str) -> Result<Self, Malformed> {
        let needed = "a moment in UTC such as 2019-07-04T13:05:00Z, with at most six decimals";
        let padded = match text.strip_suffix('Z').and_then(|moment| moment.split_once('.')) {
            Some((seconds, decimals)) if (1..=6).contains(&decimals.len()) => {
                format!("{seconds}.{decimals:0<6}Z")
            }
            Some(_) => return Err(Malformed::quoting("/time", text, needed)),
            None => text.replace('Z', ".000000Z"),
        };
        Self::parse_recorded(&padded).map_err(|_malformed| Malformed::quoting("/time", text, needed))
    }
}

fn parse_utc(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Timestamp::from_micros(moment.as_microsecond())
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_microsecond(self.0).map_err(|_out_of_range| fmt::Error)?;
        write!(f, "{moment:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_way_to_write_a_recorded_moment() {
        let moment = Timestamp::parse_recorded("2019-07-04T13:05:02.118243Z").unwrap();
        assert_eq!(moment.to_string(), "2019-07-04T13:05:02.118243Z");
        for refused in [
            "2019-07-04T13:05:02Z",
            "2019-07-04T13:05:02.118Z",
            "2019-07-04T13:05:02.1182430Z",
            "2019-07-04T13:05:02.118243+00:00",
            "2019-07-04t13:05:02.118243z",
            "2019-07-04 13:05:02.118243Z",
            "2019-06-30T23:59:60.000000Z",
            "2019-02-30T13:05:02.118243Z",
            "1969-12-31T23:59:59.999999Z",
            "12019-07-04T13:05:02.118243Z",
            "",
        ] {
            assert!(Timestamp::parse_recorded(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn the_range_ends_with_the_year_9998() {
        let last = Timestamp::from_micros(LAST_MICROS).unwrap();
        assert_eq!(last.to_string(), "9998-12-31T23:59:59.999999Z");
        assert_eq!(Timestamp::from_micros(LAST_MICROS + 1), None);
    }

    #[test]
    fn event_times_may_have_fewer_decimals() {
        for (text, recorded) in [
            ("2019-07-04T13:05:00Z", "2019-07-04T13:05:00.000000Z"),
            ("2019-07-04T13:05:00.5Z", "2019-07-04T13:05:00.500000Z"),
        ] {
            assert_eq!(Timestamp::parse_event_time(text).unwrap().to_string(), recorded);
        }
        for refused in [
            "2019-07-04T13:05:00+01:00",
            "2019-07-04",
            "2019-07-04T13:05:00.Z",
            "2019-07-04T13:05:00.1234567Z",
        ] {
            assert!(Timestamp::parse_event_time(refused).is_err(), "{refused}");
        }
    }
}
