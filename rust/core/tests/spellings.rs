//! Spellings of one answer, and answers that only look alike: matrices, bases, words of numbers, yes and no, options, units.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::vote::{Normal, review, same};

fn all_same(pairs: &[(&str, &str)]) {
    for (a, b) in pairs {
        assert!(same(a, b), "{a:?} {b:?}: {:?} {:?}", Normal::Auto.of(a), Normal::Auto.of(b));
    }
}

fn all_differ(pairs: &[(&str, &str)]) {
    for (a, b) in pairs {
        assert!(!same(a, b), "{a:?} {b:?}: {:?}", Normal::Auto.of(a));
    }
}

#[test]
fn matrices() {
    all_same(&[
        ("[1 2; 3 4]", "[[1,2],[3,4]]"),
        ("[1 2;3 4]", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}"),
        ("[[1 2]\n [3 4]]", "[[1, 2], [3, 4]]"),
        ("[1, 2; 3, 4]", "[[1,2],[3,4]]"),
        ("[-1 0.5; 1/3 x]", "[[-1, 1/2], [1/3, x]]"),
        ("[1 2 3]", "[1, 2, 3]"),
        ("1\n2\n3", "1, 2, 3"),
    ]);
    all_differ(&[
        ("[1 2; 3 4]", "[1 2; 4 3]"),
        ("[1 2; 3 4]", "[1 3; 2 4]"),
        ("[1 2; 3 4]", "[1 2 3 4]"),
        ("[1 2 3]", "[123]"),
        ("[1 1/2]", "[1, 1/2]"),
        ("[1; 2]", "[[1],[2]]"),
        ("1\n2\n3", "123"),
        ("1\n2", "2"),
    ]);
}

#[test]
fn numbers() {
    all_same(&[
        ("0x1F", "0x1f"),
        ("0XFF", "0xff"),
        ("three and a half", "3.5"),
        ("two and two thirds", "8/3"),
        ("one and a quarter", "1.25"),
        ("minus one and a half", "-1.5"),
        ("1.5 x 10 ^ 3", "1500"),
        ("1.5·10³", "1500"),
        ("−½", "-0.5"),
        ("2 ⅓", "7/3"),
        ("x := 5", "5"),
        ("\\nicefrac{1}{2}", "0.5"),
        ("\\ang{45}", "45"),
        ("\\num{1e3}", "1000"),
        ("\\SI{5}{\\meter\\per\\second}", "5 m/s"),
        ("\\qty{5}{\\kilo\\gram}", "5 kg"),
        ("3.30 pm", "15:30"),
        ("15:30 Uhr", "15:30"),
    ]);
    all_differ(&[
        ("0x1F", "0x2F"),
        ("0x10", "10"),
        ("0b10", "10"),
        ("0x1F", "1F"),
        ("three and a half", "3"),
        ("3.30", "3:30"),
        ("\\SI{5}{\\meter}", "\\SI{5}{\\kilo\\meter}"),
    ]);
}

#[test]
fn yes_and_no_in_other_languages() {
    for yes in [
        "是",
        "是的",
        "はい",
        "네",
        "да",
        "Oui",
        "ja",
        "Sí",
        "हाँ",
        "نعم",
        "evet",
        "tak",
        "对",
        "Oui, parce que c'est vrai",
    ] {
        assert_eq!(Normal::Auto.of(yes), "yes", "{yes}");
        assert_eq!(Normal::YesNo.of(yes), "yes", "{yes}");
    }
    for no in ["否", "不是", "いいえ", "아니요", "Нет.", "non", "Nein", "não", "नहीं", "لا", "hayır", "nie"]
    {
        assert_eq!(Normal::Auto.of(no), "no", "{no}");
        assert_eq!(Normal::YesNo.of(no), "no", "{no}");
    }
    all_differ(&[
        ("Si", "yes"),
        ("SIM", "yes"),
        ("NON", "no"),
        ("non-zero", "no"),
        ("Jack", "ja"),
        ("对", "不对"),
    ]);
}

#[test]
fn a_condition_takes_a_plain_answer_away() {
    for (conditional, plain) in [
        ("yes, if x>0", "yes"),
        ("Yes, provided that n is odd", "yes"),
        ("yes (if n>2)", "yes"),
        ("Yes, when n is even", "yes"),
        ("Yes - as long as it rains", "yes"),
        ("Sí, si llueve", "sí"),
        ("是，如果下雨", "是"),
        ("no, unless x=0", "no"),
        ("No, if n is odd", "no"),
        ("Ja, wenn es regnet", "ja"),
    ] {
        for kind in [Normal::Auto, Normal::YesNo] {
            assert_ne!(kind.of(conditional), kind.of(plain), "{kind:?} {conditional}");
        }
    }
    for reason in [
        "Yes, because if x is odd, it works",
        "Yes, with certainty",
        "yes yes",
        "Yes. It holds when n is odd",
    ] {
        assert_eq!(Normal::YesNo.of(reason), "yes", "{reason}");
    }
    assert_eq!(review("yes yes", "Paris"), Some(true));
}

#[test]
fn options_are_counted() {
    for (said, letter) in [
        ("the second", "B"),
        ("second option", "B"),
        ("The first one", "A"),
        ("2nd option", "B"),
        ("the third choice", "C"),
        ("[B]", "B"),
        ("choice (c)", "C"),
    ] {
        assert_eq!(Normal::Option.of(said), letter, "{said}");
    }
    all_differ(&[("the second", "B"), ("the second option", "the third option")]);
    assert_ne!(Normal::Option.of("second place"), "B");
}

proptest! {
    // PROPTEST_CASES may ask for more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2_000)))]

    /// A matrix is the same with spaces, in brackets and in LaTeX, and different as soon as an element is.
    #[test]
    fn a_matrix_is_its_rows(width in 2_usize..4, cells in prop::collection::vec(-99_i32..99, 6..12), at in 0_usize..6, by in 1_i32..9) {
        let rows: Vec<&[i32]> = cells.chunks_exact(width).collect();
        let join = |rows: &[&[i32]], cell: &str, row: &str| -> String {
            let line = |row: &&[i32]| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(cell);
            rows.iter().map(line).collect::<Vec<_>>().join(row)
        };
        let spaced = format!("[{}]", join(&rows, " ", "; "));
        let nested = format!("[[{}]]", join(&rows, ", ", "], ["));
        let printed = format!("[[{}]]", join(&rows, " ", "]\n ["));
        let latex = format!("\\begin{{bmatrix}}{}\\end{{bmatrix}}", join(&rows, " & ", " \\\\ "));
        for other in [&nested, &printed, &latex] {
            prop_assert!(same(&spaced, other), "{} {}", spaced, other);
        }
        let mut other = cells.clone();
        other[at.min(rows.len() * width - 1)] += by;
        let changed: Vec<&[i32]> = other.chunks_exact(width).collect();
        let changed = format!("[{}]", join(&changed, " ", "; "));
        prop_assert!(!same(&spaced, &changed), "{} {}", spaced, changed);
    }
}

/// Rows of a verdict, an answer and a reviewer's reply about it.
#[test]
fn verdicts_are_read_in_many_languages() {
    let rows = include_str!("spellings/verdicts.tsv").lines();
    let read = |row: &str| -> Option<(Option<bool>, Option<bool>)> {
        let mut row = row.split('\t');
        let verdict = match row.next()? {
            "right" => Some(true),
            "wrong" => Some(false),
            _ => None,
        };
        let answer = row.next()?;
        Some((review(row.next()?, answer), verdict))
    };
    let wrong: Vec<&str> = rows.filter(|row| read(row).is_none_or(|(read, told)| read != told)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
