//! Chat messages as Python has them, walked where they are: nothing is turned into JSON, and of the texts no more is
//! copied than the window of the newest ask.

use crate::callback::items_of;
use crate::convert::Text;
use crate::error::{Failure, Result};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple};
use rheostat::Error;
use rheostat::query::{Query, Sink};
use rheostat_wire::body::{self, Cursor, MAX_DEPTH, ValueKind};
use rheostat_wire::{LazyText, Weight};

/// More values than this no conversation has; an object that holds itself twice has them without end.
const MAX_VALUES: u32 = 1 << 20;

/// Reads a list of messages: dicts, other mappings, or objects with attributes (such as a client's own messages).
pub(crate) fn read(messages: &Bound<'_, PyAny>, cap: usize) -> Result<Query<'static>> {
    let mut cursor = Objects { here: messages.clone(), depth: 0, values: 0, raised: None };
    let query = body::walk(&mut cursor, cap);
    query.map_err(|error| cursor.raised.map_or(Failure::Core(error), Failure::Python))
}

/// Reads a request that was parsed before: a dict, another mapping, or a client's own object.
pub(crate) fn read_request(request: &Bound<'_, PyAny>, cap: usize) -> Result<Query<'static>> {
    let mut cursor = Objects { here: request.clone(), depth: 0, values: 0, raised: None };
    let query = body::walk_request(&mut cursor, cap);
    query.map_err(|error| cursor.raised.map_or(Failure::Core(error), Failure::Python))
}

/// A cursor over Python's objects.
struct Objects<'py> {
    here: Bound<'py, PyAny>,
    depth: u32,
    values: u32,
    /// The exception that Python raised meanwhile.
    raised: Option<PyErr>,
}

impl<'py> Objects<'py> {
    /// Keeps what Python raised; the core only needs to know that it cannot go on.
    fn raise(&mut self, error: PyErr) -> Error {
        self.raised = Some(error);
        Error::state("messages: Python raised an exception")
    }

    /// Calls `f` one level deeper, with the value that the cursor stands on.
    fn inside<T>(
        &mut self,
        f: impl FnOnce(&mut Self, &Bound<'py, PyAny>) -> rheostat::Result<T>,
    ) -> rheostat::Result<T> {
        if self.depth == MAX_DEPTH {
            return Err(Error::invalid(
                "messages",
                "deeper nesting",
                format!("nested at most {MAX_DEPTH} deep"),
            ));
        }
        let outer = self.here.clone();
        self.depth += 1;
        let result = f(self, &outer);
        self.depth -= 1;
        result
    }

    fn go_into(&mut self, value: Bound<'py, PyAny>) -> rheostat::Result<()> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(Error::invalid(
                "messages",
                "more values",
                format!("at most {MAX_VALUES} values in all"),
            ));
        }
        self.here = value;
        Ok(())
    }

    /// Names and values, as a list that stays as it is whatever happens to the object meanwhile.
    fn items(&mut self, object: &Bound<'py, PyAny>) -> rheostat::Result<Bound<'py, PyList>> {
        if let Ok(dict) = object.cast::<PyDict>() {
            return Ok(dict.items());
        }
        if let Ok(mapping) = object.cast::<PyMapping>() {
            return mapping.items().map_err(|error| self.raise(error));
        }
        match attributes(object) {
            Some(attributes) => Ok(attributes.items()),
            None => Err(self.refuse("messages", "a mapping")),
        }
    }

    fn read_text(&mut self, text: &Bound<'py, PyString>) -> rheostat::Result<Text> {
        Text::of(text).map_err(|error| self.raise(error))
    }
}

/// The attributes of an object that is made of them.
fn attributes<'py>(object: &Bound<'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    object.getattr("__dict__").ok()?.cast_into::<PyDict>().ok()
}

impl<'py> Cursor<'_> for Objects<'py> {
    type Text = Text;
    type Mark = Bound<'py, PyAny>;

    fn kind(&mut self) -> rheostat::Result<ValueKind> {
        let here = &self.here;
        Ok(if here.is_instance_of::<PyString>() {
            ValueKind::String
        } else if here.is_instance_of::<PyDict>() {
            ValueKind::Object
        } else if here.is_instance_of::<PyList>() || here.is_instance_of::<PyTuple>() {
            ValueKind::Array
        } else if here.is_none() {
            ValueKind::Null
        } else if here.is_instance_of::<PyBool>() {
            ValueKind::Bool
        } else if here.is_instance_of::<PyInt>() || here.is_instance_of::<PyFloat>() {
            ValueKind::Number
        } else if here.cast::<PyMapping>().is_ok() {
            ValueKind::Object
        } else if crate::convert::bytes(here).is_some() {
            ValueKind::Bytes
        } else if here.cast::<PySequence>().is_ok() {
            ValueKind::Array
        } else if attributes(here).is_some() {
            ValueKind::Object
        } else {
            ValueKind::Other
        })
    }

    fn text(&mut self) -> rheostat::Result<Text> {
        match self.here.clone().cast_into::<PyString>() {
            Ok(text) => self.read_text(&text),
            Err(_) => Err(self.refuse("messages", "str")),
        }
    }

    fn bytes(&mut self) -> rheostat::Result<u64> {
        Ok(crate::convert::bytes(&self.here).map_or(0, |bytes| bytes.len() as u64))
    }

    fn flag(&mut self) -> rheostat::Result<bool> {
        self.here.extract().map_err(|_| self.refuse("messages", "bool"))
    }

    fn number(&mut self) -> rheostat::Result<Option<i64>> {
        let whole = self.here.extract().ok();
        let spelled = || self.here.extract::<f64>().ok().filter(|x| x.fract() == 0.0).map(|x| x as i64);
        Ok(whole.or_else(spelled))
    }

    fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &[u8]) -> rheostat::Result<()>,
    ) -> rheostat::Result<()> {
        self.inside(|c, object| {
            for item in c.items(object)? {
                let item = item.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>();
                let (name, value) = item.map_err(|error| c.raise(error))?;
                c.go_into(value)?;
                // A name that is no text names nothing that is read.
                each(
                    c,
                    name.cast::<PyString>().ok().and_then(|name| name.to_str().ok()).unwrap_or("").as_bytes(),
                )?;
            }
            Ok(())
        })
    }

    fn array(
        &mut self,
        mut each: impl FnMut(&mut Self, usize) -> rheostat::Result<()>,
    ) -> rheostat::Result<()> {
        self.inside(|c, array| {
            // A list may grow or shrink while it is walked; its iterator knows.
            let items = array.try_iter().map_err(|error| c.raise(error))?;
            for (index, item) in items_of(items).enumerate() {
                let item = item.map_err(|error| c.raise(error))?;
                c.go_into(item)?;
                each(c, index)?;
            }
            Ok(())
        })
    }

    fn measure(&mut self) -> rheostat::Result<Weight> {
        let mut weight = Weight::default();
        match self.kind()? {
            ValueKind::String => {
                let text = self.text()?;
                weight = Weight::of_string(text.as_bytes().len(), || text.weight());
            }
            ValueKind::Array => self.array(|c, _| {
                weight += c.measure()?;
                Ok(())
            })?,
            ValueKind::Object => self.object(|c, name| {
                weight += Weight::of_string(name.len(), || Weight::of(name));
                weight += c.measure()?;
                Ok(())
            })?,
            ValueKind::Number => {
                let written = self.here.str().and_then(|text| Ok(text.to_cow()?.len()));
                weight = Weight::of_number(written.map_err(|error| self.raise(error))?);
            }
            ValueKind::Null | ValueKind::Bool => weight = Weight::of_word(),
            ValueKind::Bytes => {
                weight =
                    crate::convert::bytes(&self.here).map(|bytes| Weight::of(&bytes)).unwrap_or_default();
            }
            ValueKind::Other => {}
        }
        Ok(weight)
    }

    /// A message may carry anything, and anything may hang on it: only plain data is weighed.
    fn measure_unknown(&mut self) -> rheostat::Result<Weight> {
        let here = &self.here;
        let plain = here.is_instance_of::<PyString>()
            || here.is_instance_of::<PyDict>()
            || here.is_instance_of::<PyList>()
            || here.is_instance_of::<PyInt>()
            || here.is_instance_of::<PyFloat>();
        if !plain {
            return Ok(Weight::default());
        }
        let outer = self.here.clone();
        let values = self.values;
        let measured = self.measure();
        (self.here, self.values) = (outer, values);
        self.raised = None;
        Ok(measured.unwrap_or_default())
    }

    /// A skipped value is not looked at.
    fn skip(&mut self) -> rheostat::Result<()> {
        Ok(())
    }

    fn mark(&mut self) -> Bound<'py, PyAny> {
        self.here.clone()
    }

    fn go_to(&mut self, mark: &Bound<'py, PyAny>) {
        self.here = mark.clone();
    }

    fn type_name(&mut self) -> String {
        self.here.get_type().name().map_or_else(|_| "an object".to_owned(), |name| name.to_string())
    }
}

impl LazyText<'_> for Text {
    fn bytes(&self) -> usize {
        self.as_bytes().len()
    }

    fn borrowed(&self) -> Option<&'static [u8]> {
        None
    }

    fn first(&self) -> Option<u8> {
        self.as_bytes().trim_ascii_start().first().copied()
    }

    fn is_repaired(&self) -> bool {
        matches!(self, Self::Repaired(_))
    }

    fn has_marks(&self) -> bool {
        self.as_bytes().iter().any(|b| matches!(b, b'<' | b'>'))
    }

    fn raw(&self) -> &[u8] {
        self.as_bytes()
    }

    fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(self.as_bytes())
    }

    fn write<S: Sink>(&self, sink: &mut S) {
        sink.push(self.as_bytes());
    }
}
