#![allow(clippy::unnecessary_wraps)]
use crate::error::Result;
use pyo3::prelude::*;
pub(crate) struct M {
    pub(crate) list: Vec<u8>,
    pub(crate) repaired: bool,
}
pub(crate) fn read(_m: &Bound<'_, PyAny>) -> Result<M> {
    Ok(M { list: vec![], repaired: false })
}
