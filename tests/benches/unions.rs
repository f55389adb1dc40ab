//! Decoding of unions inside unions, over their depth. The time for a byte of text must not grow with it: whichever variant
//! turns out to be the better one at a level, the text below is read once to choose and once for good.
//!
//! ```text
//! cargo bench -p cloudrun-tests --bench unions
//! ```

#![allow(missing_docs, reason = "types of a benchmark")]

use cloudrun_runtime::json::{Decode, from_slice};
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

#[derive(Clone, Debug, PartialEq)]
pub enum Marker {
    Wrap(Box<Wrap>),
    Stop,
    Unknown(cloudrun_runtime::Value),
}
cloudrun_runtime::tagged!(Marker by "k" {
    "wrap" Wrap,
    "stop" Stop unit,
    ..Unknown
});

#[derive(Clone, Debug, PartialEq)]
pub struct Wrap {
    pub n: Marker,
}
cloudrun_runtime::object!(Wrap {
    "n" n required,
});

fn best<T: Decode>(text: &str) -> Duration {
    const REPEATS: u32 = 50;
    let round = || {
        let start = Instant::now();
        (0..REPEATS).for_each(|_| drop(black_box(from_slice::<T>(black_box(text.as_bytes())))));
        start.elapsed() / REPEATS
    };
    (0..9).map(|_| round()).min().unwrap_or_default()
}

/// The time for a byte at each depth.
fn row<T: Decode>(name: &str, text: impl Fn(usize) -> String) {
    let rates = [8, 16, 32, 64].map(|depth| {
        let text = text(depth);
        best::<T>(&text).as_nanos() as f64 / text.len() as f64
    });
    println!("{name:36} {}", rates.map(|rate| format!("{rate:9.1}")).join(" "));
}

fn main() {
    println!("{:36} {:>9} {:>9} {:>9} {:>9}", "ns for each byte, by depth", 8, 16, 32, 64);
    for (name, level, end) in SHAPES {
        row::<Chain>(name, |depth| format!("{}{end}{}", level.repeat(depth), "}".repeat(depth)));
    }
    row::<Marker>("every level ends with its tag", |depth| {
        format!(r#"{}{{"k":"stop"}}{}"#, r#"{"n":"#.repeat(depth), r#","k":"wrap"}"#.repeat(depth))
    });
}
