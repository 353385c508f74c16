//! Finds any of many literals in one pass over a text.

use aho_corasick::packed::Searcher;
use memchr::memmem::Finder;

/// A searcher for literals. Making one costs more than a search does.
#[derive(Debug)]
pub(super) enum Literals {
    /// With vectors, all at once.
    Together(Searcher),
    /// One after the other, where the processor has no instructions for that, or the literals are too many.
    Each(Vec<Finder<'static>>),
}

impl Literals {
    /// A searcher for these literals.
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l str> + Clone) -> Self {
        match Searcher::new(literals.clone()) {
            Some(searcher) => Self::Together(searcher),
            None => Self::Each(literals.map(|literal| Finder::new(literal).into_owned()).collect()),
        }
    }

    /// True if one of them is in the text.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        match self {
            Self::Together(searcher) => searcher.find(text).is_some(),
            Self::Each(finders) => finders.iter().any(|finder| finder.find(text).is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn literals_are_found_as_by_the_naive_way(text in "[abc]{0,80}", literals in prop::collection::vec("[abc]{1,6}", 1..70)) {
            let naive = literals.iter().any(|literal| text.contains(literal));
            let all = || literals.iter().map(String::as_str);
            let each = Literals::Each(all().map(|literal| Finder::new(literal).into_owned()).collect());
            prop_assert_eq!((Literals::new(all()).is_in(text.as_bytes()), each.is_in(text.as_bytes())), (naive, naive));
        }
    }
}
