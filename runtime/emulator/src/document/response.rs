//! Which documented answer is meant: by a status, or as a success.

use cloudrun_codegen::{OperationDescription, ResponseDescription};

/// What is documented for a status: itself, its range, or the default.
pub(super) fn response_of(operation: &OperationDescription, status: u16) -> Option<&ResponseDescription> {
    let find = |wanted: &str| {
        operation.responses.iter().find(|response| response.status.eq_ignore_ascii_case(wanted))
    };
    find(&status.to_string()).or_else(|| find(&format!("{}XX", status / 100))).or_else(|| find("default"))
}

/// The first documented success, and its status.
pub(super) fn success_of(operation: &OperationDescription) -> Option<(u16, &ResponseDescription)> {
    let status = |response: &ResponseDescription| match response.status.as_str() {
        "default" => Some(200),
        text => text.replace(['X', 'x'], "0").parse().ok(),
    };
    let class = |first: char| {
        operation
            .responses
            .iter()
            .find(|response| response.status.starts_with(first) && response.status != "101")
    };
    let found = class('2').or_else(|| class('3')).or_else(|| class('d')).or(operation.responses.first())?;
    Some((status(found)?, found))
}
