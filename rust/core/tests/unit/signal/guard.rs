use super::*;
use proptest::prelude::*;

const GRANTED: u64 = 4096;

/// Texts of what the guard tells apart: words of any length, fences, brackets, environments, lists, blanks, other scripts.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,40}",
        "[ -~]{1,12}",
        r"(\\\\|\\)?(begin|end)\{[a-z]+\}",
        "(`{1,4}|\\[|\\]|\\{|\\}|\\||,|, )",
        "[ \t\n\u{a0}]{1,40}",
        "[а-я今日ก😀é]{1,6}",
        Just("so it goes. ".to_owned()),
    ];
    (prop::collection::vec(piece, 1..12), 1_usize..60)
        .prop_map(|(pieces, times)| pieces.concat().repeat(times))
}

proptest! {
    /// A text that is read in runs leaves the guard as one that is read character by character, however it is cut.
    #[test]
    fn runs_are_read_as_their_characters(text in texts(), cut in 1_usize..50) {
        let (mut runs, mut one_by_one) = (LoopGuard::new(256).unwrap(), LoopGuard::new(256).unwrap());
        let characters: Vec<char> = text.chars().collect();
        for piece in characters.chunks(cut) {
            runs.text(&piece.iter().collect::<String>(), GRANTED);
            one_by_one.repetition.carried = one_by_one.repetition.estimated > 0;
            for c in piece {
 one_by_one.character(*c, GRANTED);
}
            prop_assert_eq!(format!("{runs:?}"), format!("{one_by_one:?}"));
        }
    }
}
