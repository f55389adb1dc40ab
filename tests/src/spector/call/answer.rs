use super::super::exchange::Exchange;
use cloudrun_codegen::{AnswerCase, Call, ReadAs, StreamOf};

/// The statements that send the request and tell what was answered.
pub(super) fn ending(call: &Call, exchange: &Exchange) -> String {
    let accept = exchange.header("accept");
    let other = call.others.iter().find(|(media_type, ..)| Some(media_type.as_str()) == accept);
    match (other, call.streams) {
        (Some((_, method, read)), _) => sent(call, method, &one(read, "answer")),
        (None, Some(of)) if !call.sends => streamed(of, &call.errors),
        (None, _) => sent(call, "send", &answer(&call.answers)),
    }
}

fn sent(call: &Call, method: &str, shown: &str) -> String {
    let headers = call.headers.as_ref().map(|(rust, fields)| {
        let field =
            |(wire, name): &(String, String)| format!("({wire:?}, crate::prelude::value(&headers.{name})), ");
        let fields: String = fields.iter().map(field).collect();
        format!(".headers(answer.typed_headers::<{rust}>().map(|headers| vec![{fields}]))")
    });
    format!(
        "    match request.{method}().await {{\n        Ok(answer) => {{\n            \
         let seen = crate::prelude::Seen::new(answer.reply()){};\n            Ok(seen.body({shown}))\n        }}\n        {}\n    }}\n",
        headers.unwrap_or_default(),
        failed(&call.errors)
    )
}

/// What was answered, by its type.
fn answer(cases: &[AnswerCase]) -> String {
    match cases {
        [AnswerCase { variant: None, read, .. }] => one(read, "answer"),
        cases => {
            let arms: String = cases.iter().filter_map(|case| arm(case, "")).collect();
            format!("match answer.into_inner() {{ {arms} }}")
        }
    }
}

fn one(read: &ReadAs, value: &str) -> String {
    match read {
        ReadAs::Value(_) => format!("crate::prelude::value(&*{value})"),
        ReadAs::Text => format!("crate::prelude::text(&*{value})"),
        ReadAs::Bytes => format!("crate::prelude::content(&*{value})"),
        _ => "crate::prelude::nothing()".to_owned(),
    }
}

/// An arm of a match over an enum of answers.
fn arm(case: &AnswerCase, reference: &str) -> Option<String> {
    let variant = case.variant.as_ref()?;
    Some(match &case.read {
        ReadAs::Empty => format!("{variant} => crate::prelude::nothing(), "),
        read => {
            let shown = one(read, "value").replace("&*", if reference.is_empty() { "&" } else { "" });
            format!("{variant}(value) => {shown}, ")
        }
    })
}

fn failed(errors: &[AnswerCase]) -> String {
    let arms: String = errors.iter().filter_map(|case| arm(case, "ref")).collect();
    let of = match errors {
        [] => "|_| None".to_owned(),
        _ => format!("|error| Some(match error {{ {arms} _ => return None }})"),
    };
    format!("Err(error) => crate::prelude::failed(&error, {of}),")
}

fn streamed(of: StreamOf, errors: &[AnswerCase]) -> String {
    let item = match of {
        StreamOf::Bytes => "crate::prelude::content(&item)",
        StreamOf::Events => "crate::prelude::value(&item.data)",
        _ => "crate::prelude::value(&item)",
    };
    format!(
        "    match request.stream().await {{\n        Ok(mut stream) => {{\n            let mut items = Vec::new();\n            \
         while let Some(item) = stream.next().await {{\n                \
         let item = item.map_err(|error| error.to_string())?;\n                items.push({item});\n            }}\n            \
         Ok(crate::prelude::Seen::of_items(items))\n        }}\n        {}\n    }}\n",
        failed(errors)
    )
}
