//! The tables of the file: one type each, whose fields are the file's and whose comments are what editors show.

mod ledger;
mod policy;
mod rules;
mod rung;
mod sleep;

pub(crate) use ledger::{CapTable, LedgerTable, SessionsTable, secret};
pub use ledger::{LedgerFile, LedgerServer, LedgerUrl};
pub(crate) use policy::{PolicyTable, read_policy};
pub(crate) use rules::{RulesTable, each};
pub use rung::CeilingTable;
pub(crate) use rung::{LadderTable, RungTable};
pub(crate) use sleep::SleepTable;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Moves the fields that the file gives into a value that has the defaults.
macro_rules! set {
    ($table:ident => $made:ident: $($field:ident)*) => {
        $(if let Some(value) = $table.$field { $made.$field = value.into(); })*
    };
}
use set;

/// A bar that is on by default: a number, or `false` for none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar(Option<f64>);

impl From<Bar> for Option<f64> {
    fn from(bar: Bar) -> Self {
        bar.0
    }
}

impl<'de> Deserialize<'de> for Bar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Bar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or false")
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Bar, E> {
                Ok(Bar(Some(number)))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Bar, E> {
                Ok(Bar(Some(number as f64)))
            }

            fn visit_i128<E: de::Error>(self, number: i128) -> Result<Bar, E> {
                Ok(Bar(Some(number as f64)))
            }

            fn visit_bool<E: de::Error>(self, on: bool) -> Result<Bar, E> {
                if on { Err(E::invalid_type(de::Unexpected::Bool(on), &self)) } else { Ok(Bar(None)) }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for Bar {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Bar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "number" }, { "const": false }] })
    }
}
