//! Prompts that are the same on every machine, for the benches of the core and of the wire.

const PROMPTS: usize = 1_024;

/// A small generator with a fixed seed: the benches are the same work on every machine.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[(self.next() % words.len() as u64) as usize]
    }

    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// Distinct prompts of exactly `size` bytes: ordinary words, some digits, some punctuation.
pub(crate) fn prompts(size: usize) -> Vec<String> {
    let words = [
        "what",
        "is",
        "the",
        "reliable",
        "way",
        "to",
        "repair",
        "a",
        "kettle",
        "prove",
        "that",
        "every",
        "graph",
        "with",
        "vertices",
        "compare",
        "interest",
        "rates",
        "function",
        "returns",
        "records",
        "first",
        "then",
        "patient",
        "contract",
        "clause",
        "translate",
        "letter",
        "harbour",
        "estimate",
        "without",
        "because",
    ];
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 ^ size as u64);
    let count = if size > 4_096 { PROMPTS / 8 } else { PROMPTS };
    let prompt = |_| {
        let mut text = String::with_capacity(size + 16);
        while text.len() < size {
            match numbers.next() % 12 {
                0 => text.push_str(&(numbers.next() % 9_999).to_string()),
                1 => text.push_str("? "),
                2 => text.push_str(", "),
                _ => text.push_str(numbers.pick(&words)),
            }
            text.push(' ');
        }
        text.truncate(size);
        text
    };
    (0..count).map(prompt).collect()
}

/// Goes through `items` again and again.
pub(crate) struct Rotation<'a, T> {
    items: &'a [T],
    at: usize,
}

impl<'a, T> Rotation<'a, T> {
    pub(crate) fn new(items: &'a [T]) -> Self {
        Self { items, at: 0 }
    }

    pub(crate) fn next(&mut self) -> &'a T {
        self.at = (self.at + 1) % self.items.len();
        &self.items[self.at]
    }
}
