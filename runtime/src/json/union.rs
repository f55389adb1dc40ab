use super::choices::{Choice, Fit, Trial};
use super::decode::Decoder;
use super::error::DecodeError;
use std::any::TypeId;

/// One variant of a union: its name for error messages, and how to read it.
pub type Attempt<T> = (&'static str, fn(&mut Decoder<'_>) -> Result<T, DecodeError>);

impl<'j> Decoder<'j> {
    /// Reads a union without a discriminator: every variant is tried on a copy of the parser, and the one that
    /// fits the text best wins, the earlier one if two fit alike. A variant fits worse for every property that it
    /// does not know and for every enum value that it does not list.
    ///
    /// A type is one union: it is called with the same variants every time. What a union at one place of the text turned out
    /// to be is remembered, and a trial that comes there again passes over it, so that nested unions are read once to choose
    /// and once for good.
    ///
    /// # Errors
    ///
    /// No variant fits; the message says why each did not. Or there is more to try than the text is worth.
    pub fn one_of<T: 'static>(
        &mut self,
        union: &'static str,
        attempts: &[Attempt<T>],
    ) -> Result<T, DecodeError> {
        self.peek()?;
        let (id, start) = (TypeId::of::<T>(), self.jiter.current_index());
        self.enter_union()?;
        let result = match self.choices.find(id, start) {
            Some(Choice::Variant(fit)) if self.trial.is_one => Err(self.pass(fit)),
            Some(Choice::Variant(fit)) => self.variant(attempts, fit.index),
            Some(Choice::None(error)) => return Err(error),
            None => self.choose(union, attempts, id),
        };
        self.leave_union();
        result
    }

    /// Passes over a union that another trial has read.
    fn pass(&mut self, fit: Fit<'j>) -> DecodeError {
        self.loosen(fit.looseness);
        if self.trial.limit.is_some_and(|limit| self.looseness >= limit) {
            return DecodeError::new("another variant fits better");
        }
        self.trial.paid += fit.end.current_index().saturating_sub(self.jiter.current_index());
        self.jiter = fit.end;
        DecodeError::deferred()
    }

    fn variant<T>(&mut self, attempts: &[Attempt<T>], index: usize) -> Result<T, DecodeError> {
        match attempts.get(index) {
            Some((_, decode)) => decode(self),
            None => Err(DecodeError::new("no such variant")),
        }
    }

    /// Chooses a variant, and reads it.
    fn choose<T>(
        &mut self,
        union: &'static str,
        attempts: &[Attempt<T>],
        id: TypeId,
    ) -> Result<T, DecodeError> {
        let start = self.jiter.clone();
        let offset = start.current_index();
        let (fit, value) = self.tightest(union, attempts).inspect_err(|error| {
            if self.trial.is_one {
                self.choices.keep(id, offset, Choice::None(error.clone()));
            }
        })?;
        self.loosen(fit.looseness);
        if self.trial.is_one {
            self.choices.keep(id, offset, Choice::Variant(fit));
            return value.ok_or_else(DecodeError::deferred);
        }
        let value = match value {
            Some(value) => Ok(value),
            None => {
                self.jiter = start;
                self.variant(attempts, fit.index)
            }
        };
        self.choices.forget();
        value
    }

    /// The variant that fits best, and its value unless that is deferred. This decoder stands behind it then.
    fn tightest<T>(
        &mut self,
        union: &'static str,
        attempts: &[Attempt<T>],
    ) -> Result<(Fit<'j>, Option<T>), DecodeError> {
        let start = self.jiter.current_index();
        let mut best: Option<(Fit<'j>, Option<T>)> = None;
        let mut reasons = String::new();
        for (index, (name, decode)) in attempts.iter().enumerate() {
            let limit = best.as_ref().map(|(fit, _)| fit.looseness);
            let mut fork = self.fork(Trial { is_one: true, limit, paid: 0 });
            let value = match decode(&mut fork) {
                Ok(value) => Ok(Some(value)),
                Err(error) if error.is_deferred() => Ok(None),
                Err(error) => Err(error),
            };
            self.choices = std::mem::take(&mut fork.choices);
            let read = fork.jiter.current_index().saturating_sub(start);
            // After the end of all patience this is an error on every level.
            self.choices.spend(read.saturating_sub(fork.trial.paid))?;
            let looseness = fork.looseness;
            match value {
                Ok(value) if limit.is_none_or(|tightest| looseness < tightest) => {
                    best = Some((Fit { index, looseness, end: fork.jiter }, value));
                    if looseness == 0 {
                        break;
                    }
                }
                Ok(_) => {}
                Err(error) => explain(&mut reasons, name, &error),
            }
        }
        let Some((fit, value)) = best else {
            return Err(DecodeError::new(format!("no variant of {union} fits{reasons}")));
        };
        self.jiter = fit.end.clone();
        self.trial.paid += self.jiter.current_index().saturating_sub(start);
        Ok((fit, value))
    }
}

/// Adds why a variant does not fit, as long as anybody would read it: the reasons of unions inside unions are many.
#[cold]
fn explain(reasons: &mut String, variant: &str, error: &DecodeError) {
    use std::fmt::Write;
    const LONGEST: usize = 400;
    if reasons.len() >= LONGEST {
        return;
    }
    // Writing to a String cannot fail.
    let _ = write!(reasons, "; {variant}: {error}");
    if let Some((end, _)) = reasons.char_indices().find(|(at, _)| *at >= LONGEST) {
        reasons.truncate(end);
        reasons.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::super::choices::Choices;
    use super::super::decode::{Decode, Decoder, from_slice};
    use super::super::encode::to_vec;
    use super::super::error::DecodeError;
    use std::cell::Cell;
    use std::collections::BTreeMap;

    thread_local! {
        static TRIED: Cell<u32> = const { Cell::new(0) };
    }

    /// Lists of itself, in three ways that all fit and none exactly.
    struct Nest;

    fn list(decoder: &mut Decoder<'_>) -> Result<Nest, DecodeError> {
        TRIED.set(TRIED.get() + 1);
        decoder.loosen(1);
        Vec::<Nest>::decode(decoder).map(|_| Nest)
    }

    impl Decode for Nest {
        fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
            decoder.one_of("Nest", &[("A", list), ("B", list), ("C", list)])
        }
    }

    /// Lists of itself, in two ways of which the later one is exact.
    struct Later;

    fn loose(decoder: &mut Decoder<'_>) -> Result<Later, DecodeError> {
        decoder.loosen(1);
        exact(decoder)
    }

    fn exact(decoder: &mut Decoder<'_>) -> Result<Later, DecodeError> {
        TRIED.set(TRIED.get() + 1);
        Vec::<Later>::decode(decoder).map(|_| Later)
    }

    impl Decode for Later {
        fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
            decoder.one_of("Later", &[("Loose", loose), ("Exact", exact)])
        }
    }

    /// How many variants were tried, and how it ended.
    fn tried<T: Decode>(text: &str, patience: usize) -> (u32, Result<(), String>) {
        TRIED.set(0);
        let mut decoder = Decoder::new(text.as_bytes());
        decoder.choices = Choices::within(patience);
        let result = T::decode(&mut decoder);
        (TRIED.get(), result.map(|_| ()).map_err(|error| error.message().to_owned()))
    }

    fn nested(depth: usize) -> String {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn each_variant_is_tried_once_at_each_place() {
        assert_eq!(tried::<Nest>(&nested(60), 1 << 20), (3 * 60, Ok(())));
    }

    #[test]
    fn what_wins_late_is_read_once_more_whatever_the_depth() {
        for depth in [8, 16, 32, 64] {
            let (tried, result) = tried::<Later>(&nested(depth), 1 << 20);
            // Both ways at each level to choose, and one of them for good.
            assert_eq!((usize::try_from(tried), result), (Ok(3 * depth), Ok(())));
        }
    }

    #[test]
    fn each_byte_is_paid_for_once_whatever_the_depth() {
        let text = nested(60);
        assert_eq!(tried::<Nest>(&text, 5 * text.len()).1, Ok(()));
        assert_eq!(tried::<Later>(&text, 5 * text.len()).1, Ok(()));
    }

    #[test]
    fn patience_is_one_for_all_levels_and_its_end_is_final() {
        let text = format!("{}{}{}", "[".repeat(60), " ".repeat(200), "]".repeat(60));
        let (tried, result) = tried::<Nest>(&text, 100);
        // Down once, and nothing on the way up.
        assert_eq!(tried, 60);
        assert!(result.is_err_and(|text| text.starts_with("too many nested unions")));
    }

    #[derive(Clone, Debug, PartialEq)]
    enum Shape {
        Whole(Whole),
        Map(BTreeMap<String, serde_json::Value>),
    }
    crate::one_of!(Shape { Whole, Map });

    #[derive(Clone, Debug, PartialEq)]
    struct Whole {
        a: Option<i64>,
    }
    crate::object!(Whole { "a" a optional, ..! });

    #[test]
    fn an_object_with_more_members_than_there_may_be_is_another_variant() -> Result<(), DecodeError> {
        assert!(matches!(from_slice(br#"{"a":1}"#)?, Shape::Whole(_)));
        assert!(matches!(from_slice(br#"{"a":1,"b":2}"#)?, Shape::Map(map) if map.len() == 2));
        assert!(matches!(from_slice(br#"{"a":null}"#)?, Shape::Map(_)));
        // Alone it is read: services grow.
        assert_eq!(from_slice::<Whole>(br#"{"a":1,"b":2}"#)?, Whole { a: Some(1) });
        Ok(())
    }

    #[derive(Clone, Debug, PartialEq)]
    enum Number {
        Float(f64),
        Integer(i64),
    }
    crate::one_of!(Number { Float, Integer });

    #[test]
    fn digits_that_a_double_loses_ask_for_another_variant() -> Result<(), DecodeError> {
        assert_eq!(from_slice::<Number>(b"9007199254740993")?, Number::Integer(9_007_199_254_740_993));
        assert_eq!(from_slice::<Number>(b"-0.1")?, Number::Float(-0.1));
        assert_eq!(from_slice::<Number>(b"1000000000000000000000")?, Number::Float(1e21));
        Ok(())
    }

    /// What holds unions in every way that a model can, each with a variant that fits a little better than the one before.
    #[derive(Clone, Debug, PartialEq)]
    enum Any {
        Plain(Box<Plain>),
        Named(Box<Named>),
        Strict(Box<Strict>),
        Noted(Box<Noted>),
        End(i64),
    }
    crate::one_of!(Any { Plain, Named, Strict, Noted, End });

    #[derive(Clone, Debug, PartialEq)]
    struct Plain {
        n: Any,
    }
    crate::object!(Plain { "n" n required });

    #[derive(Clone, Debug, PartialEq)]
    struct Named {
        n: Any,
        name: String,
    }
    crate::object!(Named { "n" n required, "name" name required });

    /// Asks for more than any text here has, behind what is put off.
    #[derive(Clone, Debug, PartialEq)]
    struct Strict {
        n: Any,
        name: String,
        list: Vec<Any>,
        map: BTreeMap<String, Any>,
        absent: bool,
    }
    crate::object!(Strict {
        "n" n required,
        "name" name required,
        "list" list required,
        "map" map required,
        "absent" absent required,
    });

    #[derive(Clone, Debug, PartialEq)]
    struct Noted {
        n: Any,
        name: String,
        list: Vec<Any>,
        map: BTreeMap<String, Any>,
        null: Option<Any>,
        rest: BTreeMap<String, Any>,
    }
    crate::object!(Noted {
        "n" n required,
        "name" name required,
        "list" list required,
        "map" map required,
        "null" null nullable,
        ..rest
    });

    #[test]
    fn what_is_put_off_in_properties_lists_and_maps_is_read_in_the_end() -> Result<(), DecodeError> {
        let named = r#"{"n":{"n":1,"name":"inner"},"name":"outer"}"#;
        let deep = format!(
            r#"{{"n":{named},"name":"x","list":[1,{named}],"map":{{"a":{named}}},"null":{named},"b":{named}}}"#
        );
        let deeper = deep.replace(r#""n":1"#, &format!(r#""n":{deep}"#));
        for text in [named, &deep, &deeper] {
            let any: Any = from_slice(text.as_bytes())?;
            assert_eq!(
                to_vec(&any).ok().map(|json| String::from_utf8_lossy(&json).into_owned()).as_deref(),
                Some(text)
            );
        }
        assert!(
            matches!(from_slice(named.as_bytes())?, Any::Named(outer) if matches!(outer.n, Any::Named(_)))
        );
        assert!(matches!(from_slice(deep.as_bytes())?, Any::Noted(_)));
        Ok(())
    }

    #[test]
    fn what_is_missing_behind_what_is_put_off_is_missing() -> Result<(), DecodeError> {
        // Two of its fields are unions that an earlier variant has read; the third one is not there.
        let text = br#"{"list":[1],"n":2,"map":{"a":1},"name":"x"}"#;
        assert!(matches!(from_slice(text)?, Any::Noted(noted) if noted.null.is_none()));
        let error = from_slice::<Strict>(text).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("at $: the required field `absent` is missing"));
        Ok(())
    }
}
