//! Any bytes as a watch, and as damage to one under right checksums: a watch or a typed error; what is read is written back the
//! same, and goes on.
#![no_main]

#[path = "../../core/tests/damage/mod.rs"]
mod damage;

use libfuzzer_sys::fuzz_target;
use rheostat::guarantee::{Range, Target, Watch};
use std::sync::LazyLock;

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let target = Target::new(0.2, 0.9, Range::UNIT).expect("a target");
    let mut watch = Watch::new(3, target).expect("three candidates");
    for i in 0..60_u32 {
        let loss = f64::from(i % 7) / 7.0;
        watch.update(&[0.0, loss / 2.0, loss], (i % 2 == 0).then_some(u64::from(i))).expect("losses");
    }
    watch.to_bytes()
});

fuzz_target!(|bytes: &[u8]| {
    for state in [bytes, &damage::damaged(&GOOD, bytes)] {
        let Ok(mut watch) = Watch::from_bytes(state) else { continue };
        let again = Watch::from_bytes(&watch.to_bytes()).expect("what was written is read");
        assert_eq!(again.to_bytes(), watch.to_bytes());
        let loss = watch.target().max_loss();
        let _ = watch.update(&vec![loss; watch.candidates()], Some(1));
        let _ = watch.standing();
    }
});
