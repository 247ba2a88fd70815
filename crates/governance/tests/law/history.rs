//! Histories that a generator makes up: a small world of bodies, units and days, told by several voices.

use crate::said::{Said, document, says};
use crate::story::{Story, given_alone};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Bodies, units and names are numbered; days count from 2015-01-01, 28 to a month.
pub(crate) const BODIES: u8 = 4;
pub(crate) const UNITS: u8 = 3;
pub(crate) const MONTHS: u16 = 24;

/// A day, or a month of which no day is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Day(u16),
    Month(u16),
}

/// Who speaks. The order of one voice's statements means something: it revises what it said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Voice {
    Press,
    Register,
    OtherRegister,
    Act,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Listed {
        body: u8,
        from: Option<When>,
        until: Option<When>,
        name: u8,
        unit: Option<u8>,
        code: bool,
    },
    Established {
        body: u8,
        from: When,
        name: u8,
    },
    Renamed {
        body: u8,
        name: u8,
        on: When,
    },
    Dissolved {
        body: u8,
        on: When,
    },
    Followed {
        from: u8,
        to: u8,
        on: When,
        unit: Option<u8>,
    },
    Varied {
        to: u8,
        unit: u8,
        from: u8,
        on: When,
    },
    /// The date of an earlier statement of the same voice (its n-th) is another.
    Redated {
        target: usize,
        on: When,
    },
    Withdrawn {
        target: usize,
    },
    Intended {
        body: u8,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) voice: Voice,
    pub(crate) what: What,
    /// With the other of two keys, which says nothing of who speaks.
    pub(crate) by_the_other_key: bool,
}

pub(crate) fn day_text(day: u16) -> String {
    format!("{}-{:02}-{:02}", 2015 + day / 336, day % 336 / 28 + 1, day % 28 + 1)
}

fn when_json(when: When) -> Value {
    match when {
        When::Day(day) => json!(day_text(day)),
        When::Month(month) => {
            let (first, last) = (day_text(month * 28), day_text(month * 28 + 27));
            json!({"written": first.strip_suffix("-01").unwrap(), "earliest": first, "latest": last})
        }
    }
}

pub(crate) fn name_text(name: u8) -> String {
    format!("NHS N{name} Clinical Commissioning Group")
}

fn body_text(body: u8) -> String {
    format!("body/B{body}")
}

impl What {
    /// Which date of its facts a correction changes.
    fn date_member(&self) -> Option<(&'static str, When)> {
        match self {
            What::Listed { from, .. } => from.map(|from| ("/from", from)),
            What::Established { from, .. } => Some(("/effective", *from)),
            What::Renamed { on, .. } | What::Dissolved { on, .. } => Some(("/effective", *on)),
            What::Followed { on, .. } | What::Varied { on, .. } => Some(("/effective", *on)),
            What::Redated { .. } | What::Withdrawn { .. } | What::Intended { .. } => None,
        }
    }

    /// The same with another date.
    pub(crate) fn redated(&self, to: When) -> What {
        let mut what = self.clone();
        match &mut what {
            What::Listed { from, .. } => *from = Some(to),
            What::Established { from, .. } => *from = to,
            What::Renamed { on, .. } | What::Dissolved { on, .. } => *on = to,
            What::Followed { on, .. } | What::Varied { on, .. } => *on = to,
            What::Redated { .. } | What::Withdrawn { .. } | What::Intended { .. } => {}
        }
        what
    }
}

/// A line as it stands in the book.
#[derive(Debug, Clone)]
pub(crate) struct Stated {
    pub(crate) voice: Voice,
    /// What it said, from a position on, and nothing from where it was withdrawn.
    pub(crate) versions: Vec<(u64, Option<What>)>,
}

impl Stated {
    pub(crate) fn as_known(&self, known: u64) -> Option<&What> {
        self.versions.iter().rev().find(|(at, _what)| *at < known)?.1.as_ref()
    }
}

/// A book of such lines, and what each of them came to say.
pub(crate) struct Told {
    pub(crate) story: Story,
    pub(crate) stated: Vec<Stated>,
}

/// Tells the lines; what can't be said (a correction of nothing, a body established twice) is left out.
pub(crate) fn tell(lines: &[Line]) -> Told {
    let mut told = Told { story: given_alone([]), stated: Vec::new() };
    for line in lines {
        told.tell_one(line);
    }
    told
}

impl Told {
    fn tell_one(&mut self, line: &Line) {
        let position = self.story.record().len();
        match line.what {
            What::Redated { target, on } => self.correct(line, target, Some(on)),
            What::Withdrawn { target } => self.correct(line, target, None),
            _ => {
                let Some(said) = self.said(line) else { return };
                if self.story.tell(&said).is_ok() {
                    let versions = vec![(position, Some(line.what.clone()))];
                    self.stated.push(Stated { voice: line.voice, versions });
                }
            }
        }
    }

    fn correct(&mut self, line: &Line, target: usize, on: Option<When>) {
        let voice = line.voice;
        let position = self.story.record().len();
        let mut theirs = self.stated.iter_mut().filter(|stated| stated.voice == voice);
        let Some(stated) = theirs.nth(target) else { return };
        let Some(what) = stated.as_known(position).cloned() else { return };
        let event = &self.story.entries[usize::try_from(stated.versions[0].0).unwrap()];
        let id = event.event().id;
        let mut facts = json!({"target": id, "kind": "withdrawn", "reason": "Wrong."});
        if let Some(on) = on {
            let Some((path, old)) = what.date_member() else { return };
            facts["kind"] = json!("factual");
            facts["fields"] = json!([{"path": path, "old": when_json(old), "new": when_json(on)}]);
        }
        let said = spoken(line, says("RecordCorrected", &format!("record/{id}"), facts));
        if self.story.tell(&said).is_ok() {
            stated.versions.push((position, on.map(|on| what.redated(on))));
        }
    }

    fn said(&self, line: &Line) -> Option<Said> {
        let said = match &line.what {
            What::Listed { body, from, until, name, unit, code } => {
                let mut facts = json!({"kind": "ccg", "name": name_text(*name)});
                for (member, date) in [("from", from), ("until", until)] {
                    if let Some(date) = date {
                        facts[member] = when_json(*date);
                    }
                }
                if let Some(unit) = unit {
                    facts["units"] = json!([format!("U{unit}")]);
                }
                if *code {
                    facts["codes"] = json!([{"scheme": "ods", "value": "X1"}]);
                }
                says("BodyRegistered", &body_text(*body), facts)
            }
            What::Established { body, from, name } => says(
                "BodyEstablished",
                &body_text(*body),
                json!({"kind": "ccg",
                "name": name_text(*name), "legal_basis": "order", "effective": when_json(*from),
                "constitution": document()}),
            ),
            What::Renamed { body, name, on } => says(
                "BodyRenamed",
                &body_text(*body),
                json!({"name": {"was": "x", "now": name_text(*name)}, "effective": when_json(*on)}),
            ),
            What::Dissolved { body, on } => says(
                "BodyDissolved",
                &body_text(*body),
                json!({"effective": when_json(*on), "reason": "order"}),
            ),
            What::Followed { from, to, on, unit } => {
                let mut facts =
                    json!({"successor": body_text(*to), "kind": "merger", "effective": when_json(*on)});
                if let Some(unit) = unit {
                    facts["units"] = json!([format!("U{unit}")]);
                }
                says("SuccessionRecorded", &body_text(*from), facts)
            }
            What::Varied { to, unit, from, on } => says(
                "AreaVaried",
                &body_text(*to),
                json!({"extent": "stated",
                "effective": when_json(*on), "basis": "x",
                "gains": [{"unit": format!("U{unit}"), "body": body_text(*from)}]}),
            ),
            What::Intended { body } => says(
                "IntentionRecorded",
                "intention/i",
                json!({"intends": "BodyDissolved",
                "mood": "planned", "about": [body_text(*body)], "wording": "It is planned."}),
            ),
            What::Redated { .. } | What::Withdrawn { .. } => return None,
        };
        Some(spoken(line, said))
    }
}

fn spoken(line: &Line, said: Said) -> Said {
    let keyed = |said: Said| if line.by_the_other_key { said.reported_by_another() } else { said.reported() };
    match line.voice {
        Voice::Press => said.in_the_press(),
        Voice::Register => keyed(said).printed_in("A register"),
        Voice::OtherRegister => keyed(said).printed_in("Another register"),
        Voice::Act => said.by(&[("nhs-england", "nhs_england", "")]),
    }
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![3 => (0..MONTHS * 28).prop_map(When::Day), 1 => (0..MONTHS).prop_map(When::Month)]
}

fn what() -> impl Strategy<Value = What> {
    let (body, unit) = (|| 0..BODIES, || 0..UNITS);
    let listed = (
        body(),
        prop::option::of(when()),
        prop::option::weighted(0.3, when()),
        0..3_u8,
        prop::option::of(unit()),
        any::<bool>(),
    );
    prop_oneof![
        4 => listed.prop_map(|(body, from, until, name, unit, code)| What::Listed { body, from, until, name, unit, code }),
        1 => (body(), 0..3_u8, when()).prop_map(|(body, name, on)| What::Renamed { body, name, on }),
        2 => (body(), when()).prop_map(|(body, on)| What::Dissolved { body, on }),
        2 => (body(), body(), when(), prop::option::weighted(0.3, unit()))
            .prop_map(|(from, to, on, unit)| What::Followed { from, to, on, unit }),
        2 => (body(), unit(), body(), when()).prop_map(|(to, unit, from, on)| What::Varied { to, unit, from, on }),
        1 => (0..8_usize, when()).prop_map(|(target, on)| What::Redated { target, on }),
        1 => (0..8_usize).prop_map(|target| What::Withdrawn { target }),
        1 => body().prop_map(|body| What::Intended { body }),
    ]
}

fn line() -> impl Strategy<Value = Line> {
    let voice =
        prop_oneof![1 => Just(Voice::Press), 3 => Just(Voice::Register), 2 => Just(Voice::OtherRegister)];
    let reported = (voice, what(), any::<bool>()).prop_map(|(voice, what, by_the_other_key)| Line {
        voice,
        what,
        by_the_other_key,
    });
    let act =
        (0..BODIES, when(), 0..3_u8).prop_map(|(body, from, name)| What::Established { body, from, name });
    prop_oneof![8 => reported, 1 => act.prop_map(|what| Line { voice: Voice::Act, what, by_the_other_key: false })]
}

/// Up to thirty lines. Of two bodies, one succession alone is told: how several are joined has tests of its
/// own.
pub(crate) fn history() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(line(), 1..30).prop_map(|lines| {
        let mut told = Vec::new();
        lines
            .into_iter()
            .filter(|line| match &line.what {
                What::Followed { from, to, .. } => {
                    let is_new = from != to && !told.contains(&(*from, *to));
                    told.push((*from, *to));
                    is_new
                }
                What::Varied { from, to, .. } => from != to,
                _ => true,
            })
            .collect()
    })
}
