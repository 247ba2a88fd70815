//! References that look alike are one: to whoever reads an agenda, and so to the book.

/// Whether two references of agenda or motion are the same to a reader: in capitals or not, with whatever space, hyphen
/// or width they are written, in Latin letters or in those of other scripts that look like them.
pub fn is_same_item(one: &str, other: &str) -> bool {
    one == other || drawn(one) == drawn(other)
}

/// How a reference looks.
pub(super) fn drawn(reference: &str) -> String {
    let capitals = reference.chars().flat_map(narrow).flat_map(char::to_uppercase).map(latin);
    let text: String = capitals.filter(|c| !c.is_control()).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A character at its usual width; nothing where it has none.
fn narrow(c: char) -> Option<char> {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c).saturating_sub(0xFEE0)),
        '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => Some('-'),
        '\u{2044}' | '\u{2215}' => Some('/'),
        c => Some(c),
    }
}

/// The Latin capital that looks like a capital of the Greek or Cyrillic alphabet.
fn latin(c: char) -> char {
    let twins = "А\u{0391}A В\u{0392}B С\u{03F9}C Е\u{0395}E Н\u{0397}H І\u{0399}I Ј\u{037F}J К\u{039A}K М\u{039C}M \
        \u{039D}N О\u{039F}O Р\u{03A1}P Ԛ\u{051A}Q Ѕ\u{0405}S Т\u{03A4}T Ԝ\u{051C}W Х\u{03A7}X У\u{03A5}Y \u{0396}Z";
    let twin = twins.split_whitespace().find(|group| !c.is_ascii() && group.contains(c));
    twin.and_then(|group| group.chars().next_back()).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_one() {
        for other in [
            "gb/19/076",
            "GB/19/076 ",
            "\u{FF27}\u{FF22}/19/076",
            "G\u{0412}/19/076",
            "GB\u{200B}/19/076",
            "GB\u{2044}19/076",
        ] {
            assert!(is_same_item("GB/19/076", other), "{other:?} is drawn {:?}", drawn(other));
        }
        assert!(is_same_item("Item\u{00A0}3", "item  3"));
        assert!(is_same_item("A\u{2011}1", "a-1"));
        assert!(is_same_item("\u{0421}\u{0422}\u{041E}", "CTO"));
        assert!(is_same_item("\u{039D}\u{0399}\u{0396}", "niz"));
    }

    #[test]
    fn what_looks_otherwise_is_another() {
        for (one, other) in [("1", "l"), ("GB/1", "GB/11"), ("O", "0"), ("A 1", "A1"), ("\u{0416}1", "X1")] {
            assert!(!is_same_item(one, other), "{one} {other}");
        }
    }
}
