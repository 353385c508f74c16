//! The window falls between characters.

use rheostat::query::Window;

#[test]
fn cuts_fall_between_characters() {
    let text = "é".repeat(100);
    for bytes in 4..200 {
        let (head, tail) = Window { bytes }.split(text.as_bytes());
        assert!(std::str::from_utf8(head).is_ok() && std::str::from_utf8(tail).is_ok());
        assert!(head.len() + tail.len() <= bytes);
    }
}

#[test]
fn stray_continuation_bytes_do_not_loop() {
    let text = [0x80u8; 64];
    let (head, tail) = Window { bytes: 32 }.split(&text);
    assert_eq!((head.len(), tail.len()), (24, 8));
}
