//! Repairs of keys that name things: paths and statuses.

use super::Repair;
use crate::diagnostic::{Code, Place};
use crate::openapi::grammar::{Kind, is_extension};
use crate::openapi::origin;
use serde_json::{Map, Value};

impl Repair<'_> {
    /// The keys of a map as they must be; what gets another key keeps a note of its own.
    pub(super) fn keys(&mut self, members: &mut Map<String, Value>, owner: Kind, kind: Kind, place: &Place) {
        members.retain(|key, _| !is_extension(owner, kind, key));
        if !matches!((owner, kind), (Kind::Operation, Kind::Response) | (Kind::Document, Kind::PathItem)) {
            return;
        }
        for (written, mut value) in std::mem::take(members) {
            let place = origin::noted(&value).unwrap_or_else(|| place.key(&written));
            let key = match kind {
                Kind::Response => self.status(&written, &place),
                _ => Some(self.path(&written, &place)),
            };
            let Some(key) = key else { continue };
            if key != written {
                origin::note(&mut value, &place);
            }
            if members.contains_key(&key) {
                let message = format!("`{key}` is there twice; the last one counts");
                self.warn(Code::DuplicateKey, &place, message);
            }
            members.insert(key, value);
        }
    }

    /// `4xx` is `4XX`, `200 OK` is `200`.
    fn status(&mut self, key: &str, place: &Place) -> Option<String> {
        if key == "default" {
            return Some(key.to_owned());
        }
        let head: String = key.trim().chars().take(3).collect::<String>().to_ascii_uppercase();
        let is_code = head.len() == 3 && head.parse::<u16>().is_ok_and(|code| (100..=599).contains(&code));
        let is_range = head.len() == 3 && head.ends_with("XX") && matches!(head.as_bytes()[0], b'1'..=b'5');
        let rest_is_number = key.trim().chars().nth(3).is_some_and(|c| c.is_ascii_alphanumeric());
        if !(is_code || is_range) || rest_is_number {
            let message = format!("`{key}` is no HTTP status; the response is left out");
            self.warn(Code::Status, place, message);
            return None;
        }
        if head != key {
            self.warn(Code::Status, place, format!("the status `{key}` is read as `{head}`"));
        }
        Some(head)
    }

    fn path(&mut self, key: &str, place: &Place) -> String {
        if key.starts_with('/') {
            return key.to_owned();
        }
        self.warn(
            Code::WrongType,
            place,
            format!("the path `{key}` does not start with `/`; one is put before it"),
        );
        format!("/{key}")
    }
}
