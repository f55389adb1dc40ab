//! Typed calls. In come an exchange, a document and the surface of its client, out comes a function that makes the request as
//! a user would: arguments of the client's types, read from the exchange's values; then the answer, written again.

mod answer;
mod body;

use super::argument::Parameters;
use super::document::Document;
use super::exchange::Exchange;
use super::matching::matching;
use cloudrun_codegen::{Argument, BodyArgument, Call, Secret, SecretKind, Surface};
use std::collections::BTreeSet;
use std::fmt::Write;

/// A call of a client.
#[derive(Clone, Debug)]
pub struct Written {
    /// The function.
    pub text: String,
    /// What the exchange sends in its query and the operation does not.
    pub unsent: Vec<String>,
}

/// Writes the call that makes an exchange.
///
/// # Errors
///
/// No operation has the path and the method, or the exchange does not say what an argument is.
pub fn write(
    name: &str,
    exchange: &Exchange,
    document: &Document,
    surface: &Surface,
) -> Result<Written, String> {
    let found = matching(&surface.calls, exchange);
    let (call, path) =
        found.ok_or_else(|| format!("no operation is {} {}", exchange.method, exchange.path))?;
    let parameters = Parameters::of(document, &call.path, &call.query, &call.http_method);
    let mut lines = Lines::default();
    let mut taken: BTreeSet<String> =
        call.query.split('&').map(|pair| pair.split('=').next().unwrap_or_default().to_owned()).collect();
    for (at, argument) in call.parameters.iter().enumerate() {
        match parameters.value(argument.location, &argument.wire, exchange, &path) {
            Some((value, names)) => {
                taken.extend(names);
                lines.parameter(at, argument, &value.to_string());
            }
            None if argument.required => {
                return Err(format!("the scenario does not say what `{}` is", argument.wire));
            }
            None => {}
        }
    }
    let body = body(call, exchange)?;
    let mut method = call.method.as_str();
    if let Some(Sent { way, prepared, argument, media_type }) = &body {
        lines.prepared.push_str(prepared);
        if way.required {
            method = &way.method;
            lines.arguments.push(argument.clone());
        } else {
            let _ = write!(lines.setters, ".{}({argument})", way.method);
        }
        if let Some(media_type) = media_type {
            let _ = write!(lines.setters, ".header(\"content-type\", {media_type:?})");
        }
    }
    let accept = exchange.header("accept").filter(|accept| !parameters.is_answered(accept));
    if let Some(accept) = accept {
        // What the document does not offer has to be asked for by hand.
        let _ = write!(lines.setters, ".header(\"accept\", {accept:?})");
    }
    let secrets = secrets(&surface.secrets, exchange, &mut lines, &mut taken);
    let Lines { prepared, arguments, setters } = &lines;
    let request = format!("client{secrets}.{method}({}){setters}", arguments.join(", "));
    let text = format!(
        "pub async fn {name}(client: Client) -> crate::prelude::Outcome {{\n{prepared}    let request = {request};\n{}}}\n",
        answer::ending(call, exchange)
    );
    let sent = exchange.query.iter().map(|(name, _)| name);
    Ok(Written { text, unsent: sent.filter(|name| !taken.contains(*name)).cloned().collect() })
}

/// What stands around the call.
#[derive(Default)]
struct Lines {
    /// Statements before it.
    prepared: String,
    arguments: Vec<String>,
    setters: String,
}

impl Lines {
    fn parameter(&mut self, at: usize, argument: &Argument, json: &str) {
        let local = format!("p{at}");
        self.prepared.push_str(&read(&local, &argument.rust, json));
        let value = if argument.is_borrowed { format!("&{local}") } else { local };
        if argument.required {
            self.arguments.push(value);
        } else {
            let _ = write!(self.setters, ".{}({value})", argument.name);
        }
    }
}

/// A statement that reads a value.
fn read(local: &str, rust: &str, json: &str) -> String {
    format!("    let {local} = crate::prelude::read::<{rust}>({json:?})?;\n")
}

/// A body as it is sent.
struct Sent<'c> {
    way: &'c BodyArgument,
    /// The statements before the call.
    prepared: String,
    argument: String,
    /// The media type, where the document leaves it to the caller.
    media_type: Option<&'c str>,
}

/// How the exchange's body is sent.
fn body<'c>(call: &'c Call, exchange: &'c Exchange) -> Result<Option<Sent<'c>>, String> {
    let Some(sent) = &exchange.body else {
        let Some(way) = call.bodies.first().filter(|way| way.required) else { return Ok(None) };
        let (prepared, argument) = body::least(way)?;
        return Ok(Some(Sent { way, prepared, argument, media_type: None }));
    };
    let own = exchange.header("content-type").unwrap_or(&sent.media_type);
    let way = [own, &sent.media_type].into_iter().find_map(|media_type| body::way(&call.bodies, media_type));
    let media_type = way.is_none().then_some(own);
    let way = way.or(call.bodies.first()).ok_or("the operation takes no body")?;
    let (prepared, argument) = body::argument(way, sent)?;
    Ok(Some(Sent { way, prepared, argument, media_type }))
}

/// The calls that give the client the secrets of an exchange. A header `Authorization` that no scheme is for is set as any
/// other header, as the generator's finding says.
fn secrets(known: &[Secret], exchange: &Exchange, lines: &mut Lines, taken: &mut BTreeSet<String>) -> String {
    let mut calls = String::new();
    let authorization = exchange.header("authorization");
    let mut is_open = authorization.is_some();
    for Secret { method, kind, .. } in known {
        let secret = match kind {
            SecretKind::Header(name) => exchange.header(name),
            SecretKind::Bearer => authorization.and_then(|value| value.strip_prefix("Bearer ")),
            SecretKind::Query(name) => {
                let found = exchange.query.iter().find(|(known, _)| known == name);
                taken.insert(name.clone());
                found.and_then(|(_, values)| values.first()).map(String::as_str)
            }
            _ => None,
        };
        let Some(secret) = secret else { continue };
        is_open &= authorization.is_none_or(|value| !value.ends_with(secret));
        let _ = write!(calls, ".{method}({secret:?})");
    }
    if let Some(value) = authorization.filter(|_| is_open) {
        let _ = write!(lines.setters, ".header(\"authorization\", {value:?})");
    }
    calls
}
