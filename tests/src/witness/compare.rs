//! Both sides of a case beside each other.

use super::cases::Case;
use super::{Got, Received};
use cloudrun_runtime::Context;
use std::fmt;

/// One side: what the service received, and what the caller got.
#[derive(Clone, Debug)]
pub struct Side {
    /// Whose it is.
    pub name: String,
    /// What the service received of the call; nothing if it did not arrive.
    pub received: Option<Received>,
    /// What the caller got.
    pub got: Got,
}

/// A case with the official side first, and what differs.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The case's name.
    pub name: String,
    /// The sides.
    pub sides: Vec<Side>,
    /// Differences that are listed with their reasons.
    pub known: Vec<String>,
    /// The others.
    pub unknown: Vec<String>,
}

/// Where every generated operation differs.
const GENERATED: [(&str, &str); 1] = [(
    "charset",
    "a generated operation sends the media type that its document names; the SDKs' default has `charset=utf-8`",
)];

/// Compares each of our sides with the official one.
pub fn compare(case: &Case, official: Side, ours: Vec<Side>) -> Comparison {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for side in &ours {
        for (field, theirs, own) in differences(&official, side) {
            let typed = GENERATED.iter().filter(|_| side.name == "generated");
            match case.known.iter().chain(typed).find(|(name, _)| *name == field) {
                Some((_, reason)) => {
                    let line = format!("{field}: {reason}");
                    if !known.contains(&line) {
                        known.push(line);
                    }
                }
                None => unknown.push(format!("{}: {field}: {theirs} there, {own} here", side.name)),
            }
        }
    }
    let sides = std::iter::once(official).chain(ours).collect();
    Comparison { name: format!("{:?}: {}", case.sdk, case.name), sides, known, unknown }
}

/// Reads a field of what the service received.
type Read = fn(&Received) -> String;

fn differences(official: &Side, ours: &Side) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    let mut differ = |field, theirs: String, own: String| {
        if theirs != own {
            found.push((field, theirs, own));
        }
    };
    let received = |side: &Side, read: Read| side.received.as_ref().map(read).unwrap_or_default();
    let fields: [(&str, Read); 9] = [
        ("method", |received| received.method.clone()),
        ("path", |received| received.path.clone()),
        ("query", |received| received.query.clone().unwrap_or_default()),
        ("body", |received| received.body.to_string()),
        ("content-type", |received| media_type(received).0),
        ("charset", |received| media_type(received).1),
        ("x-own", |received| received.header("x-own").unwrap_or_default().to_owned()),
        ("authorization", authorization),
        ("caller", caller),
    ];
    for (field, read) in fields {
        differ(field, received(official, read), received(ours, read));
    }
    differ("arrived", official.received.is_some().to_string(), ours.received.is_some().to_string());
    let status = |side: &Side| side.got.status.map(|status| status.to_string()).unwrap_or_default();
    if official.got.error.is_none() {
        differ("status", status(official), status(ours));
        differ("data", data(&official.got), data(&ours.got));
        differ("request id", request_id(official), request_id(ours));
    } else {
        differ("failed", "true".to_owned(), ours.got.error.is_some().to_string());
    }
    found
}

/// The media type of the body, and its parameters. Without a body there is nothing that it could be of; the SDKs send one all
/// the same.
fn media_type(received: &Received) -> (String, String) {
    let value = received.header("content-type").filter(|_| !received.body.is_null()).unwrap_or_default();
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    (essence.trim().to_owned(), parameters.trim().to_owned())
}

/// The kind of the credential, and the credential where it is the same for both. Which headers are signed is the signer's
/// choice: the SDK signs some of its own as well.
fn authorization(received: &Received) -> String {
    let value = received.header("authorization").unwrap_or_default();
    match value.split_once(' ') {
        // Tokens of sign-ins, signatures and their times differ from call to call.
        Some((scheme, rest)) if scheme != "Bearer" || rest.matches('.').count() == 2 => {
            let fields = rest.split([',', ' ']).filter_map(|field| field.split_once('='));
            let names: Vec<&str> = fields.map(|(name, _)| name).filter(|_| scheme != "Bearer").collect();
            format!("{scheme} {}", names.join(" "))
        }
        _ => value.to_owned(),
    }
}

/// Who calls, as the gateway tells the service. Anonymous users are known by a device that each side makes.
fn caller(received: &Received) -> String {
    let context = received.header("x-cloudbase-context").map(Context::from_header);
    let Some(Ok(context)) = context else { return "whoever it is".to_owned() };
    let kind = context.user_type.unwrap_or_default();
    let user = context.user_id.filter(|_| kind != "anonymous").unwrap_or_default();
    format!("{kind} {user} {}", context.is_administrator)
}

/// The data, without what differs from call to call.
fn data(got: &Got) -> String {
    let mut data = got.data.clone();
    if let Some(members) = data.as_object_mut() {
        members.remove("requestId");
    }
    data.to_string()
}

/// Whether the caller is told the id that the service was told.
fn request_id(side: &Side) -> String {
    let told = side.got.request_id.as_deref();
    match &side.received {
        Some(received) if told.is_some() => {
            format!("the service's: {}", told == received.header("x-request-id"))
        }
        _ => format!("there: {}", told.is_some()),
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", if self.unknown.is_empty() { "ok  " } else { "FAIL" }, self.name)?;
        for side in &self.sides {
            let sent = match &side.received {
                Some(received) => {
                    let query = received.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
                    let body =
                        if received.body.is_null() { String::new() } else { format!(" {}", received.body) };
                    let caller = caller(received);
                    format!("{} {}{query}{body} by {caller}", received.method, received.path)
                }
                None => "nothing arrives".to_owned(),
            };
            let got = match (&side.got.error, side.got.status) {
                (Some(error), _) => error.clone(),
                (None, Some(status)) => format!("{status} {}", side.got.data),
                (None, None) => side.got.data.to_string(),
            };
            writeln!(f, "     {:<10} {}", side.name, short(&sent))?;
            writeln!(f, "     {:<10} -> {}", "", short(&got))?;
        }
        self.known.iter().try_for_each(|known| writeln!(f, "     differs    {known}"))?;
        self.unknown.iter().try_for_each(|unknown| writeln!(f, "     WRONG      {unknown}"))
    }
}

fn short(text: &str) -> String {
    const LONGEST: usize = 150;
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { '�' } else { c }).collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}
