//! Closed lists: values that events and answers have a word for.

/// A list of values of which there are no others, each with its word in events and answers.
pub trait ClosedList: Copy + Eq + 'static {
    /// Every one, in the order of the list.
    const LISTED: &'static [Self];

    /// The word for it.
    fn word(self) -> &'static str;
}

/// The words of a closed list. `ALL`, `as_str` and [`ClosedList`] come of it, so that none of them can forget a value.
macro_rules! words {
    ($list:ident: $($value:ident = $word:literal),+ $(,)?) => {
        impl $list {
            /// Every one, in the order of the list.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$value),+];

            /// The word for it in events and answers.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word),+
                }
            }
        }

        impl crate::words::ClosedList for $list {
            const LISTED: &'static [Self] = &Self::ALL;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    };
}
pub(crate) use words;
