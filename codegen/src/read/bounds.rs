//! What a schema asks of values beyond their type.

use openapiv3::{AnySchema, ArrayType, IntegerType, NumberType, ObjectType, StringType};

/// Bounds and patterns of a schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bounds<'a> {
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) pattern: Option<&'a str>,
    pub(crate) minimum: Option<f64>,
    pub(crate) above: bool,
    pub(crate) maximum: Option<f64>,
    pub(crate) below: bool,
    pub(crate) multiple_of: Option<f64>,
    pub(crate) min_items: Option<usize>,
    pub(crate) max_items: Option<usize>,
    pub(crate) unique_items: bool,
    pub(crate) min_properties: Option<usize>,
    pub(crate) max_properties: Option<usize>,
}

impl<'a> Bounds<'a> {
    pub(crate) fn string(string: &'a StringType) -> Self {
        Self {
            min_length: string.min_length.filter(|min| *min > 0),
            max_length: string.max_length,
            pattern: string.pattern.as_deref(),
            ..Self::default()
        }
    }

    pub(crate) fn number(number: &'a NumberType) -> Self {
        Self {
            minimum: number.minimum,
            above: number.exclusive_minimum,
            maximum: number.maximum,
            below: number.exclusive_maximum,
            multiple_of: number.multiple_of,
            ..Self::default()
        }
    }

    pub(crate) fn integer(integer: &'a IntegerType) -> Self {
        Self {
            minimum: integer.minimum.map(|bound| bound as f64),
            above: integer.exclusive_minimum,
            maximum: integer.maximum.map(|bound| bound as f64),
            below: integer.exclusive_maximum,
            multiple_of: integer.multiple_of.map(|step| step as f64),
            ..Self::default()
        }
    }

    pub(crate) fn array(array: &'a ArrayType) -> Self {
        Self {
            min_items: array.min_items.filter(|min| *min > 0),
            max_items: array.max_items,
            unique_items: array.unique_items,
            ..Self::default()
        }
    }

    pub(crate) fn object(object: &'a ObjectType) -> Self {
        Self {
            min_properties: object.min_properties.filter(|min| *min > 0),
            max_properties: object.max_properties,
            ..Self::default()
        }
    }

    pub(crate) fn any(any: &'a AnySchema) -> Self {
        Self {
            min_length: any.min_length.filter(|min| *min > 0),
            max_length: any.max_length,
            pattern: any.pattern.as_deref(),
            minimum: any.minimum,
            above: any.exclusive_minimum.unwrap_or_default(),
            maximum: any.maximum,
            below: any.exclusive_maximum.unwrap_or_default(),
            multiple_of: any.multiple_of,
            min_items: any.min_items.filter(|min| *min > 0),
            max_items: any.max_items,
            unique_items: any.unique_items.unwrap_or_default(),
            min_properties: any.min_properties.filter(|min| *min > 0),
            max_properties: any.max_properties,
        }
    }
}
