//! The deliberately dumb register: it keeps every day in a list, and goes through everything that was ever
//! said for each question.

use crate::history::{BODIES, MONTHS, Stated, Voice, What, When, name_text};
use std::collections::BTreeSet;

type Days = BTreeSet<u16>;

const LAST: u16 = MONTHS * 28;

fn days(when: When) -> Days {
    match when {
        When::Day(day) => [day].into(),
        When::Month(month) => (month * 28..month * 28 + 28).collect(),
    }
}

/// What is told, of what is known: position, voice, what.
pub(crate) struct Dumb<'a> {
    said: Vec<(u64, Voice, &'a What)>,
}

/// How high a voice stands.
fn height(voice: Voice) -> u8 {
    match voice {
        Voice::Press => 0,
        Voice::Register | Voice::OtherRegister => 1,
        Voice::Act => 2,
    }
}

/// One fact, said by several: nothing said; said, and none holds; or what holds.
fn joined<T: Clone + PartialEq>(
    said: &[(u64, Voice, T)],
    meet: impl Fn(&T, &T) -> Option<T>,
) -> Option<Option<T>> {
    let last_words: Vec<_> = said
        .iter()
        .filter(|(at, voice, _what)| !said.iter().any(|(later, other, _)| other == voice && later > at))
        .collect();
    let mut holds: Option<T> = None;
    for level in [2, 1, 0] {
        let peers = last_words.iter().filter(|(_at, voice, _what)| height(*voice) == level);
        let peers: Vec<_> = peers
            .filter(|(_at, _voice, what)| holds.as_ref().is_none_or(|held| meet(held, what).is_some()))
            .collect();
        let mut all = holds.clone();
        let mut contradict = false;
        for (_at, _voice, what) in peers.iter().copied() {
            match all.as_ref().map_or(Some(what.clone()), |all| meet(all, what)) {
                Some(met) => all = Some(met),
                None => contradict = true,
            }
        }
        match (contradict, &holds) {
            (true, None) => return Some(None),
            (true, Some(_held)) => {}
            (false, _) => holds = all,
        }
    }
    holds.map(Some)
}

fn meet_days(one: &Days, other: &Days) -> Option<Days> {
    let both: Days = one.intersection(other).copied().collect();
    (!both.is_empty()).then_some(both)
}

impl<'a> Dumb<'a> {
    /// Enacted statements alone, of the first `known` entries.
    pub(crate) fn enacted(stated: &'a [Stated], known: u64) -> Self {
        let said = stated.iter().filter(|stated| stated.voice != Voice::Press);
        let said =
            said.filter_map(|stated| Some((stated.versions[0].0, stated.voice, stated.as_known(known)?)));
        Self { said: said.collect() }
    }

    fn gather<T>(&self, tell: impl Fn(&What) -> Option<T>) -> Vec<(u64, Voice, T)> {
        self.said.iter().filter_map(|(at, voice, what)| Some((*at, *voice, tell(what)?))).collect()
    }

    pub(crate) fn is_known(&self, body: u8) -> bool {
        self.said.iter().any(|(_at, _voice, what)| {
            matches!(what, What::Listed { body: of, .. } | What::Established { body: of, .. } if *of == body)
        })
    }

    fn opened(&self, body: u8) -> Option<Option<Days>> {
        let said = self.gather(|what| match what {
            What::Listed { body: of, from, .. } if *of == body => from.map(days),
            What::Established { body: of, from, .. } if *of == body => Some(days(*from)),
            _ => None,
        });
        joined(&said, meet_days)
    }

    fn closed(&self, body: u8) -> Option<Option<Days>> {
        let said = self.gather(|what| match what {
            What::Listed { body: of, until, .. } if *of == body => until.map(days),
            What::Dissolved { body: of, on } if *of == body => Some(days(*on)),
            _ => None,
        });
        joined(&said, meet_days)
    }

    /// `not_yet_open`, `open`, `closed` or `unknown`.
    pub(crate) fn life(&self, body: u8, on: u16) -> &'static str {
        let by = |days: &Days| match days.iter().filter(|day| **day <= on).count() {
            0 => Some(false),
            some if some == days.len() => Some(true),
            _ => None,
        };
        let opened = self.opened(body).flatten().as_ref().and_then(by);
        let closed = match self.closed(body) {
            None => Some(false),
            Some(days) => days.as_ref().and_then(by),
        };
        match (opened, closed) {
            (Some(false), _) => "not_yet_open",
            (_, Some(true)) => "closed",
            (Some(true), Some(false)) => "open",
            _ => "unknown",
        }
    }

    /// The name that was taken last by that day.
    pub(crate) fn name(&self, body: u8, on: u16) -> Option<String> {
        // Names by the last and the first day on which they can have been taken.
        let said = self.gather(|what| match what {
            What::Listed { body: of, name, .. } | What::Established { body: of, name, .. } if *of == body => {
                Some((None, *name))
            }
            What::Renamed { body: of, name, on: taken } if *of == body => {
                let taken = days(*taken);
                Some((Some((*taken.last().unwrap(), *taken.first().unwrap())), *name))
            }
            _ => None,
        });
        let last = said.iter().map(|(_at, _voice, (taken, _name))| *taken);
        let last = last.filter(|taken| taken.is_none_or(|(latest, _earliest)| latest <= on)).max();
        let last = last?;
        let names: Vec<_> = said
            .iter()
            .filter(|(_at, _voice, (taken, _name))| *taken == last)
            .map(|(at, voice, (_taken, name))| (*at, *voice, *name))
            .collect();
        let name = joined(&names, |one, other| (one == other).then_some(*one))?;
        let highest = names.iter().map(|(_at, voice, _name)| height(*voice)).max()?;
        let first = names.iter().filter(|(_at, voice, _name)| height(*voice) == highest);
        Some(name_text(name.or_else(|| first.map(|(_at, _voice, name)| *name).min())?))
    }

    /// Who holds a unit: it is handed on from day to day.
    pub(crate) fn holder(&self, unit: u8, on: u16) -> Option<u8> {
        let lists = |body: u8| {
            self.said.iter().any(|(_at, _voice, what)| {
                matches!(what, What::Listed { body: of, unit: Some(listed), .. } if *of == body && *listed == unit)
            })
        };
        let mut first: Vec<_> = (0..BODIES)
            .filter(|body| lists(*body))
            .map(|body| {
                let opened = self.opened(body).flatten().and_then(|days| days.first().copied());
                (opened.is_none(), opened, body)
            })
            .collect();
        first.sort_unstable();
        first.into_iter().find_map(|(_unknown, _opened, body)| {
            let holder = self.handed_on(unit, body, on);
            let there = self.is_known(holder) && ["open", "unknown"].contains(&self.life(holder, on));
            there.then_some(holder)
        })
    }

    fn handed_on(&self, unit: u8, first: u8, on: u16) -> u8 {
        let mut holder = first;
        for today in 0..=on.min(LAST) {
            let mut been = BTreeSet::new();
            while let Some((_rank, to)) =
                self.passes(unit, holder, today).into_iter().filter(|(_rank, to)| !been.contains(to)).min()
            {
                been.insert(to);
                holder = to;
            }
        }
        holder
    }

    /// To whom a unit passes from a holder on a day, what names it in an area change or a succession first.
    fn passes(&self, unit: u8, holder: u8, today: u16) -> Vec<(u8, u8)> {
        let is_today = |when: &When| *when == When::Day(today);
        let named_elsewhere = self.said.iter().any(|(_at, _voice, what)| {
            matches!(what, What::Followed { from, unit: Some(named), .. } if *from == holder && *named == unit)
        });
        let passes = self.said.iter().filter_map(|(_at, _voice, what)| match what {
            What::Varied { to, unit: moved, from, on }
                if *moved == unit && *from == holder && is_today(on) =>
            {
                Some((0, *to))
            }
            What::Followed { from, to, on, unit: named } if *from == holder && is_today(on) => match named {
                Some(named) if *named == unit => Some((0, *to)),
                None if !named_elsewhere => Some((1, *to)),
                _ => None,
            },
            _ => None,
        });
        passes.collect()
    }
}
