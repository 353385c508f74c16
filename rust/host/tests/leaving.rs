//! People who leave, and requests that were never sent: neither costs anything, nor speaks against an upstream.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ladder, Rung};
use rheostat::plan::PlanOptions;
use rheostat::query::Query;
use rheostat::run::{Failure, FailureKind, Run};
use rheostat_host::{Host, Judge, Piece, Reading, Together};

fn governor(samples: u32) -> Governor {
    let deployment = Some("eu".to_owned());
    let rung = Rung { samples, deployment, input_price: 1.0, output_price: 1.0, ..Rung::new("a", "m") };
    Governor::builder(Ladder::new(vec![rung], None, None).unwrap().into()).build().unwrap()
}

fn host(governor: &Governor) -> Host {
    let query = Query::text("How many primes are there below 1,000?", 1 << 14);
    let plan = governor.plan(&query, &PlanOptions::default(), &mut Scan::new()).unwrap();
    Host::new(Run::start(&plan, 0.0), false)
}

#[test]
fn people_who_leave_before_the_first_token_open_no_breaker() {
    let governor = governor(3);
    for _ in 0..200 {
        let mut host = host(&governor);
        // One stream was sent, two never are.
        assert_eq!(host.next(1, 1.0).unwrap(), [0]);
        host.close(1.0);
        assert_eq!(host.run().spent().samples, 1);
    }
    assert_eq!(governor.breakers(1.0), []);
    // The retries that all runs share are there.
    let mut host = host(&governor);
    let streams = host.next(3, 1.0).unwrap();
    let failure = Failure::new(FailureKind::Overloaded, "busy");
    host.fail(streams[0], &failure, None, 1.0).unwrap();
    assert_eq!(host.next(3, 1.0).unwrap().len(), 1, "it is tried again");
}

#[test]
fn a_retry_that_was_never_sent_costs_nothing() {
    for (now, waits, samples) in [(1.1, true, 0), (1.1, false, 1), (99.0, true, 1)] {
        let governor = governor(1);
        let mut host = host(&governor);
        let first = host.next(1, 1.0).unwrap()[0];
        let failure = Failure { retry_after: Some(2.0), ..Failure::new(FailureKind::RateLimit, "429") };
        host.fail(first, &failure, None, 1.0).unwrap();
        let again = host.next(1, 1.0).unwrap()[0];
        if waits {
            host.waits(again, 1.0);
        }
        host.close(now);
        let spent = host.run().spent();
        // What was sent has cost its input.
        assert_eq!((spent.samples, spent.usd > 0.0), (samples, samples > 0), "{now} {waits}");
    }
}

#[test]
fn what_breaks_behind_the_end_of_a_stream_costs_nothing() {
    for (word, settled) in [(Some("stop"), true), (Some("length"), false), (None, false)] {
        let governor = governor(1);
        let mut host = host(&governor);
        let stream = host.next(1, 1.0).unwrap()[0];
        let finish_reason = word.map(Into::into);
        host.tell(stream, &Piece { finish_reason, ..Piece::of_text("168") }, 1.0);
        host.fail(stream, &Failure::new(FailureKind::Transient, "reset"), None, 1.0).unwrap();
        assert_eq!(host.stream(stream).unwrap().failed(), word.is_none());
        assert_eq!((host.run().settled(), host.run().answer().as_deref()), (settled, Some("168")));
    }
}

#[test]
fn who_leaves_at_the_mark_of_the_end_has_a_settled_reply() {
    let chunk = |delta: &str, reason: &str| {
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{reason}}}]}}\n\n")
    };
    let said = chunk(r#"{"content":"168"}"#, "null");
    for (events, settled) in [
        (said.clone() + &chunk("{}", "\"stop\"") + "data: [DONE]\n\n", true),
        (said.clone() + &chunk("{}", "\"stop\""), true),
        (said.clone() + "data: [DONE]\n\n", true),
        (said.clone() + &chunk("{}", "\"length\""), false),
        (said.clone(), false),
        (said.clone() + "data: {\"error\":{\"message\":\"x\"}}\n\n", false),
    ] {
        let governor = governor(1);
        let mut host = host(&governor);
        let reading = Reading {
            surface: "openai.chat".to_owned(),
            reports_usage: false,
            judge: Judge::NeverRestart,
            hold_tokens: 0,
            hold_seconds: 0.0,
            together: Together::Known,
        };
        host.reads(reading, 0.0).unwrap();
        let stream = host.next(1, 1.0).unwrap()[0];
        host.feed(stream, events.as_bytes(), 1.0);
        host.take(1.0);
        host.close(1.0);
        assert_eq!(
            (host.run().settled(), host.run().answer().as_deref()),
            (settled, Some("168")),
            "{events}"
        );
    }
}
