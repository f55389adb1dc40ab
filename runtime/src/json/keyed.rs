use super::decode::{Decode, Decoder};
use super::encode::{Encode, Encoder};
use super::error::DecodeError;
use super::object::Presence;
use jiter::Peek;
use serde_json::Value;

/// One variant of a union whose variants are told apart from outside, as Rust's serde writes enums.
#[derive(Clone, Copy, Debug)]
pub enum Keyed<T> {
    /// The text that the variant is.
    Text(&'static str, fn() -> T),
    /// The name of the only member of the variant's object, and how to read its value.
    Member(&'static str, fn(&mut Decoder<'_>) -> Result<T, DecodeError>),
}

impl<T> Keyed<T> {
    fn of_text(&self, text: &str) -> Option<T> {
        match self {
            Self::Text(known, make) if *known == text => Some(make()),
            _ => None,
        }
    }
}

/// What an object has of the members that tell variants apart.
enum Found<T> {
    /// One of them, which is read.
    One(T),
    /// None, or several.
    Other,
}

impl Decoder<'_> {
    /// Reads a union whose variants are texts, and objects of one member each. What is neither of them, and an object with
    /// the members of several, is answered with the raw JSON. What else an object has is passed over.
    ///
    /// # Errors
    ///
    /// The value of the member is not of the variant's type.
    pub fn keyed<T>(&mut self, variants: &[Keyed<T>], unknown: fn(Value) -> T) -> Result<T, DecodeError> {
        let (start, looseness) = (self.mark(), self.looseness);
        let found = match self.peek()? {
            Peek::String => {
                let text = self.str()?;
                variants.iter().find_map(|variant| variant.of_text(text)).map_or(Found::Other, Found::One)
            }
            Peek::Object => self.member(variants, &start)?,
            _ => Found::Other,
        };
        match found {
            Found::One(value) => Ok(value),
            Found::Other => {
                self.back_to(&start);
                self.looseness = looseness;
                self.loosen(8);
                let json = self.slice()?;
                self.choices.spend(json.len())?;
                Value::decode(&mut Decoder::new(json)).map(unknown)
            }
        }
    }

    fn member<T>(&mut self, variants: &[Keyed<T>], start: &Self) -> Result<Found<T>, DecodeError> {
        self.enter_union()?;
        self.enter()?;
        let mut found = None;
        let mut key = self.jiter.next_object().map_err(|error| DecodeError::jiter(&error))?;
        while let Some(name) = key {
            match member(variants, name) {
                Some(_) if found.is_some() => return Ok(Found::Other),
                Some((name, decode)) => match decode(self) {
                    Err(error) if !error.is_deferred() => {
                        return match self.has_several(variants, start)? {
                            true => Ok(Found::Other),
                            false => Err(error.in_key(name)),
                        };
                    }
                    read => found = Some(read),
                },
                None => {
                    self.loosen(4);
                    self.skip()?;
                }
            }
            key = self.jiter.next_key().map_err(|error| DecodeError::jiter(&error))?;
        }
        self.leave();
        self.leave_union();
        found.transpose().map(|found| found.map_or(Found::Other, Found::One))
    }

    /// Whether the object that starts there has members of several variants: then it need not be the first one's.
    fn has_several<T>(&mut self, variants: &[Keyed<T>], start: &Self) -> Result<bool, DecodeError> {
        self.back_to(start);
        let from = self.jiter.current_index();
        let mut count = 0;
        let mut key = self.jiter.next_object().map_err(|error| DecodeError::jiter(&error))?;
        while let Some(name) = key {
            count += usize::from(member(variants, name).is_some());
            self.skip()?;
            key = self.jiter.next_key().map_err(|error| DecodeError::jiter(&error))?;
        }
        self.choices.spend(self.jiter.current_index().saturating_sub(from))?;
        Ok(count > 1)
    }
}

type Member<T> = (&'static str, fn(&mut Decoder<'_>) -> Result<T, DecodeError>);

fn member<T>(variants: &[Keyed<T>], name: &str) -> Option<Member<T>> {
    variants.iter().find_map(|variant| match variant {
        Keyed::Member(known, decode) if *known == name => Some((*known, *decode)),
        _ => None,
    })
}

impl Encoder {
    /// Writes an object of one member.
    pub fn keyed(&mut self, name: &'static str, value: &dyn Encode) {
        self.object(&[(name, "", Presence::required, value)], None);
    }
}

#[cfg(test)]
mod tests {
    use super::super::choices::Choices;
    use super::super::decode::{Decode, Decoder, from_slice};
    use super::super::encode::to_vec;
    use serde_json::{Value, json};

    #[derive(Clone, Debug, PartialEq)]
    enum Job {
        Idle,
        Running(i64),
        Named(Option<String>),
        Then(Vec<Job>),
        Unknown(Value),
    }
    crate::keyed!(Job { "idle" Idle unit, "running" Running, "named" Named, "then" Then, ..Unknown });

    fn job(value: &Value) -> Result<Job, String> {
        from_slice(value.to_string().as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn variants_are_told_by_their_only_member() {
        let cases = [
            (json!("idle"), Job::Idle),
            (json!({"running": 3}), Job::Running(3)),
            (json!({"named": "a"}), Job::Named(Some("a".to_owned()))),
            (json!({"named": null}), Job::Named(None)),
            (json!({"then": ["idle", {"running": 1}]}), Job::Then(vec![Job::Idle, Job::Running(1)])),
        ];
        for (value, expected) in cases {
            let read = job(&value);
            assert_eq!(read.as_ref(), Ok(&expected));
            assert_eq!(read.ok().and_then(|job| to_vec(&job).ok()), Some(value.to_string().into_bytes()));
        }
    }

    #[test]
    fn what_is_no_known_variant_is_kept_as_it_is() {
        let unknown = [
            json!("paused"),
            json!({"paused": {"for": 3}}),
            json!({}),
            json!(7),
            json!({"running": 1, "named": "x"}),
            // The first one does not fit, so the second one may be meant.
            json!({"running": "x", "named": "x"}),
        ];
        for value in unknown {
            assert_eq!(job(&value), Ok(Job::Unknown(value.clone())));
            assert_eq!(to_vec(&Job::Unknown(value.clone())).ok(), Some(value.to_string().into_bytes()));
        }
    }

    #[test]
    fn what_else_stands_there_is_passed_over() {
        assert_eq!(job(&json!({"at": [1], "running": 3, "z": {}})), Ok(Job::Running(3)));
    }

    #[test]
    fn a_value_of_another_type_is_an_error_with_its_path() {
        let error = job(&json!({"then": [{"running": "x"}]}));
        assert_eq!(
            error.err().as_deref().map(|error| error.starts_with("at $.then[0].running:")),
            Some(true)
        );
    }

    #[test]
    fn what_is_read_again_is_paid_for() {
        let text = format!("{}1{}", r#"{"then":["#.repeat(40), r#"],"named":1}"#.repeat(40));
        let mut decoder = Decoder::new(text.as_bytes());
        decoder.choices = Choices::within(2 * text.len());
        let read = Job::decode(&mut decoder);
        assert!(read.is_err_and(|error| error.message().starts_with("too many nested unions")));
        assert!(job(&serde_json::from_str(&text).unwrap_or_default()).is_ok());
    }

    #[derive(Clone, Debug, PartialEq)]
    enum Either {
        Job(Job),
        Text(String),
    }
    crate::one_of!(Either { Job, Text });

    #[test]
    fn another_variant_of_a_union_around_it_comes_before_what_is_unknown() {
        assert_eq!(from_slice::<Either>(br#""idle""#).ok(), Some(Either::Job(Job::Idle)));
        assert_eq!(from_slice::<Either>(br#""x""#).ok(), Some(Either::Text("x".to_owned())));
    }
}
