//! The two ways in which the formats write bytes as text, each with one encoding only.

use crate::Malformed;
use data_encoding::{BASE64, HEXLOWER};

/// Writes bytes as lower-case hexadecimal.
pub(crate) fn encode_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// Reads exactly `N` bytes of lower-case hexadecimal.
pub(crate) fn parse_hex<const N: usize>(at: &str, text: &str) -> Result<[u8; N], Malformed> {
    let needed = || format!("{} lower-case hexadecimal digits", 2 * N);
    let mut bytes = [0; N];
    let decoded =
        if text.len() == 2 * N { HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).ok() } else { None };
    decoded.map(|_all| bytes).ok_or_else(|| Malformed::quoting(at, text, needed()))
}

/// Writes bytes as padded base64 (RFC 4648, section 4).
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Reads exactly `N` bytes of padded base64 whose unused trailing bits are zero.
pub(crate) fn parse_base64<const N: usize>(at: &str, text: &str) -> Result<[u8; N], Malformed> {
    let needed = || format!("{N} bytes as padded base64 (RFC 4648) with zero trailing bits");
    let bytes = decode_base64(text).ok_or_else(|| Malformed::quoting(at, text, needed()))?;
    bytes.try_into().map_err(|_wrong_length| Malformed::quoting(at, text, needed()))
}

/// Reads padded base64 of any length, in its one encoding.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    // The decoder also joins several padded encodings that follow each other; that is a second way to
    // write the same bytes.
    (encode_base64(&bytes) == text).then_some(bytes)
}

/// Reads a decimal number without sign or leading zeros.
pub(crate) fn parse_number(at: &str, text: &str) -> Result<u64, Malformed> {
    let needed = "a decimal number without sign or leading zeros";
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    if !canonical {
        return Err(Malformed::quoting(at, text, needed));
    }
    text.parse().map_err(|_too_large| Malformed::quoting(at, text, needed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_has_one_encoding() {
        assert_eq!(parse_hex::<2>("hash", "00af"), Ok([0x00, 0xaf]));
        for refused in ["", "00", "00af00", "00AF", "00a", "0x00", "00ag", " 00af", "00af\n"] {
            assert!(parse_hex::<2>("hash", refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn base64_has_one_encoding() {
        assert_eq!(parse_base64::<4>("signature", "AAECAw=="), Ok([0, 1, 2, 3]));
        for (refused, why) in [
            ("", "nothing"),
            ("AAECAw", "without padding"),
            ("AAECAw=", "with half its padding"),
            ("AAECAx==", "trailing bits that are not zero"),
            ("AA==AQID", "two encodings, one after the other, of the same length as one"),
            ("AAECA-==", "the URL alphabet"),
            ("AAEC\nAw==", "a line break"),
            (" AAECAw==", "a space"),
            ("AAEC", "three bytes"),
        ] {
            assert!(parse_base64::<4>("signature", refused).is_err(), "{why}: {refused:?}");
        }
    }

    #[test]
    fn a_number_has_one_encoding() {
        assert_eq!(parse_number("position", "0"), Ok(0));
        assert_eq!(parse_number("position", "18446744073709551615"), Ok(u64::MAX));
        for refused in ["", "00", "01", "+1", "-1", " 1", "1 ", "1.0", "1e3", "0x1", "18446744073709551616"] {
            assert!(parse_number("position", refused).is_err(), "{refused:?}");
        }
    }
}
