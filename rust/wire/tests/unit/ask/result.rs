//! Tests of `ask/result.rs`, of what is private there.

use super::*;

fn is_result(words: &str, calls: Calls) -> bool {
    form_of(words.as_bytes()).is_some_and(|form| form.is_result(words.as_bytes(), || Ok(calls)).unwrap())
}

#[test]
fn pasted_lines_are_results_only_behind_a_call() {
    for text in [
        "Traceback (most recent call last):\n  File \"a.py\", line 3\nTypeError: x",
        "Output:\n3",
        "error[E0382]: borrow of moved value: `x`\n --> src/main.rs:4:20",
        "Result: 3",
        "Exit code: 1",
        "{\"status\": \"error\", \"code\": 500}",
        "<output>\n3\n</output>",
        "$ ls\na.rs",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "Ergebnis des Werkzeugs lies:\na.rs",
        "工具执行结果：\na.rs",
        "2026-11-30 INFO step 1\n2026-11-30 INFO step 2\n2026-11-30 INFO step 3",
        "[{\"title\": \"A\"}, {\"title\": \"B\"}]",
        "make: *** [Makefile:3: all] Error 2",
        "Test Suites: 1 failed, 2 passed",
        "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds",
        "Killed",
        "```\nKeyError: 'k'\n```",
    ] {
        assert!(!is_result(text, Calls::Not), "{text}");
        assert!(is_result(text, Calls::Perhaps), "{text}");
        assert!(is_result(text, Calls::Surely), "{text}");
        let asking = format!("{text}\n\nFind the cause and explain it.");
        assert!(!is_result(&asking, Calls::Perhaps), "{text}");
        for above in
            ["Find the cause and explain it.", "Warum geht das hier nicht?", "It should print four here."]
        {
            assert!(!is_result(&format!("{above}\n\n{text}"), Calls::Perhaps), "{above} {text}");
        }
        let between = format!("{text}\n\nFind the cause and explain it.\n\n{text}");
        assert!(!is_result(&between, Calls::Perhaps), "{text}");
        assert!(!is_result(&asking, Calls::Surely), "{text}");
    }
}

#[test]
fn lines_that_only_programs_write_are_results_everywhere() {
    for text in [
        "[read_file for 'a.rs'] Result:\nfn main() {}\n\nPlease read me.",
        "EXECUTION RESULT of [execute_bash]:\na",
        "I ran this command:\n\npytest\n\nAnd got this output:\n\n3 failed",
        "[ERROR] You did not use a tool in your previous response!",
        "{\"system_warning\": \"x\"}",
    ] {
        assert!(is_result(text, Calls::Not), "{text}");
    }
}

#[test]
fn words_are_no_results() {
    for text in [
        "I ran this command:\n\npytest\n\nand it hangs. Find the deadlock.",
        "I ran this command:\n\npytest\n\nAnd got this output:\n\n3 failed\n\nWhy?",
        "[ERROR] in the log comes from your function. Explain it.",
        "Your last response is wrong. Prove the other bound.",
        "1. rename it\n2. add a test\n3. prove it",
        "def f(x):\n    return x\n\nI prefer this. Is it O(1)?",
        "the blue one with stripes",
        "",
    ] {
        for calls in [Calls::Not, Calls::Perhaps] {
            assert!(!is_result(text, calls), "{text}");
        }
    }
}
