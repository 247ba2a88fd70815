//! What holds for every history, made up by a generator.

use crate::dumb::{Dumb, Held};
use crate::history::{BODIES, Line, MONTHS, Told, UNITS, Voice, What, day_text, history, tell};
use crate::said::{Said, appointed, ccg, ended, observed, person};
use crate::story::{Story, given_alone};
use minutebook_governance::bodies::{Scheme, bodies_of_code, holder};
use minutebook_governance::people::Office;
use minutebook_governance::register::findings;
use minutebook_governance::{Admission, BodyId, Book, Scope, View};
use minutebook_log::{Entry, Hash, Place};
use proptest::prelude::*;

/// The days that are asked about.
fn sampled() -> impl Iterator<Item = u16> {
    (0..MONTHS * 28).step_by(13)
}

/// Everything that the register says of the small world, without the positions that it rests on.
fn answers(story: &Story, known: u64, scope: Scope) -> Vec<String> {
    let mut answers = Vec::new();
    for day in sampled() {
        let view = View { scope, ..story.at(&day_text(day)).as_known(known) };
        for number in 0..BODIES {
            let Some(body) = story.body(&format!("B{number}"), view) else { continue };
            let (life, name) = (body.life(view).as_str(), body.called(view));
            let predecessors = body.predecessors.iter().map(|link| link.body.to_string()).collect::<Vec<_>>();
            answers.push(format!("{day} B{number} {life} {name:?} {}", predecessors.len()));
        }
        for unit in 0..UNITS {
            answers.push(format!("{day} U{unit} {:?}", story.holder(&format!("U{unit}"), view)));
        }
        let coded = bodies_of_code(story.record(), Scheme::Ods, "X1", view);
        answers.push(format!("{day} {:?}", coded.iter().map(|body| body.id.slug()).collect::<Vec<_>>()));
    }
    answers
}

fn enacted(told: &Told) -> Vec<String> {
    answers(&told.story, told.story.record().len(), Scope::Enacted)
}

fn is_enacted(line: &Line) -> bool {
    line.voice != Voice::Press && !matches!(line.what, What::Intended { .. })
}

/// What one voice says stays in its order; otherwise the lines go by their lots.
fn shuffled(lines: &[Line], lots: &[u8]) -> Vec<Line> {
    let mut queues = [Voice::Press, Voice::Register, Voice::OtherRegister, Voice::Act]
        .map(|voice| lines.iter().filter(move |line| line.voice == voice).cloned().collect::<Vec<_>>());
    queues.iter_mut().for_each(|queue| queue.reverse());
    let mut lots = lots.iter().cycle();
    let mut shuffled = Vec::new();
    while queues.iter().any(|queue| !queue.is_empty()) {
        let lot = usize::from(*lots.next().unwrap()) % queues.len();
        let from =
            (0..queues.len()).map(|step| (lot + step) % queues.len()).find(|at| !queues[*at].is_empty());
        shuffled.extend(queues[from.unwrap()].pop());
    }
    shuffled
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_register_answers_as_the_dumb_one(lines in history(), cut in 0..1000_u64) {
        let told = tell(&lines);
        let known = told.story.record().len() - cut % (told.story.record().len() / 2);
        let dumb = Dumb::enacted(&told.stated, known);
        for day in sampled() {
            let view = told.story.at(&day_text(day)).as_known(known);
            for number in 0..BODIES {
                let body = told.story.body(&format!("B{number}"), view);
                prop_assert_eq!(body.is_some(), dumb.is_known(number));
                let Some(body) = body else { continue };
                prop_assert_eq!(body.life(view).as_str(), dumb.life(number, day), "B{} on {}", number, day);
                let name = body.called(view);
                prop_assert_eq!(name, dumb.name(number, day), "B{} on {}", number, day);
            }
            for unit in 0..UNITS {
                let found = holder(told.story.record(), &format!("U{unit}").parse().unwrap(), view);
                let number = |id: &BodyId| id.slug().trim_start_matches('B').parse::<u8>().unwrap();
                let found = match found.body {
                    Some(body) => Held::By(number(&body.id)),
                    None if found.perhaps.is_empty() => Held::ByNobody,
                    None => Held::Perhaps(found.perhaps.iter().map(number).collect()),
                };
                let expected = dumb.holder(unit, day);
                if expected != Held::Circle {
                    prop_assert_eq!(found, expected, "U{} on {}", unit, day);
                }
            }
        }
    }

    #[test]
    fn a_book_read_again_is_the_book_that_was_live(lines in history()) {
        let told = tell(&lines);
        let mut again = Story::default();
        for entry in &told.story.entries {
            let bytes = entry.encode();
            again.entries.push(read_again(&mut again.book, &bytes));
        }
        prop_assert_eq!(again.book.chain().head(), told.story.book.chain().head());
        for scope in [Scope::Enacted, Scope::Reported] {
            let known = told.story.record().len();
            prop_assert_eq!(answers(&again, known, scope), answers(&told.story, known, scope));
        }
        let found = |story: &Story| findings(story.record(), story.reported_at("2016-01-01"));
        prop_assert_eq!(found(&again), found(&told.story));
    }

    #[test]
    fn what_was_known_stays_answerable(lines in history(), cut in 1..29_usize) {
        let before = tell(&lines[..cut.min(lines.len())]);
        let known = before.story.record().len();
        let after = tell(&lines);
        prop_assert_eq!(enacted(&before), answers(&after.story, known, Scope::Enacted));
        let reported = |story: &Story| answers(story, known, Scope::Reported);
        prop_assert_eq!(reported(&before.story), reported(&after.story));
    }

    #[test]
    fn the_order_of_loading_plays_no_part(lines in history(), lots in prop::collection::vec(any::<u8>(), 30)) {
        // An act that names a body anew is refused; which is the first may not depend on the order.
        let told = tell(&lines);
        let again = tell(&shuffled(&lines, &lots));
        prop_assert_eq!(enacted(&told), enacted(&again));
    }

    #[test]
    fn plans_and_papers_change_nothing_that_is_enacted(lines in history()) {
        let without: Vec<_> = lines.iter().filter(|line| is_enacted(line)).cloned().collect();
        // Corrections count what their voice has said, so intentions of registers come out of all alike.
        let with: Vec<_> = lines.into_iter().filter(|line| is_enacted(line) || line.voice == Voice::Press).collect();
        prop_assert_eq!(enacted(&tell(&with)), enacted(&tell(&without)));
    }

    #[test]
    fn offices_are_held_as_they_were(truth in terms(), lots in prop::collection::vec(any::<u16>(), 40)) {
        let mut said: Vec<(u16, Said)> = truth.iter().flat_map(Term::told).zip(&lots).map(|(said, lot)| (*lot, said)).collect();
        said.sort_by_key(|(lot, _said)| *lot);
        let world = [ccg("K"), person("a"), person("b"), person("c")];
        let story = given_alone(world).and(said.into_iter().map(|(_lot, said)| said));
        for day in sampled() {
            let view = story.at(&day_text(day));
            let mut held = story.officers("K", Office::Chair, view);
            // What was seen is told before those days: of later ones it is not known any more.
            held.extend(story.perhaps_officers("K", Office::Chair, view));
            held.sort();
            held.dedup();
            let mut expected: Vec<_> = truth.iter().filter(|term| term.lasts_on(day, &truth)).map(|term| term.who).collect();
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(held, expected, "on {}", day);
        }
    }
}

fn read_again(book: &mut Book, bytes: &[u8]) -> Entry {
    let entry = Entry::parse(bytes).unwrap();
    let Entry { position, stream_number, recorded, .. } = entry;
    let admitted = match book.admit(&entry.signed, Place { position, stream_number, recorded }).unwrap() {
        Admission::New(admitted) => admitted,
        Admission::Again(first) => panic!("twice, first at {first}"),
    };
    book.append(&entry, Hash::of(bytes), admitted).unwrap();
    entry
}

/// Somebody in an office: from a day, until a day; or seen on a day, since when is not known.
#[derive(Debug, Clone)]
struct Term {
    who: &'static str,
    from: u16,
    until: Option<u16>,
    only_seen: bool,
}

impl Term {
    fn told(&self) -> Vec<Said> {
        let from = day_text(self.from);
        let starts = if self.only_seen {
            observed("K", "chair", self.who, &from).reported()
        } else {
            appointed("K", "chair", self.who, &from).reported()
        };
        let ends = self.until.map(|until| ended("K", "chair", self.who, &day_text(until)).reported());
        [starts].into_iter().chain(ends).collect()
    }

    fn lasts_on(&self, day: u16, all: &[Term]) -> bool {
        let replaced =
            all.iter().any(|other| !other.only_seen && self.from < other.from && other.from <= day);
        self.from <= day && self.until.is_none_or(|until| day < until) && !(self.only_seen && replaced)
    }
}

/// For each of three people up to three terms, one after the other.
fn terms() -> impl Strategy<Value = Vec<Term>> {
    let gaps = prop::collection::vec((1..60_u16, 1..150_u16, any::<bool>()), 0..3);
    let last_is_open = any::<bool>();
    prop::collection::vec((gaps, last_is_open), 3).prop_map(|people| {
        let mut terms = Vec::new();
        for (who, (gaps, last_is_open)) in ["a", "b", "c"].into_iter().zip(people) {
            let mut day = 0;
            let count = gaps.len();
            for (at, (gap, length, only_seen)) in gaps.into_iter().enumerate() {
                let from = day + gap;
                day = from + length;
                let until = (at + 1 < count || !last_is_open).then_some(day);
                terms.push(Term { who, from, until, only_seen });
            }
        }
        terms
    })
}
