//! Decision records.

use crate::args;
use crate::args::read_list;
use crate::error::{Result, wrong_type};
use crate::plan::PlanRecord;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use rheostat::plan::{About, Plan, Record};
use std::sync::Arc;

/// A record as the queue holds it.
struct Item {
    at: f64,
    plan: Option<Arc<Plan>>,
    /// The plan's id, where there is no plan.
    id: String,
    run: Option<String>,
    session: Option<String>,
    tenant: Option<String>,
    fields: Option<String>,
}

impl Item {
    fn read(item: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let text = |i: usize| -> PyResult<Option<String>> {
            let value = item.get_borrowed_item(i)?;
            if value.is_none() {
                return Ok(None);
            }
            // What is no text is made one, half of a surrogate pair replaced: one bad name must not cost a whole batch.
            Ok(Some(value.str()?.to_string_lossy().into_owned()))
        };
        let about = item.get_borrowed_item(1)?;
        let plan = about.cast::<PlanRecord>().ok().map(|plan| plan.get().inner.clone());
        let id = if plan.is_none() { text(1)?.unwrap_or_default() } else { String::new() };
        let at = item.get_borrowed_item(0)?.extract()?;
        Ok(Self { at, plan, id, run: text(2)?, session: text(3)?, tenant: text(4)?, fields: text(5)? })
    }

    fn record(&self) -> Record<'_> {
        let about = match &self.plan {
            Some(plan) => About::Decision(plan, self.run.as_deref()),
            None => About::Outcome(&self.id),
        };
        Record {
            about,
            at: self.at,
            session: self.session.as_deref(),
            tenant: self.tenant.as_deref(),
            fields: self.fields.as_deref(),
        }
    }
}

/// Decision records as JSON lines, in UTF-8. Written without the interpreter's lock.
///
/// `items` are tuples of Unix time, plan (or a plan's id, for an outcome), the run as JSON, session, tenant, and further
/// fields as JSON without braces; all but the first two may be None. Every line begins with `head`, fields as JSON
/// without braces. `rungs` are the names whose P(correct) is recorded; the plan's own if there are none.
#[pyfunction]
#[pyo3(signature = (
    items: "Sequence[tuple[float, object, str | None, str | None, str | None, str | None]]", head, rungs
))]
pub(crate) fn record_lines<'py>(
    py: Python<'py>,
    items: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = args::text::head)] head: String,
    #[pyo3(from_py_with = args::names::rungs)] rungs: Vec<String>,
) -> Result<Bound<'py, PyBytes>> {
    let head = &*head;
    let items = read_list(items, "items", "an iterable of tuples", |item, what| {
        let item = item.cast::<PyTuple>().map_err(|_| wrong_type(what, item, "a tuple"))?;
        Ok(Item::read(item)?)
    })?;
    let lines = py.detach(|| {
        let mut lines = String::with_capacity(items.len() * 1024);
        for item in &items {
            item.record().line(head, &rungs, &mut lines);
        }
        lines
    });
    Ok(PyBytes::new(py, lines.as_bytes()))
}
