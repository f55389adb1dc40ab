//! Many sockets and streams whose peers are slow, dead, gone or rude: each ends, in what the service did or in an error, nothing
//! is lost without a word, and tasks, connections and memory go back to where they were.

mod caller;
mod fate;
mod service;

use self::caller::Caller;
use self::fate::Fate;
use self::service::{Book, service};
use super::{memory, open_files};
use cloudrun_emulator::{Emulator, RunningEmulator};
use cloudrun_runtime::{Credential, Gateway, GatewayBuilder};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// After this time a socket or stream counts as one that hangs; the slowest takes some seconds.
const LONGEST: Duration = Duration::from_secs(40);
/// How long an answer may be silent where that is a failure.
const SILENCE: Duration = Duration::from_millis(300);
/// To this many sockets there is a stream.
const SOCKETS_A_STREAM: usize = 4;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Sockets in all. There is a stream to every four of them.
    pub sockets: usize,
    /// How many are open at the same time.
    pub at_once: usize,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Plan {
    /// Sockets and streams together.
    pub fn all(&self) -> usize {
        self.sockets + self.sockets / SOCKETS_A_STREAM
    }

    /// Where memory is looked at first: after a tenth, and once all that is open at the same time has been.
    fn early(&self) -> usize {
        (self.all() / 10).max(2 * self.at_once).min(self.all().saturating_sub(1))
    }

    fn is_socket(number: usize) -> bool {
        !number.is_multiple_of(SOCKETS_A_STREAM + 1)
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Sockets and streams that went as they should, by what became of them.
    pub fine: BTreeMap<&'static str, u64>,
    /// Sockets and streams in all.
    pub all: u64,
    /// Those that did not end.
    pub hangs: u64,
    /// What was lost or made up.
    pub lies: Vec<String>,
    /// What the service holds at the end.
    pub held: u64,
    /// Connections that the emulator saw, and how many were open after the end.
    pub connections: (u64, u64),
    /// Tasks before and after.
    pub tasks: (usize, usize),
    /// Open files before and after.
    pub files: (usize, usize),
    /// The largest memory, in KiB, and how much more there was at the end than early on.
    pub memory: (u64, i64),
    /// How long it took.
    pub elapsed: Duration,
}

impl Figures {
    /// What is not as it should be.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = self.lies.clone();
        let mut demand = |fine: bool, text: String| {
            if !fine {
                complaints.push(text);
            }
        };
        let fine: u64 = self.fine.values().sum();
        demand(self.hangs == 0, format!("{} hang", self.hangs));
        demand(
            fine + self.hangs + self.lies.len() as u64 == self.all,
            format!("{fine} of {} have an end", self.all),
        );
        demand(self.held == 0, format!("the service still holds {}", self.held));
        demand(self.connections.1 == 0, format!("{} connections are still open", self.connections.1));
        demand(self.tasks.1 <= self.tasks.0, format!("{} tasks, {} before", self.tasks.1, self.tasks.0));
        demand(self.files.1 <= self.files.0, format!("{} open files, {} before", self.files.1, self.files.0));
        // What allocators keep for later, not what grows with the sockets.
        demand(self.memory.1 < 64 << 10, format!("{} KiB more than at the start", self.memory.1));
        complaints
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "sockets, streams {:>8}  in {:.1?}", self.all, self.elapsed)?;
        for (name, count) in &self.fine {
            writeln!(f, "  {name:<30}{count:>8}")?;
        }
        writeln!(f, "hangs          {:>10}", self.hangs)?;
        writeln!(f, "lost or wrong  {:>10}", self.lies.len())?;
        writeln!(f, "held at the end{:>10}", self.held)?;
        writeln!(f, "connections    {:>10}  open at the end {}", self.connections.0, self.connections.1)?;
        writeln!(f, "tasks          {:>10}  at the start {}", self.tasks.1, self.tasks.0)?;
        writeln!(f, "open files     {:>10}  at the start {}", self.files.1, self.files.0)?;
        write!(f, "peak memory    {:>6} KiB  after them {:+} KiB", self.memory.0, self.memory.1)
    }
}

/// Runs it. `progress` is told how many have ended, now and then.
///
/// # Errors
///
/// The emulator or the client could not be set up.
pub async fn run(plan: Plan, progress: impl Fn(usize) + Send + Sync + 'static) -> Result<Figures, Failure> {
    let started = Instant::now();
    let tasks = Handle::current().metrics().num_alive_tasks();
    let files = open_files();
    let book = Arc::new(Book {
        seed: plan.seed,
        held: AtomicU64::new(0),
        opened: (0..plan.all()).map(|_| Default::default()).collect(),
    });
    let emulator = Emulator::new().service("talk", service(Arc::clone(&book))).start().await?;
    let caller = caller(&emulator)?;
    let (mut figures, early_memory) = all(plan, &caller, progress).await?;
    drop(caller);
    // Connections end a moment after their client, and with them what the service holds.
    for _ in 0..600 {
        if emulator.counts().open_connections() == 0 && book.held.load(Ordering::Relaxed) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    figures.held = book.held.load(Ordering::Relaxed);
    figures.connections = (emulator.counts().connections(), emulator.counts().open_connections());
    emulator.shutdown().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    figures.tasks = (tasks, Handle::current().metrics().num_alive_tasks());
    figures.files = (files, open_files());
    figures.memory = (memory("VmHWM:"), i64::try_from(memory("VmRSS:"))? - i64::try_from(early_memory)?);
    figures.elapsed = started.elapsed();
    Ok(figures)
}

fn caller(emulator: &RunningEmulator) -> Result<Caller, Failure> {
    let of = |set: fn(GatewayBuilder) -> GatewayBuilder| {
        let gateway = Gateway::at(emulator.url()).credential(Credential::api_key(emulator.token()));
        set(gateway).build()
    };
    Ok(Caller {
        patient: of(|gateway| gateway)?.service("talk")?,
        hasty: of(|gateway| gateway.read_timeout(SILENCE))?.service("talk")?,
    })
}

/// All of them, and the memory after a tenth.
async fn all(
    plan: Plan,
    caller: &Caller,
    progress: impl Fn(usize) + Send + Sync + 'static,
) -> Result<(Figures, u64), Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let early_memory = Arc::new(AtomicU64::new(0));
    let progress = Arc::new(progress);
    let mut tasks = JoinSet::new();
    for _ in 0..plan.at_once {
        let (caller, next) = (caller.clone(), Arc::clone(&next));
        let (early_memory, progress) = (Arc::clone(&early_memory), Arc::clone(&progress));
        tasks.spawn(async move {
            let mut figures = Figures::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= plan.all() {
                    return figures;
                }
                if number == plan.early() {
                    early_memory.store(memory("VmRSS:"), Ordering::Relaxed);
                }
                if number.is_multiple_of(1000) {
                    progress(number);
                }
                one(plan, &caller, number, &mut figures).await;
            }
        });
    }
    let mut figures = Figures::default();
    while let Some(part) = tasks.join_next().await {
        figures.add(part?);
    }
    Ok((figures, early_memory.load(Ordering::Relaxed)))
}

async fn one(plan: Plan, caller: &Caller, number: usize, figures: &mut Figures) {
    let is_socket = Plan::is_socket(number);
    let fate = Fate::of(plan.seed, number, is_socket);
    let course = async {
        match is_socket {
            true => caller.socket(number, fate).await,
            false => caller.stream(number, fate).await,
        }
    };
    figures.all += 1;
    match tokio::time::timeout(LONGEST, course).await {
        Ok(Ok(())) => *figures.fine.entry(fate.name()).or_default() += 1,
        Ok(Err(lie)) => figures.lies.push(format!("{number}, {fate:?}: {lie}")),
        Err(_) => {
            figures.hangs += 1;
            eprintln!("{number}, {fate:?} hangs");
        }
    }
}

impl Figures {
    fn add(&mut self, part: Self) {
        self.all += part.all;
        self.hangs += part.hangs;
        self.lies.extend(part.lies);
        for (name, count) in part.fine {
            *self.fine.entry(name).or_default() += count;
        }
    }
}
