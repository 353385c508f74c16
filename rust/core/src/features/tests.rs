//! The scan equals the naive reader with each instruction set that this processor has.

#[path = "../../tests/oracle/features.rs"]
mod oracle;
#[path = "../../tests/oracle/texts.rs"]
mod texts;

use super::Scan;
use crate::query::Window;
use crate::simd::level::Level;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_instruction_set_reads_as_the_naive_reader(text in texts::broken()) {
        let mut scan = Scan::new();
        Level::each(|_| oracle::check(&mut scan, &text, Window::default()));
    }
}

#[test]
fn every_instruction_set_reads_blocks_of_every_length_as_the_naive_reader() {
    let mut scan = Scan::new();
    for text in texts::borders() {
        Level::each(|_| oracle::check(&mut scan, &text, Window::default()));
    }
}
