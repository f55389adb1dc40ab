use super::decode::{Decode, Decoder};
use super::encode::{Encode, Encoder};
use super::error::DecodeError;
use jiter::Peek;

/// How a field of an object comes and goes. Lower-case constants, so that the tables of generated code read as
/// `"id" id required`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    skip_absent: bool,
    /// Whether the text may do without it: not at all, or so loosely.
    missing: Option<u32>,
    /// How loosely a text fits that says `null`.
    null: u32,
}

#[allow(non_upper_case_globals, missing_docs)]
impl Presence {
    pub const required: Self = Self { skip_absent: false, missing: None, null: 0 };
    pub const nullable: Self = Self { skip_absent: false, missing: Some(WITHOUT_NULL), null: 0 };
    pub const optional: Self = Self { skip_absent: true, missing: Some(0), null: FORGIVEN };
    pub const optional_value: Self = Self { skip_absent: true, missing: Some(0), null: 0 };
    pub const optional_nullable: Self = Self { skip_absent: true, missing: Some(0), null: 0 };
    pub const empty_if_null: Self = Self { skip_absent: false, missing: None, null: FORGIVEN };
}

/// How loosely a text fits that leaves out what it should say is `null`: services drop nulls. A variant that loses two
/// members fits worse, one that keeps a member without knowing it fits better.
const WITHOUT_NULL: u32 = 6;

/// How loosely a text fits that says `null` of what it should leave out, or has members where there are to be no more: it is
/// read, but a variant that it is valid for fits better, however many members that does not name.
const FORGIVEN: u32 = 1 << 10;

/// A row of an object's encoding table: name on the wire, the same quoted and with its colon (empty if the name needs
/// escapes), presence, value.
pub type Field<'a> = (&'static str, &'static str, Presence, &'a dyn Encode);

/// A place that a decoded field goes to, without its type.
pub trait Slot {
    /// Reads the next value into this place.
    ///
    /// # Errors
    ///
    /// The next value is not of the place's type.
    fn fill(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError>;

    /// Whether there is a value in it.
    fn is_filled(&self) -> bool;
}

impl<T: Decode> Slot for Option<T> {
    #[inline]
    fn fill(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        *self = Some(T::decode(decoder)?);
        Ok(())
    }

    #[inline]
    fn is_filled(&self) -> bool {
        self.is_some()
    }
}

/// Where the properties go that an object's table does not name (`additionalProperties`).
pub trait Extra {
    /// Reads the next value and keeps it under `key`.
    ///
    /// # Errors
    ///
    /// The next value is not of the type of the additional properties. The error's path starts with the key.
    fn insert(&mut self, key: String, decoder: &mut Decoder<'_>) -> Result<(), DecodeError>;
}

/// The place of properties that there must not be: they are passed over, and another variant of a union fits better.
#[derive(Clone, Copy, Debug)]
pub struct Closed;

impl Extra for Closed {
    fn insert(&mut self, _: String, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        decoder.loosen(FORGIVEN);
        decoder.skip()
    }
}

/// The place of a struct's additional properties; `field` names the field that they end in.
#[inline]
pub fn extra<S, E: Extra>(place: &mut E, field: impl Fn(&S) -> &E) -> &mut dyn Extra {
    let _ = field;
    place
}

/// The properties that an object carries beside those its table names.
pub trait Entries {
    /// Calls `each` with every key and value, in the map's order.
    fn entries(&self, each: &mut dyn FnMut(&str, &dyn Encode));
}

impl Encoder {
    /// Writes an object from its table. A pending discriminator is made to fit.
    pub fn object(&mut self, fields: &[Field<'_>], entries: Option<&dyn Entries>) {
        let tag = self.tag.take();
        self.out.push(b'{');
        let start = self.out.len();
        if let Some((name, values)) = tag
            && !fields.iter().any(|(field, ..)| *field == name)
            && let Some(value) = values.first()
        {
            self.key(name, start);
            self.string(value);
        }
        for (name, quoted, presence, value) in fields {
            match tag {
                Some((tag, values)) if tag == *name => {
                    self.quoted_key(name, quoted, start);
                    self.tag_value(*value, values);
                }
                _ if presence.skip_absent && value.is_absent() => {}
                _ => {
                    self.quoted_key(name, quoted, start);
                    value.encode(self);
                }
            }
        }
        if let Some(entries) = entries {
            entries.entries(&mut |name, value| {
                if tag.is_none_or(|(tag, _)| tag != name) {
                    self.key(name, start);
                    value.encode(self);
                }
            });
        }
        self.out.push(b'}');
    }

    #[inline]
    fn quoted_key(&mut self, name: &str, quoted: &str, start: usize) {
        if quoted.is_empty() {
            return self.key(name, start);
        }
        if self.out.len() > start {
            self.out.push(b',');
        }
        self.out.extend_from_slice(quoted.as_bytes());
    }

    #[inline]
    fn key(&mut self, name: &str, start: usize) {
        if self.out.len() > start {
            self.out.push(b',');
        }
        self.string(name);
        self.out.push(b':');
    }
}

impl Decoder<'_> {
    /// Reads an object into its table. Keys are looked for from where the last one stood, so that a text in the
    /// document's order costs one comparison a key; unknown keys go to `extra` or are passed over. `presences` are those of
    /// the fields, in their order.
    ///
    /// # Errors
    ///
    /// The next value is not an object, or a property is not of its type.
    pub fn object(
        &mut self,
        fields: &mut [(&'static str, &mut dyn Slot)],
        presences: &[Presence],
        mut extra: Option<&mut dyn Extra>,
    ) -> Result<(), DecodeError> {
        let tag = self.tag.take();
        self.enter()?;
        let mut deferred = Deferred::default();
        let mut expected = 0;
        let mut key = self.jiter.next_object().map_err(|error| DecodeError::jiter(&error))?;
        while let Some(name) = key {
            if let Some(found) = position(fields, name, expected) {
                expected = found + 1;
                let (name, slot) = &mut fields[found];
                let null = presences.get(found).map_or(0, |presence| presence.null);
                if null > 0 && self.is_in_union() && self.peek()? == Peek::Null {
                    self.loosen(null);
                }
                let mark = self.is_forgiving.then(|| self.mark());
                match slot.fill(self) {
                    Ok(()) => {}
                    Err(error) if error.is_deferred() => deferred.fields.push(found),
                    Err(error) => match mark {
                        Some(mark) => self.skip_from(&mark)?,
                        None => return Err(error.in_key(name)),
                    },
                }
            } else if tag.is_some_and(|tag| tag == name) {
                self.skip()?;
            } else if let Some(extra) = extra.as_deref_mut() {
                let name = name.to_owned();
                self.loosen(1);
                match extra.insert(name, self) {
                    Err(error) if error.is_deferred() => deferred.has_extra = true,
                    result => result?,
                }
            } else {
                self.loosen(4);
                self.skip()?;
            }
            key = self.jiter.next_key().map_err(|error| DecodeError::jiter(&error))?;
        }
        self.leave();
        if deferred.fields.is_empty() && !deferred.has_extra {
            return Ok(());
        }
        self.missing(fields, presences, &deferred.fields)?;
        Err(DecodeError::deferred())
    }

    /// What the reading of the fields would say of those that the text does not have, when some are not read yet.
    fn missing(
        &mut self,
        fields: &[(&'static str, &mut dyn Slot)],
        presences: &[Presence],
        deferred: &[usize],
    ) -> Result<(), DecodeError> {
        for (index, ((name, slot), presence)) in fields.iter().zip(presences).enumerate() {
            if !slot.is_filled() && !deferred.contains(&index) {
                self.loosen(presence.missing.ok_or_else(|| DecodeError::missing(name))?);
            }
        }
        Ok(())
    }
}

/// The properties of an object that an earlier trial has read, and this one has not.
#[derive(Default)]
struct Deferred {
    /// Those in its table, by their row.
    fields: Vec<usize>,
    has_extra: bool,
}

#[inline]
fn position(fields: &[(&'static str, &mut dyn Slot)], name: &str, expected: usize) -> Option<usize> {
    if fields.get(expected).is_some_and(|(field, _)| *field == name) {
        return Some(expected);
    }
    let later = fields.iter().enumerate().skip(expected);
    let earlier = fields.iter().enumerate().take(expected);
    later.chain(earlier).find(|(_, (field, _))| *field == name).map(|(at, _)| at)
}

/// The value of a field that must be there.
///
/// # Errors
///
/// The field is missing.
#[inline]
pub fn required<T>(slot: Option<T>, name: &'static str, _: &mut Decoder<'_>) -> Result<T, DecodeError> {
    slot.ok_or_else(|| DecodeError::missing(name))
}

/// The value of a list or map that must be there, and is empty if it is `null`: so write services in Go.
///
/// # Errors
///
/// The field is missing.
#[inline]
pub fn empty_if_null<T: Default>(
    slot: Option<Option<T>>,
    name: &'static str,
    decoder: &mut Decoder<'_>,
) -> Result<T, DecodeError> {
    required(slot, name, decoder).map(Option::unwrap_or_default)
}

/// The value of a field that must be there but may be `null`. Services that drop nulls are forgiven.
///
/// # Errors
///
/// None; the signature is that of [`required`].
#[inline]
pub fn nullable<T>(
    slot: Option<Option<T>>,
    _: &'static str,
    decoder: &mut Decoder<'_>,
) -> Result<Option<T>, DecodeError> {
    if slot.is_none() {
        decoder.loosen(WITHOUT_NULL);
    }
    Ok(slot.flatten())
}

/// The value of a field that may be missing; `null` counts as missing.
///
/// # Errors
///
/// None; the signature is that of [`required`].
#[inline]
pub fn optional<T>(
    slot: Option<Option<T>>,
    _: &'static str,
    _: &mut Decoder<'_>,
) -> Result<Option<T>, DecodeError> {
    Ok(slot.flatten())
}

/// The value of a field that may be missing and whose type has `null` among its values.
///
/// # Errors
///
/// None; the signature is that of [`required`].
#[inline]
pub fn optional_value<T>(
    slot: Option<T>,
    _: &'static str,
    _: &mut Decoder<'_>,
) -> Result<Option<T>, DecodeError> {
    Ok(slot)
}

/// The value of a field that may be missing or `null`, and the two differ.
///
/// # Errors
///
/// None; the signature is that of [`required`].
#[inline]
pub fn optional_nullable<T>(
    slot: Option<Option<T>>,
    _: &'static str,
    _: &mut Decoder<'_>,
) -> Result<Option<Option<T>>, DecodeError> {
    Ok(slot)
}
