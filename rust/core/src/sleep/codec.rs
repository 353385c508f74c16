//! Saves and restores a sleeper: what it has learned of each context, its artefacts, the work in flight, and what it has spent.

use super::context::{Artefact, Context};
use super::options::{LONGEST, MAX_CANDIDATES, MAX_FINGERPRINT, SleepOptions};
use super::{LATEST, MAX_JOBS, Running, Sleeper};
use crate::Result;
use crate::artifact::bytes::{Bytes, put_f64, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::ledger::{Cost, MAX_KEY, Purse};
use crate::money::Usd;

/// Names the layout and its version, in the place of a feature schema.
const LAYOUT: u64 = u64::from_le_bytes(*b"sleeper1");
const SECTION: &str = "sleep";
/// Ids that are passed over at a restart. The state may be older than the newest job, and an id that is given twice could return the
/// artefact of a job that the state does not know.
const GAP: u64 = 1 << 20;

impl Sleeper {
    /// Writes the knowledge, the spending and the jobs in flight. Settings are not in it, nor are the artefacts' contents, which the host
    /// keeps. Equal sleepers have equal states.
    pub fn state(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        put_u64(&mut out, self.made);
        put_f64(&mut out, self.seen);
        put_u64(&mut out, self.purse.window);
        for cost in [self.purse.spent, self.purse.held, self.purse.total, self.purse.overshoot] {
            put_cost(&mut out, cost);
        }
        let mut contexts: Vec<(&String, &Context)> = self.contexts.iter().collect();
        contexts.sort_unstable_by_key(|(_, context)| context.used);
        put_u32(&mut out, contexts.len() as u32);
        for (name, context) in contexts {
            put_str(&mut out, name);
            put_context(&mut out, context);
        }
        put_u32(&mut out, self.running.len() as u32);
        for (id, running) in &self.running {
            put_u64(&mut out, *id);
            put_str(&mut out, &running.context);
            put_str(&mut out, &running.key);
            put_bytes(&mut out, &running.fingerprint);
            put_cost(&mut out, running.claim);
            put_f64(&mut out, running.ttl);
            put_f64(&mut out, running.lost);
        }
        let mut writer = Writer::new(LAYOUT);
        writer.section(SECTION, out);
        writer.finish()
    }

    /// A sleeper with these settings, that goes on from a [state](Self::state). Settings may differ from those of the state's sleeper.
    /// Of more contexts than they allow the most recently used stay.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) as [`new`](Self::new), and [`Error::Artifact`](crate::Error::Artifact) when the state
    /// is damaged.
    pub fn restore(options: SleepOptions, state: &[u8]) -> Result<Self> {
        let mut made = Self::new(options)?;
        let reader = Reader::new(state, LAYOUT)?;
        let mut bytes = Bytes::new(SECTION, reader.section(SECTION)?.bytes());
        made.made = bytes.u64()?.saturating_add(GAP);
        made.seen = bytes.f64_in(0.0, LATEST)?;
        let window = bytes.u64()?;
        let (spent, held, total, overshoot) =
            (cost(&mut bytes)?, cost(&mut bytes)?, cost(&mut bytes)?, cost(&mut bytes)?);
        made.purse = Purse { window, spent, held, total, overshoot };
        let contexts = bytes.count(89, 1 << 24)?;
        let over = contexts.saturating_sub(made.options.contexts);
        for i in 0..contexts {
            let (name, context) = (bytes.text(MAX_KEY)?, context(&mut bytes)?);
            if i >= over {
                made.uses += 1;
                made.contexts.insert(name, Context { used: made.uses, ..context });
            }
        }
        for _ in 0..bytes.count(55, MAX_JOBS)? {
            let id = bytes.u64()?;
            let (context, key) = (bytes.text(MAX_KEY)?, bytes.text(MAX_KEY)?);
            let (fingerprint, claim) = (fingerprint(&mut bytes)?, cost(&mut bytes)?);
            let (ttl, lost) = (bytes.f64_in(0.0, LATEST)?, bytes.f64_in(0.0, 3.0 * LONGEST)?);
            if let Some(of) = made.contexts.get_mut(&context) {
                of.running.push(key.clone());
            }
            made.running.insert(id, Running { context, key, fingerprint, claim, ttl, lost });
        }
        bytes.end()?;
        Ok(made)
    }
}

fn put_context(out: &mut Vec<u8>, context: &Context) {
    put_bytes(out, &context.fingerprint);
    put_u32(out, context.predicted.len() as u32);
    for key in &context.predicted {
        put_str(out, key);
    }
    put_u32(out, context.artefacts.len() as u32);
    for artefact in &context.artefacts {
        put_u64(out, artefact.id);
        put_str(out, &artefact.key);
        put_bytes(out, &artefact.fingerprint);
        put_f64(out, artefact.made);
        put_f64(out, artefact.expires);
    }
    put_f64(out, context.since);
    put_f64(out, context.seen);
    for count in
        [context.changes, context.queries, context.tries, context.hits, context.judged, context.wrong]
    {
        put_u64(out, count);
    }
    put_u64(out, context.spent.0);
}

fn context(bytes: &mut Bytes<'_>) -> Result<Context> {
    let mut context = Context { fingerprint: fingerprint(bytes)?, ..Context::default() };
    for _ in 0..bytes.count(4, MAX_CANDIDATES)? {
        context.predicted.push(bytes.text(MAX_KEY)?);
    }
    // An artefact outlives its prediction, until it expires.
    for _ in 0..bytes.count(32, 1 << 24)? {
        context.artefacts.push(Artefact {
            id: bytes.u64()?,
            key: bytes.text(MAX_KEY)?,
            fingerprint: fingerprint(bytes)?,
            made: bytes.f64_in(0.0, LATEST)?,
            expires: bytes.f64_in(0.0, 3.0 * LONGEST)?,
        });
    }
    context.since = bytes.f64_in(0.0, LATEST)?;
    context.seen = bytes.f64_in(0.0, LATEST)?;
    context.changes = bytes.u64()?;
    context.queries = bytes.u64()?;
    (context.tries, context.hits) = (bytes.u64()?, bytes.u64()?);
    (context.judged, context.wrong) = (bytes.u64()?, bytes.u64()?);
    if context.hits > context.tries || context.wrong > context.judged {
        return Err(bytes.refused("a context has more hits than queries"));
    }
    context.spent = Usd(bytes.u64()?);
    Ok(context)
}

fn put_cost(out: &mut Vec<u8>, cost: Cost) {
    put_u64(out, cost.tokens);
    put_u64(out, cost.usd.0);
}

fn cost(bytes: &mut Bytes<'_>) -> Result<Cost> {
    Ok(Cost::new(bytes.u64()?, Usd(bytes.u64()?)))
}

fn put_bytes(out: &mut Vec<u8>, part: &[u8]) {
    put_u32(out, part.len() as u32);
    out.extend_from_slice(part);
}

/// A fingerprint; empty for a context that was never shown its sources.
fn fingerprint(bytes: &mut Bytes<'_>) -> Result<Vec<u8>> {
    let length = bytes.count(1, MAX_FINGERPRINT)?;
    Ok(bytes.take(length)?.to_vec())
}
