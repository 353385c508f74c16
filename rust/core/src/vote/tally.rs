//! Counts of answers, with the two largest always at hand.

/// Votes by answer. Ids are small and dense, so the counts are a plain vector; weighted votes would keep their sums
/// beside them.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    counts: Vec<u32>,
    leader: Option<u32>,
    first: u32,
    second: u32,
    total: u32,
}

impl Tally {
    /// One vote, in O(1): a count only ever grows by one, so whoever passes the leader passes the old leader only.
    pub(super) fn add(&mut self, id: u32) {
        if id as usize >= self.counts.len() {
            self.counts.resize(id as usize + 1, 0);
        }
        let Some(count) = self.counts.get_mut(id as usize) else { return };
        *count += 1;
        self.total += 1;
        if self.leader == Some(id) {
            self.first = *count;
        } else if *count > self.first {
            self.second = self.first;
            self.first = *count;
            self.leader = Some(id);
        } else {
            self.second = self.second.max(*count);
        }
    }

    pub(super) fn leader(&self) -> Option<u32> {
        self.leader
    }

    /// The leader's votes.
    pub(super) fn first(&self) -> u32 {
        self.first
    }

    /// The most votes of any other answer.
    pub(super) fn second(&self) -> u32 {
        self.second
    }

    pub(super) fn total(&self) -> u32 {
        self.total
    }

    /// Id and votes of every answer that has any.
    pub(super) fn counts(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..).zip(self.counts.iter().copied()).filter(|(_, n)| *n > 0)
    }
}
