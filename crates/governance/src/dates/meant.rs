//! Days as people write them, which the record does not take: which one is probably meant is said to whoever wrote it.

use super::Date;

/// How a date is written in JSON.
pub(super) const FORMS: &str = "a day of the calendar, such as \"2020-04-01\", or the words of the source, such as \
    {\"written\": \"April 2019\", \"earliest\": \"2019-04-01\", \"latest\": \"2019-04-30\"}";

/// The first year that somebody can have meant.
const YEAR_MIN: i16 = 1900;

/// What is needed in the place of a text that is no day.
pub(super) fn needed(text: &str) -> String {
    meant(text).map_or_else(|| FORMS.to_owned(), |meant| format!("{meant}; {FORMS}"))
}

fn meant(text: &str) -> Option<String> {
    match probable(text)? {
        Ok(day) => Some(format!("\"{day}\", if that day is meant")),
        Err(why) => Some(why),
    }
}

/// A day as people write it, in British order: `2019-07-04`, `04/07/2019`, `4 July 2019`.
///
/// # Errors
/// What would be right.
pub fn read_day(text: &str) -> Result<Date, String> {
    if let Ok(day) = text.trim().parse() {
        return Ok(day);
    }
    let otherwise = || "a day, such as 2019-07-04, 04/07/2019 or 4 July 2019".to_owned();
    let day = probable(text).unwrap_or_else(|| Err(otherwise()))?;
    day.to_string().parse().map_err(|_out_of_range| otherwise())
}

/// The day that somebody probably meant who wrote it as people do, or why there is none such.
fn probable(text: &str) -> Option<Result<jiff::civil::Date, String>> {
    let plain = text.trim().replace(['/', '.'], "-");
    let mut parts = plain.split('-');
    let (year, month, day) =
        (parts.next()?.parse().ok(), parts.next().and_then(|part| part.parse().ok()), parts.next());
    if let (Some(year), Some(month), Some(_day)) = (year.filter(|year: &i16| *year > 31), month, day)
        && text.len() == 10
    {
        let first = jiff::civil::Date::new(year, month, 1).ok();
        return Some(Err(match first {
            Some(first) => format!("a day that there is: that month has {}", first.days_in_month()),
            None => "a month from 01 to 12".to_owned(),
        }));
    }
    // British order: the day before the month. An ordinal's letters are none of the day's number.
    let words: Vec<_> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let words = words.iter().map(|word| {
        let digits = word.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) { digits } else { word }
    });
    let words = words.collect::<Vec<_>>().join(" ");
    let read = |format: &str, text: &str| jiff::civil::Date::strptime(format, text).ok();
    let forms = ["%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%A %d %B %Y"];
    let day = read("%d-%m-%Y", &plain).or_else(|| forms.iter().find_map(|form| read(form, &words)))?;
    // "April 2019" would be the 20th of April 19.
    (day.year() >= YEAR_MIN).then_some(Ok(day))
}
