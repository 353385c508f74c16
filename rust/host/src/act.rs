//! The meaning of an action of the run for the streams.

use crate::host::{Command, Host};
use rheostat::run::{Action, ActionKind, Scope};

impl Host {
    /// Follows an action. True if the stream that it answers must stop.
    pub(crate) fn obey(&mut self, action: Action, stream: Option<u32>, now: f64) -> bool {
        if let Some(stream) = stream {
            self.report(action, stream);
        }
        if !action.stops() {
            return false;
        }
        match (action.scope, stream) {
            (Scope::Run, _) => {
                self.over = true;
                self.give_up(|_, one| Some(one) != stream, now);
            }
            (Scope::Call, Some(stream)) => {
                let call = self.call_of(stream);
                self.give_up(|host, one| one != stream && host.call_of(one) == call, now);
                self.withdraw(call);
            }
            (Scope::Unsent, Some(stream)) => self.withdraw(self.call_of(stream)),
            _ => {}
        }
        action.scope != Scope::Unsent
    }

    /// Tells the driver of an action, unless it is to go on.
    pub(crate) fn report(&mut self, action: Action, stream: u32) {
        if action.kind != ActionKind::Continue {
            self.commands.push_back(Command::Report { stream, action });
        }
    }

    /// Ends a stream that is closed before its end.
    pub(crate) fn cancel(&mut self, stream: u32, now: f64) {
        self.keep_text(stream);
        let Some(one) = self.streams.get(stream as usize) else { return };
        self.heard |= !one.text.is_empty();
        let (sample, sent) = (one.sample.clone(), one.came || now >= one.due);
        self.leave(stream);
        // It has ended before only if somebody else reports to its sample; then its cost is known, too.
        if sent { sample.cancel(now) } else { sample.withdraw(now) }.ok();
    }

    /// Keeps the text of a stream that breaks off: nothing that came is lost, even if there is no other answer.
    pub(crate) fn keep_text(&mut self, stream: u32) {
        let Some(one) = self.streams.get(stream as usize) else { return };
        if let Some(answer) = &one.answer {
            self.heard = true;
            one.sample.keep(answer);
        } else if !self.extracts {
            one.sample.keep(&one.text);
        } else if !one.text.is_empty() {
            self.commands.push_back(Command::Keep { stream, text: one.text.clone() });
        }
    }

    fn give_up(&mut self, which: impl Fn(&Self, u32) -> bool, now: f64) {
        let given_up: Vec<u32> = self.open.iter().copied().filter(|one| which(self, *one)).collect();
        for stream in given_up {
            self.cancel(stream, now);
            self.cancel_request(stream);
        }
    }

    /// Takes back the streams of a call that were not sent. They cost nothing; the call is withdrawn once those that were have ended.
    fn withdraw(&mut self, call: u32) {
        let waiting = self.waiting.len();
        let streams = &self.streams;
        self.waiting.retain(|one| streams.get(*one as usize).is_none_or(|one| one.call().id != call));
        if self.waiting.len() < waiting && !self.unsent.contains(&call) {
            self.unsent.push(call);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test that fails here has failed
    use super::*;
    use crate::tests::host;
    use rheostat::run::Reason;

    /// No rule of today gives up a call of several samples, but its contract says what a host does then.
    #[test]
    fn a_call_that_is_given_up_is_stopped_whole() {
        let mut host = host(3, false);
        assert_eq!(host.next(2, 1.0).unwrap(), [0, 1]);
        host.tell(1, &crate::Piece::of_text("x"), 1.0);
        let stop = Action {
            kind: ActionKind::Stop,
            scope: Scope::Call,
            dial: None,
            rung: None,
            reason: Reason::Failed,
            tokens: None,
            discards: true,
        };
        assert!(host.obey(stop, Some(0), 1.0));
        assert_eq!((host.cancelled(), host.waiting.len(), &*host.unsent), (vec![1], 0, &[0][..]));
        assert!(host.streams[1].over && !host.over());
        assert_eq!(host.run().answer().as_deref(), Some("x"));
        host.end(0, None, 1.0).unwrap();
        // The third was never sent: its call is given back, and with it its grant.
        assert!(host.asks(1.0) && host.unsent.is_empty());
        assert_eq!(host.run().spent().samples, 2);
    }
}
