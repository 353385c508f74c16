//! The tables of failures, and headers of any form.

use super::*;
use proptest::prelude::*;

#[test]
fn each_code_stands_once() {
    for (i, (code, _)) in CODES.iter().enumerate() {
        assert!(meaning(&CODES[i + 1..], code).is_none(), "{code}");
    }
}

#[test]
fn what_a_response_of_openai_fails_by_is_sent_again_only_where_that_may_help() {
    // The codes of `ResponseError` that mend by themselves; each other is the request's own.
    for (code, kind) in [
        ("server_error", Transient),
        ("rate_limit_exceeded", RateLimit),
        ("vector_store_timeout", Transient),
        ("failed_to_download_image", Transient),
        ("image_content_policy_violation", Refusal),
        ("bio_policy", Refusal),
        ("invalid_prompt", Permanent),
        ("invalid_image_url", Permanent),
        ("image_file_not_found", Permanent),
    ] {
        assert_eq!(of_code(code), Some(kind), "{code}");
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
