//! The tables of failures, and headers of any form.

use super::*;
use proptest::prelude::*;

#[test]
fn each_code_stands_once() {
    for (i, (code, _)) in CODES.iter().enumerate() {
        assert!(meaning(&CODES[i + 1..], code).is_none(), "{code}");
    }
}

proptest! {
    #[test]
    fn every_status_of_an_error_has_a_kind(status in any::<u16>()) {
        prop_assert_eq!(of_status(status).is_some(), (300..600).contains(&status));
    }

    #[test]
    fn no_header_makes_a_wait_that_is_none(header in ".{0,40}", now in any::<f64>()) {
        if let Some(seconds) = retry_after(&header, now) {
            prop_assert!(seconds >= 0.0 && seconds.is_finite());
        }
    }
}
