//! Days as ten characters, read without asking what else they might be.

use jiff::civil;

/// The day that a text is, as YYYY-MM-DD; nothing where there is no such day, or it is written otherwise.
pub(super) fn day(text: &str) -> Option<civil::Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let (century, year, month, day) = (two(*y1, *y2)?, two(*y3, *y4)?, two(*m1, *m2)?, two(*d1, *d2)?);
    civil::Date::new(i16::from(century) * 100 + i16::from(year), month, day).ok()
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    are_digits.then(|| i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok()).flatten()
}
