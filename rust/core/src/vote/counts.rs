//! Votes per answer, with the two largest counts kept up to date in O(1).

/// Votes per answer. Ids are small and dense, so plain vectors hold them.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    votes: Vec<u32>,
    leader: Option<u32>,
    first: u32,
    second: u32,
    total: u32,
    distinct: u32,
    /// None while all votes weigh 1.
    weights: Option<Weights>,
}

/// Sums of weights per answer.
#[derive(Debug, Clone)]
struct Weights {
    sums: Vec<f64>,
    heaviest: Option<u32>,
    most: f64,
    total: f64,
}

impl Counts {
    /// Counts one vote and returns the answer's new count. Counts grow by one, so an answer that passes the leader
    /// passes no other.
    pub(super) fn add(&mut self, id: u32, weight: f64) -> u32 {
        if self.weights.is_some() || weight.to_bits() != 1_f64.to_bits() {
            self.weigh(id, weight);
        }
        if id as usize >= self.votes.len() {
            self.votes.resize(id as usize + 1, 0);
        }
        let Some(count) = self.votes.get_mut(id as usize) else { return 0 };
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

    /// Adds a weight. Before the first weight other than 1, the sums equal the counts.
    #[cold]
    fn weigh(&mut self, id: u32, weight: f64) {
        let weights = self.weights.get_or_insert_with(|| Weights {
            sums: self.votes.iter().map(|&n| f64::from(n)).collect(),
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

    /// The answer with the most votes; of equals, the first to reach its count.
    pub(super) fn leader(&self) -> Option<u32> {
        self.leader
    }

    /// The answer with the most weight; the leader if all votes weigh 1, or none weighs anything.
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

    /// The heaviest answer's share of the weight, in `[0, 1]`; 0 before the first vote.
    pub(super) fn share(&self) -> f64 {
        match &self.weights {
            Some(weights) if weights.total > 0.0 => weights.most / weights.total,
            Some(_) => 0.0,
            None => f64::from(self.first) / f64::from(self.total.max(1)),
        }
    }

    /// Id, votes and weight of each answer with votes.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32, f64)> {
        let sums = self.weights.as_ref().map_or(&[][..], |weights| &weights.sums);
        let weight = move |id: u32, n| sums.get(id as usize).copied().unwrap_or(f64::from(n));
        (0..)
            .zip(self.votes.iter().copied())
            .filter(|(_, n)| *n > 0)
            .map(move |(id, n)| (id, n, weight(id, n)))
    }
}
