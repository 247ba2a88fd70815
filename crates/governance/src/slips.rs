//! Slips of the pen: which changes of a text are no more than that.
//!
//! No program knows what words mean, so it is the other way round: a slip is what can be told from the letters alone. One
//! letter of a word is wrong, missing or too many, or two have changed places; a word stands there twice; a space, a
//! capital, a comma. Words that turn or measure what is said, figures, and names are no place for slips, since there a
//! single letter makes another decision of it. Whoever mends more says what was so, and not how it was spelt.

use std::fmt;

/// Words that turn, bind or measure what is said. A single letter makes *now* of *not*, and *many* of *any*.
const DECISIVE: [&str; 83] = [
    "not",
    "no",
    "non",
    "nor",
    "none",
    "never",
    "neither",
    "nothing",
    "nobody",
    "without",
    "cannot",
    "unless",
    "except",
    "only",
    "if",
    "or",
    "either",
    "both",
    "all",
    "any",
    "many",
    "some",
    "each",
    "every",
    "may",
    "must",
    "can",
    "could",
    "would",
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "billion",
    "half",
    "quarter",
    "dozen",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "once",
];

/// What stands around a figure or a word without belonging to it.
const AROUND: &[char] = &['.', ',', ';', ':', '!', '?', '(', ')', '[', ']', '"', '\'', '“', '”', '‘', '’'];

/// One piece of a text that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// As it is written, without what stands around it.
    written: String,
    /// The same in small letters.
    folded: String,
    kind: PieceKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PieceKind {
    /// A number, an amount, a date, a code, with all that is written onto it.
    Figure,
    /// A word with a capital that no sentence gives it.
    Name,
    /// One of [`DECISIVE`].
    Decisive,
    /// Any other word.
    Plain,
}

/// What stands in place of what, where a wording changes more than a slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beyond {
    /// What stood there; nothing where words are added.
    old: Option<String>,
    /// What would stand there; nothing where words are left out.
    new: Option<String>,
    /// What that is, as a clause for people.
    is: &'static str,
}

/// A word that is mended: as it was, and as it is.
pub(crate) type Mended = (String, String);

/// The words that a new wording mends; none where only spaces, capitals or punctuation change.
///
/// # Errors
/// The first place where it changes more than a slip.
pub(crate) fn slips(old: &str, new: &str) -> Result<Vec<Mended>, Beyond> {
    let (old, new) = (pieces(old), pieces(new));
    let (mut old, mut new) = (old.as_slice(), new.as_slice());
    let mut mended = Vec::new();
    let mut last: Option<&Piece> = None;
    loop {
        let (one, other) = match (old, new) {
            ([], []) => return Ok(mended),
            ([one, rest_old @ ..], [other, rest_new @ ..]) if one.folded == other.folded => {
                if one.kind == PieceKind::Figure && one.written != other.written {
                    return Err(Beyond::of(Some(one), Some(other)));
                }
                (last, old, new) = (Some(one), rest_old, rest_new);
                continue;
            }
            ([one, rest @ ..], _) if one.is_plain() && last.is_some_and(|last| last.folded == one.folded) => {
                mended.push((format!("{0} {0}", one.written), one.written.clone()));
                old = rest;
                continue;
            }
            ([one, next, rest_old @ ..], [other, rest_new @ ..]) if joins(one, next, other) => {
                mended.push((format!("{} {}", one.written, next.written), other.written.clone()));
                (last, old, new) = (Some(other), rest_old, rest_new);
                continue;
            }
            ([one, rest_old @ ..], [other, next, rest_new @ ..]) if joins(other, next, one) => {
                mended.push((one.written.clone(), format!("{} {}", other.written, next.written)));
                (last, old, new) = (Some(next), rest_old, rest_new);
                continue;
            }
            _ => (old.first(), new.first()),
        };
        match (one, other) {
            (Some(word), Some(right)) if is_slip(word, right) => {
                mended.push((word.written.clone(), right.written.clone()));
                last = Some(right);
                old = old.get(1..).unwrap_or_default();
                new = new.get(1..).unwrap_or_default();
            }
            _ => return Err(Beyond::of(one, other)),
        }
    }
}

impl Beyond {
    fn of(old: Option<&Piece>, new: Option<&Piece>) -> Self {
        let has = |kind| old.into_iter().chain(new).any(|piece| piece.kind == kind);
        let is = match (old, new) {
            _ if has(PieceKind::Figure) => "a figure, which says how much, when or which",
            _ if has(PieceKind::Decisive) => "a word that turns or measures what is said",
            (None, _) | (_, None) => "other words, and not one of them misspelt",
            _ if has(PieceKind::Name) => "a word written as a name",
            _ => "another word",
        };
        let written = |piece: &Piece| piece.written.clone();
        Self { old: old.map(written), new: new.map(written), is }
    }
}

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => write!(f, "\"{new}\" where \"{old}\" stood")?,
            (Some(old), None) => write!(f, "\"{old}\" left out")?,
            (None, new) => write!(f, "\"{}\" added", new.as_deref().unwrap_or_default())?,
        }
        write!(f, ": {}", self.is)
    }
}

impl Piece {
    fn word(written: &str, starts_sentence: bool) -> Self {
        let folded = written.to_lowercase().replace('’', "'");
        let has_capital = written.chars().skip(usize::from(starts_sentence)).any(char::is_uppercase);
        let kind = if DECISIVE.contains(&folded.as_str()) || folded.ends_with("n't") {
            PieceKind::Decisive
        } else if has_capital {
            PieceKind::Name
        } else {
            PieceKind::Plain
        };
        Self { written: written.to_owned(), folded, kind }
    }

    fn is_plain(&self) -> bool {
        self.kind == PieceKind::Plain
    }
}

/// The figures and words of a text, in order.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut starts_sentence = true;
    for chunk in text.split_whitespace() {
        let figures = |c: char| c.is_numeric() || matches!(c, '£' | '$' | '€' | '%');
        if chunk.contains(figures) {
            let written = chunk.trim_matches(AROUND).to_owned();
            pieces.push(Piece { folded: written.to_lowercase(), written, kind: PieceKind::Figure });
        } else {
            let is_of_word = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’');
            for word in chunk.split(|c| !is_of_word(c)) {
                let word = word.trim_matches(AROUND);
                if !word.is_empty() {
                    pieces.push(Piece::word(word, starts_sentence));
                    starts_sentence = false;
                }
            }
        }
        starts_sentence = chunk.ends_with(['.', '!', '?', ':']);
    }
    pieces
}

/// Whether two words are the third, but for the space between them.
fn joins(one: &Piece, next: &Piece, whole: &Piece) -> bool {
    let all_plain = one.is_plain() && next.is_plain() && whole.is_plain();
    all_plain && whole.folded.strip_prefix(&one.folded) == Some(&next.folded)
}

/// Whether one word is the other with one slip. In words of two letters only a change of places is one: *in* and *on* are
/// two words.
fn is_slip(one: &Piece, other: &Piece) -> bool {
    if !one.is_plain() || !other.is_plain() {
        return false;
    }
    let (one, other): (Vec<_>, Vec<_>) = (one.folded.chars().collect(), other.folded.chars().collect());
    let same = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, other) = (one.get(same..).unwrap_or_default(), other.get(same..).unwrap_or_default());
    let is_long = same + one.len().min(other.len()) > 2;
    match (one, other) {
        ([a, b, rest @ ..], [c, d, others @ ..]) if (a, b) == (d, c) && rest == others => true,
        ([_, rest @ ..], [_, others @ ..]) if is_long && rest == others => true,
        ([_, rest @ ..], others) | (others, [_, rest @ ..]) if is_long && rest == others => true,
        ([], [_]) | ([_], []) => is_long,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn more(old: &str, new: &str) -> Beyond {
        match slips(old, new) {
            Err(beyond) => beyond,
            Ok(mended) => panic!("{old:?} to {new:?} is taken: {mended:?}"),
        }
    }

    fn mended(old: &str, new: &str) -> Vec<(String, String)> {
        match slips(old, new) {
            Ok(mended) => mended,
            Err(beyond) => panic!("{old:?} to {new:?} is not taken: {beyond:?}"),
        }
    }

    #[test]
    fn what_the_letters_tell_is_a_slip() {
        for (old, new) in [
            ("resolved to approve teh plan", "resolved to approve the plan"),
            ("resolved to aprove the plan", "resolved to approve the plan"),
            ("resolved to approvve it", "resolved to approve it"),
            ("resolved ot approve it", "resolved to approve it"),
            ("resolved to to approve", "resolved to approve"),
            ("the governingbody agreed", "the governing body agreed"),
            ("the governing bo dy agreed", "the governing body agreed"),
            ("approve the lease", "Approve the lease."),
            ("Teh board agreed", "The board agreed"),
            ("a leasse", "a lease"),
            ("paid £4,000 on 3 May, as agred", "paid £4,000 on 3 May as agreed"),
        ] {
            mended(old, new);
        }
        let words = |old: &str, new: &str| vec![(old.to_owned(), new.to_owned())];
        assert_eq!(mended("agreed teh plan", "agreed the plan"), words("teh", "the"));
        assert_eq!(mended("to to agree", "to agree"), words("to to", "to"));
        assert_eq!(mended("Agreed , then", "agreed, then"), []);
    }

    #[test]
    fn what_turns_measures_or_names_is_none() {
        let figure = "a figure, which says how much, when or which";
        let turns = "a word that turns or measures what is said";
        for (old, new, is) in [
            ("RESOLVED to apply", "RESOLVED not to apply", turns),
            ("RESOLVED not to apply", "RESOLVED to apply", turns),
            ("it is now open", "it is not open", turns),
            ("there were members", "three were members", turns),
            ("it isn't so", "it is so", turns),
            ("any practice", "many practice", turns),
            ("on Monday", "on Sunday", turns),
            ("in March", "in Marsh", turns),
            ("the paper is notable", "the paper is not able", turns),
            ("up to £400,000", "up to £4,000,000", figure),
            ("up to £400,000", "up to £400.000", figure),
            ("on 4 July", "on 5 July", figure),
            ("a rise of 5%", "a rise of -5%", figure),
            ("under item GB/19/076a", "under item GB/19/076A", figure),
            ("the lease of Sutton", "the lease of Dutton", "a word written as a name"),
            ("NHSE agreed", "NHSI agreed", "a word written as a name"),
            ("resolved to accept it", "resolved to reject it", "another word"),
            ("an increase of rent", "a decrease of rent", "another word"),
            ("it is in use", "it is on use", "another word"),
            ("item a", "item b", "another word"),
            ("approved", "approved with regret", "other words, and not one of them misspelt"),
            ("approved with regret", "approved", "other words, and not one of them misspelt"),
        ] {
            assert_eq!(more(old, new).is, is, "{old:?} to {new:?}");
        }
        let found = more("RESOLVED to apply", "RESOLVED not to apply");
        assert_eq!((found.old.as_deref(), found.new.as_deref()), (Some("to"), Some("not")));
    }
}
