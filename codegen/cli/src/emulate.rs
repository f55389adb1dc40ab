//! The gateway on this machine as a command: what it serves and how to call it is printed at the start, then a line for every
//! request.
//!
//! May import from `outcome`, `report`, `arguments`, `certificate`.

use crate::arguments::{Emulate, Pair};
use crate::certificate::CertificateFile;
use crate::outcome::{Failure, Outcome};
use crate::report;
use cloudrun_codegen::Severity;
use cloudrun_emulator::{Document, Emulator, Exchange, RunningEmulator, StartError};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::Duration;

pub(crate) fn run(arguments: &Emulate) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure(format!("the system gives the emulator no threads: {error}")))?;
    runtime.block_on(emulate(arguments))
}

async fn emulate(arguments: &Emulate) -> Result<Outcome, Failure> {
    let (emulator, services) = set_up(arguments)?;
    if services.is_empty() {
        let message = "no service to serve: give `--service NAME=URL` or `--mock NAME=FILE`";
        return Err(Failure(message.to_owned()));
    }
    let certificate = arguments.tls.as_deref().map(CertificateFile::open).transpose()?;
    let emulator = emulator.start().await.map_err(|error| unstarted(arguments, &error))?;
    if let (Some(file), Some(certificate)) = (certificate, emulator.root_certificate()) {
        file.write(certificate)?;
    }
    match io::stdout().lock().write_all(introduction(arguments, &emulator, &services).as_bytes()) {
        Ok(()) => {}
        // Who does not want to know how to call the emulator will not call it.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Outcome::Fine),
        Err(error) => return Err(report::unwritten(&error)),
    }
    interrupted().await?;
    tokio::select! {
        () = emulator.shutdown() => Ok(Outcome::Fine),
        // Whoever asks twice does not want to wait for running requests.
        again = interrupted() => again.map(|()| Outcome::Fine),
    }
}

/// Waits for Ctrl-C.
async fn interrupted() -> Result<(), Failure> {
    tokio::signal::ctrl_c().await.map_err(|error| Failure(format!("Ctrl-C cannot be waited for: {error}")))
}

/// Why the emulator does not listen, and what to do.
fn unstarted(arguments: &Emulate, error: &StartError) -> Failure {
    let port = arguments.port;
    let advice = match error {
        StartError::Listen(error) if error.kind() == ErrorKind::AddrInUse => {
            "another program listens there; end it, or name another `--port` (0 is a free one)"
        }
        StartError::Listen(error) if error.kind() == ErrorKind::PermissionDenied => {
            "ports below 1024 need a right of their own; name another `--port` (0 is a free one)"
        }
        StartError::Listen(_) => "name another `--port` (0 is a free one)",
        _ => return Failure(error.to_string()),
    };
    Failure(format!("127.0.0.1:{port}: {error}; {advice}"))
}

/// The emulator, and a line for each of its services.
fn set_up(arguments: &Emulate) -> Result<(Emulator, Vec<(String, String)>), Failure> {
    let mut emulator = Emulator::new()
        .environment_id(&arguments.env)
        .token(&arguments.api_key)
        .port(arguments.port)
        .inspector()
        .on_exchange(|exchange| {
            // A log that nobody reads any more is no reason to stop.
            let _ = writeln!(io::stdout().lock(), "{}", line(exchange));
        })
        // Nothing is sent: whoever runs this is the one who gets it.
        .on_code(|recipient, code| {
            let line = format!("code {code} for {recipient}").replace(char::is_control, "�");
            let _ = writeln!(io::stdout().lock(), "{line}");
        });
    let mut services = Vec::new();
    for Pair { name, value } in &arguments.service {
        if !value.starts_with("http://") && !value.starts_with("https://") {
            return Err(Failure(format!("`{value}` is no URL of a service; `http://127.0.0.1:8080` is one")));
        }
        emulator = emulator.service_at(name, value);
        services.push((name.clone(), value.clone()));
    }
    for Pair { name, value } in &arguments.mock {
        let document = read(value)?;
        services.push((name.clone(), format!("mocked by {value}, {} operations", document.operations())));
        emulator = emulator.mock(name, document);
    }
    for Pair { name, value } in &arguments.document {
        if !arguments.service.iter().any(|service| service.name == *name) {
            return Err(Failure(format!("`--document {name}={value}` needs `--service {name}=URL`")));
        }
        emulator = emulator.document(name, read(value)?);
    }
    for Pair { name, value } in &arguments.user {
        emulator = emulator.user(name, value);
    }
    for Pair { name, value } in &arguments.key_pair {
        emulator = emulator.key_pair(name, value);
    }
    for Pair { name, value } in &arguments.custom_login {
        let key = std::fs::read_to_string(value).map_err(|error| Failure(format!("{value}: {error}")))?;
        emulator = emulator.custom_login(name, key);
    }
    if arguments.context {
        emulator = emulator.cloudbase_context();
    }
    for name in &arguments.host {
        emulator = emulator.host(name);
    }
    for host in &arguments.security_domain {
        emulator = emulator.security_domain(host);
    }
    if let Some(key) = &arguments.publishable_key {
        emulator = emulator.publishable_key(key);
    }
    if let Some(seconds) = arguments.token_life {
        let life = Duration::try_from_secs_f64(seconds)
            .map_err(|error| Failure(format!("`--token-life {seconds}`: {error}")))?;
        emulator = emulator.access_token_life(life);
    }
    if let Some(rate) = arguments.rate {
        emulator = emulator.requests_in_a_second(rate);
    }
    if arguments.tls.is_some() {
        emulator = emulator.tls();
    }
    Ok((emulator, services))
}

fn read(path: &str) -> Result<Document, Failure> {
    let document = Document::read(Path::new(path)).map_err(|found| {
        let errors = found.iter().filter(|found| found.severity == Severity::Error);
        Failure(errors.map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let warnings = document.diagnostics().count(Severity::Warning);
    if warnings > 0 {
        report::warn(&format!("{path}: {warnings} warnings; `cargo cloudrun generate` shows them"));
    }
    Ok(document)
}

/// What callers need to know. It is written at once: who reads only the first lines closes the pipe after them.
fn introduction(arguments: &Emulate, emulator: &RunningEmulator, services: &[(String, String)]) -> String {
    let url = emulator.url();
    let mut lines = vec![format!("The gateway of the environment `{}` is at {url}", arguments.env)];
    let width = services.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    lines.extend(services.iter().map(|(name, what)| format!("  {name:width$}  {what}")));
    lines.push("\nFor programs that call it:".to_owned());
    lines.push(format!("  export CLOUDBASE_GATEWAY_URL={url}"));
    lines.push(format!("  export CLOUDBASE_ENV_ID={}", arguments.env));
    lines.push(format!("  export CLOUDBASE_APIKEY={}", quoted(&arguments.api_key)));
    if let Some(path) = &arguments.tls {
        lines.push(format!("They have to trust the certificate authority in {}.", path.display()));
    }
    lines.push(format!("\nInspector: {url}/_inspector"));
    lines.push("Ctrl-C ends it.\n\n".to_owned());
    lines.join("\n")
}

/// A word for a shell, quoted where it needs to be.
fn quoted(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte));
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// `12:00:03 GET    orders /pets?limit=2 200 3.1 ms listPets`: one line, whatever the request holds.
fn line(exchange: &Exchange) -> String {
    let started = jiff::Timestamp::try_from(exchange.started()).unwrap_or_default();
    let time = started.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S").to_string();
    let shown = exchange.shown_target();
    let target = match exchange.service() {
        Some((service, path)) => {
            let query = shown.split_once('?').map(|(_, query)| format!("?{query}"));
            format!("{service} {path}{}", query.unwrap_or_default())
        }
        None => shown.split('?').next().unwrap_or_default().to_owned(),
    };
    let milliseconds = exchange.elapsed().as_secs_f64() * 1000.0;
    let mut line =
        format!("{time} {:<6} {target} {} {milliseconds:.1} ms", exchange.method(), exchange.status());
    for more in [exchange.operation(), exchange.fault()].into_iter().flatten() {
        line.push(' ');
        line.push_str(more);
    }
    match exchange.shown_findings().as_deref() {
        Some([]) | None => {}
        Some([only]) => line.push_str(&format!(" ! {only}")),
        Some([first, rest @ ..]) => line.push_str(&format!(" ! {first} (and {} more)", rest.len())),
    }
    line.replace(char::is_control, "�")
}
