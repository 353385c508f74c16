//! Counts of answers, with the two largest always at hand.

/// Votes by answer. Ids are small and dense, so the counts are plain vectors.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    counts: Vec<u32>,
    leader: Option<u32>,
    first: u32,
    second: u32,
    total: u32,
    distinct: u32,
    /// None while every vote has weighed 1.
    weights: Option<Weights>,
}

/// Sums of weights by answer.
#[derive(Debug, Clone)]
struct Weights {
    sums: Vec<f64>,
    heaviest: Option<u32>,
    most: f64,
    total: f64,
}

impl Tally {
    /// One vote, in O(1); gives the answer's new count. A count only ever grows by one, so whoever passes the leader
    /// passes the old leader only.
    pub(super) fn add(&mut self, id: u32, weight: f64) -> u32 {
        if self.weights.is_some() || weight.to_bits() != 1_f64.to_bits() {
            self.weigh(id, weight);
        }
        if id as usize >= self.counts.len() {
            self.counts.resize(id as usize + 1, 0);
        }
        let Some(count) = self.counts.get_mut(id as usize) else { return 0 };
        *count += 1;
        let count = *count;
        self.total += 1;
        self.distinct += u32::from(count == 1);
        if self.leader == Some(id) {
            self.first = count;
        } else if count > self.first {
            self.second = self.first;
            self.first = count;
            self.leader = Some(id);
        } else {
            self.second = self.second.max(count);
        }
        count
    }

    /// Adds to the weights, which up to the first that is not 1 are the counts.
    #[cold]
    fn weigh(&mut self, id: u32, weight: f64) {
        let weights = self.weights.get_or_insert_with(|| Weights {
            sums: self.counts.iter().map(|&n| f64::from(n)).collect(),
            heaviest: self.leader,
            most: f64::from(self.first),
            total: f64::from(self.total),
        });
        if id as usize >= weights.sums.len() {
            weights.sums.resize(id as usize + 1, 0.0);
        }
        let Some(sum) = weights.sums.get_mut(id as usize) else { return };
        *sum += weight;
        weights.total += weight;
        if *sum > weights.most {
            weights.most = *sum;
            weights.heaviest = Some(id);
        }
    }

    /// The answer with the most votes; of equals, the one that reached its count first.
    pub(super) fn leader(&self) -> Option<u32> {
        self.leader
    }

    /// The answer with the most weight; the leader while votes weigh the same, or nothing.
    pub(super) fn heaviest(&self) -> Option<u32> {
        self.weights.as_ref().map_or(self.leader, |weights| weights.heaviest.or(self.leader))
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

    pub(super) fn distinct(&self) -> u32 {
        self.distinct
    }

    /// The heaviest answer's share of the weight, which without weights is the leader's share of the votes; 0 before
    /// the first.
    pub(super) fn share(&self) -> f64 {
        match &self.weights {
            Some(weights) if weights.total > 0.0 => weights.most / weights.total,
            Some(_) => 0.0,
            None => f64::from(self.first) / f64::from(self.total.max(1)),
        }
    }

    /// Id, votes and weight of every answer that has any.
    pub(super) fn counts(&self) -> impl Iterator<Item = (u32, u32, f64)> {
        let sums = self.weights.as_ref().map_or(&[][..], |weights| &weights.sums);
        let weight = move |id: u32, n| sums.get(id as usize).copied().unwrap_or(f64::from(n));
        (0..)
            .zip(self.counts.iter().copied())
            .filter(|(_, n)| *n > 0)
            .map(move |(id, n)| (id, n, weight(id, n)))
    }
}
