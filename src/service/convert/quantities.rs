use crate::proto;
use minutebook_governance::figures::Quantity;

/// A number as its source has it.
pub(in crate::service) fn quantity(said: &Quantity) -> proto::Quantity {
    proto::Quantity {
        number: said.number,
        at_least: said.at_least,
        at_most: said.at_most,
        unit: said.unit.clone(),
        is_approximate: said.approximate,
        written: said.written.clone().unwrap_or_default(),
    }
}

/// The words of the source, or the number with its bounds, in words.
pub(in crate::service) fn quantity_in_words(quantity: &Quantity) -> String {
    let about = if quantity.approximate { "about " } else { "" };
    let bounds = || match (quantity.at_least.map(grouped), quantity.at_most.map(grouped)) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => quantity.written.clone().unwrap_or_default(),
    };
    let number = quantity.number.map_or_else(bounds, grouped);
    format!("{about}{number} {}", quantity.unit)
}

/// A number as people read it: 450,000,000.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    format!("{sign}{written}")
}
