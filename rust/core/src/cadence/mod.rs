//! When an agent's loop runs next, and on which rung.
//!
//! ```text
//! next       the time of the next beat: by lock, belief, cap and cache (`pace.rs`), between floor and ceiling
//! start      claims what the beat may cost (`ledger/purse.rs`); none where the cap has no room: then only time passes
//! tick       the beat's finding and cost: belief (`belief.rs`), lock, and what signals are worth (`channel.rs`)
//! profile    the hours of the day at which finds come spread the beats of rest over the day (`profile.rs`)
//! signal     something happened outside: belief, lock, and a wake where it is worth a beat
//! lock       the likeliest mode above rest, from a chance of one half on, for at most `lock` beats. Beats cannot prolong it: at its
//!            end the belief starts again at rest, so that one interval of the slowest mode lies between two locks. A signal can
//! ```
//!
//! A wake is worth a beat where expected finds · wait ≥ T / 2 with the fastest interval T: the delay that it saves, against what a
//! beat of the fastest mode saves where that mode is right, at one find an interval. A signal is nothing that the loop does itself: a loop that wakes itself learns that its
//! signals are false, and waits for cooldown and cap like all others.
//!
//! No clock: time is an argument, in seconds. A step back of up to the ceiling is ignored; a larger one moves all times along.

mod belief;
mod channel;
mod codec;
mod journal;
mod options;
mod pace;
mod profile;
mod schedule;
mod signals;
mod state;

pub use channel::MAX_KINDS;
pub use journal::{Cause, Transition};
pub use options::{CadenceOptions, MAX_MODES, Mode};
pub use schedule::{Beat, Reason};
pub use signals::{SignalWorth, Wake};
pub use state::{Cadence, Counts};
