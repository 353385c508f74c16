//! Tests of `keyed.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

fn order(table: &Keyed<u32>) -> Vec<(String, u32)> {
    table.iter().map(|(key, value)| (key.to_owned(), *value)).collect()
}

proptest! {
    /// Against a plain vector in order of use.
    #[test]
    fn acts_as_a_list_in_order_of_use(steps in prop::collection::vec((0u8..3, 0u8..12, any::<u32>()), 0..200)) {
        let mut table = Keyed::default();
        let mut plain: Vec<(String, u32)> = Vec::new();
        for (step, name, value) in steps {
            let key = format!("k{name}");
            let hash = u64::from(name % 3); // most keys collide
            let found = table.find(hash, &key);
            let at = plain.iter().position(|(k, _)| *k == key);
            prop_assert_eq!(found.is_some(), at.is_some());
            match (step, found, at) {
                (0, None, None) => {
                    table.insert(hash, &key, value);
                    plain.push((key, value));
                }
                (1, Some(place), Some(at)) => {
                    table.touch(place);
                    let entry = plain.remove(at);
                    plain.push(entry);
                }
                (2, Some(place), Some(at)) => {
                    prop_assert_eq!(table.remove(place), Some(plain.remove(at).1));
                    prop_assert_eq!(table.get(place), None);
                }
                _ => {}
            }
            prop_assert_eq!(order(&table), plain.clone());
            prop_assert_eq!(table.len(), plain.len());
        }
    }
}
