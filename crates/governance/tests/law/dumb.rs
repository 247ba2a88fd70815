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
            // What others have followed is not open for certain.
            None => {
                if self.is_followed(body, on) {
                    None
                } else {
                    Some(false)
                }
            }
            Some(days) => days.as_ref().and_then(by),
        };
        match (opened, closed) {
            (Some(false), _) => "not_yet_open",
            (_, Some(true)) => "closed",
            (Some(true), Some(false)) => "open",
            _ => "unknown",
        }
    }

    fn is_followed(&self, body: u8, on: u16) -> bool {
        self.said.iter().any(|(_at, _voice, what)| {
            matches!(what, What::Followed { from, on: when, .. } if *from == body && days(*when).iter().any(|day| *day <= on))
        })
    }

    /// The name that was taken last by that day, or each that is said of it.
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
        // What a voice says later stands in place of what it said before.
        let is_last = |at, voice| !names.iter().any(|(later, other, _name)| *other == voice && *later > at);
        let each =
            names.iter().filter(|(at, voice, _name)| height(*voice) == highest && is_last(*at, *voice));
        let each: BTreeSet<_> = each.map(|(_at, _voice, name)| name_text(*name)).collect();
        let each = each.into_iter().collect::<Vec<_>>().join(", or ");
        Some(name.map_or_else(|| format!("{each} (sources differ)"), name_text))
    }

    /// Who holds a unit: it is handed on from day to day, on every way that it can go.
    pub(crate) fn holder(&self, unit: u8, on: u16) -> Held {
        let lists = |body: u8| {
            let listings = self.gather(|what| match what {
                What::Listed { body: of, unit: Some(listed), .. } if *of == body => Some(*listed),
                _ => None,
            });
            // What a voice lists later stands in place of what it listed before.
            listings.iter().any(|(at, voice, listed)| {
                let is_last = !listings.iter().any(|(later, other, _)| other == voice && later > at);
                is_last && *listed == unit
            })
        };
        let (mut perhaps, mut is_certain) = (BTreeSet::new(), false);
        for first in (0..BODIES).filter(|body| lists(*body)) {
            let Some(ends) = self.handed_on(unit, first, on) else { return Held::Circle };
            let life = |body: u8| if self.is_known(body) { self.life(body, on) } else { "unknown" };
            let there: BTreeSet<_> =
                ends.iter().copied().filter(|end| ["open", "unknown"].contains(&life(*end))).collect();
            is_certain |= ends.len() == 1
                && there.iter().all(|end| self.is_known(*end) && life(*end) == "open")
                && !there.is_empty();
            perhaps.extend(there);
        }
        match perhaps.first() {
            None => Held::ByNobody,
            Some(body) if perhaps.len() == 1 && is_certain => Held::By(*body),
            Some(_body) => Held::Perhaps(perhaps),
        }
    }

    /// With whom a unit can be at the end of a day; nothing where it went in a circle.
    fn handed_on(&self, unit: u8, first: u8, on: u16) -> Option<BTreeSet<u8>> {
        let passes: Vec<_> = (0..BODIES).map(|holder| self.passes(unit, holder)).collect();
        // Holders, and since when: what a holder passed on before it had the unit took it nowhere.
        let mut with: BTreeSet<(u8, u16)> = [(first, 0)].into();
        for today in 0..=on.min(LAST) {
            let (mut been, mut stay) = (BTreeSet::new(), BTreeSet::new());
            while let Some((holder, since)) = with.pop_first() {
                if !been.insert((holder, since)) {
                    continue;
                }
                let passes = passes[usize::from(holder)].iter().filter(|pass| pass.on.last() >= Some(&since));
                let (said, unsaid): (Vec<_>, Vec<_>) = passes.clone().partition(|pass| pass.is_said);
                let is_over =
                    |pass: &Passes| pass.on.last() == Some(&today) && pass.on.first() >= Some(&since);
                let takes = |pass: &Passes| pass.on.last() <= Some(&today) && pass.on.first() >= Some(&since);
                let leaves = said.iter().any(|pass| is_over(pass))
                    || (unsaid.iter().any(|pass| is_over(pass)) && unsaid.iter().all(|pass| takes(pass)));
                if !leaves {
                    stay.insert((holder, since));
                }
                let names_it = passes.clone().any(|pass| pass.names_unit && pass.on == [today].into());
                let goes = passes.filter(|pass| pass.on.contains(&today));
                let goes = goes.filter(|pass| pass.names_unit || !names_it || pass.on.len() > 1);
                with.extend(goes.map(|pass| (pass.to, today)));
            }
            if stay.is_empty() {
                return None;
            }
            with = stay;
        }
        Some(with.into_iter().map(|(holder, _since)| holder).collect())
    }

    /// To whom a unit can pass from a holder, and when.
    fn passes(&self, unit: u8, holder: u8) -> Vec<Passes> {
        let follow = || {
            self.said.iter().filter_map(|(_at, _voice, what)| match what {
                What::Followed { from, to, on, unit } if *from == holder => Some((*to, *on, *unit)),
                _ => None,
            })
        };
        let is_named = follow().any(|(_to, _on, named)| named == Some(unit));
        let rest = follow().filter(|(_to, _on, named)| named.is_none()).count();
        let varied = self.said.iter().filter_map(|(_at, _voice, what)| match what {
            What::Varied { to, unit: moved, from, on } if *moved == unit && *from == holder => {
                Some(Passes { to: *to, on: days(*on), names_unit: true, is_said: true })
            }
            _ => None,
        });
        let followed = follow().filter_map(|(to, on, named)| match named {
            Some(named) if named == unit => {
                Some(Passes { to, on: days(on), names_unit: true, is_said: true })
            }
            None if !is_named => Some(Passes { to, on: days(on), names_unit: false, is_said: rest == 1 }),
            _ => None,
        });
        varied.chain(followed).collect()
    }
}

/// A unit can pass to somebody on one of these days.
struct Passes {
    to: u8,
    on: Days,
    names_unit: bool,
    /// Of several that take what nobody names, it is not said which takes what.
    is_said: bool,
}

/// Who holds a unit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Held {
    By(u8),
    Perhaps(BTreeSet<u8>),
    ByNobody,
    /// It went in a circle: whatever is said of it then, nobody holds it for certain.
    Circle,
}
