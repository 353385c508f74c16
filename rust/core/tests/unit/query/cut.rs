//! Tests of `query/cut.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn pieces_are_cut_as_the_whole_is(pieces in prop::collection::vec("[a-zé漢🎈]{0,12}", 0..12), cap in 0usize..80) {
        let whole = pieces.concat();
        let (head, tail) = Window { bytes: cap }.split(whole.as_bytes());
        let mut cutter = Cutter::new(whole.len(), cap);
        for piece in &pieces {
            let unwanted = cutter.unwanted();
            if unwanted >= piece.len() { cutter.skip(piece.len()) } else { cutter.push(piece.as_bytes()) }
        }
        let cut = cutter.finish();
        if whole.len() <= cap {
            prop_assert_eq!((cut.text, cut.seam, cut.gap), (whole.into_bytes(), None, 0));
        } else {
            prop_assert_eq!(cut.text, [head, b"\n", tail].concat());
            prop_assert_eq!(cut.seam, Some(head.len()));
            prop_assert_eq!(cut.gap, (whole.len() - head.len() - tail.len()) as u64);
        }
    }
}
