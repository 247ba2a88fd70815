//! How times grew, as a picture.

use std::fmt::Write as _;
use std::time::Duration;

/// What is measured at each size, in order.
pub(crate) const WAYS: [&str; 4] = ["append", "proof", "receipt", "follow at the head"];

/// The middle time of each way, at one size.
pub(crate) struct Point {
    pub(crate) size: usize,
    pub(crate) times: [Duration; WAYS.len()],
}

/// Where the picture's plane begins and how large it is.
const LEFT: f64 = 60.0;
const TOP: f64 = 50.0;
const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 240.0;

/// How often the first time the plane reaches.
const TIMES: f64 = 3.0;

/// How each way's time grew, as a multiple of what it took at the first size: entries from left to right by their logarithm.
pub(crate) fn picture(points: &[Point]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let span = (last.size as f64 / first.size as f64).ln().max(f64::MIN_POSITIVE);
    let x = |size: usize| LEFT + WIDTH * (size as f64 / first.size as f64).ln() / span;
    let y = |ratio: f64| TOP + HEIGHT * (1.0 - ratio.min(TIMES) / TIMES);
    let mut svg = String::from(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 350" font-family="sans-serif" font-size="13">
<title>How the ways of a ledger grow</title>
<rect width="760" height="350" fill="white"/>
<text x="60" y="24" font-size="16">Time of each way, as a multiple of its time at the first size</text>
"#,
    );
    for (ratio, label) in [(0.0, "0"), (1.0, "1 x"), (1.5, "1.5 x"), (2.0, "2 x"), (3.0, "3 x")] {
        let (at, dash) = (y(ratio), if ratio == 1.5 { "6 4" } else { "none" });
        let right = LEFT + WIDTH;
        let _infallible = writeln!(
            svg,
            r#"<line x1="{LEFT}" x2="{right}" y1="{at:.1}" y2="{at:.1}" stroke="silver" stroke-dasharray="{dash}"/><text x="52" y="{:.1}" text-anchor="end">{label}</text>"#,
            at + 4.0
        );
    }
    for point in points {
        let at = TOP + HEIGHT + 20.0;
        let _infallible = writeln!(
            svg,
            r#"<text x="{:.1}" y="{at}" text-anchor="middle">{}</text>"#,
            x(point.size),
            point.size
        );
    }
    let _infallible = writeln!(svg, r#"<text x="320" y="340" text-anchor="middle">entries</text>"#);
    let colours = ["#005eb8", "#007f3b", "#d5281b", "#7c2855"];
    for (at, (way, colour)) in WAYS.into_iter().zip(colours).enumerate() {
        let ratio = |point: &Point| point.times[at].as_secs_f64() / first.times[at].as_secs_f64();
        let line: Vec<_> =
            points.iter().map(|point| format!("{:.1},{:.1}", x(point.size), y(ratio(point)))).collect();
        let _infallible = writeln!(
            svg,
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"/>"#,
            line.join(" ")
        );
        let (text, millis) = (TOP + 20.0 * at as f64, last.times[at].as_secs_f64() * 1000.0);
        let _infallible = writeln!(
            svg,
            r#"<rect x="600" y="{:.1}" width="12" height="12" fill="{colour}"/><text x="618" y="{:.1}">{way}, {millis:.2} ms</text>"#,
            text,
            text + 11.0
        );
    }
    svg.push_str("</svg>\n");
    svg
}
