//! Which word somebody probably meant.

/// The one of these that a person probably meant: alike but for case, or for a letter or two.
pub(crate) fn nearest<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let written = written.to_lowercase();
    let allowed = (written.chars().count() / 4).clamp(1, 3);
    let far = |word: &str| strsim::damerau_levenshtein(&written, &word.to_lowercase());
    words
        .into_iter()
        .map(|word| (far(word), word))
        .filter(|(far, _word)| *far <= allowed)
        .min()
        .map(|(_far, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_or_two_may_be_wrong() {
        let words = ["approved", "approved_with_conditions", "rejected", "text"];
        for (written, meant) in [
            ("aproved", Some("approved")),
            ("Approved", Some("approved")),
            ("APROVED", Some("approved")),
            ("txet", Some("text")),
            ("deferred", None),
            ("x", None),
        ] {
            assert_eq!(nearest(written, words), meant, "{written}");
        }
    }
}
