//! Sorted lists of subjects as one.

use minutebook_log::Subject;
use std::iter::Peekable;

/// Sorted lists as one, each item once. Only as much is looked at as is taken.
pub(crate) struct Merged<'a> {
    lists: Vec<Peekable<Box<dyn Iterator<Item = &'a Subject> + 'a>>>,
}

impl<'a> Merged<'a> {
    pub(crate) fn of(lists: Vec<Box<dyn Iterator<Item = &'a Subject> + 'a>>) -> Self {
        Self { lists: lists.into_iter().map(Iterator::peekable).collect() }
    }
}

impl<'a> Iterator for Merged<'a> {
    type Item = &'a Subject;

    fn next(&mut self) -> Option<&'a Subject> {
        let next = self.lists.iter_mut().filter_map(|list| list.peek().copied()).min()?;
        for list in &mut self.lists {
            list.next_if_eq(&next);
        }
        Some(next)
    }
}
