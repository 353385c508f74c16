use super::*;

fn estimated(pieces: &[&str], own: bool) -> u64 {
    let mut count = Count::default();
    for piece in pieces {
        if own {
            count.add_own(piece, 1);
            count.add_tokens(1, false);
        } else {
            count.add_text(piece);
        }
        count.update(u64::MAX);
    }
    count.most()
}

#[test]
fn a_sign_that_repeats_is_few_tokens() {
    for sign in ["-", "=", " ", "#", "*", ".", "~", "_", "\t", "\u{2500}", "\u{2550}", "\u{a0}"] {
        let rule = sign.repeat(80) + "\n";
        let text = rule.repeat(40);
        assert!(estimated(&[&text], false) <= 40 * 5, "{sign:?}: {}", estimated(&[&text], false));
        // Each rule came as one token, and its end as another.
        let tokens = [&rule[..rule.len() - 1], "\n"].repeat(40);
        assert_eq!(estimated(&tokens, true), 80, "{sign:?}");
    }
}

#[test]
fn letters_and_signs_that_differ_weigh_as_before() {
    assert_eq!(estimated(&["a".repeat(320).as_str()], false), 80);
    assert_eq!(estimated(&["7".repeat(320).as_str()], false), 80);
    assert_eq!(estimated(&["-=".repeat(160).as_str()], false), 80);
    assert_eq!(estimated(&["----"], false), 1);
}

#[test]
fn the_cut_into_pieces_does_not_matter() {
    let text = ("-".repeat(77) + "\n| a | b |\n").repeat(9);
    let whole = estimated(&[&text], false);
    for size in [1, 2, 3, 5, 17, 64] {
        let pieces: Vec<&str> =
            (0..text.len()).step_by(size).map(|at| &text[at..text.len().min(at + size)]).collect();
        assert_eq!(estimated(&pieces, false), whole, "{size}");
    }
}

#[test]
fn a_run_of_letters_weighs_as_its_characters() {
    for text in [
        "aaaa----aaaa",
        "a-a--a---a----a-----",
        "==x==========y",
        "naïve 今日は 42,000 -- ok",
        "----a----",
        "1----\u{e9}----",
    ] {
        let (mut runs, mut naive) = (Repeats::default(), Repeats::default());
        let weighing: u64 = runs.weighing(text).map(|(_, times)| times).sum();
        assert_eq!(weighing, text.chars().filter(|c| naive.weighs(*c)).count() as u64, "{text}");
        assert_eq!(format!("{runs:?}"), format!("{naive:?}"), "{text}");
    }
}
