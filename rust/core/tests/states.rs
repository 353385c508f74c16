//! Saved states that are sound by their checksums and wrong inside: refused, or survived.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use proptest::sample::Index;
use rheostat::Result;
use rheostat::artifact::{Reader, Writer};
use rheostat::signal::{
    Confidence, ConfidenceGate, Cusum, Eat, Ema, Loops, Markers, ProbeAt, ProbeSchedule, Probes, Quadrants,
    Stall, StallRules, StepGuide, StepRules, Steps, TextRules, TextSignals,
};

const SCHEMA: u64 = u64::from_le_bytes(*b"signals1");

/// Changes a few bytes of a state, or cuts it, and makes its checksums right again.
fn tampered(state: &[u8], kind: &str, changes: &[(Index, u8)], cut: Option<Index>) -> Vec<u8> {
    let mut bytes = Reader::new(state, SCHEMA).unwrap().section(kind).unwrap().bytes().to_vec();
    for (place, value) in changes {
        let place = place.index(bytes.len());
        bytes[place] = *value;
    }
    if let Some(cut) = cut {
        bytes.truncate(cut.index(bytes.len()));
    }
    let mut writer = Writer::new(SCHEMA);
    writer.section(kind, bytes);
    writer.finish()
}

/// Loads a tampered state of each signal, and goes on with those that are accepted.
fn survive(changes: &[(Index, u8)], cut: Option<Index>) {
    fn try_one<T>(
        kind: &str,
        state: &[u8],
        changes: &[(Index, u8)],
        cut: Option<Index>,
        load: impl Fn(&[u8]) -> Result<T>,
        mut go_on: impl FnMut(&mut T, u32),
    ) {
        assert!(load(state).is_ok(), "{kind}");
        if let Ok(mut signal) = load(&tampered(state, kind, changes, cut)) {
            for i in 0..300 {
                go_on(&mut signal, i);
            }
        }
    }
    let x = |i: u32| f64::from(i % 10) / 10.0;
    let mut confidence = Confidence::new(7).unwrap();
    let mut loops = Loops::with_period(40).unwrap();
    let mut text = TextSignals::new(TextRules::default()).unwrap();
    let mut stall = Stall::new(StallRules::default()).unwrap();
    let mut guide = StepGuide::new(StepRules::default()).unwrap();
    let mut steps = Steps::default();
    let mut markers = Markers::new();
    let mut schedule = ProbeSchedule::new(ProbeAt::Marker, 0, 50).unwrap();
    let mut cusum = Cusum::new(0.5, 5.0, 8).unwrap();
    for i in 0..150 {
        confidence.update(&[-1.0, -2.0]);
        loops.update(i % 35);
        text.text("wait, \\boxed{1} maybe ");
        markers.text("hold on, so ");
        stall.turn(&i.to_string(), Ok("x"));
        guide.add(x(i));
        steps.add(x(i));
        schedule.advance(3, "wait ");
        cusum.update(x(i));
    }
    let mut probes = Probes::default();
    probes.add("42", None, 0.0);
    let mut ema = Ema::new(0.1).unwrap();
    ema.update(1.0);
    let mut eat = Eat::new(0.1, 1e-3, 25).unwrap();
    eat.update(1.0);
    let mut gate = ConfidenceGate::new(4, 0.5).unwrap();
    gate.observe(3.0);
    let mut seen = Quadrants::default();
    seen.update(0.1, 0.1);
    try_one("confid", &confidence.to_bytes(), changes, cut, Confidence::from_bytes, |c, _| {
        c.update(&[-3.0, -4.0]);
        assert!(c.group().is_finite() && c.lowest().is_finite() && c.bottom(0.1).unwrap().is_finite());
    });
    try_one("loops", &loops.to_bytes(), changes, cut, Loops::from_bytes, |l, i| {
        l.update(i % 35);
        l.text("a word ");
    });
    try_one("text", &text.to_bytes(), changes, cut, TextSignals::from_bytes, |t, _| {
        t.text(r"wait \boxed{7} }{ so ");
        t.finish();
    });
    try_one("markers", &markers.to_bytes(), changes, cut, Markers::from_bytes, |m, _| {
        m.text("start over, wait ");
        assert!(m.density().is_finite() && m.recent().is_finite());
    });
    try_one("stall", &stall.to_bytes(), changes, cut, Stall::from_bytes, |s, i| {
        s.turn("a", Err(&i.to_string()));
    });
    try_one("guide", &guide.to_bytes(), changes, cut, StepGuide::from_bytes, |g, i| {
        g.add(x(i));
    });
    try_one("steps", &steps.to_bytes(), changes, cut, Steps::from_bytes, |s, i| {
        s.add(x(i));
        assert!(s.mean().unwrap().is_finite());
    });
    try_one("schedule", &schedule.to_bytes(), changes, cut, ProbeSchedule::from_bytes, |s, _| {
        s.advance(10, "wait\n\n");
    });
    try_one("cusum", &cusum.to_bytes(), changes, cut, Cusum::from_bytes, |c, i| {
        c.update(x(i));
        assert!(c.sums().0.is_finite() && c.sums().1.is_finite());
    });
    try_one("probes", &probes.to_bytes(), changes, cut, Probes::from_bytes, |p, _| {
        p.add("42", Some(0.5), 0.1);
    });
    try_one("ema", &ema.to_bytes(), changes, cut, Ema::from_bytes, |e, i| {
        e.update(x(i));
        assert!(e.mean().is_finite() && e.variance() >= 0.0);
    });
    try_one("eat", &eat.to_bytes(), changes, cut, Eat::from_bytes, |e, i| {
        e.update(x(i));
    });
    try_one("gate", &gate.to_bytes(), changes, cut, ConfidenceGate::from_bytes, |g, i| {
        g.observe(x(i));
    });
    try_one("quadrant", &seen.to_bytes(), changes, cut, Quadrants::from_bytes, |q, i| {
        q.update(x(i), x(i));
        assert!((0.0..=1.0).contains(&q.branching()));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn tampered_states_are_refused_or_survived(
        changes in prop::collection::vec((any::<Index>(), prop_oneof![any::<u8>(), Just(0), Just(255)]), 1..6),
        cut in prop::option::weighted(0.1, any::<Index>()),
    ) {
        survive(&changes, cut);
    }
}
