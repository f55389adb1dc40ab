use super::choices::{Choice, Trial};
use super::decode::Decoder;
use super::error::DecodeError;
use serde_json::Value;
use std::any::TypeId;

/// One variant of a union: its name for error messages, and how to read it.
pub type Attempt<T> = (&'static str, fn(&mut Decoder<'_>) -> Result<T, DecodeError>);

/// One variant of a union with a discriminator: the tag's values that stand for it, and how to read it.
pub type Tagged<T> = (&'static [&'static str], fn(&mut Decoder<'_>) -> Result<T, DecodeError>);

impl Decoder<'_> {
    /// Reads a union without a discriminator: every variant is tried on a copy of the parser, and the one that
    /// fits the text best wins, the earlier one if two fit alike. A variant fits worse for every property that it
    /// does not know and for every enum value that it does not list.
    ///
    /// A type is one union: it is called with the same variants every time. What a union at one place of the text turned out
    /// to be is remembered, so that unions inside unions are tried once each.
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
        let value = match self.choices.find(id, start) {
            Some(Choice::Variant(index, looseness)) => self.known_variant(attempts, index, looseness)?,
            Some(Choice::None(error)) => return Err(error),
            None => {
                let (index, looseness, value) = self.tightest(union, attempts).inspect_err(|error| {
                    if self.trial.is_one {
                        self.choices.keep(id, start, Choice::None(error.clone()));
                    }
                })?;
                if self.trial.is_one {
                    self.choices.keep(id, start, Choice::Variant(index, looseness));
                } else {
                    self.choices.forget();
                }
                self.loosen(looseness);
                value
            }
        };
        self.leave_union();
        Ok(value)
    }

    /// Reads the variant that this union is known to be, unless its fit is too loose to matter.
    fn known_variant<T>(
        &mut self,
        attempts: &[Attempt<T>],
        index: usize,
        looseness: u32,
    ) -> Result<T, DecodeError> {
        let is_in_vain =
            self.trial.limit.is_some_and(|limit| self.looseness.saturating_add(looseness) >= limit);
        match attempts.get(index).filter(|_| !is_in_vain) {
            Some((_, decode)) => decode(self),
            None => Err(DecodeError::new("another variant fits better")),
        }
    }

    /// The variant that fits best: its index, how loosely it fits, and its value. This decoder stands behind it then.
    fn tightest<T>(
        &mut self,
        union: &'static str,
        attempts: &[Attempt<T>],
    ) -> Result<(usize, u32, T), DecodeError> {
        let start = self.jiter.current_index();
        let mut best: Option<(usize, u32, T, Self)> = None;
        let mut reasons = String::new();
        for (index, (name, decode)) in attempts.iter().enumerate() {
            let limit = best.as_ref().map(|(_, looseness, ..)| *looseness);
            let mut fork = self.fork(Trial { is_one: true, limit, paid: 0 });
            let result = decode(&mut fork);
            self.choices = std::mem::take(&mut fork.choices);
            let read = fork.jiter.current_index().saturating_sub(start);
            // After the end of all patience this is an error on every level.
            self.choices.spend(read.saturating_sub(fork.trial.paid))?;
            match result {
                Ok(value) => {
                    let looseness = fork.looseness;
                    if limit.is_none_or(|tightest| looseness < tightest) {
                        best = Some((index, looseness, value, fork));
                    }
                    if looseness == 0 {
                        break;
                    }
                }
                Err(error) => explain(&mut reasons, name, &error),
            }
        }
        let Some((index, looseness, value, fork)) = best else {
            return Err(DecodeError::new(format!("no variant of {union} fits{reasons}")));
        };
        self.jiter = fork.jiter;
        self.trial.paid += self.jiter.current_index().saturating_sub(start);
        Ok((index, looseness, value))
    }

    /// Reads a union with a discriminator: the variant that the property `tag` names. A tag that no variant has,
    /// or that is missing, is answered with the raw JSON.
    ///
    /// # Errors
    ///
    /// The next value is not of the type of the variant that the tag names.
    pub fn tagged<T>(
        &mut self,
        tag: &'static str,
        variants: &[Tagged<T>],
        unknown: fn(Value) -> T,
    ) -> Result<T, DecodeError> {
        let found = self.find_tag(tag)?;
        let variant =
            found.as_deref().and_then(|found| variants.iter().find(|(values, _)| values.contains(&found)));
        match variant {
            Some((_, decode)) => {
                self.enter_union()?;
                let value = decode(self)?;
                self.leave_union();
                Ok(value)
            }
            None => {
                self.loosen(8);
                <Value as super::Decode>::decode(self).map(unknown)
            }
        }
    }

    /// The value of the property `tag` of the next object. Reads a copy of the parser to the end of that property, which tagged
    /// unions inside tagged unions pay for.
    fn find_tag(&mut self, tag: &str) -> Result<Option<String>, DecodeError> {
        let start = self.jiter.current_index();
        let mut fork = self.fork(Trial::default());
        let found = fork.search_tag(tag);
        self.choices = std::mem::take(&mut fork.choices);
        self.choices.spend(fork.jiter.current_index().saturating_sub(start))?;
        found
    }

    fn search_tag(&mut self, tag: &str) -> Result<Option<String>, DecodeError> {
        let mut key = self.jiter.next_object().map_err(|error| DecodeError::jiter(&error))?;
        while let Some(name) = key {
            if name == tag {
                let json = self.slice()?;
                let value: Value = serde_json::from_slice(json)
                    .map_err(|error| DecodeError::new(format!("invalid JSON: {error}")).in_key(tag))?;
                return Ok(match value {
                    Value::String(text) => Some(text),
                    Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
                    _ => None,
                });
            }
            self.skip()?;
            key = self.jiter.next_key().map_err(|error| DecodeError::jiter(&error))?;
        }
        Ok(None)
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
    use super::super::decode::{Decode, Decoder};
    use super::super::error::DecodeError;
    use std::cell::Cell;

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

    /// How many variants were tried, and how it ended.
    fn tried(text: &str, patience: usize) -> (u32, Result<(), String>) {
        TRIED.set(0);
        let mut decoder = Decoder::new(text.as_bytes());
        decoder.choices = Choices::within(patience);
        let result = Nest::decode(&mut decoder);
        (TRIED.get(), result.map(|_| ()).map_err(|error| error.message().to_owned()))
    }

    #[test]
    fn each_variant_is_tried_once_at_each_place() {
        let text = format!("{}{}", "[".repeat(60), "]".repeat(60));
        let (tried, result) = tried(&text, 1 << 20);
        assert_eq!((tried, result), (3 * 60, Ok(())));
    }

    #[test]
    fn each_byte_is_paid_for_once_whatever_the_depth() {
        let text = format!("{}{}", "[".repeat(60), "]".repeat(60));
        assert_eq!(tried(&text, 5 * text.len()).1, Ok(()));
    }

    #[test]
    fn patience_is_one_for_all_levels_and_its_end_is_final() {
        let text = format!("{}{}{}", "[".repeat(60), " ".repeat(200), "]".repeat(60));
        let (tried, result) = tried(&text, 100);
        // Down once, and nothing on the way up.
        assert_eq!(tried, 60);
        assert!(result.is_err_and(|text| text.starts_with("too many nested unions")));
    }
}
