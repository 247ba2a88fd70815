//! What a sheet of paper carries of where it comes from: a line at its foot, and an address that a camera reads.

use maud::{Markup, PreEscaped, html};
use minutebook_verify::css_string;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// How much stands free around a code, in its modules (ISO/IEC 18004).
const QUIET: i32 = 4;

/// The style of a page whose sheets carry a line at their foot.
pub(super) fn foot(line: &str) -> String {
    format!(
        "@page {{ @bottom-left {{ content: \"{}\"; font: 7.5pt Arial, sans-serif; color: #444; }} }}",
        css_string(line)
    )
}

/// An address as a code; nothing where it is too long for one.
pub(super) fn code(address: &str) -> Markup {
    let Ok(code) = QrCode::encode_text(address, QrCodeEcc::Medium) else { return html! {} };
    let side = code.size() + 2 * QUIET;
    let mut dark = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _written = write!(dark, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    html! {
        svg.code xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {side} {side}")) role="img" aria-label="The address of this page, for a camera" {
            (PreEscaped(format!("<path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{dark}\"/>")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foot_cannot_end_its_style_and_a_code_is_square() {
        let foot = foot("a\"; } </style><script>");
        assert!(!foot.contains("</style") && !foot.contains("a\";"), "{foot}");
        let code = code("http://minutes.example/entry/12").into_string();
        let side: i32 =
            code.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert_eq!((side - 8 - 17) % 4, 0, "17 modules, and four for each version: {side}");
        assert!(code.contains("M4 4h1v1h-1z") && code.contains(&format!("M0 0h{side}v{side}H0z")), "{code}");
        assert_eq!(super::code(&"x".repeat(5000)).into_string(), "");
    }
}
