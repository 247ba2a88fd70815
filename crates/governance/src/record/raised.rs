//! The findings that were raised when entries were admitted.

use super::Record;
use crate::segment::Segment;
use crate::{Finding, View};
use minutebook_log::Position;
use std::sync::Arc;

impl Record {
    /// The findings raised on admission that the view knows of, in order; not those of what was withdrawn.
    pub fn findings(&self, view: View) -> impl Iterator<Item = &Finding> + '_ {
        self.findings_from(Position::FIRST, view).flat_map(|(_position, findings)| findings)
    }

    /// Those raised on the entry at `from` and on later ones, by entry.
    pub fn findings_from(
        &self,
        from: Position,
        view: View,
    ) -> impl Iterator<Item = (Position, &[Finding])> + '_ {
        let sealed = self.segments.iter().skip_while(move |segment| segment.end() <= from.0);
        let sealed = sealed.flat_map(|segment| {
            segment.findings.iter().map(|(entry, _findings)| Position(segment.first + u64::from(*entry)))
        });
        let newest = self.tail.findings.iter().map(|(position, _findings)| *position);
        let raised = sealed.chain(newest).skip_while(move |position| *position < from);
        let known = raised.take_while(move |position| position.0 < view.known);
        known.map(move |position| (position, self.findings_at(position, view)))
    }

    /// Those raised on the entry at `position`, if the view knows it and it was not withdrawn.
    pub fn findings_at(&self, position: Position, view: View) -> &[Finding] {
        self.note(|noted| noted.entry(position));
        let is_withdrawn = matches!(self.correction(position, view.known), Some((_at, None)));
        if is_withdrawn || position.0 >= view.known { &[] } else { self.raised_at(position) }
    }

    /// The findings raised when the entry at `position` was admitted, whatever became of it.
    pub(super) fn raised_at(&self, position: Position) -> &[Finding] {
        if position.0 >= self.tail.first {
            let at = self.tail.findings.binary_search_by_key(&position, |(at, _findings)| *at).ok();
            return at.and_then(|at| self.tail.findings.get(at)).map_or(&[], |(_at, findings)| findings);
        }
        let of = self.segment_of(position).and_then(|segment| {
            let entry = u32::try_from(position.0 - segment.first).ok()?;
            let at = segment.findings.binary_search_by_key(&entry, |(at, _findings)| *at).ok()?;
            segment.findings.get(at)
        });
        of.map_or(&[], |(_entry, findings)| findings)
    }

    pub(super) fn segment_of(&self, position: Position) -> Option<&Arc<Segment>> {
        let by_first = |segment: &Arc<Segment>| segment.first.cmp(&position.0);
        let at = self.segments.binary_search_by(by_first).unwrap_or_else(|next| next.wrapping_sub(1));
        self.segments.get(at)
    }
}
