//! Tests of `rewrite/talk.rs`, of what is private there.

use super::*;

#[test]
fn items_are_cut_with_one_comma() {
    let left = |list: &str| {
        let mut found = Vec::new();
        let kept = cuts(list.as_bytes(), 0, "x", &mut found);
        let mut text = list.to_owned();
        for cut in found.iter().rev() {
            text.replace_range(cut.clone(), "");
        }
        (text, kept)
    };
    for (list, rest) in [
        (r#"["x"]"#, "[]"),
        (r#"["x", 1]"#, "[1]"),
        (r#"[1, "x"]"#, "[1]"),
        (r#"[1, "x", {"type": "x", "a": [1]}, 2]"#, "[1, 2]"),
        (r#"["x", "x", 2]"#, "[2]"),
        (r#"["x", 1, "x"]"#, "[1]"),
        (r#"["x" , {"type":"x"} ]"#, "[ ]"),
        (r#"["y", {"a": "x"}]"#, r#"["y", {"a": "x"}]"#),
        ("5", "5"),
    ] {
        let (text, kept) = left(list);
        assert_eq!(
            (text.as_str(), kept),
            (rest, !rest.starts_with("[]") && !rest.starts_with("[ ")),
            "{list}"
        );
    }
}

#[test]
fn a_loop_is_judged_by_the_newest_message_of_the_assistant() {
    let call = r#"{"role":"assistant","content":[{"type":"tool_use"}]}"#;
    let thought = r#"{"role":"assistant","content":[{"type":"thinking"},{"type":"tool_use"}]}"#;
    let result = r#"{"role":"user","content":[{"type":"tool_result"},{"type":"text","text":"a"}]}"#;
    let unthought = |messages: &[&str]| {
        let list = format!("[{}]", messages.join(","));
        is_unthought(list.as_bytes(), messages.last().unwrap_or(&"").as_bytes())
    };
    assert!(unthought(&[call, result]) && unthought(&[thought, result, call, result]));
    assert!(!unthought(&[thought, result]) && !unthought(&[call, result, thought, result]));
    assert!(!unthought(&[call, result, r#"{"role":"user","content":"b"}"#]) && !unthought(&[result]));
    let tool = r#"{"role":"tool","content":"3"}"#;
    assert!(unthought(&[r#"{"role":"assistant","content":null,"tool_calls":[{}]}"#, tool, tool]));
    assert!(!unthought(&[r#"{"role":"assistant","reasoning_content":"a","tool_calls":[{}]}"#, tool]));
    let converse = r#"{"role":"user","content":[{"toolResult":{}}]}"#;
    assert!(unthought(&[r#"{"role":"assistant","content":[{"toolUse":{}}]}"#, converse]));
    assert!(!unthought(&[
        r#"{"role":"assistant","content":[{"reasoningContent":{}},{"toolUse":{}}]}"#,
        converse
    ]));
}
