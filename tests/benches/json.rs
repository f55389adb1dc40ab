//! Decoding and encoding of a generated response type beside the same type with serde's derives, in one run. Both
//! sides read bytes, as bodies arrive:
//!
//! ```text
//! cargo bench -p cloudrun-tests --bench json
//! ```

#![allow(missing_docs, reason = "the twins of generated types")]

cloudrun_runtime::include_client!("fleet");

use cloudrun_runtime::json::{from_slice, to_vec};
use fleet::types::MachinePage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Machine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Machine {
    id: i64,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    state: State,
    cores: i32,
    memory: u64,
    load: Vec<f64>,
    hostname: String,
    region: String,
    disks: Vec<Disk>,
    labels: BTreeMap<String, String>,
    boot_time: i64,
    healthy: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Disk {
    path: String,
    size: u64,
    used: f64,
    read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Starting,
    Running,
    Draining,
    Stopped,
    Failed,
    #[serde(untagged)]
    Unknown(String),
}

/// A page of some 130 kB.
fn page() -> String {
    let machine = |number: usize| {
        let state = ["starting", "running", "draining", "stopped", "failed"][number % 5];
        let disks: Vec<String> = (0..3)
            .map(|disk| {
                format!(
                    r#"{{"path":"/dev/disk{disk}","size":{},"used":0.{disk}5,"readOnly":false}}"#,
                    1u64 << 40
                )
            })
            .collect();
        format!(
            r#"{{"id":{number},"name":"machine-{number}","state":"{state}","cores":64,"memory":{},"load":[0.5,0.25,1.75],"hostname":"m{number}.example","region":"ap-shanghai","disks":[{}],"labels":{{"rack":"r{number}","team":"storage"}},"bootTime":1795392000,"healthy":true,"owner":"a \"quoted\" owner","temperature":41.5}}"#,
            1u64 << 38,
            disks.join(",")
        )
    };
    format!(r#"{{"items":[{}]}}"#, (0..260).map(machine).collect::<Vec<_>>().join(","))
}

const ROUNDS: usize = 9;
const REPEATS: u32 = 60;

/// The best of several rounds, in MB/s; the rounds of both sides alternate, so that both meet the same machine.
fn race(bytes: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (f64, f64) {
    let (mut best, mut rival) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best = best.min(time(&mut ours));
        rival = rival.min(time(&mut theirs));
    }
    let rate = |time: Duration| bytes as f64 * f64::from(REPEATS) / time.as_secs_f64() / 1e6;
    (rate(best), rate(rival))
}

fn time(work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    (0..REPEATS).for_each(|_| work());
    start.elapsed()
}

fn main() -> Result<(), Box<dyn Error>> {
    let text = page();
    let ours: MachinePage = from_slice(text.as_bytes())?;
    let theirs: Page = serde_json::from_slice(text.as_bytes())?;
    if to_vec(&ours)? != serde_json::to_vec(&theirs)? {
        return Err("both sides must write the same bytes".into());
    }
    let decode = race(
        text.len(),
        || drop(black_box(from_slice::<MachinePage>(black_box(text.as_bytes())))),
        || drop(black_box(serde_json::from_slice::<Page>(black_box(text.as_bytes())))),
    );
    let encode = race(
        text.len(),
        || drop(black_box(to_vec(black_box(&ours)))),
        || drop(black_box(serde_json::to_vec(black_box(&theirs)))),
    );
    println!("{} kB        generated   serde derives   ratio", text.len() / 1000);
    for (name, (ours, theirs)) in [("decode", decode), ("encode", encode)] {
        println!("{name:8} {ours:8.0} MB/s {theirs:10.0} MB/s {:7.2}", ours / theirs);
    }
    Ok(())
}
