//! Many calls by many tasks while everything goes wrong at random: every call must end, in a success or in an error that is
//! true; nothing that may be done once only is done twice; what the repetitions cost stays inside the budget; and memory and
//! connections go back to where they were.

use super::{memory, open_files, random};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use cloudrun_emulator::{Emulator, Fault, RunningEmulator, axum};
use cloudrun_runtime::{Error, Gateway, GatewayCode, Reply, RetryPolicy, Service, SignIn};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The time of one call, and how much later it counts as one that hangs.
const CALL_TIME: Duration = Duration::from_secs(5);
const GRACE: Duration = Duration::from_secs(5);
/// What all calls together may repeat beside a tenth of the successes (`RetryPolicy`).
const BUDGET: u64 = 100;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Calls in all.
    pub calls: usize,
    /// Tasks that make them.
    pub tasks: usize,
    /// Where the random numbers start.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Calls that were made.
    pub calls: u64,
    /// Attempts of all calls.
    pub attempts: u64,
    /// Calls that succeeded.
    pub successes: u64,
    /// Calls that failed, by the kind of the error.
    pub errors: BTreeMap<String, u64>,
    /// Things done twice that may be done once only.
    pub duplicates: u64,
    /// Calls that did not end.
    pub hangs: u64,
    /// Answers that are another call's, and errors that are not true.
    pub lies: Vec<String>,
    /// How often the session was opened and renewed.
    pub sign_ins: (u64, u64),
    /// Connections that the emulator saw, and how many were open after the end.
    pub connections: (u64, u64),
    /// Open files before and after.
    pub files: (usize, usize),
    /// The largest memory, in KiB, and how much more there was at the end than after a tenth of the calls.
    pub memory: (u64, i64),
    /// How long it took.
    pub elapsed: Duration,
}

impl Figures {
    /// What is not as it should be.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = self.lies.clone();
        let failed: u64 = self.errors.values().sum();
        let mut demand = |fine: bool, text: String| {
            if !fine {
                complaints.push(text);
            }
        };
        demand(self.hangs == 0, format!("{} calls hang", self.hangs));
        demand(self.duplicates == 0, format!("{} things were done twice", self.duplicates));
        demand(
            self.successes + failed == self.calls,
            format!("{} calls have no end", self.calls - self.successes - failed),
        );
        let most = self.calls + BUDGET + self.successes / 10 + 1;
        demand(self.attempts <= most, format!("{} attempts, {most} at most", self.attempts));
        demand(self.connections.1 == 0, format!("{} connections are still open", self.connections.1));
        demand(self.files.1 <= self.files.0, format!("{} open files, {} before", self.files.1, self.files.0));
        // What allocators keep for later, not what grows with the calls.
        demand(self.memory.1 < 64 << 10, format!("{} KiB more than at the start", self.memory.1));
        complaints
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "calls          {:>10}  in {:.1?}", self.calls, self.elapsed)?;
        writeln!(f, "attempts       {:>10}", self.attempts)?;
        writeln!(f, "successes      {:>10}", self.successes)?;
        for (kind, count) in &self.errors {
            writeln!(f, "  {kind:<30}{count:>8}")?;
        }
        writeln!(f, "duplicates     {:>10}", self.duplicates)?;
        writeln!(f, "hangs          {:>10}", self.hangs)?;
        writeln!(f, "sign-ins       {:>10}  renewals {}", self.sign_ins.0, self.sign_ins.1)?;
        writeln!(f, "connections    {:>10}  open at the end {}", self.connections.0, self.connections.1)?;
        writeln!(f, "open files     {:>10}  at the start {}", self.files.1, self.files.0)?;
        write!(f, "peak memory    {:>6} KiB  after the calls {:+} KiB", self.memory.0, self.memory.1)
    }
}

/// Runs it. `progress` is told how many calls have ended, now and then.
///
/// # Errors
///
/// The emulator or the client could not be set up.
pub async fn run(plan: Plan, progress: impl Fn(usize) + Send + Sync + 'static) -> Result<Figures, Failure> {
    let started = Instant::now();
    let before = open_files();
    let done: Arc<Vec<AtomicU8>> = Arc::new((0..plan.calls).map(|_| AtomicU8::new(0)).collect());
    let emulator = start(Arc::clone(&done)).await?;
    // Sign in before anything goes wrong: what follows is about a session that lives.
    let policy = RetryPolicy::default().waits(Duration::from_millis(1), Duration::from_millis(20));
    let gateway = Gateway::at(emulator.url())
        .credential(SignIn::password("ada", "correct horse"))
        .retry(policy.attempts_within(Duration::from_secs(1)))
        .timeout(CALL_TIME)
        .build()?;
    let service = gateway.service("orders")?;
    faults(&emulator, plan.seed);

    let next = Arc::new(AtomicUsize::new(0));
    let early_memory = Arc::new(AtomicU64::new(0));
    let progress = Arc::new(progress);
    let mut tasks = JoinSet::new();
    for _ in 0..plan.tasks {
        let (service, done, next) = (service.clone(), Arc::clone(&done), Arc::clone(&next));
        let (early_memory, progress) = (Arc::clone(&early_memory), Arc::clone(&progress));
        tasks.spawn(async move {
            let mut figures = Figures::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= plan.calls {
                    return figures;
                }
                if number == plan.calls / 10 {
                    early_memory.store(memory("VmRSS:"), Ordering::Relaxed);
                }
                if number % 1000 == 0 {
                    progress(number);
                }
                let kind = Kind::of(random(plan.seed ^ 0xca11, number as u64));
                one(&service, number, kind, &done[number], &mut figures).await;
            }
        });
    }
    let mut figures = Figures::default();
    while let Some(part) = tasks.join_next().await {
        figures.add(part?);
    }
    emulator.faults().clear();
    figures.duplicates =
        done.iter().filter(|times| times.load(Ordering::Relaxed) & !AGAIN > 1).count() as u64;
    figures.sign_ins = (emulator.counts().sign_ins(), emulator.counts().refreshes());
    drop((service, gateway));
    // Connections end a moment after their client.
    for _ in 0..100 {
        if emulator.counts().open_connections() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    figures.connections = (emulator.counts().connections(), emulator.counts().open_connections());
    emulator.shutdown().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    figures.files = (before, open_files());
    let early = i64::try_from(early_memory.load(Ordering::Relaxed))?;
    figures.memory = (memory("VmHWM:"), i64::try_from(memory("VmRSS:"))? - early);
    figures.elapsed = started.elapsed();
    Ok(figures)
}

impl Figures {
    fn add(&mut self, part: Self) {
        self.calls += part.calls;
        self.attempts += part.attempts;
        self.successes += part.successes;
        self.hangs += part.hangs;
        self.lies.extend(part.lies);
        for (kind, count) in part.errors {
            *self.errors.entry(kind).or_default() += count;
        }
    }
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Read,
    /// May be done once only.
    Order,
    /// May be done again: the service knows it by its key.
    KeyedOrder,
}

impl Kind {
    fn of(random: u64) -> Self {
        match random % 10 {
            0..=5 => Self::Read,
            6..=8 => Self::Order,
            _ => Self::KeyedOrder,
        }
    }
}

/// Marks in the service's book what may be done again.
const AGAIN: u8 = 0x80;

/// A service that keeps a book of what it has done, by the number of the call.
async fn start(done: Arc<Vec<AtomicU8>>) -> Result<RunningEmulator, Failure> {
    let service = Router::new()
        .fallback(async |State(done): State<Arc<Vec<AtomicU8>>>, headers: HeaderMap| {
            let number = headers.get("x-number").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
            let Some((number, times)) = number.and_then(|number| Some((number, done.get(number)?))) else {
                return (StatusCode::BAD_REQUEST, String::new());
            };
            if headers.contains_key("idempotency-key") {
                times.fetch_or(AGAIN | 1, Ordering::Relaxed);
            } else if headers.contains_key("x-once") {
                times.fetch_add(1, Ordering::Relaxed);
            } else {
                times.fetch_or(AGAIN | 1, Ordering::Relaxed);
            }
            (StatusCode::OK, format!("{number}:{}", "x".repeat(number % 2000)))
        })
        .with_state(done);
    let emulator = Emulator::new()
        .service("orders", service)
        .user("ada", "correct horse")
        // Tokens end again and again in the middle of it.
        .access_token_life(Duration::from_secs(2));
    Ok(emulator.start().await?)
}

/// One request in ten has a fault.
fn faults(emulator: &RunningEmulator, seed: u64) {
    let count = AtomicU64::new(0);
    emulator.faults().choose(move |request| {
        let dice = random(seed ^ 0xfa17, count.fetch_add(1, Ordering::Relaxed));
        if !dice.is_multiple_of(10) {
            return None;
        }
        let code = |status, code: &str| Fault::Code { status, code: code.to_owned() };
        let is_sign_in = request.uri().path().starts_with("/auth/");
        Some(match dice / 10 % 16 {
            // An answer that is lost with a new refresh token in it costs a sign-in; a refused one is not what this is about.
            _ if is_sign_in => Fault::Status { status: 503, retry_after: None },
            0 => Fault::Delay(Duration::from_millis(dice / 160 % 100)),
            1 => Fault::ResetBefore,
            2 => Fault::ResetAfter,
            3 => Fault::Half,
            4 => Fault::WrongLength,
            5 => Fault::Garbage,
            6 => Fault::GoAway,
            7 => Fault::Slow(Duration::from_micros(100)),
            8 => Fault::Status { status: 503, retry_after: None },
            9 => Fault::Status { status: 429, retry_after: Some("0".to_owned()) },
            10 => Fault::Status { status: 504, retry_after: None },
            11 => code(503, "SERVICE_NOT_READY"),
            12 => code(404, "SERVICE_ENDPOINT_NOT_FOUND"),
            13 => code(403, "ACTION_FORBIDDEN"),
            14 => Fault::Service { status: 500 },
            _ => Fault::Delay(Duration::from_millis(1500)),
        })
    });
}

async fn one(service: &Service, number: usize, kind: Kind, times: &AtomicU8, figures: &mut Figures) {
    let call = match kind {
        Kind::Read => service.get("/orders"),
        Kind::Order => service.post("/orders").header("x-once", "1"),
        Kind::KeyedOrder => service.post("/orders").idempotency_key(&number.to_string()),
    };
    let call = call.header("x-number", &number.to_string()).send();
    figures.calls += 1;
    let Ok(answer) = tokio::time::timeout(CALL_TIME + GRACE, call).await else {
        figures.hangs += 1;
        return;
    };
    let times = times.load(Ordering::Relaxed) & !AGAIN;
    let lie = match &answer {
        Ok(reply) => {
            figures.attempts += u64::from(reply.call().attempts());
            reply_lies(reply, number, kind, times)
        }
        Err(error) => {
            figures.attempts += u64::from(error.attempts());
            error_lies(error, kind, times)
        }
    };
    if let Some(lie) = lie {
        figures.lies.push(format!("call {number}, {kind:?}, done {times} times: {lie}"));
    }
    match answer {
        Ok(reply) if reply.status().is_success() => figures.successes += 1,
        Ok(reply) => *figures.errors.entry(format!("service {}", reply.status().as_u16())).or_default() += 1,
        Err(error) => *figures.errors.entry(kind_of(&error)).or_default() += 1,
    }
}

fn reply_lies(reply: &Reply, number: usize, kind: Kind, times: u8) -> Option<String> {
    if !reply.status().is_success() {
        let is_faked = reply.status().as_u16() == 500;
        return (!is_faked).then(|| format!("an answer that nobody gave: {reply:?}"));
    }
    let is_own = reply.text().is_ok_and(|text| *text == format!("{number}:{}", "x".repeat(number % 2000)));
    if !is_own {
        return Some(format!("the answer of another call: {reply:?}"));
    }
    (kind == Kind::Order && times != 1).then(|| "it succeeded".to_owned())
}

/// An error says that nothing was done only where nothing was.
fn error_lies(error: &Error<Infallible>, kind: Kind, times: u8) -> Option<String> {
    if kind != Kind::Order {
        return None;
    }
    let says_that_nothing_was_done = match error {
        Error::Gateway(refusal) => {
            matches!(
                refusal.code(),
                Some(
                    GatewayCode::ActionForbidden
                        | GatewayCode::ServiceNotReady
                        | GatewayCode::ServiceEndpointNotFound
                )
            ) || refusal.reply().status() == StatusCode::TOO_MANY_REQUESTS
        }
        Error::Credential { .. } | Error::Request { .. } => true,
        Error::Transport { error, .. } => error.is_before_sending(),
        _ => false,
    };
    (says_that_nothing_was_done && times > 0).then(|| error.to_string())
}

fn kind_of(error: &Error<Infallible>) -> String {
    match error {
        Error::Gateway(refusal) => match refusal.code() {
            Some(code) => format!("gateway {} {code}", refusal.reply().status().as_u16()),
            None => format!("gateway {}", refusal.reply().status().as_u16()),
        },
        Error::Timeout { .. } => "timeout".to_owned(),
        Error::Transport { .. } => "transport".to_owned(),
        Error::Credential { .. } => "credential".to_owned(),
        _ => "another".to_owned(),
    }
}
