use super::decode::{Decode, Decoder};
use super::encode::{Encode, Encoder};
use super::error::DecodeError;
use super::object::{Entries, Extra};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

impl<T: Encode> Encode for Option<T> {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        match self {
            Some(value) => value.encode(encoder),
            None => encoder.raw(b"null"),
        }
    }
    #[inline]
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Decode> Decode for Option<T> {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        if decoder.null()? { Ok(None) } else { T::decode(decoder).map(Some) }
    }
}

impl<T: Encode> Encode for [T] {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        encoder.raw(b"[");
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                encoder.raw(b",");
            }
            value.encode(encoder);
        }
        encoder.raw(b"]");
    }
}

impl<T: Encode> Encode for Vec<T> {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        self.as_slice().encode(encoder);
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.enter()?;
        if decoder.null()? {
            return Err(null("list"));
        }
        let mut values = Vec::new();
        let mut next = decoder.jiter.next_array().map_err(|error| DecodeError::jiter(&error))?;
        while next.is_some() {
            values.push(T::decode(decoder).map_err(|error| error.in_index(values.len()))?);
            next = decoder.jiter.array_step().map_err(|error| DecodeError::jiter(&error))?;
        }
        decoder.leave();
        Ok(values)
    }
}

#[cold]
fn null(what: &str) -> DecodeError {
    DecodeError::new(format!(
        "null stands where a {what} belongs; a client that is generated with `null_as_empty` takes it for an empty one"
    ))
}

macro_rules! map {
    ($map:ident $(, $hasher:ident)? ; $($bounds:tt)*) => {
        impl<K: AsRef<str>, V: Encode $(, $hasher)?> Entries for $map<K, V $(, $hasher)?> {
            fn entries(&self, each: &mut dyn FnMut(&str, &dyn Encode)) {
                for (key, value) in self {
                    each(key.as_ref(), value);
                }
            }
        }

        impl<K: AsRef<str>, V: Encode $(, $hasher)?> Encode for $map<K, V $(, $hasher)?> {
            fn encode(&self, encoder: &mut Encoder) {
                encoder.object(&[], Some(self));
            }
        }

        impl<K: From<String> + $($bounds)*, V: Decode $(, $hasher: BuildHasher + Default)?> Extra
            for $map<K, V $(, $hasher)?>
        {
            fn insert(&mut self, key: String, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                let value = V::decode(decoder).map_err(|error| error.in_key(&key))?;
                $map::insert(self, K::from(key), value);
                Ok(())
            }
        }

        impl<K: From<String> + $($bounds)*, V: Decode $(, $hasher: BuildHasher + Default)?> Decode
            for $map<K, V $(, $hasher)?>
        {
            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                if decoder.null()? {
                    return Err(null("map"));
                }
                let mut map = Self::default();
                decoder.object(&mut [], Some(&mut map))?;
                Ok(map)
            }
        }
    };
}
map!(BTreeMap; Ord);
map!(HashMap, S; Eq + Hash);
#[cfg(feature = "indexmap")]
use indexmap::IndexMap;
#[cfg(feature = "indexmap")]
map!(IndexMap, S; Eq + Hash);
