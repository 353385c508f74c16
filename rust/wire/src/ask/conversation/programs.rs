//! Statements of programs: chores, and plan mode.

use super::Conversation;
use super::candidate::has_marks;
use crate::ask::chore::{self, HEAD};
use crate::ask::gather::join;
use crate::ask::protocol::says_planning;
use crate::text::Texts;
use rheostat::Result;

/// Bytes of an operator's prompt that are searched for plan mode.
const PROMPT: usize = 4096;

impl<'a, M: Clone> Conversation<'a, M> {
    /// Looks for a program's chore in the operator's prompts and in the messages since the assistant's newest.
    pub(super) fn find_chore<C: Texts<'a, Mark = M>>(&mut self, c: &mut C) -> Result<()> {
        let offers_tools = self.structure.tools_offered > 0;
        for mark in first_and_newest(&self.prompts) {
            let head = join(c, mark, HEAD)?;
            self.request.chore = self.request.chore.or_else(|| chore::of_prompt(&head, offers_tools));
        }
        let recent = if self.recent.len() > 1 { self.recent.as_slice() } else { &[] };
        for mark in recent.iter().filter_map(|candidate| candidate.mark.as_ref()) {
            let head = join(c, mark, HEAD)?;
            self.request.chore = self.request.chore.or_else(|| chore::of(&head, offers_tools));
        }
        Ok(())
    }

    /// Looks for plan mode in the operator's prompts, and in every block since the assistant's newest message that called no tool.
    /// The last statement counts.
    pub(super) fn find_planning<C: Texts<'a, Mark = M>>(&mut self, c: &mut C) -> Result<()> {
        for mark in first_and_newest(&self.prompts) {
            let head = join(c, mark, PROMPT)?;
            self.request.planning |= says_planning(std::iter::once(&*head)) == Some(true);
        }
        for candidate in std::mem::take(&mut self.recent) {
            let read = self.plans.iter().find(|(number, _)| *number == candidate.number);
            let says = match read {
                Some((_, says)) => *says,
                None if has_marks(c, &candidate)? => candidate.read(c, self.cap)?.planning,
                None => None,
            };
            self.request.planning = says.unwrap_or(self.request.planning);
        }
        Ok(())
    }
}

/// The first and the newest prompt of the operator.
fn first_and_newest<M>(prompts: &[M]) -> impl Iterator<Item = &M> {
    prompts.first().into_iter().chain(prompts.last().filter(|_| prompts.len() > 1))
}
