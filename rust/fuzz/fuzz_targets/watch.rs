//! Any bytes as a watch: a watch or a typed error; what is read is written back the same, and goes on.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rheostat::guarantee::Watch;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(mut watch) = Watch::from_bytes(bytes) {
        let again = Watch::from_bytes(&watch.to_bytes()).expect("what was written is read");
        assert_eq!(again.to_bytes(), watch.to_bytes());
        let loss = watch.target().max_loss();
        let _ = watch.update(&vec![loss; watch.candidates()], Some(1));
        let _ = watch.standing();
    }
});
