//! Models on the wire: what goes in comes out, what the document does not know is kept, and unions choose the variant
//! that fits.

cloudrun_runtime::include_client!("shapes");
cloudrun_runtime::include_client!("unions");

use cloudrun_runtime::json::{Decode, Encode, from_slice, to_vec};
use serde_json::{Value, json};
use shapes::types::{Account, Everything, Labels, Level, Mode, Node, Pair, Sort, Tree};
use unions::types::{Animal, Cat, Contact, Event, Expression, Loose, Scalar, Vehicle};

type Failure = Box<dyn std::error::Error>;

fn read<T: Decode>(value: &Value) -> Result<T, Failure> {
    Ok(from_slice(value.to_string().as_bytes())?)
}

fn round_trip<T: Decode + Encode>(value: &Value) -> Result<Value, Failure> {
    Ok(serde_json::from_slice(&to_vec(&read::<T>(value)?)?)?)
}

fn everything() -> Value {
    json!({
        "flag": true, "small": -5, "large": 18_446_744_073_709_551_615_u64, "single": 0.1, "double": 1.0e-7,
        "text": "a \"quoted\" \u{1}\n 中文 😀", "bytes": "AAEC/w==", "moment": "2026-11-23T01:02:03.5Z",
        "day": "2026-02-28", "clock": "23:59:59", "id": "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "anything": {"x": [1, null]}, "list": [[1, null], []], "map": {"b": 2, "a": 1.5}, "nothing": null,
        "maybe": null, "perhaps": 10, "type": "cat", "self": "me", "@odd-name!": "odd", "fixed": "only", "quo\"ted\n": "q"
    })
}

#[test]
fn every_shape_survives_a_round_trip() -> Result<(), Failure> {
    assert_eq!(round_trip::<Everything>(&everything())?, everything());
    Ok(())
}

#[test]
fn absent_null_and_value_stay_apart() -> Result<(), Failure> {
    let mut value = everything();
    value["perhaps"] = Value::Null;
    assert_eq!(read::<Everything>(&value)?.perhaps, Some(None));
    assert_eq!(round_trip::<Everything>(&value)?["perhaps"], Value::Null);
    value["whatever"] = Value::Null;
    assert_eq!(read::<Everything>(&value)?.whatever, Some(Value::Null));
    assert_eq!(round_trip::<Everything>(&value)?["whatever"], Value::Null);
    value.as_object_mut().ok_or("an object")?.remove("perhaps");
    assert_eq!(read::<Everything>(&value)?.perhaps, None);
    assert_eq!(round_trip::<Everything>(&value)?.get("perhaps"), None);
    Ok(())
}

#[test]
fn errors_name_the_path_and_what_was_found() {
    let mut value = everything();
    value["list"] = json!([[1], [2, "x"]]);
    let error = from_slice::<Everything>(value.to_string().as_bytes()).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("at $.list[1][1]: expected an integer, found a string"));
    let error = from_slice::<Node>(br#"{"next": {"value": "x"}}"#).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("at $: the required field `value` is missing"));
    let error = from_slice::<Node>(br#"{"value": "x", "value""#).err();
    assert!(error.is_some_and(|error| error.message().starts_with("invalid JSON")));
}

#[test]
fn enums_are_open_and_keep_strange_values() -> Result<(), Failure> {
    for text in ["name", "-name", "+name", "", "a-b", "a_b", "9", "unknown", "中文", "never heard of"] {
        assert_eq!(round_trip::<Sort>(&json!(text))?, json!(text));
        assert_eq!(Sort::from(text).to_string(), text);
    }
    assert_eq!(Sort::from("-name"), Sort::MinusName);
    assert_eq!(Sort::from("never heard of"), Sort::Other("never heard of".into()));
    assert_eq!(read::<Level>(&json!(-1))?, Level::Minus1);
    assert_eq!(round_trip::<Level>(&json!(99))?, json!(99));
    assert_eq!(Mode::from("sideways"), Mode::Unknown("sideways".into()));
    Ok(())
}

#[test]
fn only_who_sets_a_property_must_send_it() -> Result<(), Failure> {
    let account = Account { password: Some("p".into()), ..Account::new("me") };
    assert_eq!(to_vec(&account)?, br#"{"name":"me","password":"p"}"#);
    assert_eq!(read::<Account>(&json!({"id": 7, "name": "me"}))?.id, Some(7));
    Ok(())
}

#[test]
fn tuples_lose_nothing() -> Result<(), Failure> {
    let pair = json!(["a", 1]);
    assert_eq!(round_trip::<Pair>(&pair)?, pair);
    Ok(())
}

#[test]
fn recursion_and_extra_properties_are_kept() -> Result<(), Failure> {
    let tree = json!([[], [[], []]]);
    assert_eq!(round_trip::<Tree>(&tree)?, tree);
    let node = json!({"value": "a", "next": {"value": "b", "children": [{"value": "c"}]}});
    assert_eq!(round_trip::<Node>(&node)?, node);
    let labels = json!({"main": "x", "one": 1, "two": 2});
    assert_eq!(round_trip::<Labels>(&labels)?, labels);
    Ok(())
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(from_slice::<Tree>(deep.as_bytes()).is_err());
    let sums = format!("{}1", r#"{"right": 1, "left": "#.repeat(50_000));
    assert!(from_slice::<Expression>(sums.as_bytes()).is_err());
}

#[test]
fn discriminators_choose_and_are_written() -> Result<(), Failure> {
    let cat = read::<Animal>(&json!({"lives": 9, "kind": "kitten"}))?;
    assert_eq!(cat, Animal::Cat(Cat::new("kitten", 9)));
    assert_eq!(round_trip::<Animal>(&json!({"kind": "kitten", "lives": 9}))?["kind"], "kitten");
    // A value that the variant's tag cannot have is set right.
    let json: Value = serde_json::from_slice(&to_vec(&Animal::Cat(Cat::new("", 9)))?)?;
    assert_eq!(json, json!({"kind": "cat", "lives": 9}));
    // A tag that the variant does not even declare is written too.
    let dog = json!({"kind": "dog", "barks": true});
    assert_eq!(round_trip::<Animal>(&dog)?, dog);
    let bird = json!({"kind": "bird", "wings": 2});
    assert_eq!(read::<Animal>(&bird)?, Animal::Unknown(bird.clone()));
    assert_eq!(round_trip::<Animal>(&bird)?, bird);
    assert_eq!(read::<Event>(&json!({"type": "started"}))?, Event::Started);
    assert_eq!(round_trip::<Event>(&json!({"type": "started"}))?, json!({"type": "started"}));
    Ok(())
}

#[test]
fn a_parent_reads_as_its_children() -> Result<(), Failure> {
    let car = json!({"type": "Car", "wheels": 4, "doors": 5});
    assert!(matches!(read::<Vehicle>(&car)?, Vehicle::Car(car) if car.doors == 5));
    assert_eq!(round_trip::<Vehicle>(&car)?, car);
    let plain = json!({"type": "Vehicle", "wheels": 3});
    assert!(matches!(read::<Vehicle>(&plain)?, Vehicle::Base(_)));
    assert_eq!(round_trip::<Vehicle>(&plain)?, plain);
    Ok(())
}

#[test]
fn the_best_fit_wins_never_the_first() -> Result<(), Failure> {
    assert!(matches!(read::<Loose>(&json!({"a": 1}))?, Loose::One(_)));
    assert!(matches!(read::<Loose>(&json!({"a": 1, "b": 2}))?, Loose::Two(_)));
    for value in
        [json!(1), json!(true), json!("x"), json!("67e55044-10b1-426f-9247-bb680e5fe0c8"), json!(["a"])]
    {
        assert_eq!(round_trip::<Scalar>(&value)?, value);
    }
    let phone = json!({"name": "n", "phone": "1"});
    assert!(matches!(read::<Contact>(&phone)?, Contact::Phone(_)));
    let error = from_slice::<Scalar>(b"{}").err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("no variant of Scalar fits; Integer:"), "{error}");
    Ok(())
}

#[test]
fn models_go_through_serde_too() -> Result<(), Failure> {
    let model: Everything = serde_json::from_value(everything())?;
    assert_eq!(serde_json::to_value(&model)?, everything());
    Ok(())
}

/// A union whose variants hold the same union: what each level is, only the levels below tell.
#[derive(Clone, Debug, PartialEq)]
enum Chain {
    Link(Box<Link>),
    Marked(Box<Marked>),
    End(i64),
}
cloudrun_runtime::one_of!(Chain { Link, Marked, End });

#[derive(Clone, Debug, PartialEq)]
struct Link {
    n: Chain,
}
cloudrun_runtime::object!(Link {
    "n" n required,
});

#[derive(Clone, Debug, PartialEq)]
struct Marked {
    n: Chain,
    m: Option<i64>,
}
cloudrun_runtime::object!(Marked {
    "n" n required,
    "m" m optional,
});

/// So many levels of these around this.
fn nested(levels: usize, open: &str, end: &str, close: &str) -> String {
    format!("{}{end}{}", open.repeat(levels), close.repeat(levels))
}

/// The marks of each level, from the outside; `None` for a level that has no place for one.
fn marks(mut chain: &Chain) -> Vec<Option<Option<i64>>> {
    let mut found = Vec::new();
    loop {
        chain = match chain {
            Chain::Link(link) => {
                found.push(None);
                &link.n
            }
            Chain::Marked(marked) => {
                found.push(Some(marked.m));
                &marked.n
            }
            Chain::End(_) => return found,
        };
    }
}

#[test]
fn unions_inside_unions_are_read_however_deep() -> Result<(), Failure> {
    for levels in [1, 8, 64, 127] {
        let exact: Chain = from_slice(nested(levels, r#"{"n":"#, "1", "}").as_bytes())?;
        assert_eq!(marks(&exact), vec![None; levels]);
        // What fits exactly nowhere is what comes first.
        let loose: Chain = from_slice(nested(levels - 1, r#"{"n":"#, r#"{"n":1,"x":2}"#, "}").as_bytes())?;
        assert_eq!(marks(&loose), vec![None; levels]);
        // Each level is better as the second variant, or only the innermost.
        let marked: Chain = from_slice(nested(levels, r#"{"m":7,"n":"#, "1", "}").as_bytes())?;
        assert_eq!(marks(&marked), vec![Some(Some(7)); levels]);
        let inner: Chain = from_slice(nested(levels - 1, r#"{"n":"#, r#"{"n":1,"m":2}"#, "}").as_bytes())?;
        assert_eq!(marks(&inner).pop(), Some(Some(Some(2))));
        assert_eq!(marks(&inner)[..levels - 1], vec![None; levels - 1]);
    }
    Ok(())
}

#[test]
fn what_no_union_is_ends_soon_and_in_a_few_words() {
    let broken = nested(60, r#"{"n":"#, "true", "}");
    let half = nested(60, r#"{"n":"#, "", "");
    let two = nested(60, r#"{"m":1,"n":"#, r#"{"n":"x"}"#, "}");
    for text in [broken, half, two] {
        let error = from_slice::<Chain>(text.as_bytes()).err().map(|error| error.to_string());
        assert!(error.as_ref().is_some_and(|text| text.len() < 1000), "{error:?}");
    }
}

#[test]
fn a_long_list_of_unions_inside_unions_is_read() -> Result<(), Failure> {
    let many = format!("[{}1]", r#"{"n":{"n":1,"x":1},"m":2,"x":3},"#.repeat(10_000));
    assert_eq!(from_slice::<Vec<Chain>>(many.as_bytes())?.len(), 10_001);
    Ok(())
}

/// What a text reads as, written again.
fn rewritten<T: Decode + Encode>(text: &str) -> Result<String, Failure> {
    Ok(serde_json::from_slice(&to_vec(&read::<T>(&json!(text))?)?)?)
}

#[test]
fn moments_are_read_as_services_write_them() -> Result<(), Failure> {
    use cloudrun_runtime::jiff::{Timestamp, civil};
    use cloudrun_runtime::{TimeOfDay, chrono, time};
    // More digits of a second than there are nanoseconds, as Go and .NET may write them.
    for (digits, kept) in [("0123456789", "012345678"), ("123456789012345", "123456789"), ("5", "5")] {
        let (long, short) =
            (format!("2024-02-08T12:07:31.{digits}Z"), format!("2024-02-08T12:07:31.{kept}Z"));
        assert_eq!(rewritten::<Timestamp>(&long)?, short);
        assert_eq!(rewritten::<time::OffsetDateTime>(&long)?, short);
        let chrono = rewritten::<chrono::DateTime<chrono::FixedOffset>>(&long)?;
        assert_eq!(chrono.parse::<Timestamp>()?, short.parse()?);
        let (long, short) = (format!("12:07:31.{digits}"), format!("12:07:31.{kept}"));
        assert_eq!(rewritten::<civil::Time>(&long)?, short);
        assert_eq!(rewritten::<TimeOfDay>(&format!("{long}+08:00"))?, format!("{short}+08:00"));
        assert_eq!(rewritten::<time::Time>(&long)?, short);
        assert_eq!(read::<chrono::NaiveTime>(&json!(long))?, short.parse()?);
    }
    // How .NET says "never", and how Java says "ever"; there are no such moments here.
    let never = "9999-12-31T23:59:59.9999999Z";
    assert_eq!(read::<Timestamp>(&json!(never))?, Timestamp::MAX);
    assert_eq!(read::<Timestamp>(&json!("9999-12-31T23:59:59.9999999+08:00"))?, Timestamp::MAX);
    assert_eq!(rewritten::<time::OffsetDateTime>(never)?, never);
    assert_eq!(rewritten::<civil::DateTime>(never.trim_end_matches('Z'))?, never.trim_end_matches('Z'));
    for wrong in
        ["9999-12-31T23:59:59", "9999-12-32T00:00:00Z", "9999-12-31", "2024-02-08T12:07:31.Z", "x.1234567890"]
    {
        assert!(read::<Timestamp>(&json!(wrong)).is_err(), "{wrong}");
    }
    Ok(())
}
