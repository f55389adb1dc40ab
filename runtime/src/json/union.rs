use super::decode::Decoder;
use super::error::DecodeError;
use serde_json::Value;

/// One variant of a union: its name for error messages, and how to read it.
pub type Attempt<T> = (&'static str, fn(&mut Decoder<'_>) -> Result<T, DecodeError>);

/// One variant of a union with a discriminator: the tag's values that stand for it, and how to read it.
pub type Tagged<T> = (&'static [&'static str], fn(&mut Decoder<'_>) -> Result<T, DecodeError>);

impl Decoder<'_> {
    /// Reads a union without a discriminator: every variant is tried on a copy of the parser, and the one that
    /// fits the text best wins, the earlier one if two fit alike. A variant fits worse for every property that it
    /// does not know and for every enum value that it does not list.
    ///
    /// # Errors
    ///
    /// No variant fits; the message says why each did not.
    pub fn one_of<T>(&mut self, union: &'static str, attempts: &[Attempt<T>]) -> Result<T, DecodeError> {
        self.peek()?;
        self.enter()?;
        let mut best: Option<(u32, T, Self)> = None;
        let mut reasons = String::new();
        for (name, decode) in attempts {
            let mut fork = self.clone();
            fork.looseness = 0;
            match decode(&mut fork) {
                Ok(value) => {
                    self.spend(&fork)?;
                    let looseness = fork.looseness;
                    if best.as_ref().is_none_or(|(tightest, ..)| looseness < *tightest) {
                        best = Some((looseness, value, fork));
                    }
                    if looseness == 0 {
                        break;
                    }
                }
                Err(error) => {
                    self.spend(&fork)?;
                    explain(&mut reasons, name, &error);
                }
            }
        }
        match best {
            Some((looseness, value, fork)) => {
                let total = self.looseness.saturating_add(looseness);
                let patience = self.patience;
                *self = fork;
                self.leave();
                self.looseness = total;
                self.patience = patience;
                Ok(value)
            }
            None => Err(DecodeError::new(format!("no variant of {union} fits{reasons}"))),
        }
    }

    fn spend(&mut self, fork: &Self) -> Result<(), DecodeError> {
        let read = fork.jiter.current_index().saturating_sub(self.jiter.current_index());
        let inner = self.patience.saturating_sub(fork.patience);
        let left = self.patience.checked_sub(read.saturating_add(inner).saturating_add(1));
        self.patience =
            left.ok_or_else(|| DecodeError::new("too many nested unions to choose between; giving up"))?;
        Ok(())
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
        let found = self.clone().find_tag(tag)?;
        let variant =
            found.as_deref().and_then(|found| variants.iter().find(|(values, _)| values.contains(&found)));
        match variant {
            Some((_, decode)) => {
                self.enter()?;
                let value = decode(self)?;
                self.leave();
                Ok(value)
            }
            None => {
                self.loosen(8);
                <Value as super::Decode>::decode(self).map(unknown)
            }
        }
    }

    /// The value of the property `tag` of the next object. Reads a copy of the parser to the end of that property.
    fn find_tag(mut self, tag: &str) -> Result<Option<String>, DecodeError> {
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

#[cold]
fn explain(reasons: &mut String, variant: &str, error: &DecodeError) {
    use std::fmt::Write;
    // Writing to a String cannot fail.
    let _ = write!(reasons, "; {variant}: {error}");
}
