//! No text makes the reader panic, overflow the stack or take long, and each refusal is an error that names the file.

#![allow(clippy::unwrap_used)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::Error;
use rheostat_config::{Config, MAX_BYTES};
use std::collections::BTreeMap;
use std::thread;

/// Any value of a host's own, so that every path of the deserializer is walked.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Own {
    own: Option<Any>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
#[allow(dead_code)] // read, never looked at
enum Any {
    Bool(bool),
    Small(i8),
    Whole(u128),
    Real(f32),
    Letter(char),
    Text(String),
    Pair((u64, Box<Any>)),
    List(Vec<Any>),
    Table(BTreeMap<String, Any>),
}

/// Reads a text on a small stack, as some hosts' threads have.
fn read(text: String) -> Result<(), Error> {
    let reader = thread::Builder::new().stack_size(512 << 10);
    reader
        .spawn(move || Config::read_with::<Own>(&text, "x.toml", &["own"]).map(drop))
        .unwrap()
        .join()
        .unwrap()
}

fn refused(text: String) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn depth_is_bounded() {
    let keys = |parts: usize| vec!["a"; parts].join(".");
    for text in [
        format!("own = {}", "[".repeat(9_000)),
        format!("own = {}", "{a=".repeat(9_000)),
        format!("own = {}{}", "[".repeat(65), "]".repeat(65)),
        format!("{} = 1", keys(100_000)),
        format!("[{}]", keys(66)),
        format!("[[{}]]", keys(66)),
        format!("own = {}1{}", format!("{{{}=", keys(60)).repeat(60), "}".repeat(60)),
        format!("[own.{}]\na = {}1{}", keys(40), "{a=".repeat(40), "}".repeat(40)),
        // Brackets that close nothing do not make room.
        format!("own = {}1", format!("{{{}=]]]]}}}}[", keys(30)).repeat(1_000)),
    ] {
        let message = refused(text);
        assert!(message.starts_with("x.toml is malformed at byte "), "{message}");
        assert!(message.contains("within too many others"), "{message}");
    }
    // What is as deep as may be is read, and an error in it is an error of its own.
    let rung = "[[rung]]\nname = 'a'\n";
    for text in [
        format!("own = {}1{}\n{rung}", "[".repeat(63), "]".repeat(63)),
        format!("own.{} = 1\n{rung}", keys(62)),
        format!("{rung}[own.{}]\na = {}1{}", keys(31), "{a=".repeat(30), "}".repeat(30)),
        format!("own = [{}]\n{rung}", "0.5, ".repeat(1_000)),
        format!("own = [{}]\n{rung}", "0.5,\n".repeat(1_000)),
        format!("{rung}{}", "output_price = 0.5 # a.b.c [[[ {{{\n"),
    ] {
        assert_eq!(read(text.clone()), Ok(()), "{text}");
    }
}

#[test]
fn long_texts_take_a_moment() {
    let fill = |piece: &str| piece.repeat(MAX_BYTES / 8 / piece.len());
    for piece in [
        "[",
        "]",
        "{",
        "}",
        "a.",
        "\"\"\"",
        "'''",
        "a=1\n",
        "[a]\n",
        "[[a]]\n",
        "[[own]]\n",
        "=",
        ",",
        "#",
        "\\",
        "\u{feff}",
        "0_",
        "-",
        "a={},",
    ] {
        assert!(read(fill(piece)).is_err(), "{piece}");
    }
    // As many fields and rungs as fit.
    let many: Vec<String> = (0..6_000).map(|i| format!("k{i}=1")).collect();
    assert!(refused(many.join("\n")).contains("unknown field"));
    assert!(refused("[[rung]]\nname='a'\n".repeat(5_000)).contains("ladder must be 1 to 64 rungs"));
    assert!(refused(format!("own=[{}]", "1,".repeat(50_000))).contains("rung must be"));
    assert!(
        refused(format!("[[rung]]\nname='a'\n[policy]\nshares=[{}]", "0,".repeat(50_000))).contains("shares")
    );
}

/// Pieces of files, right and wrong.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[\\[\\]{}=.,'\"\\\\# \n\ta-c0-9_+-]{0,12}",
        1 => any::<String>(),
        4 => proptest::sample::select(vec![
            "[[rung]]\n", "name = 'a'\n", "name = \"b\"\n", "samples = 3\n", "samples = -0\n", "samples = 0x_1\n", "agree = 2\n",
            "output_price = 1e308\n", "output_price = nan\n", "ability = 0.5\n", "capabilities = ['vision']\n", "doubt = {}\n",
            "[policy]\n", "shares = [1]\n", "kind = 'paced'\n", "usd = 5\n", "weights = { a = 1 }\n", "usd_per_error = inf\n",
            "[ceiling]\n", "tokens = 9223372036854775808\n", "seconds = 1979-05-27T07:32:00Z\n", "[rules]\n", "low_steps = false\n",
            "[[rules.ramps]]\n", "on = 'stall'\n", "moves = [{ name = 'think', by = 2 }]\n", "[[cap]]\n", "scope = 'fleet'\n",
            "[ledger]\n", "ttl = 1.5\n", "[sessions]\n", "capacity = 1\n", "own = [1, 2.5, 'x', {a = [true]}]\n", "[own.x]\n",
            "default = 'a'\n", "\u{feff}", "\r\n", "\u{0}",
        ]).prop_map(str::to_owned),
    ];
    let rung = proptest::sample::select(vec!["", "[[rung]]\nname = 'a'\n"]);
    (rung, proptest::collection::vec(piece, 0..24))
        .prop_map(|(rung, pieces)| rung.to_owned() + &pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in pieces()) {
        match Config::read_with::<Own>(&text, "x.toml", &["own"]) {
            Ok((config, _)) => {
                config.governor().unwrap().build().unwrap();
            }
            Err(error) => {
                let message = error.to_string();
                prop_assert!(message.starts_with("x.toml"), "{}", message);
                prop_assert!(message.chars().count() < 1_000, "{}", message);
            }
        }
    }
}
