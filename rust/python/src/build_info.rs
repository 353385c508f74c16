//! The version and profile of this build.

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Returns the version and Cargo profile of the native module. Benchmarks refuse a build whose `"profile"` is not `"release"`.
///
/// Example:
///     >>> import rheostat as rh
///     >>> sorted(rh.build_info())
///     ['abi3', 'model', 'profile', 'target', 'version']
#[pyfunction]
pub(crate) fn build_info(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let info = PyDict::new(py);
    info.set_item("version", env!("CARGO_PKG_VERSION"))?;
    info.set_item("profile", if cfg!(debug_assertions) { "debug" } else { "release" })?;
    info.set_item("abi3", cfg!(feature = "abi3"))?;
    info.set_item("target", format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS))?;
    info.set_item("model", crate::estimator::shipped().version())?;
    Ok(info)
}
