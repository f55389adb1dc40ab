//! Many requests at once through the emulator: is any lost or mixed up with another, and what does the way through it cost,
//! beside a direct call of the same service?

use axum::extract::Path;
use axum::routing::post;
use axum::{Json, Router};
use cloudrun_emulator::{Emulator, axum};
use serde_json::{Value, json};
use std::fmt;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many requests, over how many connections.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Requests in all.
    pub requests: usize,
    /// Connections that share them.
    pub connections: usize,
}

/// What came of the requests of one way.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// Answers to the request that was made.
    pub right: usize,
    /// Answers to another one.
    pub mixed_up: usize,
    /// Requests without a whole answer.
    pub lost: usize,
    /// The time of each request, in order.
    pub times: Vec<Duration>,
}

impl Way {
    /// The time below which a share of the requests stayed.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }
}

/// Both ways.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Straight to the service.
    pub direct: Way,
    /// By way of the emulator.
    pub emulated: Way,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<22} {:>8} {:>6} {:>9} {:>9} {:>9}",
            "", "right", "lost", "mixed up", "median", "99 %"
        )?;
        for (name, way) in [("direct", &self.direct), ("through the emulator", &self.emulated)] {
            let time = |share| format!("{:.0} µs", way.quantile(share).as_secs_f64() * 1e6);
            let (median, most) = (time(0.5), time(0.99));
            writeln!(
                f,
                "{name:<22} {:>8} {:>6} {:>9} {median:>9} {most:>9}",
                way.right, way.lost, way.mixed_up
            )?;
        }
        let (one, other) = (self.direct.quantile(0.5), self.emulated.quantile(0.5));
        let ratio = other.as_secs_f64() / one.as_secs_f64().max(1e-9);
        let more = (other.as_secs_f64() - one.as_secs_f64()) * 1e6;
        write!(f, "overhead per request: {more:.0} µs, {ratio:.2} times a direct call")
    }
}

/// Makes the requests both ways, one way after the other.
///
/// # Errors
///
/// The service or the emulator cannot be started.
pub async fn run(plan: Plan) -> Result<Figures, Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let service = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router()).await });
    let emulator = Emulator::new().service_at("crowd", &service).start().await?;
    let gateway = format!("{}/v1/cloudrun/crowd", emulator.url());
    // Both ways are walked once before it counts.
    let warm = Plan { requests: plan.connections, ..plan };
    for url in [&service, &gateway] {
        walk(warm, url, emulator.token()).await?;
    }
    let direct = walk(plan, &service, emulator.token()).await?;
    let emulated = walk(plan, &gateway, emulator.token()).await?;
    Ok(Figures { direct, emulated })
}

/// Answers with what only this request can be answered with.
fn router() -> Router {
    let answer = async |Path(number): Path<usize>, Json(body): Json<Value>| {
        Json(json!({"number": number, "twice": body["number"].as_u64().unwrap_or_default() * 2}))
    };
    Router::new().route("/numbers/{number}", post(answer))
}

async fn walk(plan: Plan, url: &str, token: &str) -> Result<Way, Failure> {
    let mut tasks = Vec::new();
    for connection in 0..plan.connections {
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(1).build()?;
        let (url, token) = (url.to_owned(), token.to_owned());
        let numbers = (connection..plan.requests).step_by(plan.connections);
        tasks.push(tokio::spawn(async move {
            let mut way = Way::default();
            for number in numbers {
                let start = Instant::now();
                match ask(&client, &url, &token, number).await {
                    Ok(answer) if answer == json!({"number": number, "twice": number * 2}) => way.right += 1,
                    Ok(_) => way.mixed_up += 1,
                    Err(_) => way.lost += 1,
                }
                way.times.push(start.elapsed());
            }
            way
        }));
    }
    let mut all = Way::default();
    for task in tasks {
        let way = task.await?;
        all.right += way.right;
        all.mixed_up += way.mixed_up;
        all.lost += way.lost;
        all.times.extend(way.times);
    }
    all.times.sort_unstable();
    Ok(all)
}

async fn ask(client: &reqwest::Client, url: &str, token: &str, number: usize) -> Result<Value, Failure> {
    let body = json!({"number": number}).to_string();
    let request = client.post(format!("{url}/numbers/{number}")).bearer_auth(token);
    let answer = request.header("content-type", "application/json").body(body).send().await?;
    let answer = answer.error_for_status()?.bytes().await?;
    Ok(serde_json::from_slice(&answer)?)
}
