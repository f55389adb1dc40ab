use super::choices::Trial;
use super::decode::{Decode, Decoder};
use super::encode::{Encode, Encoder};
use super::error::DecodeError;
use jiter::Peek;
use serde_json::Value;

/// One variant of a union with a discriminator: the tag's values that stand for it, and how to read it.
pub type Tagged<T> = (&'static [&'static str], fn(&mut Decoder<'_>) -> Result<T, DecodeError>);

/// The object of a variant that holds nothing but its tag.
#[derive(Clone, Copy, Debug)]
pub struct Empty;

impl Encode for Empty {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.object(&[], None);
    }
}

impl Decoder<'_> {
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
                self.tag = Some(tag);
                let result = decode(self);
                self.tag = None;
                self.leave_union();
                if !self.is_in_union() {
                    self.choices.forget_ends();
                }
                result
            }
            None => {
                self.loosen(8);
                Value::decode(self).map(unknown)
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
        let read = fork.jiter.current_index().saturating_sub(start);
        self.choices.spend(read.saturating_sub(fork.trial.paid))?;
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
            // The first search hurries; one inside of a union is of a text that has more of them.
            if self.is_in_union() {
                self.walk()?
            } else {
                self.skip()?
            }
            key = self.jiter.next_key().map_err(|error| DecodeError::jiter(&error))?;
        }
        Ok(None)
    }

    /// Passes over the next value, and remembers where it and the values inside of it end, so that the searches of the levels
    /// below read no more than what they are about.
    fn walk(&mut self) -> Result<(), DecodeError> {
        let kind = self.peek()?;
        if !matches!(kind, Peek::Array | Peek::Object) {
            return self.skip();
        }
        let start = self.jiter.current_index();
        if let Some(end) = self.choices.end(start) {
            self.trial.paid += end.current_index().saturating_sub(start);
            self.jiter = end;
            return Ok(());
        }
        self.enter()?;
        if kind == Peek::Array {
            let mut next = self.jiter.known_array().map_err(|error| DecodeError::jiter(&error))?;
            while next.is_some() {
                self.walk()?;
                next = self.jiter.array_step().map_err(|error| DecodeError::jiter(&error))?;
            }
        } else {
            let mut more = self.jiter.known_object().map_err(|error| DecodeError::jiter(&error))?.is_some();
            while more {
                self.walk()?;
                more = self.jiter.next_key().map_err(|error| DecodeError::jiter(&error))?.is_some();
            }
        }
        self.leave();
        self.choices.keep_end(start, self.jiter.clone());
        Ok(())
    }

    /// Reads an object for its tag only; the rest is passed over.
    ///
    /// # Errors
    ///
    /// The next value is not valid JSON.
    pub fn empty(&mut self) -> Result<(), DecodeError> {
        self.skip()
    }
}

impl Encoder {
    /// Writes a variant of a union with a discriminator, so that the property `tag` holds one of `values`:
    /// what the variant itself says if it fits, else the first.
    pub fn tagged(&mut self, tag: &'static str, values: &'static [&'static str], variant: &dyn Encode) {
        self.tag = Some((tag, values));
        variant.encode(self);
        self.tag = None;
    }

    pub(super) fn tag_value(&mut self, value: &dyn Encode, values: &'static [&'static str]) {
        let start = self.out.len();
        value.encode(self);
        let written = &self.out[start..];
        let text = match written {
            [b'"', text @ .., b'"'] => text,
            other => other,
        };
        if !values.iter().any(|value| value.as_bytes() == text)
            && let Some(first) = values.first()
        {
            self.out.truncate(start);
            self.string(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::choices::Choices;
    use super::super::decode::{Decode, Decoder};

    #[derive(Clone, Debug, PartialEq)]
    enum Marker {
        Wrap(Box<Wrap>),
        Stop,
        Unknown(serde_json::Value),
    }
    crate::tagged!(Marker by "k" { "wrap" Wrap, "stop" Stop unit, ..Unknown });

    #[derive(Clone, Debug, PartialEq)]
    struct Wrap {
        list: Vec<Marker>,
    }
    crate::object!(Wrap { "list" list required });

    #[test]
    fn tags_behind_everything_else_are_found_once_whatever_the_depth() {
        for depth in [8, 16, 32, 60] {
            let text = format!(
                r#"{}{{"k":"stop"}}{}"#,
                r#"{"list":["#.repeat(depth),
                r#",{"x":[{}],"k":"stop"}],"k":"wrap"}"#.repeat(depth)
            );
            let mut decoder = Decoder::new(text.as_bytes());
            decoder.choices = Choices::within(4 * text.len());
            let mut marker = Marker::decode(&mut decoder);
            for _ in 0..depth {
                let Ok(Marker::Wrap(wrap)) = marker else { break };
                assert_eq!(wrap.list.get(1), Some(&Marker::Stop));
                marker = wrap.list.into_iter().next().ok_or_else(|| super::DecodeError::new("empty"));
            }
            assert!(matches!(marker, Ok(Marker::Stop)), "{depth}: {marker:?}");
        }
    }
}
