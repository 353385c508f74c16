//! Markers of branching and backtracking, in texts cut anywhere.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::signal::{MarkerCounts, Markers};

fn read(text: &str) -> Markers {
    let mut markers = Markers::new();
    markers.text(text);
    markers.finish();
    markers
}

fn turns(backtracks: u64, branches: u64, restarts: u64, hedges: u64) -> MarkerCounts {
    MarkerCounts { backtracks, branches, restarts, hedges }
}

#[test]
fn markers_are_whole_words() {
    let table = [
        ("I waited. The waiter awaits; nowhere to know.", turns(0, 0, 0, 0)),
        ("Wait. WAIT! wait? (wait) \"wait\" wait", turns(6, 0, 0, 0)),
        ("Let me re-check that. Let me recheck. let me. re-check", turns(2, 0, 0, 0)),
        ("that's not right, That\u{2019}s not right", turns(2, 0, 0, 0)),
        ("On the other hand, maybe we start over", turns(0, 1, 1, 1)),
        ("Alternatively; alternatives", turns(0, 1, 0, 0)),
        ("等等，我算错了。另一种方法", turns(2, 1, 0, 0)),
        ("待ってください。別の方法で、たぶん", turns(1, 1, 0, 1)),
        ("잠깐, 다시 확인하자. 다른 방법", turns(2, 1, 0, 0)),
        ("Warte, alternativ, vielleicht", turns(1, 1, 0, 1)),
        ("Attends. D'un autre côté, peut-être", turns(1, 1, 0, 1)),
        ("Espera, por otro lado, quizás", turns(1, 1, 0, 1)),
        ("Подожди. С другой стороны, может быть", turns(1, 1, 0, 1)),
        ("", turns(0, 0, 0, 0)),
    ];
    for (text, wanted) in table {
        assert_eq!(read(text).counts(), wanted, "{text}");
    }
}

#[test]
fn densities() {
    let mut markers = Markers::new();
    assert!(markers.density() == 0.0 && markers.recent() == 0.0);
    markers.text(&"word ".repeat(960));
    for _ in 0..3 {
        markers.text("wait, so then ");
    }
    markers.text("hold on ");
    assert_eq!(markers.words(), 971);
    assert!((markers.density() - 4000.0 / 971.0).abs() < 1e-9);
    let near = 4.0 / 500.0 / (1.0 - (-971.0_f64 / 500.0).exp());
    assert!((markers.recent() / 1000.0 - near).abs() < 0.02 * near);
    markers.text(&"word ".repeat(5000));
    assert!(markers.recent() < 0.01 && markers.density() > 0.5);
}

proptest! {
    #[test]
    fn chunks_of_any_size_are_one_text(
        parts in prop::collection::vec(
            prop_oneof![
                Just("wait"), Just("let me re-check"), Just("alternatively"), Just("等等"), Just(" "), Just("."),
                Just("maybe "), Just("x"), Just("\u{301}"), Just("hold  on"), Just("’"), Just("start over")
            ], 0..60),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let text: String = parts.concat();
        let mut markers = Markers::new();
        let mut sum = MarkerCounts::default();
        let mut add = |c: MarkerCounts| {
            sum.backtracks += c.backtracks;
            sum.branches += c.branches;
            sum.restarts += c.restarts;
            sum.hedges += c.hedges;
        };
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len().max(1))).collect();
        places.retain(|&place| place <= text.len() && text.is_char_boundary(place));
        places.extend([0, text.len()]);
        places.sort_unstable();
        for pair in places.windows(2) {
            add(markers.text(&text[pair[0]..pair[1]]));
        }
        add(markers.finish());
        prop_assert_eq!(markers.clone(), read(&text));
        prop_assert_eq!(sum, markers.counts());
    }
}
