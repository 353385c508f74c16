use super::*;
use std::fmt::Write;

fn many(row: impl Fn(usize) -> String) -> String {
    (0..60).fold(String::new(), |mut out, i| {
        let _ = writeln!(out, "{}", row(i));
        out
    })
}

fn left(text: &str) -> String {
    let mut text = text.as_bytes().to_vec();
    drop_rows(&mut text, None);
    String::from_utf8(text).unwrap()
}

fn data() -> Vec<String> {
    vec![
        format!("id,name,amount\n{}", many(|i| format!("{i},item{i},{}.5", i * 3))),
        format!("a\tb\tc\n{}", many(|i| format!("{i}\tx\t{}", i * 7))),
        many(|i| format!("{i};{}.5;ja", i * 3)),
        format!("| id | ms |\n|----|----|\n{}", many(|i| format!("| {i} | {} |", i * 7))),
        many(|i| {
            format!(
                "2026-11-30T10:00:{:02}Z ERROR worker-{i} failed to renew the lease: timeout after {i} ms",
                i % 60
            )
        }),
        many(|i| format!("2026-11-30 10:00:{:02},123 - app.db - WARNING - slow query: {i} ms", i % 60)),
        many(|i| format!("INFO:root:step {i} is done")),
        many(|i| format!("Nov 30 10:00:{:02} host sshd[{i}]: Accepted publickey for eve", i % 60)),
        many(|i| format!("10.0.0.{i} - - [30/Nov/2026:10:00:01 +0000] \"GET /a HTTP/1.1\" 200 {i}")),
        many(|i| format!("time=2026-11-30T10:00:00Z level=info msg=\"done\" n={i}")),
        format!(
            "[\n{}]\n",
            many(|i| format!(" {{\n  \"id\": {i},\n  \"tags\": [\n   \"a\",\n   \"b\"\n  ]\n }},"))
        ),
        many(|i| format!("{{\"id\": {i}, \"v\": {}.5}}", i * 3)),
        many(|i| format!("{i} {} {}", i * 37, i * 1001)),
    ]
}

#[test]
fn rows_of_data_leave_the_words_alone() {
    for data in data() {
        for (text, words) in [
            (format!("What is the first row?\n\n{data}"), "What is the first row?"),
            (format!("{data}\nWhat is the last row?"), "What is the last row?"),
            (format!("Look:\n```\n{data}```\nHow many rows are there?"), "Look:\nHow many rows are there?"),
            (format!("{data}\nProve that no two rows agree.\n\n{data}"), "Prove that no two rows agree."),
        ] {
            assert_eq!(left(&text).trim(), words, "{text}");
        }
    }
}

#[test]
fn what_may_ask_stays() {
    for text in [
        many(|i| format!("[10:00:{:02}] bob: prove that the {i}th sum is even", i % 60)),
        many(|i| format!("10:00:{:02} bob, eve, and kim: hi", i % 60)),
        many(|i| format!("{{\"question\": \"Prove that there are at least {i} primes of this form.\"}}")),
        many(|i| format!("def f{i}(x):\n    return x + {i}")),
        many(|i| format!("    let x{i} = f(a, b, {i});")),
        many(|i| format!("{i}. Show that the set, the map, and the sum are open.")),
        many(|_| "Roses are red, violets are blue, sugar is sweet, and so are you.".into()),
        many(|i| format!("  at f{i} (a.js:3:9)")),
        many(|i| format!("第{i}题：证明，对于所有素数，和为偶数。")),
        many(|i| format!("from a{i} import b,c,d")),
        many(|i| format!("2026-11-30 10:00:{:02} Bob: I think we should prove the bound info first", i % 60)),
        many(|_| "let a = b".into()),
        many(|i| format!("- item {i} of a list that a person wrote")),
    ] {
        assert_eq!(left(&text), text);
    }
}

#[test]
fn few_rows_stay() {
    let text = "What is the sum?\n1,2,3\n4,5,6\n7,8,9\n";
    assert_eq!(left(text), text);
    assert!(!may_hold(text.as_bytes()));
}
