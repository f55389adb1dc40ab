use super::super::exchange::{Body, File};
use super::read;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloudrun_codegen::{BodyArgument, BodyShape, PartField, PartShape};
use serde_json::Value;

/// The way to send a body of a media type.
pub(super) fn way<'c>(ways: &'c [BodyArgument], media_type: &str) -> Option<&'c BodyArgument> {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ways.iter().find(|way| essence(&way.media_type) == essence(media_type))
}

/// The body that says least: for operations that must have one, in scenarios that do not say which.
pub(super) fn least(way: &BodyArgument) -> Result<(String, String), String> {
    match &way.kind {
        BodyShape::Value { rust, is_borrowed } => Ok(value(rust, *is_borrowed, "{}")),
        _ => Err("the scenario does not say what the body is".to_owned()),
    }
}

fn value(rust: &str, is_borrowed: bool, json: &str) -> (String, String) {
    (read("body", rust, json), if is_borrowed { "&body" } else { "body" }.to_owned())
}

/// What is prepared for a body, and the argument.
pub(super) fn argument(way: &BodyArgument, body: &Body) -> Result<(String, String), String> {
    // Some scenarios write as JSON what the server takes as a text.
    let text = || match (body.media_type.as_str(), body.json()) {
        ("application/json", Some(Value::String(text))) => text,
        _ => String::from_utf8_lossy(&body.content).into_owned(),
    };
    Ok(match &way.kind {
        BodyShape::Value { rust, is_borrowed } => {
            let json = body.json().ok_or("the body is no JSON, and the client takes a value")?;
            value(rust, *is_borrowed, &json.to_string())
        }
        BodyShape::Form { rust, parts, extra } => {
            (form(rust, parts, extra.as_deref(), body)?, "body".to_owned())
        }
        BodyShape::Parts => (any_parts(body), "body".to_owned()),
        BodyShape::Text => (String::new(), format!("{:?}", text())),
        _ => (String::new(), bytes(&body.content)),
    })
}

fn bytes(content: &[u8]) -> String {
    format!("crate::prelude::bytes({:?})", STANDARD.encode(content))
}

fn form(rust: &str, parts: &[PartField], extra: Option<&str>, body: &Body) -> Result<String, String> {
    let fields = parts.iter().map(|part| field(part, body)).collect::<Result<Vec<_>, _>>()?;
    let extra = extra.map(|name| format!("{name}: Default::default()"));
    let fields: Vec<String> = fields.into_iter().chain(extra).collect();
    Ok(format!("    let body = {rust} {{ {} }};\n", fields.join(", ")))
}

fn field(part: &PartField, body: &Body) -> Result<String, String> {
    let mut files = body.files.iter().filter(|file| file.field == part.wire).map(file);
    let value = body.parts.iter().find(|(name, _)| *name == part.wire).map(|(_, value)| value);
    let missing = || format!("the scenario does not say what the part `{}` is", part.wire);
    let value = match &part.kind {
        PartShape::Files => format!("vec![{}]", files.collect::<Vec<_>>().join(", ")),
        PartShape::File => match (files.next(), part.required) {
            (Some(file), true) => file,
            (Some(file), false) => format!("Some({file})"),
            (None, false) => "None".to_owned(),
            (None, true) => return Err(missing()),
        },
        PartShape::Value(rust) => {
            let read = |value: &Value| format!("crate::prelude::part::<{rust}>({:?})?", value.to_string());
            match (value.map(read), part.required) {
                (Some(value), true) => value,
                (Some(value), false) => format!("Some({value})"),
                (None, false) => "None".to_owned(),
                (None, true) => return Err(missing()),
            }
        }
        _ => return Err(missing()),
    };
    Ok(format!("{}: {value}", part.name))
}

/// A form of any parts, put together by hand.
fn any_parts(body: &Body) -> String {
    let values = body.parts.iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!(".part({name:?}, multipart::Part::from({text:?}))")
    });
    let files = body.files.iter().map(|part| format!(".part({:?}, {})", part.field, file(part)));
    let parts: String = values.chain(files).collect();
    format!("    let body = multipart::Form::new(){parts};\n")
}

/// A file with its name. Its media type is the client's matter where it says no more than that it is bytes.
fn file(file: &File) -> String {
    let media_type = Some(&file.media_type).filter(|media_type| *media_type != "application/octet-stream");
    let media_type =
        media_type.map(|media_type| format!(".content_type({media_type:?})")).unwrap_or_default();
    format!("multipart::Part::new({}).file_name({:?}){media_type}", bytes(&file.content), file.name)
}
