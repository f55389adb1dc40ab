//! Whether all texts of a pattern are numbers: every text that the pattern describes is walked through the grammar of
//! numbers at once, as the set of places in it where such texts can lead.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Counts above this are not gone through one by one.
const MOST: u32 = 64;

/// Whether each text that matches a pattern is an integer, or a number if `has_fractions`. The grammar is that of Rust's
/// `parse`, which takes leading zeros and a plus.
pub(crate) fn are_numerals(pattern: &str, has_fractions: bool) -> bool {
    // In a pattern of JavaScript `\d` is a digit of ASCII.
    let Ok(hir) = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern) else {
        return false;
    };
    let whole = hir.properties().look_set_prefix().contains(Look::Start)
        && hir.properties().look_set_suffix().contains(Look::End);
    let accepting = if has_fractions { Places::NUMBER } else { Places::INTEGER };
    whole && Places::START.through(&hir).is_some_and(|end| end.0 != 0 && end.0 & !accepting.0 == 0)
}

/// Places in the grammar of numbers, a bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Places(u8);

impl Places {
    const START: Self = Self(1);
    const SIGN: Self = Self(1 << 1);
    const INTEGER: Self = Self(1 << 2);
    const POINT: Self = Self(1 << 3);
    const FRACTION: Self = Self(1 << 4);
    const E: Self = Self(1 << 5);
    const SIGN_OF_E: Self = Self(1 << 6);
    const EXPONENT: Self = Self(1 << 7);
    const NUMBER: Self = Self(Self::INTEGER.0 | Self::FRACTION.0 | Self::EXPONENT.0);
    const ALL: [Self; 8] = [
        Self::START,
        Self::SIGN,
        Self::INTEGER,
        Self::POINT,
        Self::FRACTION,
        Self::E,
        Self::SIGN_OF_E,
        Self::EXPONENT,
    ];

    /// Where one of these places leads with one more character; `None` if that is no number, whatever follows.
    fn step(self, byte: u8) -> Option<Self> {
        let next = match (self, byte) {
            (Self::START, b'+' | b'-') => Self::SIGN,
            (Self::START | Self::SIGN | Self::INTEGER, b'0'..=b'9') => Self::INTEGER,
            (Self::INTEGER, b'.') => Self::POINT,
            (Self::POINT | Self::FRACTION, b'0'..=b'9') => Self::FRACTION,
            (Self::INTEGER | Self::FRACTION, b'e' | b'E') => Self::E,
            (Self::E, b'+' | b'-') => Self::SIGN_OF_E,
            (Self::E | Self::SIGN_OF_E | Self::EXPONENT, b'0'..=b'9') => Self::EXPONENT,
            _ => return None,
        };
        Some(next)
    }

    /// Where these places lead with each of these characters.
    fn steps(self, bytes: impl Iterator<Item = u8>) -> Option<Self> {
        let mut all = Self(0);
        for byte in bytes {
            for place in Self::ALL.into_iter().filter(|place| place.0 & self.0 != 0) {
                all.0 |= place.step(byte)?.0;
            }
        }
        Some(all)
    }

    /// Where these places lead with each text of a part of a pattern.
    fn through(self, hir: &Hir) -> Option<Self> {
        match hir.kind() {
            // That a text ends or begins there takes none of its characters.
            HirKind::Empty | HirKind::Look(Look::Start | Look::End) => Some(self),
            HirKind::Look(_) => None,
            HirKind::Literal(literal) => {
                literal.0.iter().try_fold(self, |places, byte| places.steps(std::iter::once(*byte)))
            }
            HirKind::Class(Class::Bytes(class)) => {
                self.steps(class.iter().flat_map(|range| range.start()..=range.end()))
            }
            HirKind::Class(Class::Unicode(class)) => {
                let bytes = class.iter().flat_map(|range| range.start()..=range.end());
                // Beyond ASCII there is no number, so the first such character ends it.
                self.steps(bytes.map(|letter| u8::try_from(letter).unwrap_or(u8::MAX)))
            }
            HirKind::Capture(capture) => self.through(&capture.sub),
            HirKind::Concat(parts) => parts.iter().try_fold(self, |places, part| places.through(part)),
            HirKind::Alternation(parts) => {
                parts.iter().try_fold(Self(0), |all, part| Some(Self(all.0 | self.through(part)?.0)))
            }
            HirKind::Repetition(count) => self.repeated(&count.sub, count.min, count.max),
        }
    }

    fn repeated(self, part: &Hir, min: u32, max: Option<u32>) -> Option<Self> {
        let mut last = self;
        for _ in 0..min.min(MOST) {
            last = last.through(part)?;
        }
        // Each further round adds places; there are eight.
        let mut all = last;
        for _ in 0..max.map_or(MOST, |max| max.saturating_sub(min)).min(MOST) {
            last = last.through(part)?;
            let more = Self(all.0 | last.0);
            if more == all {
                break;
            }
            all = more;
        }
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::are_numerals;

    #[test]
    fn a_pattern_of_numbers_takes_nothing_else() {
        let integers = [r"^-?(?:0|[1-9]\d*)$", r"^\d+$", "^[0-9]{1,18}$", r"^(\+|-)?\d{3}$", "^42$"];
        let numbers = [r"^-?(?:0|[1-9]\d*)(?:\.\d+)?$", r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$"];
        for pattern in integers {
            assert!(are_numerals(pattern, false) && are_numerals(pattern, true), "{pattern}");
        }
        for pattern in numbers {
            assert!(are_numerals(pattern, true) && !are_numerals(pattern, false), "{pattern}");
        }
        let others = [
            "",
            "^$",
            r"\d+",
            r"^\d+",
            r"\d+$",
            r"^\d*$",
            r"^\d+\.\d+\.\d+$",
            r"^\d{4}-\d{2}$",
            r"^\d+|x$",
            r"^(\d+|x)$",
            r"^\d+ $",
            r"^-$",
            r"^[0-9a-f]+$",
            r"^(?:\d+)?$",
            r"^\d+\.$",
            "^.$",
            "^(",
            r"^\d\b\d$",
            r"^(?!0)\d+$",
            r"^\d+(,\d+)*$",
            r"^(1-){0,2}$",
            r"^-(-)*\d$",
        ];
        for pattern in others {
            assert!(!are_numerals(pattern, true), "{pattern}");
        }
    }
}
