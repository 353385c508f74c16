//! Tests of `vote/intern.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

proptest! {
    /// Few and many answers, short and long, alike at the front or not: found when known, by the right number.
    #[test]
    fn finds_what_a_list_would(texts in prop::collection::vec("[ab]{0,10}", 0..24)) {
        let (mut answers, mut list) = (Answers::default(), Vec::<String>::new());
        for text in texts {
            let known = list.iter().position(|old| *old == text);
            prop_assert_eq!(answers.find(&text), known.map(|at| at as u32));
            let at = known.unwrap_or_else(|| {
                list.push(text.clone());
                list.len() - 1
            });
            prop_assert_eq!(answers.intern(&text, &text, 99), Some(at as u32));
        }
    }
}
