//! Plan ids and the reliability of outcomes.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat::outcome::{OutcomeKind, PlanId, reliability};

#[test]
fn an_id_is_read_as_it_was_written() {
    let id = PlanId { digest: 0xAB, serial: u64::MAX };
    assert_eq!(id.to_string().parse::<PlanId>().unwrap(), id);
    for bad in ["", "ab", "+0000000000000ab-ffffffffffffffff", "00000000000000AB-ffffffffffffffff"] {
        assert!(bad.parse::<PlanId>().unwrap_err().to_string().contains("16 hexadecimal digits"), "{bad}");
    }
}

#[test]
fn corrected_scores_are_right_on_average() {
    for kind in OutcomeKind::ALL {
        let r = reliability(kind);
        for truth in [0.0, 1.0] {
            let mean = (1.0 - r.flipped) * r.corrected(truth) + r.flipped * r.corrected(1.0 - truth);
            assert!((mean - truth).abs() < 1e-12);
        }
        assert!(r.corrected_noise() >= 1.0);
    }
}
