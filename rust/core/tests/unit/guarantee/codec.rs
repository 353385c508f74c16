//! Tests of `guarantee/codec.rs`, of what is private there.

use super::*;

#[test]
fn numbers_that_no_watch_has_are_refused() {
    let watch = |target: [f64; 4], gambler: f64, groups: &[u64]| {
        let mut sections = [const { Vec::new() }; 4];
        for x in target {
            put_f64(&mut sections[0], x);
        }
        for x in [1, 0, 0] {
            put_u64(&mut sections[1], x);
        }
        put_u32(&mut sections[2], 1);
        for _ in 0..2 {
            (0..19).for_each(|_| put_f64(&mut sections[2], gambler));
            put_u64(&mut sections[2], 1);
        }
        put_u32(&mut sections[3], groups.len() as u32);
        for &x in groups {
            put_u64(&mut sections[3], x);
        }
        let mut writer = Writer::new(SCHEMA);
        for (name, section) in ["target", "counts", "wealth", "groups"].into_iter().zip(sections) {
            writer.section(name, section);
        }
        Watch::from_bytes(&writer.finish()).map_err(|e| e.to_string())
    };
    let good = [0.1, 0.95, 0.0, 1.0];
    assert!(watch(good, 1.0, &[7]).is_ok());
    for (text, got) in [
        ("max_loss", watch([1.0, 0.95, 0.0, 1.0], 1.0, &[])),
        ("range", watch([0.1, 0.95, 1.0, 0.0], 1.0, &[])),
        ("not finite", watch([f64::NAN, 0.95, 0.0, 1.0], 1.0, &[])),
        ("outside", watch(good, -1.0, &[])),
        ("not finite", watch(good, f64::INFINITY, &[])),
        ("out of order", watch(good, 1.0, &[7, 7])),
        ("more groups", watch(good, 1.0, &[7, 8])),
    ] {
        let error = got.unwrap_err();
        assert!(error.contains(text), "{text}: {error}");
    }
}
