//! Whether a text matches a pattern of a document: in come both, out goes yes or no, or that it is not worth finding out. Never
//! takes longer than the text is long, times a constant: whoever writes the text is a stranger, and the pattern may be a trap.

mod ecmascript;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What a text and a pattern are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Matches,
    Differs,
    /// The pattern cannot be read, or takes too many steps on this text.
    Unknown,
}

/// A pattern, ready.
#[derive(Clone)]
enum Engine {
    /// Its time is linear in the text.
    Linear(regex::Regex),
    /// It looks around or back at what it matched, in a limited number of steps.
    Backtracking(Arc<fancy_regex::Regex>),
    Unreadable,
}

/// How often a pattern that is not linear may turn out to be on the wrong track.
const STEPS: usize = 20_000;
/// How long a text it is asked about may be: a step may read all of it.
const LONGEST: usize = 1024;

impl Engine {
    fn new(pattern: &str) -> Self {
        let engine = ecmascript::translate(pattern).and_then(|translated| {
            let text = translated.text.as_str();
            Some(if translated.is_regular {
                Self::Linear(regex::Regex::new(text).ok()?)
            } else {
                let regex = fancy_regex::RegexBuilder::new(text).backtrack_limit(STEPS).build().ok()?;
                Self::Backtracking(Arc::new(regex))
            })
        });
        engine.unwrap_or(Self::Unreadable)
    }

    fn ask(&self, text: &str) -> Verdict {
        let is_match = match self {
            Self::Linear(regex) => Some(regex.is_match(text)),
            Self::Backtracking(regex) if text.len() <= LONGEST => regex.is_match(text).ok(),
            Self::Backtracking(_) | Self::Unreadable => None,
        };
        match is_match {
            Some(true) => Verdict::Matches,
            Some(false) => Verdict::Differs,
            None => Verdict::Unknown,
        }
    }
}

/// The patterns that were asked for; there are as many as the documents have.
static READY: RwLock<BTreeMap<&'static str, Engine>> = RwLock::new(BTreeMap::new());

/// Asks a text for a pattern. That there is no answer is noted by `tracing`, where its feature is on.
pub(super) fn ask(pattern: &'static str, text: &str) -> Verdict {
    let ready = READY.read().unwrap_or_else(PoisonError::into_inner).get(pattern).cloned();
    let engine = ready.unwrap_or_else(|| {
        let engine = Engine::new(pattern);
        READY.write().unwrap_or_else(PoisonError::into_inner).insert(pattern, engine.clone());
        engine
    });
    let verdict = engine.ask(text);
    #[cfg(feature = "tracing")]
    if verdict == Verdict::Unknown {
        tracing::warn!(
            pattern,
            "a text was not checked: the pattern cannot be read, or takes too many steps"
        );
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::{Verdict, ask};
    use std::time::{Duration, Instant};

    fn judge(pattern: &'static str, text: &str) -> Option<bool> {
        match ask(pattern, text) {
            Verdict::Matches => Some(true),
            Verdict::Differs => Some(false),
            Verdict::Unknown => None,
        }
    }

    #[test]
    fn patterns_mean_what_they_mean_in_javascript() {
        // A pattern, what it matches, what it does not.
        let cases: &[(&'static str, &[&str], &[&str])] = &[
            (r"^\d+$", &["12"], &["١٢", "12\n", ""]),
            (r"^\D$", &["١", "a", "\n"], &["1"]),
            (r"^\w+$", &["aZ_9"], &["é", "中"]),
            (r"^\W$", &["é", "-"], &["a"]),
            (r"^\s$", &[" ", "\u{a0}", "\u{feff}", "\u{2028}", "\u{3000}", "\u{b}"], &["\u{85}", "a"]),
            (r"^\S$", &["\u{85}", "x"], &["\u{feff}", "\t"]),
            (r"^.$", &["a", "😀", "\u{85}"], &["\n", "\r", "\u{2028}", ""]),
            (r"^a$", &["a"], &["a\n", "b\na", "a\nb"]),
            (r"^[^]$", &["\n", "é"], &["", "aa"]),
            (r"^[]$|^b$", &["b"], &["", "a"]),
            (r"^[a&&b~~c[d-]$", &["&", "~", "-", "[", "a", "d"], &["e", "]"]),
            (r"^[\w-.]+$", &["a-b.c"], &["/", "a b"]),
            (r"^[\b\-\]\^]+$", &["\u{8}-]^"], &["\\", "b"]),
            (r"^[^\d\s]+$", &["abc", "é"], &["a1", "a b"]),
            (r"^[^\W]$", &["a"], &["é", "-"]),
            (r"\bcat\b", &["a cat", "écat"], &["concat", "cats"]),
            (r"a\B", &["ab"], &["a", "a-", "aé"]),
            (r"^\/\-\u0041\x42\u{1F600}\cJ\0$", &["/-AB😀\n\0"], &["/-AB"]),
            (r"^\uD83D\uDE00$", &["😀"], &["x"]),
            (r"^\p{Lu}\p{Script=Han}\P{L}$", &["A中1"], &["a中1", "A中b"]),
            (r"^(?:a|b){2,3}?c{2}d{0,}e*?$", &["abcc", "bbbccdde"], &["acc", "abc"]),
            (r"^{}a{,2}]$", &["{}a{,2}]"], &["aa"]),
            (r"^#a b$", &["#a b"], &["ab"]),
            (r"^(?<year>\d{4})-(?<month>\d\d)$", &["2026-11"], &["26-11"]),
            // What is not regular.
            (r"^(?=.*[A-Z])(?=.*\d).{8,}$", &["Passw0rdX"], &["password1", "Pw1", "PASSWORD"]),
            (r"^(?!admin$).+$", &["administrator"], &["admin", ""]),
            (r"(?<=\$)\d+(?!\d|%)", &["$12"], &["12", "$12%"]),
            (r"^(\d)\1+$", &["11", "333"], &["12", "1"]),
            (r"^(a)?b\1$", &["aba", "b"], &["ab", "ba"]),
            (r"^(?<q>['\x22]).*\k<q>$", &["'x'", "\"x\""], &["'x\""]),
            (r"^(?=a\b)a.\B", &["a--"], &["ab-", "a-b"]),
        ];
        for (pattern, fitting, others) in cases {
            for text in *fitting {
                assert_eq!(judge(pattern, text), Some(true), "{pattern} {text:?}");
            }
            for text in *others {
                assert_eq!(judge(pattern, text), Some(false), "{pattern} {text:?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_read_alike_is_not_judged() {
        for pattern in [
            "(",
            "a**",
            "(?i)a",
            "(?:(a)|b)*\\1",
            // A round that matches nothing is none in JavaScript.
            "^(a*)*\\1b$",
            "(a|b*)+\\1",
            "(a*){2}\\1",
            "(?:(a*))*\\1",
            // Each of its steps may read the text four thousand times.
            "(?:(?=(?:.{1,100}){1,40}b)|.)*c",
            "[z-a]",
            "[\\uD83C-\\uDBFF]",
            "a{2,1}",
            "x{99999999999}",
            "(?!(a))\\1",
            "\\1(a)",
        ] {
            assert_eq!(judge(pattern, "a"), None, "{pattern}");
        }
        assert_eq!(judge(deep("(", "a", ")", 10_000), "a"), None);
        assert_eq!(judge(deep("(?=", "a", ")", 90), "a"), None);
    }

    /// A pattern as a document has it: for as long as the program runs.
    fn deep(open: &str, inner: &str, close: &str, depth: usize) -> &'static str {
        Box::leak(format!("{}{inner}{}", open.repeat(depth), close.repeat(depth)).into_boxed_str())
    }

    #[test]
    fn no_pattern_takes_longer_than_a_moment() {
        let traps: &[&'static str] = &[
            "^(a+)+$",
            "^(a|a)*$",
            "^(a|aa)+$",
            "(a*)*b",
            "(x+x+)+y",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
            r"^(\w+\s?)*$",
            "(.*a){20}$",
            "(?=(a+)+$)b|^(?=(?:a|a)*$)c",
            r"^(a+)+\1$",
            r"(a*)*\1b",
            "(?:(?=.*b).)*c",
            "(?=.*(?=.*(?=.*(?=.*b))))c",
            "(?<!b)(a+)+$",
            r"(?:a?){50}(?:(?=a)a){50}\b$",
        ];
        let long = [
            format!("{}!", "a".repeat(24)),
            "a".repeat(1024),
            "a".repeat(10_000) + "!",
            "a".repeat(100_000) + "!",
        ];
        for trap in traps {
            for text in &long {
                let start = Instant::now();
                let verdict = ask(trap, text);
                let took = start.elapsed();
                assert!(
                    took < Duration::from_secs(5),
                    "{trap} on {} bytes: {verdict:?} after {took:?}",
                    text.len()
                );
            }
        }
        assert_eq!(judge("^(a+)+$", &long[2]), Some(false));
        assert_eq!(judge("^(a+)+$", &long[1]), Some(true));
    }
}
