//! Bodies over time, as SVG: a bar for each, ribbons where one passes on to others. Many may join and many may part, so it is no
//! tree: each body has one place, next to those that it has most to do with.

use crate::shown::dates::last_day;
use minutebook_governance::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A body, as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane {
    /// How it is called.
    pub(super) name: String,
    /// Its code.
    pub(super) code: String,
    /// The path of its page.
    pub(super) path: String,
    /// Its first day, YYYY-MM-DD; nothing where that is not known to the day.
    pub(super) from: Option<String>,
    /// The first day on which it is no more.
    pub(super) until: Option<String>,
}

/// One body passes something on to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ribbon {
    /// The body before.
    pub(super) from: String,
    /// The body after.
    pub(super) to: String,
    /// The successor's first day.
    pub(super) on: String,
    /// merger, split, absorption ...
    pub(super) kind: String,
}

/// The measures of the picture, in its own units.
const WIDTH: i64 = 960;
const LEFT: i64 = 8;
const TOP: i64 = 36;
const LANE: i64 = 40;
const BAR: i64 = 20;
/// How wide a ribbon is: half of it before its day, half after.
const RIBBON: i64 = 28;
/// What stands free at the right: for bodies that have just opened, and for those that go on.
const RIGHT: i64 = 48;
/// How wide a letter of a name is, about.
const LETTER: i64 = 7;

/// The picture; nothing where no day is known.
pub(super) fn picture(
    lanes: &BTreeMap<String, Lane>,
    ribbons: &[Ribbon],
    own: &str,
    until: &str,
) -> Option<String> {
    let places = places(lanes, ribbons);
    let days = lanes.values().flat_map(|lane| [lane.from.as_deref(), lane.until.as_deref()]).flatten();
    let days: Vec<Date> = days.chain([until]).filter_map(|day| day.parse().ok()).collect();
    let scale = Scale { first: *days.iter().min()?, last: *days.iter().max()? };
    let height = TOP + LANE * i64::try_from(lanes.len()).ok()? + 8;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"group\" \
         aria-label=\"Lineage of {}\" font-family=\"Arial, sans-serif\" font-size=\"12\">",
        escape(lanes.get(own).map_or(own, |lane| &lane.name))
    );
    years(&mut svg, &scale, height);
    for (id, lane) in lanes {
        if let Some(top) = places.get(id.as_str()) {
            bar(&mut svg, lane, id == own, *top, &scale);
        }
    }
    for ribbon in ribbons {
        let (Some(from), Some(to)) = (places.get(ribbon.from.as_str()), places.get(ribbon.to.as_str()))
        else {
            continue;
        };
        let Ok(on) = ribbon.on.parse() else { continue };
        let (right, left) = (scale.at(on) + RIBBON / 2, (scale.at(on) - RIBBON / 2).max(LEFT));
        let middle = i64::midpoint(left, right);
        let (a, b) = (from + (LANE - BAR) / 2, to + (LANE - BAR) / 2);
        let _written = write!(
            svg,
            "<path d=\"M{left} {a}C{middle} {a} {middle} {b} {right} {b}V{}C{middle} {} {middle} {} {left} {}Z\" \
             fill=\"#41769e\" fill-opacity=\"0.85\"><title>{}: {} to {}, {}</title></path>",
            b + BAR,
            b + BAR,
            a + BAR,
            a + BAR,
            escape(&ribbon.kind),
            escape(&ribbon.from),
            escape(&ribbon.to),
            escape(&ribbon.on)
        );
    }
    for (id, lane) in lanes {
        if let Some(top) = places.get(id.as_str()) {
            name(&mut svg, lane, *top, &scale);
        }
    }
    svg.push_str("</svg>");
    Some(svg)
}

/// From where to where a body's bar goes.
fn span(lane: &Lane, scale: &Scale) -> (i64, i64) {
    let day = |day: &Option<String>| day.as_deref().and_then(|day| day.parse().ok());
    let from = day(&lane.from).map_or(LEFT, |day| scale.at(day));
    // What goes on goes on to the edge.
    let until = day(&lane.until).map_or(WIDTH - LEFT, |day| scale.at(day));
    (from, until.max(from + 4))
}

/// A body's bar: as long as it was open.
fn bar(svg: &mut String, lane: &Lane, is_own: bool, top: i64, scale: &Scale) {
    let (from, until) = span(lane, scale);
    let fill = if is_own { "#003087" } else { "#005eb8" };
    let last = lane.until.as_deref().map_or("now".to_owned(), last_day);
    let _written = write!(
        svg,
        "<a href=\"{}\"><title>{} ({}), {} to {}</title><rect x=\"{from}\" y=\"{}\" width=\"{}\" height=\"{BAR}\" rx=\"2\" \
         fill=\"{fill}\"/></a>",
        escape(&lane.path),
        escape(&lane.name),
        escape(&lane.code),
        escape(lane.from.as_deref().unwrap_or("a day not known")),
        escape(&last),
        top + (LANE - BAR) / 2,
        until - from
    );
}

/// A body's name: in its bar where there is room, else before it, else behind it.
fn name(svg: &mut String, lane: &Lane, top: i64, scale: &Scale) {
    let (from, until) = span(lane, scale);
    // Ribbons lie over both ends.
    let (inner_from, inner_until) = (from + RIBBON / 2 + 2, until - RIBBON / 2);
    let text = format!("{} {}", lane.code, lane.name);
    let letters = |width: i64| usize::try_from(width / LETTER).unwrap_or_default();
    let least = lane.code.chars().count() + 8;
    let (x, anchor, ink, room) = if letters(inner_until - inner_from) >= least {
        (inner_from, "start", "#ffffff", letters(inner_until - inner_from))
    } else if letters(from - RIBBON - LEFT) >= least {
        (from - RIBBON / 2 - 4, "end", "#212b32", letters(from - RIBBON - LEFT))
    } else {
        (until + RIBBON / 2 + 4, "start", "#212b32", letters(WIDTH - until - RIBBON))
    };
    let told: String = if text.chars().count() <= room {
        text
    } else {
        text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
    };
    let _written = write!(
        svg,
        "<text x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\" fill=\"{ink}\" pointer-events=\"none\">{}</text>",
        top + (LANE - BAR) / 2 + 14,
        escape(&told)
    );
}

/// The years, as lines behind everything.
fn years(svg: &mut String, scale: &Scale, height: i64) {
    let (first, last) = (scale.first.parts().0, scale.last.parts().0);
    for year in first + 1..=last {
        let Ok(day) = format!("{year}-01-01").parse() else { continue };
        let x = scale.at(day);
        let _written = write!(
            svg,
            "<path d=\"M{x} {}V{height}\" stroke=\"#d8dde0\"/><text x=\"{}\" y=\"18\" fill=\"#4c6272\">{year}</text>",
            TOP - 10,
            x + 3
        );
    }
}

/// Days across the picture.
struct Scale {
    first: Date,
    last: Date,
}

impl Scale {
    fn at(&self, day: Date) -> i64 {
        let all = self.first.days_until(self.last).max(1);
        let since = self.first.days_until(day).clamp(0, all);
        LEFT + since * (WIDTH - LEFT - RIGHT) / all
    }
}

/// Where each body stands, from the top: next to those that it passes on to, so that ribbons cross as little as may be.
fn places<'a>(lanes: &'a BTreeMap<String, Lane>, ribbons: &'a [Ribbon]) -> BTreeMap<&'a str, i64> {
    let mut order: Vec<&str> = lanes.keys().map(String::as_str).collect();
    let mut placed = Vec::new();
    // Those that nobody follows, each beneath those that it follows.
    let is_last = |id: &str| !ribbons.iter().any(|ribbon| ribbon.from == id);
    order.sort_by_key(|id| (!is_last(id), *id));
    let mut seen = BTreeSet::new();
    for id in order {
        place(id, ribbons, &mut seen, &mut placed);
    }
    (0..).zip(placed).map(|(row, id)| (id, TOP + LANE * row)).collect()
}

/// Places the bodies before one in the middle of which it stands, and it itself.
fn place<'a>(id: &'a str, ribbons: &'a [Ribbon], seen: &mut BTreeSet<&'a str>, placed: &mut Vec<&'a str>) {
    if !seen.insert(id) {
        return;
    }
    let before: BTreeSet<&str> =
        ribbons.iter().filter(|ribbon| ribbon.to == id).map(|ribbon| ribbon.from.as_str()).collect();
    let half = before.len() / 2;
    for other in before.iter().take(half) {
        place(other, ribbons, seen, placed);
    }
    placed.push(id);
    for other in before.iter().skip(half) {
        place(other, ribbons, seen, placed);
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(code: &str, from: &str, until: Option<&str>) -> (String, Lane) {
        let lane = Lane {
            name: format!("NHS <{code}>"),
            code: code.to_owned(),
            path: format!("/body/{code}"),
            from: Some(from.to_owned()),
            until: until.map(str::to_owned),
        };
        (format!("body/{code}"), lane)
    }

    fn ribbon(from: &str, to: &str) -> Ribbon {
        let (from, to) = (format!("body/{from}"), format!("body/{to}"));
        Ribbon { from, to, on: "2020-04-01".to_owned(), kind: "merger".to_owned() }
    }

    /// The numbers of an attribute, in order.
    fn numbers(svg: &str, element: &str, attribute: &str) -> Vec<i64> {
        let of = |part: &str| part.split(&format!(" {attribute}=\"")).nth(1)?.split('"').next()?.parse().ok();
        svg.split(&format!("<{element}")).skip(1).filter_map(of).collect()
    }

    #[test]
    fn bars_are_as_long_as_bodies_were_open_and_each_has_a_place() {
        let lanes = BTreeMap::from([
            lane("A", "2013-04-01", Some("2020-04-01")),
            lane("B", "2013-04-01", Some("2020-04-01")),
            lane("C", "2020-04-01", None),
            lane("D", "2020-04-01", None),
        ]);
        // Two that become two: no tree.
        let ribbons = [ribbon("A", "C"), ribbon("B", "C"), ribbon("B", "D"), ribbon("A", "D")];
        let svg = picture(&lanes, &ribbons, "body/C", "2026-04-01").unwrap();
        let (starts, widths) = (numbers(&svg, "rect", "x"), numbers(&svg, "rect", "width"));
        assert_eq!(
            (starts.len(), svg.matches("<path d=\"M").count()),
            (4, 4 + 13),
            "four ribbons, thirteen years"
        );
        assert_eq!(starts[0] + widths[0], starts[2], "one ends where the other begins");
        assert_eq!(starts[2] + widths[2], WIDTH - LEFT, "what goes on goes on to the edge");
        let mut tops = numbers(&svg, "rect", "y");
        tops.sort_unstable();
        tops.dedup();
        assert_eq!(tops.len(), 4, "each has a place of its own");
        assert!(svg.contains("2013-04-01 to 2020-03-31</title>"), "{svg}");
        assert!(svg.contains("NHS &lt;A&gt;") && !svg.contains("<A>"), "{svg}");
        assert_eq!(picture(&BTreeMap::new(), &[], "body/C", "soon"), None);
    }
}
