//! Tests of `ask/calls.rs`, of what is private there.

use super::*;

#[test]
fn calls_are_told_from_answers() {
    for (calls, texts) in [
        (
            Calls::Surely,
            &[
                "I look.\n<read_file>\n<path>a</path>\n</read_file>",
                "THOUGHT: x\n\n```bash\nls\n```",
                "{\"tool\": \"f\"}",
            ][..],
        ),
        (Calls::Perhaps, &["```python\nprint(1)\n```", "```bash\nls\n```\nRun this.", "<lookup>x</lookup>"]),
        (Calls::Not, &["Here it is: <b>3</b>.", ""]),
    ] {
        for text in texts {
            assert_eq!(Calls::of_text(text.as_bytes()), calls, "{text}");
        }
    }
}
