//! Normal forms: what is the same, what is not, and that every text has one.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

#[path = "normal/boxes.rs"]
mod boxes;
#[path = "normal/commas.rs"]
mod commas;

use proptest::prelude::*;
use rheostat::vote::{Normal, same};

/// Answers of one line are all the same, and differ from those of every other line.
fn classes(kind: Normal, lines: &[&[&str]]) {
    let mut forms = Vec::new();
    for line in lines {
        let form = kind.of(line[0]);
        for answer in *line {
            assert_eq!(kind.of(answer), form, "{kind:?} {answer:?}");
        }
        assert!(!forms.contains(&form), "{kind:?} {:?} is also {form:?}", line[0]);
        forms.push(form);
    }
}

#[test]
fn auto_knows_what_is_surely_the_same() {
    classes(
        Normal::Auto,
        &[
            &[
                "1000",
                "1,000",
                "1000.0",
                "1e3",
                "1E+3",
                "+1000",
                "$1,000",
                "1000 dollars",
                "\\$1000",
                "1{,}000",
                "\\boxed{1000}",
                "$1000$",
                "\\(1000\\)",
                "The answer is \\boxed{1,000}.",
                "**1000**",
                "Answer: 1000",
                "#### 1000",
                "1.0 × 10^3",
                "1\\times10^{3}",
                "1000.",
                " 1000 ",
                "2000/2",
                "1000°",
                "1000^\\circ",
                "1000^{\\circ}",
                "1000\\%",
                "1000 percent",
                "\\text{1000}",
            ],
            &["1001"],
            &["10000", "10,000"],
            &["-1000", "\u{2212}1000", "-$1000", "- 1000", "-1,000.00"],
            &[
                "0.5",
                "1/2",
                ".5",
                "\\frac{1}{2}",
                "\\frac12",
                "\\dfrac{1}{2}",
                "\\tfrac 1 2",
                "50/100",
                "5e-1",
            ],
            &["-0.5", "-\\frac12", "-1/2", "1/-2"],
            &["1/3", "2/6", "\\frac{2}{6}"],
            &["0.333333"],
            &["1.5", "1 1/2", "3/2"],
            &["0", "-0", "0.00", "0e9", "0/7"],
            &["12345678901234567890123456789012345678901234567890"],
            &["12345678901234567890123456789012345678901234567891"],
            &["1e60"],
            &["1.5e999", "15e998"],
            &["5 cm", "5 centimeters", "5.0\\text{ cm}", "5\\,\\mathrm{cm}"],
            &["5 m", "5 meters"],
            &["5 apples"],
            &["5"],
            &[
                "B",
                "(B)",
                "B)",
                "B.",
                "[B]",
                "answer: B",
                "option B",
                "\\text{(B)}",
                "**B**",
                "The answer is (B).",
            ],
            &["C", "(C)", "c", "C) Rome"],
            &["yes", "Yes.", "YES", "\\text{Yes}"],
            &["no", "No"],
            &["true", "True"],
            &["(1, 2)", "(1,2)", "( 1 , 2 )", "\\left(1, 2\\right)", "$(1,2)$"],
            &["(2, 1)"],
            &["12, 3"],
            &["1 2, 3"],
            &["x+1", "x + 1", "$x+1$"],
            &["\\frac{x}{2}", "\\dfrac{x}{2}", "\\frac x2", "$\\frac{x}2$"],
            &["\\sqrt{3}", "\\sqrt3", "\\sqrt 3"],
            &["x^2", "x^{2}", "$x^{2}$"],
            &["2\\pi", "2π"],
            &["Paris", "Paris.", "The final answer is Paris", "**Paris**", "\"Paris\"", "paris"],
            &["Rome"],
            &[
                "{\"a\": 1, \"b\": [2, 3.0]}",
                "{ \"b\":[2,3],\"a\":1.0 }",
                "```json\n{\"a\":1,\n \"b\":[2,3]}\n```",
            ],
            &["{\"a\": 1, \"b\": [3, 2]}"],
            &["if x:\n    y", "if x:  \r\n    y\n\n", "```python\nif x:\n    y\n```", "  if x:\n      y"],
            &["if x:\ny"],
        ],
    );
}

#[test]
fn each_kind_reads_its_own() {
    classes(
        Normal::Number,
        &[
            &[
                "18",
                "She makes $18 every day.",
                "x = 18",
                "18 apples",
                "9 * 2 = 18",
                "$\\boxed{18}$",
                "is 18.0%",
            ],
            &["-18", "x = -18"],
            &["none", " none "],
        ],
    );
    classes(
        Normal::Option,
        &[&["B", "b", "(b)", "B. Paris", "(B) Paris", "option b", "answer: B."], &["C"], &["7", "7.0"]],
    );
    classes(
        Normal::YesNo,
        &[&["yes", "Yes, because", "True", "y"], &["no", "No.", "false"], &["perhaps", "Perhaps!"]],
    );
    classes(Normal::Math, &[&["5", "x = 5", "$x=5$", "5.0"], &["x+y=5"], &["xy=5"]]);
    classes(Normal::Text, &[&["eiffel tower", "The Eiffel Tower.", "  EIFFEL  tower!"], &["tower"]]);
    classes(
        Normal::Json,
        &[
            &["[1, 2]", "[1,2.0]"],
            &["[2, 1]"],
            &["{\"a\":1,\"a\":2}"],
            &["\"é\""],
            &["[\"\\u00e9\"]", "[\"é\"]"],
        ],
    );
    classes(
        Normal::Code,
        &[&["a = 1\nb", "a = 1  \n\nb\n", "```\na = 1\nb\n```"], &["a  =  1\nb"], &["a = 1 b"]],
    );
    classes(Normal::Exact, &[&["1  000", " 1 000"], &["1000"], &["1,000"]]);
}

/// A form that one pass gives out is the form of a text that reads so from the start.
#[test]
fn a_form_out_of_surroundings_is_its_own() {
    for text in [
        "\\(B.",
        "E\\",
        "\\[N",
        "C\\boxed{",
        "5E3.",
        "=5e9",
        "2E3\\",
        "1-5E+3",
        "10e999999999",
        "1e1000000000",
        "<answer>5E3",
    ] {
        for kind in Normal::ALL {
            let form = kind.of(text);
            assert_eq!(kind.of(&form), form, "{kind:?} {text:?}");
        }
    }
}

#[test]
fn names_are_known() {
    for kind in Normal::ALL {
        assert_eq!(Normal::from_name(kind.as_str()).unwrap(), kind);
    }
    assert!(Normal::from_name("numbers").unwrap_err().to_string().contains("auto, exact, number"));
}

#[test]
fn nothing_is_nothing() {
    for kind in Normal::ALL {
        assert_eq!(kind.of(" \n\t"), "", "{kind:?}");
        assert_eq!(kind.of(""), "", "{kind:?}");
    }
}

#[test]
fn great_and_hostile_answers_end_soon() {
    let long = [
        "9".repeat(1 << 20),
        "[".repeat(1 << 20),
        "{\"a\":".repeat(1 << 17),
        "\\frac{".repeat(600),
        "\\boxed{".repeat(550),
        "\\frac".repeat(800),
        "{".repeat(4_000),
        "}".repeat(4_000),
        " \t\n".repeat(1 << 18),
        "```".repeat(1 << 18),
        "1e".repeat(2_000),
        "\\".repeat(4_001),
        format!("1e{}", "9".repeat(400)),
        format!("{}/{}", "9".repeat(400), "7".repeat(400)),
    ];
    for text in &long {
        for kind in Normal::ALL {
            let form = kind.of(text);
            assert_eq!(kind.of(&form), form, "{kind:?} {:?}", &text[..12]);
        }
    }
}

fn piece() -> impl Strategy<Value = String> {
    let pieces = "\\frac \\dfrac \\frac12 \\sqrt \\boxed{ \\text{ \\left( \\right) \\circ ^ _ { } $ $$ \\( \\) \\[ \\] \\, \\% \\pi \\over \\hat{ \
         \\underline{ \\begin{pmatrix} \\end{pmatrix} \\\\ & 1 12 20 1,000 0.5 / - + = x yes No (B) B. C D) A E answer: ** * ~~ ` \" ' . , : ; \
         [ ] ( ) | ``` e3 E+3 1e9 e999999999 ×10^ cm percent ° € k million π \u{2} and or is not The a Paris two half 10:30 AM May 2024 km/h m² \
         Nm nm μM GB GM kT {x= x_1= f(2)= < ≤ ∪ ± ! # => <answer> </answer> 是 二 — ½ ₂ \u{300} \u{305}";
    let pieces = pieces.split(' ').map(str::to_owned);
    let pieces: Vec<String> = pieces.chain([" ".into(), "\n".into(), "\n  ".into()]).collect();
    prop::collection::vec(prop_oneof![6 => prop::sample::select(pieces), 1 => any::<String>()], 0..12)
        .prop_map(|parts| parts.concat())
}

/// A unit as sign and word.
fn unit() -> impl Strategy<Value = (String, String)> {
    let prefixes = [
        ("", ""),
        ("k", "kilo"),
        ("m", "milli"),
        ("M", "mega"),
        ("G", "giga"),
        ("μ", "micro"),
        ("n", "nano"),
    ];
    let units = [
        ("m", "meter"),
        ("g", "gram"),
        ("s", "second"),
        ("L", "liter"),
        ("N", "newton"),
        ("V", "volt"),
        ("W", "watt"),
        ("A", "ampere"),
        ("J", "joule"),
        ("Pa", "pascal"),
        ("mol", "mole"),
        ("B", "byte"),
        ("bit", "bit"),
        ("Sv", "sievert"),
        ("eV", "electronvolt"),
    ];
    (prop::sample::select(prefixes.to_vec()), prop::sample::select(units.to_vec()))
        .prop_map(|(prefix, unit)| (format!("{}{}", prefix.0, unit.0), format!("{}{}", prefix.1, unit.1)))
}

proptest! {
    // PROPTEST_CASES may ask for more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2_000)))]

    /// A normal form is its own.
    #[test]
    fn forms_are_idempotent(text in piece()) {
        for kind in Normal::ALL {
            let form = kind.of(&text);
            prop_assert_eq!(kind.of(&form), form.as_ref(), "{:?}", kind);
        }
    }

    /// Distinct integers stay distinct, in every kind that a number can be written in.
    #[test]
    fn distinct_integers_stay_distinct(a in prop_oneof![any::<i128>(), -9_i128..9], b in prop_oneof![any::<i128>(), -9_i128..9], near in any::<bool>()) {
        let b = if near { a.saturating_add(b) } else { b };
        for kind in Normal::ALL {
            prop_assert_eq!(kind.of(&a.to_string()) == kind.of(&b.to_string()), a == b, "{:?}", kind);
        }
    }

    /// Spellings of one number are one number.
    #[test]
    fn spellings_of_a_number_are_the_same(n in any::<i64>(), zeros in 0_usize..5, common in 1_u32..50) {
        let plain = n.to_string();
        let grouped: String = {
            let digits = n.unsigned_abs().to_string();
            let parts: Vec<String> = digits.as_bytes().rchunks(3).rev().map(|c| String::from_utf8(c.to_vec()).unwrap()).collect();
            (if n < 0 { "-" } else { "" }).to_owned() + &parts.join(",")
        };
        for other in [
            grouped,
            format!("{plain}.{}", "0".repeat(zeros)),
            format!("{plain}{}e-{zeros}", "0".repeat(zeros)),
            format!("{}/{common}", i128::from(n) * i128::from(common)),
            format!("\\boxed{{{plain}}}"),
        ] {
            prop_assert!(same(&plain, &other), "{plain} {other}");
        }
    }

    /// A fraction and its decimal are the same exactly when they are equal.
    #[test]
    fn fractions_equal_decimals(top in 0_u32..2_000, bottom in 1_u32..200, places in 0_u32..6) {
        let scaled = u64::from(top) * 10_u64.pow(places);
        let exact = scaled % u64::from(bottom) == 0;
        let decimal = format!("{}e-{places}", scaled / u64::from(bottom));
        prop_assert_eq!(same(&format!("{top}/{bottom}"), &decimal), exact);
    }

    /// In signs of units case decides; words and signs of one unit are the same.
    #[test]
    fn units_are_what_they_are(n in 2_u32..999, a in unit(), b in unit()) {
        let (sign, word) = &a;
        prop_assert!(same(&format!("{n} {sign}"), &format!("{n} {word}s")), "{sign} {word}");
        // `90s` is a decade.
        prop_assert!(sign == "s" || same(&format!("{n} {sign}"), &format!("{n}{sign}")), "{sign}");
        prop_assert_eq!(same(&format!("{n} {sign}"), &format!("{n} {}", b.0)), a == b, "{} {}", sign, b.0);
    }

    /// An option's own text may name others, and an index says which value is meant.
    #[test]
    fn names_stay(option in 0_usize..4, other in 0_usize..4, n in 0_u32..99, value in -99_i32..99) {
        let letter = |i: usize| ["A", "B", "C", "D"][i];
        for text in ["{}) A and B", "({}) Both A and C", "{}. B or D", "{}: C", "I think {}", "{}!", "so {}"] {
            let text = text.replace("{}", letter(option));
            prop_assert_eq!(Normal::Option.of(&text), letter(option), "{}", text);
        }
        let index = |i: usize| format!("x_{i} = {value}");
        prop_assert_eq!(same(&index(option), &index(other)), option == other);
        let argument = |i: usize| format!("f({i}) = {value}");
        prop_assert_eq!(same(&argument(option), &argument(other)), option == other);
        let named = format!("x = {value}");
        prop_assert!(same(&named, &value.to_string()));
        let two = |b: &str, second: i32| format!("a = {n}, {b} = {second}");
        prop_assert!(!same(&two("b", value), &two("c", value)));
        let turned = format!("b = {value}, a = {n}");
        prop_assert!(same(&two("b", value), &turned));
    }
}

#[test]
fn letters_of_words_are_no_factors() {
    let pairs = [
        ("A队2比1胜B队", "B队2比1胜A队"),
        ("3月大", "3大月"),
        ("42です", "42すで"),
        ("2나무", "2무나"),
        ("2ก3ข", "2ข3ก"),
        ("R2D2", "D2R2"),
        ("r2d2", "d2r2"),
        ("2D3R", "3R2D"),
    ];
    for (first, second) in pairs {
        for kind in [Normal::Auto, Normal::Math] {
            assert_ne!(kind.of(first), kind.of(second), "{first:?}");
        }
    }
}
