//! Names of plans.

use super::PlanOptions;
use super::snapshot::Snapshot;
use crate::outcome::PlanId;
use crate::query::Query;
use rapidhash::v3::rapidhash_v3;
use std::sync::atomic::{AtomicU64, Ordering};

/// Step of the serial number, and its inverse. An odd factor makes steps large; a random nonce keeps governors apart.
pub(crate) const STEP: (u64, u64) = (0x9E37_79B9_7F4A_7C15, 0xF1DE_83E1_9937_733D);
const _: () = assert!(STEP.0.wrapping_mul(STEP.1) == 1);

/// Changes the ids of all governors in a process that has just been forked. 0 in a process that never was.
static SALT: AtomicU64 = AtomicU64::new(0);

/// Tells that this process is a fork of another, with a random number. Its governors are copies, and would give their plans the
/// ids that those of the other process give.
pub fn forked(salt: u64) {
    SALT.store(salt, Ordering::Relaxed);
}

/// A governor's nonce in this process.
#[inline]
pub(crate) fn nonce_here(nonce: u64) -> u64 {
    nonce ^ SALT.load(Ordering::Relaxed)
}

/// The name of the `count`-th plan of a governor. Equal queries, options and states have equal digests.
pub(crate) fn plan_id(
    snapshot: &Snapshot,
    query: &Query<'_>,
    options: &PlanOptions<'_>,
    nonce: u64,
    count: u64,
) -> PlanId {
    let (s, request) = (&query.structure, &query.request);
    let needs = request
        .needs()
        .iter()
        .fold(request.once.into(), |bits: u64, need| bits << 1 | u64::from(need.is_some()));
    let fields = [
        snapshot.digest,
        rapidhash_v3(&query.ask),
        s.ask_bytes,
        s.total_bytes,
        s.system_bytes,
        s.history_bytes,
        s.tool_result_bytes,
        s.document_bytes,
        u64::from(s.messages) << 32 | u64::from(s.images),
        u64::from(s.tools_offered) << 32 | u64::from(s.tool_calls),
        s.tool_bytes,
        request.max_tokens.unwrap_or(0),
        needs << 8 | query.turn as u64,
        options.digest(),
    ];
    let mut bytes = [0; 14 * 8];
    for (to, field) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(fields) {
        *to = field.to_le_bytes();
    }
    let serial = nonce_here(nonce).wrapping_add(count.wrapping_mul(STEP.0));
    PlanId { digest: rapidhash_v3(&bytes), serial }
}
