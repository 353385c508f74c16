//! Tests of `ledger/journal.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

fn payer() -> impl Strategy<Value = [Option<String>; 3]> {
    let name = || prop::option::of("[a-z]{1,256}");
    [name(), name(), name()]
}

proptest! {
    #[test]
    fn records_are_read_back_and_damage_is_found(
        numbers in any::<[u64; 5]>(), names in payer(), late: bool, kind in 1u32..7, at in any::<prop::sample::Index>(), bit in 0u8..8,
    ) {
        let [query, session, tenant] = &names;
        let payer = Payer { query: query.as_deref(), session: session.as_deref(), tenant: tenant.as_deref() };
        let [id, at_ms, expires, tokens, usd] = numbers;
        let (id, claim) = (HoldId::from_bits(id), Cost::new(tokens, Usd(usd)));
        let entry = match kind {
            1 => Entry::Made { id, at: at_ms, expires, claim, payer },
            2 => Entry::Resized { id, at: at_ms, expires, claim, parts: kind },
            3 => Entry::Settled { id, at: at_ms, spent: claim, late },
            4 => Entry::Expired { id, at: at_ms },
            6 => Entry::Parted { id, at: at_ms, expires, spent: claim, rest: claim, parts: kind },
            _ => Entry::Rebased { now: at_ms, latest: expires },
        };
        let mut log = Journal::default();
        log.write(&entry);
        let mut bytes = log.take();
        let (payload, length) = first(&bytes).unwrap().unwrap();
        prop_assert_eq!(length, bytes.len());
        prop_assert_eq!(Entry::decode(payload).unwrap(), entry);
        for cut in 0..bytes.len() {
            prop_assert!(first(&bytes[..cut]).unwrap().is_none());
        }
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        // A length that grew asks for more than there is; everything else is a wrong checksum.
        prop_assert!(!matches!(first(&bytes), Ok(Some(_))));
    }
}
