//! Bodies over time, as SVG: a bar for each, ribbons where one passes on to others. Many may join and many may part, so it is no
//! tree: each body has one place, next to those that it has most to do with.

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
/// How far before its day a ribbon begins: so much of a bar is left out for it.
const RIBBON: i64 = 28;
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
        escape(own)
    );
    years(&mut svg, &scale, height);
    for ribbon in ribbons {
        let (Some(from), Some(to)) = (places.get(ribbon.from.as_str()), places.get(ribbon.to.as_str()))
        else {
            continue;
        };
        let Ok(on) = ribbon.on.parse() else { continue };
        let (right, left) = (scale.at(on), (scale.at(on) - RIBBON).max(LEFT));
        let middle = i64::midpoint(left, right);
        let (a, b) = (from + (LANE - BAR) / 2, to + (LANE - BAR) / 2);
        let _written = write!(
            svg,
            "<path d=\"M{left} {a}C{middle} {a} {middle} {b} {right} {b}V{}C{middle} {} {middle} {} {left} {}Z\" \
             fill=\"#41b6e6\" fill-opacity=\"0.55\"><title>{}: {} to {}, {}</title></path>",
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
        let Some(top) = places.get(id.as_str()) else { continue };
        bar(
            &mut svg,
            lane,
            id == own,
            *top,
            &scale,
            ribbons.iter().any(|ribbon| ribbon.from == *id && Some(&ribbon.on) == lane.until.as_ref()),
        );
    }
    svg.push_str("</svg>");
    Some(svg)
}

/// A body: its bar, with its name in it or beside it.
fn bar(svg: &mut String, lane: &Lane, is_own: bool, top: i64, scale: &Scale, is_passed_on: bool) {
    let day = |day: &Option<String>| day.as_deref().and_then(|day| day.parse().ok());
    let from = day(&lane.from).map_or(LEFT, |day| scale.at(day));
    let end =
        day(&lane.until).map_or(WIDTH - LEFT, |day| scale.at(day) - if is_passed_on { RIBBON } else { 0 });
    let width = (end - from).max(4);
    let top = top + (LANE - BAR) / 2;
    let (fill, ink) = if is_own { ("#003087", "#ffffff") } else { ("#005eb8", "#ffffff") };
    let text = format!("{}  {}", lane.code, lane.name);
    let room = usize::try_from((width - 8) / LETTER).unwrap_or_default();
    let told: String = if text.chars().count() <= room {
        text.clone()
    } else {
        text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
    };
    let told = if room < lane.code.len() + 1 { String::new() } else { told };
    let _written = write!(
        svg,
        "<a href=\"{}\"><title>{} ({}), {} to {}</title><rect x=\"{from}\" y=\"{top}\" width=\"{width}\" height=\"{BAR}\" rx=\"2\" fill=\"{fill}\"/>\
         <text x=\"{}\" y=\"{}\" fill=\"{ink}\">{}</text></a>",
        escape(&lane.path),
        escape(&lane.name),
        escape(&lane.code),
        escape(lane.from.as_deref().unwrap_or("a day not known")),
        escape(lane.until.as_deref().unwrap_or("now")),
        from + 5,
        top + 14,
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
        LEFT + since * (WIDTH - 2 * LEFT) / all
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
