//! Artifacts: damage is found, and wrong contents under right checksums are refused or harmless.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

mod damage;

use damage::damaged;
use proptest::prelude::*;
use rheostat::Error;
use rheostat::artifact::{MAX_BYTES, Reader, Writer};
use rheostat::estimate::Estimator;
use rheostat::features::Scan;
use rheostat::guarantee::{Range, Target, Watch};
use rheostat::ladder::{Ladder, Rung};
use rheostat::learn::{Learner, Options, Place, Row};
use rheostat::outcome::OutcomeKind;
use rheostat::query::Structure;
use rheostat::query::Window;
use std::sync::Arc;

fn watch() -> Watch {
    let mut watch = Watch::new(3, Target::new(0.2, 0.9, Range::new(-1.0, 1.0).unwrap()).unwrap()).unwrap();
    for i in 0..60 {
        let loss = f64::from(i % 7) / 7.0;
        watch.update(&[0.0, loss - 0.5, loss], (i % 2 == 0).then_some(u64::from(i as u32))).unwrap();
    }
    watch
}

#[test]
fn what_is_not_damaged_is_itself() {
    for good in [watch().to_bytes(), Estimator::shipped().to_bytes()] {
        assert_eq!(damaged(&good, &[]), good);
    }
}

/// The value that was read, if any. Whatever is wrong with an artifact, the error is of the one kind.
fn sound<T>(read: rheostat::Result<T>) -> Option<T> {
    assert!(matches!(read, Ok(_) | Err(Error::Artifact { .. })), "{:?}", read.err());
    read.ok()
}

fn learner() -> Learner {
    let (prior, mut scan) = (Estimator::shipped(), Scan::new());
    let mut learner = Learner::new(prior, 100, Some(3_600.0)).unwrap();
    for i in 0..30_u32 {
        scan.run(format!("question {i}").as_bytes(), Window::default());
        let sketch = Arc::new(learner.sketch(prior, &scan, &Structure::default()));
        let place = Arc::new(Place { rung: "fast".into(), model: "small".into() });
        let (query, score) = (u64::from(i), f64::from(i % 2));
        let row = Row {
            query,
            group: query,
            place,
            score,
            weight: 1.0,
            kind: OutcomeKind::Graded,
            at: 0.0,
            sketch,
        };
        learner.add(row).unwrap();
    }
    learner
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_learner_is_refused_or_gives_chances(edits in prop::collection::vec(any::<u8>(), 4..16)) {
        let damaged = damaged(&learner().to_bytes(), &edits);
        let Some(mut learner) = sound(Learner::from_bytes(&damaged, Estimator::shipped())) else { return Ok(()) };
        let ladder = Ladder::new(vec![Rung::new("fast", "small")], None, None).unwrap();
        let Ok(heads) = learner.solve(&ladder, 0.0, Options { draws: 10, ..Options::default() }) else { return Ok(()) };
        let estimator = Estimator::shipped().with_heads(Arc::new(heads));
        let view = estimator.view(&ladder.rungs()[0], ladder.ability(0));
        let mut scan = Scan::new();
        scan.run(b"question 3", Window::default());
        let chance = estimator.estimate(&scan, &Structure::default()).p_correct_of(&view);
        prop_assert!((0.0..=1.0).contains(&chance), "{chance}");
        prop_assert!(sound(Estimator::from_bytes(&estimator.to_bytes())).is_some());
    }
}

proptest! {
    #[test]
    fn a_damaged_watch_is_refused_or_goes_on(edits in prop::collection::vec(any::<u8>(), 4..24)) {
        let Some(mut watch) = sound(Watch::from_bytes(&damaged(&watch().to_bytes(), &edits))) else { return Ok(()) };
        prop_assert_eq!(Watch::from_bytes(&watch.to_bytes()).unwrap().to_bytes(), watch.to_bytes());
        let before = watch.standing().units;
        let losses = vec![watch.target().max_loss(); watch.candidates()];
        prop_assert!(watch.update(&losses, None).unwrap());
        prop_assert_eq!(watch.standing().units, before + 1);
    }

    #[test]
    fn a_damaged_estimator_is_refused_or_estimates(edits in prop::collection::vec(any::<u8>(), 4..24)) {
        let damaged = damaged(&Estimator::shipped().to_bytes(), &edits);
        let Some(estimator) = sound(Estimator::from_bytes(&damaged)) else { return Ok(()) };
        prop_assert_eq!(Estimator::from_bytes(&estimator.to_bytes()).unwrap().to_bytes(), estimator.to_bytes());
        let mut scan = Scan::new();
        for text in ["", "Prove that 2 is the only even prime.", "富士山の高さは何メートルですか？"] {
            scan.run(text.as_bytes(), Window::default());
            let estimate = estimator.estimate(&scan, &Structure::default());
            prop_assert!((0.0..=1.0).contains(&estimate.difficulty), "{}", estimate.difficulty);
            prop_assert!((0.0..=1.0).contains(&estimate.coverage), "{}", estimate.coverage);
        }
    }
}

fn artifact() -> Vec<u8> {
    let mut writer = Writer::new(7);
    writer.section("first", vec![1, 2, 3]);
    writer.section("second", 1.5f32.to_le_bytes().to_vec());
    writer.finish()
}

#[test]
fn what_is_written_is_read() {
    let bytes = artifact();
    let reader = Reader::new(&bytes, 7).unwrap();
    assert_eq!(reader.section("first").unwrap().exactly(3).unwrap(), [1, 2, 3]);
    assert_eq!(reader.section("second").unwrap().floats(1).unwrap(), [1.5]);
    assert!(reader.section("third").unwrap_err().to_string().contains("no section \"third\""));
    assert!(reader.section("first").unwrap().floats(1).is_err());
}

#[test]
fn every_flipped_bit_is_refused() {
    let bytes = artifact();
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(Reader::new(&damaged, 7).is_err(), "bit {bit}");
    }
}

#[test]
fn every_truncation_and_every_excess_is_refused() {
    let mut bytes = artifact();
    for length in 0..bytes.len() {
        assert!(Reader::new(&bytes[..length], 7).is_err(), "{length} bytes");
    }
    bytes.push(0);
    assert!(Reader::new(&bytes, 7).unwrap_err().to_string().contains("1 bytes follow"));
}

#[test]
fn a_name_has_one_section_and_one_way_to_be_written() {
    let mut writer = Writer::new(7);
    writer.section("first", vec![1]);
    writer.section("first", vec![2]);
    assert!(Reader::new(&writer.finish(), 7).unwrap_err().to_string().contains("two sections have the name"));
    let mut writer = Writer::new(7);
    writer.section("first\0\0x", vec![1]);
    assert!(Reader::new(&writer.finish(), 7).unwrap().section("first").is_err());
}

#[test]
fn errors_name_what_is_wrong() {
    let bytes = artifact();
    let message = |bytes: &[u8], schema| Reader::new(bytes, schema).unwrap_err().to_string();
    assert!(message(&bytes, 8).contains("schema"));
    assert!(message(b"PK\x03\x04 and so on, a zip", 7).contains("RHEO"));
    assert!(message(&vec![0; MAX_BYTES + 1], 7).contains("at most"));
    let mut newer = bytes;
    newer[4] = 2;
    assert!(message(&newer, 7).contains("format version 2"));
}
