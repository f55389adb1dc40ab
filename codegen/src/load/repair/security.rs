//! Security schemes and requirements, reduced to what a client needs of them: which secret goes where.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::{origin, parked, pointer};
use serde_json::{Map, Value, json};

/// The schemes that can be read; what else there is goes with a warning.
pub(super) fn schemes(schemes: &mut Value, place: &Place, diagnostics: &mut Diagnostics) {
    let Some(map) = schemes.as_object_mut() else { return };
    let names: Vec<String> = map.keys().cloned().collect();
    for name in names {
        let Some(value) = map.get_mut(&name) else { continue };
        let place = origin::noted(value).unwrap_or_else(|| place.key(&name));
        match scheme(value) {
            Some(mut clean) => {
                origin::note(&mut clean, &place);
                *value = clean;
            }
            None => {
                let message = format!(
                    "the security scheme `{name}` is of no kind that a client can send; it is left out"
                );
                diagnostics.push(Diagnostic::warning(Code::UnsupportedPart, place, message));
                map.shift_remove(&name);
            }
        }
    }
    // References to what was left out lead nowhere now.
    loop {
        let leads_nowhere = |value: &Value| {
            let target = value.get("$ref").and_then(Value::as_str).map(pointer::last);
            target.is_some_and(|target| !map.contains_key(&target))
        };
        let Some(name) = map.iter().find(|(_, value)| leads_nowhere(value)).map(|(name, _)| name.clone())
        else {
            break;
        };
        map.shift_remove(&name);
    }
}

fn scheme(value: &Value) -> Option<Value> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::trim);
    if value.get("$ref").is_some()
        || value.as_object().is_some_and(|object| parked::dangling(object).is_some())
    {
        return Some(value.clone());
    }
    let mut clean = match text("type")?.to_ascii_lowercase().as_str() {
        "apikey" => {
            let location = text("in")?.to_ascii_lowercase();
            if !matches!(location.as_str(), "header" | "query" | "cookie") {
                return None;
            }
            json!({"type": "apiKey", "in": location, "name": text("name").filter(|name| !name.is_empty())?})
        }
        "http" => json!({"type": "http", "scheme": text("scheme").filter(|scheme| !scheme.is_empty())?}),
        "basic" => json!({"type": "http", "scheme": "basic"}),
        // Where tokens come from is for the caller to know.
        "oauth2" => json!({"type": "oauth2", "flows": {}}),
        "openidconnect" => {
            json!({"type": "openIdConnect", "openIdConnectUrl": text("openIdConnectUrl").unwrap_or_default()})
        }
        _ => return None,
    };
    if let Some(description) = text("description") {
        clean["description"] = description.into();
    }
    Some(clean)
}

/// A list of requirements: names of schemes with lists of scopes. What is none is left out.
pub(super) fn requirements(value: &Value, place: &Place, diagnostics: &mut Diagnostics) -> Value {
    let mut requirements = Vec::new();
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        let Some(value) = value.as_object() else {
            let message = "a requirement names security schemes; this one is left out";
            diagnostics.push(Diagnostic::warning(Code::WrongType, place.index(index), message));
            continue;
        };
        let names = value.keys().map(|name| (name.clone(), json!([])));
        requirements.push(Value::Object(names.collect::<Map<_, _>>()));
    }
    Value::Array(requirements)
}

#[cfg(test)]
mod tests {
    use super::{requirements, schemes};
    use crate::diagnostic::{Diagnostics, Place};
    use crate::openapi::origin;
    use serde_json::json;

    #[test]
    fn what_a_client_cannot_send_is_left_out_with_a_warning() {
        let mut value = json!({
            "key": {"type": "apiKey", "in": "Header", "name": "X-Key", "flows": 3},
            "oauth": {"type": "oauth2", "flows": {"implicit": {}}},
            "tls": {"type": "mutualTLS"},
            "broken": 7,
            "alias": {"$ref": "#/components/securitySchemes/broken"},
            "other": {"$ref": "#/components/securitySchemes/alias"}
        });
        let mut diagnostics = Diagnostics::default();
        schemes(&mut value, &Place::file(&"a".into()), &mut diagnostics);
        let expected = json!({
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "oauth": {"type": "oauth2", "flows": {}}
        });
        assert!(origin::alike(&value, &expected), "{value}");
        assert_eq!(diagnostics.iter().count(), 2);
    }

    #[test]
    fn requirements_are_names() {
        let mut diagnostics = Diagnostics::default();
        let mut read = |value| requirements(&value, &Place::file(&"a".into()), &mut diagnostics);
        assert_eq!(read(json!([{"a": "x", "b": ["s"]}, 3, {}])), json!([{"a": [], "b": []}, {}]));
        assert_eq!(read(json!("a")), json!([]));
        let pointers: Vec<_> = diagnostics.iter().map(|found| found.place.pointer.as_str()).collect();
        assert_eq!(pointers, ["/1"]);
    }
}
