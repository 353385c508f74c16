//! The cadence: bounds and cap under any order of events, locks, signals, the cache's life, and its saved state.

// A test stops where what it rests on is missing.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rheostat::cadence::{Cadence, CadenceOptions, Cause, Mode, Reason};
use rheostat::ledger::{Cap, Cost, Scope};
use rheostat::money::Usd;

const FLOOR: f64 = 10.0;
const CEILING: f64 = 900.0;

fn mode(interval: f64, rung: &str) -> Mode {
    Mode { interval, rung: rung.to_owned() }
}

fn usd(dollars: f64) -> Cost {
    Cost::new(0, Usd::from_dollars(dollars))
}

fn options() -> CadenceOptions {
    CadenceOptions {
        modes: vec![mode(600.0, "fast"), mode(60.0, "think")],
        floor: FLOOR,
        ceiling: CEILING,
        lock: 5,
        cooldown: 30.0,
        ..CadenceOptions::default()
    }
}

fn capped(cap: f64, period: Option<f64>, beat: f64) -> CadenceOptions {
    let cap = Cap { usd: Some(Usd::from_dollars(cap)), period, ..Cap::new(Scope::Session) };
    CadenceOptions { cap: Some(cap), beat: usd(beat), ..options() }
}

/// Runs a cadence until `end`, each beat found by `found(start, beats so far)`. Returns the starts.
fn starts(cadence: &mut Cadence, end: f64, mut found: impl FnMut(f64, usize) -> bool) -> Vec<f64> {
    let (mut now, mut all) = (0.0, Vec::new());
    while now < end {
        now += cadence.next(now).unwrap().delay;
        if cadence.start(now).unwrap().is_some() {
            cadence.tick(f64::from(found(now, all.len())), Cost::default(), now).unwrap();
            all.push(now);
        }
    }
    all
}

#[derive(Debug, Clone)]
enum Event {
    Wait(f64),
    Due,
    Start,
    Tick(f64, f64),
    Unchanged,
    Signal(u8, f64),
    Force(usize, f64),
    Back(f64),
    Restore,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0.0..400.0_f64).prop_map(Event::Wait),
        4 => Just(Event::Due),
        6 => Just(Event::Start),
        6 => (0.0..=1.0_f64, 0.0..=1.0_f64).prop_map(|(found, part)| Event::Tick(found, part)),
        1 => Just(Event::Unchanged),
        4 => (0..4_u8, 0.01..=1.0_f64).prop_map(|(kind, strength)| Event::Signal(kind, strength)),
        1 => (0..2_usize, 1.0..5_000.0_f64).prop_map(|(mode, seconds)| Event::Force(mode, seconds)),
        1 => (0.0..20_000.0_f64).prop_map(Event::Back),
        1 => Just(Event::Restore),
    ]
}

proptest! {
    #[test]
    fn no_order_of_events_leaves_the_bounds_or_passes_the_cap(
        events in prop::collection::vec(event(), 1..300),
        cap in 1.0..6.0_f64,
    ) {
        let period = 3_600.0;
        let settings = capped(cap, Some(period), 0.7);
        let most = Usd::from_dollars(cap);
        let mut cadence = Cadence::new(settings.clone()).unwrap();
        // `shift` turns the time of a clock that was set back into one that only grows.
        let (mut now, mut shift, mut running, mut last) = (50_000.0_f64, 0.0, false, None::<f64>);
        let (mut window, mut spent, mut lost) = (0_u64, Usd(0), 0);
        for event in events {
            cadence.next(now).unwrap();
            // Its claim was taken as spent: the host has no beat to report any more.
            running &= cadence.counts().lost == lost;
            lost = cadence.counts().lost;
            match event {
                Event::Wait(seconds) => now += seconds,
                Event::Due => {
                    let beat = cadence.next(now).unwrap();
                    prop_assert!((0.0..=CEILING).contains(&beat.delay), "{beat:?}");
                    prop_assert!(beat.grant == Cost::default() || beat.grant == settings.beat);
                    now += beat.delay;
                }
                Event::Start => {
                    if let Some(beat) = cadence.start(now).unwrap() {
                        prop_assert_eq!(beat.grant, settings.beat);
                        prop_assert!(last.is_none_or(|last| now + shift - last >= FLOOR - 1e-6), "under the floor");
                        (running, last) = (true, Some(now + shift));
                    }
                }
                Event::Tick(found, part) => {
                    let before = cadence.spent().0;
                    let cost = if running { usd(0.7 * part) } else { Cost::default() };
                    cadence.tick(found, cost, now).unwrap();
                    if !running { last = Some(now + shift); }
                    running = false;
                    let at = ((now + shift) / period) as u64;
                    if at > window { (window, spent) = (at, Usd(0)); }
                    spent = spent.plus(cadence.spent().0.usd.less(before.usd));
                    prop_assert!(shift > 0.0 || spent <= most, "{spent:?} of {most:?}");
                }
                Event::Unchanged => {
                    if cadence.unchanged(now).is_ok() { last = Some(now + shift); running = false; }
                }
                Event::Signal(kind, strength) => {
                    let wake = cadence.signal(&kind.to_string(), strength, now).unwrap();
                    prop_assert!((0.0..=CEILING).contains(&wake.delay), "{wake:?}");
                }
                Event::Force(mode, seconds) => cadence.force(mode, now + seconds, now).unwrap(),
                Event::Back(seconds) => {
                    if now - seconds > 0.0 && seconds > CEILING + 500.0 { now -= seconds; shift += seconds; }
                }
                Event::Restore => {
                    cadence = Cadence::restore(settings.clone(), &cadence.state()).unwrap();
                    lost = 0;
                }
            }
            let room = cadence.spent().2.unwrap();
            prop_assert!(room.usd <= most);
            prop_assert_eq!(cadence.spent().1, Cost::default());
            let sum: f64 = cadence.chances().iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_state_goes_on_as_its_cadence(events in prop::collection::vec((0.0..900.0_f64, 0.0..=1.0_f64, prop::bool::ANY), 1..60)) {
        let mut one = Cadence::new(capped(9.0, Some(3_600.0), 0.1)).unwrap();
        let mut now = 0.0;
        let step = |cadence: &mut Cadence, now: f64, (_, found, signal): (f64, f64, bool)| {
            if signal { cadence.signal("message", 0.5, now).unwrap(); }
            if cadence.start(now).unwrap().is_some() { cadence.tick(found, usd(0.05), now).unwrap(); }
            let beat = cadence.next(now).unwrap();
            (beat.at, beat.mode, beat.reason)
        };
        for event in &events { now += event.0; step(&mut one, now, *event); }
        let mut two = Cadence::restore(one.options().clone(), &one.state()).unwrap();
        for event in &events {
            now += event.0;
            prop_assert_eq!(step(&mut one, now, *event), step(&mut two, now, *event));
        }
        prop_assert_eq!(one.state(), two.state());
    }

    #[test]
    fn any_bytes_are_a_state_or_an_error(mut bytes in Just(Cadence::new(options()).unwrap().state()), at in 0..400_usize, byte: u8) {
        if let Some(place) = bytes.get_mut(at) { *place = byte; }
        let _ = Cadence::restore(options(), &bytes);
    }
}

#[test]
fn a_loop_that_always_finds_cannot_prolong_its_own_lock() {
    let mut cadence = Cadence::new(options()).unwrap();
    let all = starts(&mut cadence, 40_000.0, |_, _| true);
    let gaps: Vec<f64> = all.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().filter(|gap| **gap < 60.1).count() > 50, "{gaps:?}");
    for six in gaps.windows(6).filter(|six| six[..5].iter().all(|gap| *gap < 60.1)) {
        assert!(six[5] > 599.9, "after five locked beats one interval at rest: {gaps:?}");
    }
    let (transitions, dropped) = cadence.drain();
    assert_eq!(dropped, 0);
    assert!(transitions.iter().any(|t| t.cause == Cause::Found && t.to == 1));
    assert!(transitions.iter().any(|t| t.cause == Cause::LockOver && t.to == 0));
}

#[test]
fn a_signal_from_outside_locks_anew() {
    let mut cadence = Cadence::new(options()).unwrap();
    let (mut now, mut fast, mut longest, mut before) = (0.0, 0, 0, 0.0);
    while now < 8_000.0 {
        let wake = cadence.signal("message", 1.0, now).unwrap();
        now += wake.delay;
        if cadence.start(now).unwrap().is_some() {
            cadence.tick(1.0, Cost::default(), now).unwrap();
            fast = if now - before <= 60.0 { fast + 1 } else { 0 };
            (longest, before) = (longest.max(fast), now);
        }
    }
    assert!(longest > 20, "{longest} fast beats in a row");
}

#[test]
fn a_loop_that_wakes_itself_learns_that_it_is_not_worth_it() {
    // Each beat sets off its own signal, and nothing is ever found.
    let mut cadence = Cadence::new(options()).unwrap();
    let (mut now, mut times) = (0.0, Vec::new());
    while now < 400_000.0 {
        now += cadence.next(now).unwrap().delay;
        if cadence.start(now).unwrap().is_some() {
            cadence.signal("own", 1.0, now).unwrap();
            cadence.tick(0.0, Cost::default(), now + 1.0).unwrap();
            times.push(now);
        }
    }
    let late: Vec<f64> = times.iter().copied().filter(|time| *time > 200_000.0).collect();
    let mean = 200_000.0 / late.len() as f64;
    assert!(mean > 300.0, "a beat every {mean} s");
    assert!(cadence.worth()[0].precision < 0.05, "{:?}", cadence.worth());
}

#[test]
fn an_exhausted_cap_is_the_ceiling_without_a_cost() {
    let mut cadence = Cadence::new(capped(1.0, Some(86_400.0), 0.5)).unwrap();
    let mut now = 0.0;
    for _ in 0..2 {
        now += cadence.next(now).unwrap().delay;
        assert!(cadence.start(now).unwrap().is_some());
        cadence.tick(1.0, usd(0.5), now).unwrap();
    }
    for _ in 0..3 {
        let wake = cadence.signal("message", 1.0, now).unwrap();
        assert!(!wake.woken && wake.reason == Reason::Exhausted, "{wake:?}");
        let beat = cadence.next(now).unwrap();
        assert_eq!((beat.delay, beat.reason, beat.grant), (CEILING, Reason::Exhausted, Cost::default()));
        now += CEILING;
        assert!(cadence.start(now).unwrap().is_none());
    }
    assert_eq!(cadence.counts().refused, 3);
    assert!(cadence.start(86_400.0).unwrap().is_some(), "a new window has room");
}

#[test]
fn a_cap_that_is_tight_stretches_the_rest_over_its_window() {
    // 24 dollars a day at one dollar a beat: about one an hour, though rest would be every ten minutes.
    let settings = CadenceOptions { ceiling: 7_200.0, ..capped(24.0, Some(86_400.0), 1.0) };
    let mut cadence = Cadence::new(settings).unwrap();
    let (mut now, mut all) = (0.0, Vec::new());
    while now < 86_400.0 {
        now += cadence.next(now).unwrap().delay;
        if now < 86_400.0 && cadence.start(now).unwrap().is_some() {
            cadence.tick(0.0, usd(1.0), now).unwrap();
            all.push(now);
        }
    }
    assert!((18..=24).contains(&all.len()), "{}", all.len());
    assert!(*all.last().unwrap() > 70_000.0, "the money lasts into the evening: {all:?}");
}

#[test]
fn beats_that_a_free_check_spares_do_not_slow_the_loop() {
    // Three beats a day are paid for. Nothing has changed at any check, so that none is needed.
    let mut cadence = Cadence::new(capped(3.0, Some(86_400.0), 1.0)).unwrap();
    let mut now = 0.0;
    while now < 43_200.0 {
        now += cadence.next(now).unwrap().delay;
        cadence.unchanged(now).unwrap();
    }
    let beat = cadence.next(now).unwrap();
    assert!(beat.delay < 610.0 && beat.reason == Reason::Belief, "{beat:?}");
}

#[test]
fn a_delay_just_above_the_caches_life_is_not_chosen() {
    let at = |interval: f64, cached: f64| {
        let modes = vec![mode(interval, "fast"), mode(interval / 1.001, "think")];
        let (beat, cached) = (usd(1.0), Some(Usd::from_dollars(cached)));
        let settings =
            CadenceOptions { modes, ceiling: 50_000.0, beat, cached, cache_ttl: 300.0, ..options() };
        let mut cadence = Cadence::new(settings).unwrap();
        cadence.start(0.0).unwrap();
        cadence.tick(0.0, Cost::default(), 0.0).unwrap();
        let beat = cadence.next(0.0).unwrap();
        (beat.delay, beat.reason)
    };
    assert_eq!(at(320.0, 0.1), (285.0, Reason::Cache));
    assert_eq!(at(3_000.0, 0.1), (285.0, Reason::Cache));
    assert!(at(6_000.0, 0.1).0 > 5_000.0, "far above is left alone");
    assert!((at(200.0, 0.1).0 - 200.0).abs() < 1.0, "below its life there is nothing to do");
    assert!((at(320.0, 1.0).0 - 320.0).abs() < 1.0, "a cache that saves nothing moves nothing");
}

#[test]
fn a_forced_mode_holds_until_its_time_and_within_the_bounds() {
    let mut cadence = Cadence::new(options()).unwrap();
    cadence.start(0.0).unwrap();
    cadence.tick(0.0, Cost::default(), 0.0).unwrap();
    cadence.force(1, 1_000.0, 1.0).unwrap();
    let all = starts(&mut cadence, 3_000.0, |_, _| false);
    assert_eq!(all.iter().filter(|time| **time < 1_000.0).count(), 16);
    assert!(all.windows(2).filter(|pair| pair[0] > 1_000.0).all(|pair| pair[1] - pair[0] > 300.0));
    for (mode, until) in [(2, 2_000.0), (0, f64::NAN), (0, 5.0), (0, f64::INFINITY)] {
        assert!(cadence.force(mode, until, 3_000.0).is_err());
    }
}

#[test]
fn a_beat_whose_end_is_never_reported_counts_as_spent() {
    let mut cadence = Cadence::new(capped(1.0, None, 0.6)).unwrap();
    assert!(cadence.start(0.0).unwrap().is_some());
    assert_eq!(cadence.next(1.0).unwrap().reason, Reason::Running);
    assert!(cadence.unchanged(1.0).is_err());
    let beat = cadence.next(CEILING + 1.0).unwrap();
    assert_eq!(beat.reason, Reason::Exhausted);
    assert_eq!((cadence.counts().lost, cadence.spent().0), (1, usd(0.6)));
}

#[test]
fn the_belief_of_two_modes_is_the_exact_filter() {
    // The naive filter: the transition matrix of two modes, the likelihood of a poll, Bayes.
    let mut cadence = Cadence::new(CadenceOptions { lock: 1_000_000, ..options() }).unwrap();
    let (mut chance, mut counts) = (0.1_f64, [(2.0, 2.0 / (60.0 / 360_000.0)), (2.0, 2.0 * 60.0)]);
    let (change, stay) = (1.0 / (0.9 * 12.0 * 60.0), 12.0 * 60.0);
    let mut now = 0.0;
    cadence.tick(0.0, Cost::default(), now).unwrap();
    for i in 0..40 {
        let gap = 30.0 + f64::from(i % 7) * 40.0;
        let found = f64::from(u8::from(i % 3 == 0 && i < 30));
        now += gap;
        cadence.tick(found, Cost::default(), now).unwrap();
        let rate = |counts: (f64, f64)| counts.0 / counts.1;
        let slow = rate(counts[0]);
        let rates = [slow, rate(counts[1]).max(2.0 * slow)];
        chance = 0.1 + (chance - 0.1) * (-change * gap).exp();
        let seconds = [gap, gap.min(stay)];
        let nothing = [0, 1].map(|m| (-rates[m] * seconds[m]).exp());
        let seen = nothing.map(|none| found * (1.0 - none) + (1.0 - found) * none);
        chance = chance * seen[1] / (chance * seen[1] + (1.0 - chance) * seen[0]);
        let m = usize::from(chance > 0.5);
        let weight = [1.0 - chance, chance][m];
        counts[m].0 += weight * found * rates[m] * seconds[m] / (1.0 - nothing[m]);
        counts[m].1 += weight * seconds[m];
        if i == 0 {
            // The first poll, at time 0, has seen no time.
            assert!((cadence.chances()[1] - chance).abs() < 0.05);
        }
        assert!((cadence.chances()[1] - chance).abs() < 1e-6, "poll {i}: {} {chance}", cadence.chances()[1]);
    }
}

#[test]
fn bad_settings_and_events_are_named() {
    let refused = |options: CadenceOptions| Cadence::new(options).unwrap_err().to_string();
    let one = refused(CadenceOptions { modes: vec![mode(60.0, "a")], ..options() });
    assert_eq!(one, "cadence: modes must be between 2 and 8 modes, got 1");
    let order = refused(CadenceOptions { modes: vec![mode(60.0, "a"), mode(60.0, "b")], ..options() });
    assert!(order.contains("modes[1]: interval must be below 60"), "{order}");
    let floor = refused(CadenceOptions { modes: vec![mode(60.0, "a"), mode(5.0, "b")], ..options() });
    assert!(floor.contains("between 10 and 900 seconds, got 5"), "{floor}");
    assert!(refused(CadenceOptions { ceiling: 5.0, ..options() }).contains("ceiling"));
    assert!(refused(CadenceOptions { lock: 0, ..options() }).contains("lock"));
    assert!(refused(CadenceOptions { beat: Cost::default(), ..capped(1.0, None, 0.5) }).contains("usd"));
    assert!(refused(capped(1.0, None, 2.0)).contains("at most the cap"));
    let mut cadence = Cadence::new(options()).unwrap();
    for at in [f64::NAN, -1.0, f64::INFINITY, 1e12] {
        assert!(cadence.next(at).is_err() && cadence.tick(0.0, Cost::default(), at).is_err());
    }
    for found in [f64::NAN, -0.1, 1.1] {
        assert!(cadence.tick(found, Cost::default(), 0.0).is_err());
    }
    for strength in [0.0, f64::NAN, 1.1] {
        assert!(cadence.signal("a", strength, 0.0).is_err());
    }
    assert!(cadence.signal("", 1.0, 0.0).is_err() && cadence.signal(&"x".repeat(65), 1.0, 0.0).is_err());
    for kind in 0..32 {
        cadence.signal(&kind.to_string(), 1.0, 0.0).unwrap();
    }
    assert!(cadence.signal("one more", 1.0, 0.0).unwrap_err().to_string().contains("unknown kind of signal"));
}
