//! Tests of `json/write.rs`, of what is private there.

use super::*;

#[test]
fn text_is_escaped() {
    let mut out = String::new();
    quoted(&mut out, "a\"b\\c\nd\u{1}é\u{2028}");
    assert_eq!(out, "\"a\\\"b\\\\c\\u000ad\\u0001é\u{2028}\"");
}

#[test]
fn commas_stand_between_fields_and_items() {
    let mut out = String::new();
    Object::write(&mut out, |o| {
        o.real("x", f64::NAN);
        o.fields("\"a\": 1, \"b\": 2");
        o.object("in", |o| o.flag("y", true));
        o.object("none", |_| {});
        o.list("z", [0.1, 2.0], real);
        o.shown("s", 7);
    });
    let wanted = r#"{"x": null, "a": 1, "b": 2, "in": {"y": true}, "none": {}, "z": [0.1, 2.0], "s": "7"}"#;
    assert_eq!(out, wanted);
}
