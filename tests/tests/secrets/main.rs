//! Secrets are seen by nobody. Each is planted in a place of a request or an answer, the other side repeats it in every way that
//! it knows, and eight bytes in a row of it are looked for in everything that people read.

mod answers;
mod inspector;
mod own_code;
mod places;
mod sockets;
mod steps;
mod views;

use answers::ANSWERS;
use places::{PLACES, Place, SETTINGS};
use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use views::{Log, Seen, see};

type Failure = Box<dyn std::error::Error>;

/// Bytes in a row of a secret that nobody may read.
const RUN: usize = 8;

/// Secrets of another kind each: of letters, with what URLs and JSON escape, as long as a token of a sign-in.
fn secrets() -> Vec<String> {
    let letters = |alphabet: &[u8], length: usize| -> String {
        let random = || RandomState::new().build_hasher().finish() as usize;
        (0..length).map(|_| char::from(alphabet[random() % alphabet.len()])).collect()
    };
    let plain = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    vec![letters(plain, 24), letters(b"abcdefgh123456/+%&#@'!-._~", 40), letters(plain, 300)]
}

/// All parts of a secret, and which two bytes they begin with, since logs are long.
struct Runs<'a>(HashSet<&'a [u8]>, Vec<bool>);

fn runs(secret: &str) -> Runs<'_> {
    let runs: HashSet<&[u8]> = secret.as_bytes().windows(RUN).collect();
    let mut starts = vec![false; 1 << 16];
    runs.iter().for_each(|run| starts[start(run)] = true);
    Runs(runs, starts)
}

fn start(run: &[u8]) -> usize {
    usize::from(run[0]) << 8 | usize::from(run[1])
}

/// The first part of a secret that stands in a text.
fn leak<'a>(Runs(runs, starts): &Runs<'_>, text: &'a str) -> Option<&'a str> {
    let bytes = text.as_bytes();
    let is_one = |at: &usize| {
        let run = &bytes[*at..*at + RUN];
        starts[start(run)] && runs.contains(run)
    };
    let at = (0..(bytes.len() + 1).saturating_sub(RUN)).find(is_one)?;
    text.get(at..at + RUN)
}

/// Whether a text of ours is one line of at most 2 kB.
fn is_a_line(text: &str) -> bool {
    let breaks = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.len() <= 2048 && !text.contains(breaks)
}

#[tokio::test]
async fn nobody_sees_a_secret_of_a_request_or_an_answer() -> Result<(), Failure> {
    let (mut found, mut views, mut redacted) = (Vec::new(), BTreeSet::new(), 0);
    for place in PLACES {
        for answer in ANSWERS.iter().filter(|answer| place.takes(answer)) {
            for secret in secrets() {
                let (log, runs) = (Log::default(), runs(&secret));
                let seen = log.during(see(place, answer, &secret)).await?;
                for Seen { view, text, is_message } in seen.into_iter().chain([log.seen()]) {
                    views.insert(view);
                    redacted += usize::from(text.contains("<redacted>"));
                    if let Some(run) = leak(&runs, &text) {
                        found.push(format!(
                            "{} × {} × {view}: {run:?} of {secret:?} in {text:.600}",
                            place.name, answer.name
                        ));
                    }
                    if is_message && !is_a_line(&text) {
                        found.push(format!(
                            "{} × {} × {view}: no line: {text:.300?}",
                            place.name, answer.name
                        ));
                    }
                }
            }
        }
    }
    println!(
        "{} places × {} answers × {} views, {redacted} texts redacted",
        PLACES.len(),
        ANSWERS.len(),
        views.len()
    );
    assert!(
        found.is_empty(),
        "{} found, the first:\n{}",
        found.len(),
        found.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(redacted > 100, "hardly anything was repeated: {redacted}");
    println!("none found");
    Ok(())
}

#[test]
fn nobody_sees_a_secret_of_a_setting() {
    for setting in SETTINGS {
        for secret in secrets() {
            for text in (setting.seen)(&secret) {
                assert_eq!(leak(&runs(&secret), &text), None, "{}: {text}", setting.name);
                assert!(is_a_line(&text), "{}: {text}", setting.name);
            }
        }
    }
    println!("{} settings, none found", SETTINGS.len());
}

#[tokio::test]
async fn an_answer_of_any_size_makes_one_line() -> Result<(), Failure> {
    let long = "line\r\n\u{1b}[31m\u{202e} 2026-11-25 ERROR forged ".repeat(150_000);
    assert!(long.len() > 5_000_000);
    let place: &Place = PLACES.iter().find(|place| place.is_answers).ok_or("no place")?;
    let mut messages = 0;
    for answer in ANSWERS {
        // As much of it as the answer's place can hold.
        let text = if answer.is_in_head { "2026-11-25 ERROR forged ".repeat(100) } else { long.clone() };
        for Seen { view, text, is_message } in see(place, answer, &text).await? {
            if is_message {
                messages += 1;
                assert!(is_a_line(&text), "{} × {view}: {} bytes: {text:.300?}", answer.name, text.len());
            }
        }
    }
    assert!(messages > 50, "{messages}");
    Ok(())
}
