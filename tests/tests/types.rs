//! One document with other Rust types for the same things.

cloudrun_runtime::include_client!("shapes-chrono");
cloudrun_runtime::include_client!("shapes-offset");
cloudrun_runtime::include_client!("shapes-time");
cloudrun_runtime::include_client!("shapes-text");
cloudrun_runtime::include_client!("gopher");

use cloudrun_runtime::json::{Decode, Encode, from_slice, to_vec};
use cloudrun_runtime::{chrono, time};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// What the document calls `Labels`, written by hand.
pub type Tags = std::collections::BTreeMap<String, Value>;

fn everything() -> Value {
    json!({
        "flag": true, "small": 1, "large": 2, "single": 0.5, "double": 1.5, "text": "t", "bytes": "AAE=",
        "moment": "2026-11-23T01:02:03.500+08:00", "day": "2026-02-28", "clock": "23:59:59",
        "id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "anything": 1, "list": [], "map": {}, "nothing": null,
        "maybe": null
    })
}

fn round_trip<T: Decode + Encode>() -> Result<(T, Value), Failure> {
    let value: T = from_slice(everything().to_string().as_bytes())?;
    let json = serde_json::from_slice(&to_vec(&value)?)?;
    Ok((value, json))
}

#[test]
fn chrono_keeps_the_offset() -> Result<(), Failure> {
    let (value, json) = round_trip::<shapes_chrono::types::Everything>()?;
    let moment: chrono::DateTime<chrono::FixedOffset> = value.moment;
    assert_eq!(moment.offset().local_minus_utc(), 8 * 3600);
    assert_eq!(json, everything());
    Ok(())
}

#[test]
fn jiff_keeps_the_offset_where_it_is_asked_to() -> Result<(), Failure> {
    let (value, json) = round_trip::<shapes_offset::types::Everything>()?;
    let moment: cloudrun_runtime::OffsetDateTime = value.moment;
    assert_eq!(moment.offset.map(|offset| offset.seconds()), Some(8 * 3600));
    assert_eq!(moment.timestamp.to_string(), "2026-11-22T17:02:03.5Z");
    assert_eq!(json["moment"], "2026-11-23T01:02:03.5+08:00");
    Ok(())
}

#[test]
fn time_keeps_the_offset() -> Result<(), Failure> {
    let (value, json) = round_trip::<shapes_time::types::Everything>()?;
    let moment: time::OffsetDateTime = value.moment;
    assert_eq!(moment.offset().whole_hours(), 8);
    assert_eq!(json["moment"], "2026-11-23T01:02:03.5+08:00");
    assert_eq!((&json["day"], &json["clock"]), (&json!("2026-02-28"), &json!("23:59:59")));
    Ok(())
}

#[test]
fn text_is_left_as_it_is() -> Result<(), Failure> {
    let (value, json) = round_trip::<shapes_text::types::Everything>()?;
    assert_eq!(value.id, "67e55044-10b1-426f-9247-bb680e5fe0c8");
    assert_eq!(json, everything());
    Ok(())
}

#[test]
fn a_schema_can_be_a_type_of_ones_own() {
    let tags: shapes_chrono::types::Labels = Tags::from([("a".to_owned(), json!(1))]);
    assert_eq!(tags.len(), 1);
}

#[test]
fn lists_and_maps_that_come_as_null_are_empty_if_one_says_so() -> Result<(), Failure> {
    let page: gopher::types::Page = from_slice(br#"{"items":null,"labels":null,"names":null}"#)?;
    assert!(page.items.is_empty() && page.labels.is_empty() && page.names.is_empty());
    assert_eq!(to_vec(&page)?, br#"{"items":[],"labels":{},"names":[]}"#);
    let page: gopher::types::Page = from_slice(br#"{"items":[1],"labels":{"a":"b"},"names":[]}"#)?;
    assert_eq!((page.items, page.labels.len()), (vec![1], 1));
    let missing = from_slice::<gopher::types::Page>(br#"{"items":null,"labels":null}"#);
    assert!(missing.is_err_and(|error| error.to_string().contains("names")));
    Ok(())
}

#[test]
fn a_null_in_the_place_of_a_list_names_the_option() {
    for member in ["list", "map"] {
        let mut value = everything();
        value[member] = Value::Null;
        let result = from_slice::<shapes_text::types::Everything>(value.to_string().as_bytes());
        assert!(result.is_err_and(|error| error.to_string().contains("null_as_empty")), "{member}");
    }
}
