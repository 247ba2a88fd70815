//! The dumb map of the land: who holds which unit, gone through day by day as bodies close, open and give parts of their
//! areas away.

use crate::heard::{Heard, list, text, texts};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the acts say of bodies and their areas. All dates are days.
pub(crate) struct Land {
    pub(crate) said: Vec<Heard>,
}

/// One thing that happens to the map on a day.
enum Happens<'a> {
    Opens {
        body: &'a str,
        units: Vec<&'a str>,
    },
    Closes {
        body: &'a str,
    },
    /// Named units pass.
    Passes {
        from: &'a str,
        to: &'a str,
        units: Vec<&'a str>,
    },
    /// Everything passes that no other succession of the body names.
    PassesOn {
        from: &'a str,
        to: &'a str,
        not: Vec<&'a str>,
    },
}

impl Land {
    /// Everything that happens, by its day; of one day, what names units first.
    fn happenings(&self) -> Vec<(&str, u64, Happens<'_>)> {
        let mut all = Vec::new();
        for heard in &self.said {
            let (facts, subject) = (&heard.facts, heard.subject.as_str());
            let mut add = |day, happens| all.push((day, heard.position, happens));
            let on = text(facts, "effective");
            match heard.name.as_str() {
                "BodyRegistered" => {
                    add(text(facts, "from"), Happens::Opens { body: subject, units: texts(facts, "units") })
                }
                "BodyEstablished" => add(on, Happens::Opens { body: subject, units: texts(facts, "units") }),
                "BodyDissolved" => add(on, Happens::Closes { body: subject }),
                "SuccessionRecorded" => add(on, self.passes(facts, subject, text(facts, "successor"))),
                "AreaVaried" => varies(facts, subject).into_iter().for_each(|happens| add(on, happens)),
                "ReorganisationEffected" => {
                    texts(facts, "closing").into_iter().for_each(|body| add(on, Happens::Closes { body }));
                    for opening in list(facts, "opening") {
                        add(on, Happens::Opens { body: text(opening, "body"), units: Vec::new() });
                    }
                    for it in list(facts, "successions") {
                        add(on, self.passes(it, text(it, "predecessor"), text(it, "successor")));
                    }
                    for varied in list(facts, "varied") {
                        varies(varied, text(varied, "body")).into_iter().for_each(|happens| add(on, happens));
                    }
                }
                _ => {}
            }
        }
        let takes_the_rest = |happens: &Happens<'_>| matches!(happens, Happens::PassesOn { .. });
        all.sort_by_key(|(day, position, happens)| (*day, takes_the_rest(happens), *position));
        all
    }

    fn passes<'a>(&'a self, facts: &'a Value, from: &'a str, to: &'a str) -> Happens<'a> {
        if !facts["units"].is_null() {
            return Happens::Passes { from, to, units: texts(facts, "units") };
        }
        let alone =
            self.said.iter().filter(|heard| heard.name == "SuccessionRecorded" && heard.subject == from);
        let all = self.said.iter().flat_map(|heard| list(&heard.facts, "successions"));
        let parts = all.filter(|it| text(it, "predecessor") == from);
        let not = alone.map(|heard| &heard.facts).chain(parts).flat_map(|it| texts(it, "units")).collect();
        Happens::PassesOn { from, to, not }
    }

    /// Who holds each unit on a day.
    pub(crate) fn holders(&self, day: &str) -> BTreeMap<String, String> {
        let mut map: BTreeMap<String, String> = BTreeMap::new();
        for (_on, _position, happens) in self.happenings().iter().filter(|(on, _at, _it)| *on <= day) {
            match happens {
                Happens::Opens { body, units } => {
                    map.extend(units.iter().map(|unit| ((*unit).to_owned(), (*body).to_owned())));
                }
                Happens::Closes { .. } => {}
                Happens::PassesOn { from, to, not } => {
                    for (_unit, holder) in
                        map.iter_mut().filter(|(unit, _holder)| !not.contains(&unit.as_str()))
                    {
                        if holder == from {
                            (*to).clone_into(holder);
                        }
                    }
                }
                Happens::Passes { from, to, units } => {
                    for unit in units {
                        divide(&mut map, unit);
                        // With a unit go those of its parts that are not somebody else's.
                        let moves = |held: &str| held == *unit || held.split('/').next() == Some(*unit);
                        for (_unit, holder) in map.iter_mut().filter(|(held, _holder)| moves(held)) {
                            if holder == from {
                                (*to).clone_into(holder);
                            }
                        }
                    }
                }
            }
        }
        map
    }

    pub(crate) fn held_by(&self, body: &str, day: &str) -> Vec<String> {
        self.holders(day)
            .into_iter()
            .filter(|(_unit, holder)| holder == body)
            .map(|(unit, _holder)| unit)
            .collect()
    }

    fn days(&self, body: &str, closes: bool) -> BTreeSet<&str> {
        let of_it = self.happenings().into_iter().filter(|(_day, _at, happens)| match happens {
            Happens::Opens { body: opens, .. } => !closes && *opens == body,
            Happens::Closes { body: ends } => closes && *ends == body,
            Happens::Passes { .. } | Happens::PassesOn { .. } => false,
        });
        of_it.map(|(day, _at, _happens)| day).collect()
    }

    /// Whether it has opened, and not closed, by the end of a day.
    pub(crate) fn is_open(&self, body: &str, day: &str) -> bool {
        self.days(body, false).iter().any(|opens| *opens <= day)
            && !self.days(body, true).iter().any(|ends| *ends <= day)
    }
}

fn varies<'a>(facts: &'a Value, body: &'a str) -> Vec<Happens<'a>> {
    let gain =
        |it: &'a Value| Happens::Passes { from: text(it, "body"), to: body, units: vec![text(it, "unit")] };
    let loss =
        |it: &'a Value| Happens::Passes { from: body, to: text(it, "body"), units: vec![text(it, "unit")] };
    list(facts, "gains").into_iter().map(gain).chain(list(facts, "losses").into_iter().map(loss)).collect()
}

/// A part that was never named before is a part of its whole, and with whoever holds that.
fn divide(map: &mut BTreeMap<String, String>, unit: &str) {
    let whole = unit.split_once('/').map(|(whole, _part)| whole);
    if let Some(holder) = whole.and_then(|whole| map.get(whole)).cloned() {
        map.entry(unit.to_owned()).or_insert(holder);
    }
}
