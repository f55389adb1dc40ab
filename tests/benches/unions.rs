//! Decoding of unions inside unions, over their depth. The time for a byte of text must not grow with it, but for the last row:
//! where a later variant turns out to be the better one at every level, the text below is read once more for each, which is
//! one reading a level and no more.
//!
//! ```text
//! cargo bench -p cloudrun-tests --bench unions
//! ```

#![allow(missing_docs, reason = "types of a benchmark")]

use cloudrun_runtime::json::from_slice;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[derive(Clone, Debug, PartialEq)]
pub enum Chain {
    Link(Box<Link>),
    Marked(Box<Marked>),
    End(i64),
}
cloudrun_runtime::one_of!(Chain { Link, Marked, End });

#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub n: Chain,
}
cloudrun_runtime::object!(Link {
    "n" n required,
});

#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    pub n: Chain,
    pub m: Option<i64>,
}
cloudrun_runtime::object!(Marked {
    "n" n required,
    "m" m optional,
});

/// What the innermost level is, and what every level around it begins with.
const SHAPES: [(&str, &str, &str); 5] = [
    ("exact at the first variant", r#"{"n":"#, "1"),
    ("exact at no variant", r#"{"n":"#, r#"{"n":1,"x":2}"#),
    ("no variant fits", r#"{"n":"#, "true"),
    ("broken off", r#"{"n":"#, r#"{"n""#),
    ("every level is its second variant", r#"{"m":1,"n":"#, "1"),
];

fn best(text: &str) -> Duration {
    const REPEATS: u32 = 50;
    let round = || {
        let start = Instant::now();
        (0..REPEATS).for_each(|_| drop(black_box(from_slice::<Chain>(black_box(text.as_bytes())))));
        start.elapsed() / REPEATS
    };
    (0..9).map(|_| round()).min().unwrap_or_default()
}

fn main() {
    println!("{:36} {:>9} {:>9} {:>9} {:>9}", "ns for each byte, by depth", 8, 16, 32, 64);
    for (name, level, end) in SHAPES {
        let rates = [8, 16, 32, 64].map(|depth| {
            let text = format!("{}{end}{}", level.repeat(depth), "}".repeat(depth));
            best(&text).as_nanos() as f64 / text.len() as f64
        });
        println!("{name:36} {}", rates.map(|rate| format!("{rate:9.1}")).join(" "));
    }
}
