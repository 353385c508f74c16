//! serde's reader of a TOML value. The words of its errors are those of the file: "a whole number", "a list", "a table".

use crate::fault::Fault;
use rheostat::Error;
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use std::fmt::Display;
use std::marker::PhantomData;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// A value of the file and its place.
pub(crate) type Node<'a> = Spanned<DeValue<'a>>;
/// A key and its value.
pub(crate) type Entry<'a> = (&'a str, &'a Node<'a>);

/// Reads a value as a type.
pub(crate) fn read<'de, T: de::Deserialize<'de>>(node: &'de Node<'de>) -> Result<T, Fault> {
    seeded(PhantomData, node)
}

/// Reads some entries of a table as a type.
pub(crate) fn read_entries<'de, T: de::Deserialize<'de>>(
    entries: impl Iterator<Item = Entry<'de>>,
) -> Result<T, Fault> {
    T::deserialize(MapAccessDeserializer::new(Entries { entries, read: None }))
}

/// The whole number of an integer, or None if it has more than 38 digits.
fn number(integer: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// One value.
#[derive(Clone, Copy)]
struct Value<'de>(&'de DeValue<'de>);

impl<'de> Value<'de> {
    fn wrong_type(self, wanted: &str) -> Fault {
        Error::wrong_type("", self.0.type_str(), wanted).into()
    }

    fn whole<T: TryFrom<i128> + Display>(self, least: T, most: T) -> Result<T, Fault> {
        let DeValue::Integer(integer) = self.0 else { return Err(self.wrong_type("a whole number")) };
        let found = number(integer).and_then(|number| T::try_from(number).ok());
        found.ok_or_else(|| Error::invalid("", integer, format!("between {least} and {most}")).into())
    }

    fn real(self) -> Result<f64, Fault> {
        match self.0 {
            DeValue::Float(float) => {
                float.as_str().parse().map_err(|_| Error::invalid("", float, "a number").into())
            }
            // One that no i128 holds is outside every bound.
            DeValue::Integer(integer) => {
                let far = if integer.as_str().starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
                Ok(number(integer).map_or(far, |number| number as f64))
            }
            _ => Err(self.wrong_type("a number")),
        }
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            DeValue::String(text) => visitor.visit_borrowed_str(text),
            _ => Err(self.wrong_type("a string")),
        }
    }

    fn list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            DeValue::Array(array) => visitor.visit_seq(Items { items: array.iter(), index: 0 }),
            _ => Err(self.wrong_type("a list")),
        }
    }

    fn table<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            DeValue::Table(table) => visitor.visit_map(Entries { entries: entries(table), read: None }),
            _ => Err(self.wrong_type("a table")),
        }
    }
}

/// The entries of a table.
pub(crate) fn entries<'de>(table: &'de DeTable<'de>) -> impl Iterator<Item = Entry<'de>> {
    table.iter().map(|(key, value)| (&**key.get_ref(), value))
}

/// Reads a whole number of each type within its ends.
macro_rules! whole {
    ($($deserialize:ident $visit:ident $type:ty),*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.whole(<$type>::MIN, <$type>::MAX)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            DeValue::String(_) => self.text(visitor),
            DeValue::Integer(integer) => {
                match number(integer).map(|number| (i64::try_from(number), number)) {
                    Some((Ok(number), _)) => visitor.visit_i64(number),
                    Some((Err(_), number)) => visitor.visit_i128(number),
                    None => Err(Error::invalid("", integer, "a number of at most 38 digits").into()),
                }
            }
            DeValue::Float(_) => visitor.visit_f64(self.real()?),
            DeValue::Boolean(truth) => visitor.visit_bool(*truth),
            DeValue::Datetime(time) => visitor.visit_string(time.to_string()),
            DeValue::Array(_) => self.list(visitor),
            DeValue::Table(_) => self.table(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            DeValue::Boolean(truth) => visitor.visit_bool(*truth),
            _ => Err(self.wrong_type("true or false")),
        }
    }

    whole! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_i128 visit_i128 i128
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_f64(self.real()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.table(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.table(visitor)
    }

    /// A value that is there is given: TOML has no null.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            DeValue::String(name) => visitor.visit_enum((&**name).into_deserializer()),
            DeValue::Table(table) => {
                let mut entries = entries(table);
                match (entries.next(), entries.next()) {
                    (Some((name, value)), None) => visitor.visit_enum(Variant((name, value))),
                    _ => {
                        Err(Error::invalid("", format!("{} fields", table.len()), "a table of one field")
                            .into())
                    }
                }
            }
            _ => Err(self.wrong_type("a string or a table")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { u128 char bytes byte_buf unit unit_struct tuple_struct }
}

/// The items of an array.
struct Items<I> {
    items: I,
    index: usize,
}

impl<'de, I: Iterator<Item = &'de Node<'de>>> SeqAccess<'de> for Items<I> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(node) = self.items.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        seeded(seed, node).map(Some).map_err(|fault| fault.under(&format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        self.items.size_hint().1
    }
}

/// The entries of a table, and the one whose key has been read.
struct Entries<'de, I> {
    entries: I,
    read: Option<Entry<'de>>,
}

impl<'de, I: Iterator<Item = Entry<'de>>> MapAccess<'de> for Entries<'de, I> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        self.read = self.entries.next();
        self.read.map(|(key, _)| seed.deserialize(BorrowedStrDeserializer::new(key))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some((key, node)) = self.read.take() else {
            return Err(de::Error::custom("a value without a key"));
        };
        seeded(seed, node).map_err(|fault| fault.under(key))
    }
}

/// A variant that is a table of one field.
struct Variant<'de>(Entry<'de>);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        Ok((seed.deserialize(BorrowedStrDeserializer::<Fault>::new(self.0.0))?, self))
    }
}

impl<'de> Variant<'de> {
    fn value(&self) -> Value<'de> {
        Value(self.0.1.get_ref())
    }

    fn placed<T>(&self, read: Result<T, Fault>) -> Result<T, Fault> {
        read.map_err(|fault| fault.at(self.0.1.span().start).under(self.0.0))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        self.placed(Err(self.value().wrong_type("nothing")))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        self.placed(seed.deserialize(self.value()))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.placed(self.value().list(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.placed(self.value().table(visitor))
    }
}

/// Reads a value within another, and notes its place.
fn seeded<'de, T: DeserializeSeed<'de>>(seed: T, node: &'de Node<'de>) -> Result<T::Value, Fault> {
    seed.deserialize(Value(node.get_ref())).map_err(|fault| fault.at(node.span().start))
}
