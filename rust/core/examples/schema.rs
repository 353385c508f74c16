//! The names of the features and the schema hash that artifacts carry, one a line: what training has to match.

use rheostat::estimate::schema;
use rheostat::features::SPECS;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{:016x}", schema())?;
    SPECS.iter().try_for_each(|spec| writeln!(out, "{}", spec.name))
}
