//! Errors of a file name the file, table and field, the value and its bound.

#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat_config::Config;

const RUNG: &str = "[[rung]]\nname = 'a'\n";

fn refused(text: &str) -> String {
    Config::read(text, "x.toml").unwrap_err().to_string()
}

/// A file of a rung and what follows its name.
fn rung(rest: &str) -> String {
    format!("{RUNG}{rest}")
}

fn check(cases: &[(String, &str)]) {
    for (text, message) in cases {
        let found = refused(text);
        assert!(found.starts_with("x.toml"), "{found}");
        assert!(found.contains(message), "{text}\n{found}\n{message}");
    }
}

#[test]
fn the_ladders_errors_are_named() {
    check(&[
        (String::new(), "rung must be at least one [[rung]] table, got none"),
        ("rung = 3".into(), "rung must be at least one [[rung]] table, got none"),
        ("rung = [3]".into(), "rung 0: got integer, wanted a table"),
        ("[[rung]]\nmodel = 'm'".into(), "rung 0: name must be given, got none"),
        ("[[rung]]\nname = 3".into(), "rung 0: name: got integer, wanted a string"),
        ("[[rung]]\nname = ' '".into(), "rung \" \": name must be 1 to 128 bytes, not blank, got \" \""),
        (rung("samples = 0"), "rung \"a\": samples must be between 1 and 1024, got 0"),
        (rung("samples = -1"), "rung \"a\": samples must be between 0 and 4294967295, got -1"),
        (rung("samples = 1.5"), "rung \"a\": samples: got float, wanted a whole number"),
        (rung("samples = true"), "rung \"a\": samples: got boolean, wanted a whole number"),
        (rung("samples = 1979-05-27"), "rung \"a\": samples: got datetime, wanted a whole number"),
        (
            rung("thinking_tokens = 99999999999999999999999999999999999999999"),
            "rung \"a\": thinking_tokens must be between 0 and 18446744073709551615, got 99999999999999999999999999999999999999999",
        ),
        (
            rung("output_price = nan"),
            "rung \"a\": output_price must be between 0 and 1000000 US dollars per million tokens, got NaN",
        ),
        (
            rung("output_price = 1e999"),
            "rung \"a\": output_price must be between 0 and 1000000 US dollars per million tokens, got inf",
        ),
        (rung("output_price = '1'"), "rung \"a\": output_price: got string, wanted a number"),
        (rung("capabilities = 'vision'"), "rung \"a\": capabilities: got string, wanted a list"),
        (rung("capabilities = ['vision', 3]"), "rung \"a\": capabilities[1]: got integer, wanted a string"),
        (
            rung("capabilities = ['x']"),
            "x.toml: rung \"a\": unknown capability \"x\"; known: vision, audio, files, tools, json",
        ),
        (
            rung("params = { top_p = nan }"),
            "rung \"a\": params must be of numbers that JSON has, got nan or inf",
        ),
        (
            rung("params = { x = [{ y = -inf }] }"),
            "rung \"a\": params must be of numbers that JSON has, got nan or inf",
        ),
        (rung("doubt = 3"), "rung \"a\": doubt: got integer, wanted a table"),
        (rung("doubt = { caught = 2 }"), "rung \"a\": doubt: caught must be between 0 and 1, got 2"),
        (
            rung("effort = 'utmost'"),
            "rung \"a\": unknown effort \"utmost\"; known: none, minimal, low, medium, high, xhigh, max",
        ),
        (rung("agree = 2"), "rung \"a\": agree must be between 2 and the rung's samples, 1, got 2"),
        (rung(RUNG), "rung \"a\": name must be unique on its ladder, got another at 1"),
        ("default = 'b'\n[[rung]]\nname = 'a'".into(), "unknown default rung \"b\"; known: a"),
        ("default = 3\n[[rung]]\nname = 'a'".into(), "default: got integer, wanted a string"),
        (
            "thinking = 'louder'\n[[rung]]\nname = 'a'".into(),
            "unknown thinking move \"louder\"; known: never, restart, continue, raise",
        ),
        (
            "forbid = ['x']\n[[rung]]\nname = 'a'".into(),
            "unknown dial \"x\"; known: thinking_tokens, samples, depth, model",
        ),
        (
            "rungs = 1\n[[rung]]\nname = 'a'".into(),
            "unknown field \"rungs\"; known: default, start_max, thinking, forbid, rung, policy, ceiling, rules, cap, ledger, sessions, sleep",
        ),
    ]);
}

#[test]
fn errors_of_ceiling_and_policy_are_named() {
    check(&[
        (rung("[ceiling]\ntokens = 0"), "ceiling: tokens must be at least 1, got 0"),
        (
            rung("[ceiling]\ntoken = 1"),
            "ceiling: unknown field \"token\"; known: tokens, usd, seconds, samples, depth, escalations",
        ),
        (rung("[ceiling]\nusd = false"), "ceiling: usd: got boolean, wanted a number"),
        ("ceiling = 3\n[[rung]]\nname = 'a'".into(), "ceiling: got integer, wanted a table"),
        (rung("[policy]"), "policy: kind must be one of shares, utility, threshold, paced, got none"),
        (
            rung("[policy]\nusd_per_error = 2.0"),
            "policy: kind must be one of shares, utility, threshold, paced (these fields are those of kind = \"utility\"), got none",
        ),
        (
            rung("[policy]\nusd = 2.0\nqueries = 5"),
            "policy: kind must be one of shares, utility, threshold, paced (these fields are those of kind = \"paced\"), got none",
        ),
        (rung("[policy]\nkind = 3"), "policy: kind: got integer, wanted a string"),
        (
            rung("[policy]\nkind = 'luck'"),
            "policy: unknown policy \"luck\"; known: shares, utility, threshold, paced",
        ),
        (rung("[policy]\nkind = 'utility'"), "policy: usd_per_error must be given, got none"),
        (
            rung("[policy]\nkind = 'utility'\nusd_per_error = -1"),
            "policy: usd_per_error must be a finite number of at least 0, got -1",
        ),
        (
            rung("[policy]\nkind = 'threshold'\nthresholds = [0.5]"),
            "policy: thresholds must be one fewer than the ladder's 1 rungs, got 1 of them",
        ),
        (rung("[policy]\nshares = 1"), "policy: shares: got integer, wanted a list"),
        (
            rung("[policy]\nshares = [1]\nusd_per_1000 = 1"),
            "policy: shares, usd_per_1000 must be one of the two, or neither, got both",
        ),
        (
            rung("[policy]\nkind = 'paced'\nusd = 1\nweights = { x = 'y' }"),
            "policy: weights: x: got string, wanted a number",
        ),
        ("policy = 'shares'\n[[rung]]\nname = 'a'".into(), "policy: got string, wanted a table"),
    ]);
}

#[test]
fn errors_of_rules_and_caps_are_named() {
    check(&[
        (rung("[rules]\nwindow = 0"), "rules: window must be"),
        (rung("[rules]\nloops = 0"), "rules: loops: got integer, wanted true or false"),
        (rung("[rules]\nlow_steps = true"), "rules: low_steps: got boolean, wanted a number or false"),
        (rung("[rules]\nvote = 'luck'"), "rules: unknown vote rule \"luck\"; known: beta, majority"),
        (rung("[rules]\nramps = [3]"), "rules: ramps[0]: got integer, wanted a table"),
        (rung("[[rules.ramps]]\non = 'stall'"), "rules: ramps[0]: moves must be given, got none"),
        (
            rung("[[rules.ramps]]\non = 'stall'\nmoves = [{ name = 'fly' }]"),
            "rules: ramps[0]: moves[0]: unknown move \"fly\"; known: replace, samples, think, revise, verify, escalate",
        ),
        (
            rung("[[rules.ramps]]\non = 'stall'\nmoves = [3]"),
            "rules: ramps[0]: moves[0]: got integer, wanted a table",
        ),
        (
            rung("[[cap]]\nscope = 'village'\nusd = 1"),
            "cap[0]: unknown scope \"village\"; known: query, session, tenant, fleet",
        ),
        (
            rung("[[cap]]\nscope = 'tenant'"),
            "cap[0]: cap of tenant: tokens, usd, escalated_usd must be at least one of the three, got none",
        ),
        (
            rung("[[cap]]\nscope = 'tenant'\nusd = 1\nper = 0"),
            "cap[0]: cap of tenant: per must be between 0.001 and 1e10 seconds, got 0",
        ),
        (rung("[[cap]]\nscope = 'tenant'\nusd = -1"), "cap[0]: usd must be a number of at least 0, got -1"),
        (rung("[[cap]]\nscope = 'tenant'\nusd = nan"), "cap[0]: usd must be a number of at least 0, got NaN"),
        (rung(&"[[cap]]\nscope = 'tenant'\nusd = 1\n".repeat(5)), "caps of tenant must be at most 4, got 5"),
        (rung("[cap]\nscope = 'tenant'"), "cap: got table, wanted a list"),
        (rung("[ledger]\nttl = 0"), "ledger: ttl must be between 0.001 and 1e9 seconds, got 0"),
        (rung("[sessions]\ncapacity = 0"), "sessions: capacity must be between 1 and 2147483648, got 0"),
        (
            rung("[sessions]\ncache_tl = 60"),
            "sessions: unknown field \"cache_tl\"; known: capacity, ttl, cache_ttl, down_after",
        ),
        ("[[rung]".into(), "x.toml is malformed at byte"),
        ("a = 1\na = 2".into(), "duplicate key (line 2, column 1)"),
    ]);
}

#[test]
fn places_are_short_whatever_the_names() {
    let long = "é".repeat(10_000);
    for text in [
        format!("[[rung]]\nname = '{long}'\nsamples = true"),
        format!("[[rung]]\nname = 'a'\n'{long}' = 1"),
        format!("'{long}' = 1"),
        format!("{RUNG}[policy]\nkind = '{long}'"),
        format!("{RUNG}[policy]\nkind = 'paced'\nusd = 1\nweights = {{ '{long}' = false }}"),
    ] {
        assert!(refused(&text).chars().count() < 800, "{}", refused(&text));
    }
}
