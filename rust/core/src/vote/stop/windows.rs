//! The windows of ESC (Li et al. 2024).

/// The current window.
#[derive(Debug, Clone)]
pub(in crate::vote) struct Windows {
    size: u32,
    seen: u32,
    /// The window's answer, while all its samples agree.
    common: Option<u32>,
}

impl Windows {
    pub(super) fn new(size: u32) -> Self {
        Self { size, seen: 0, common: None }
    }

    pub(super) fn see(&mut self, answer: Option<u32>) {
        if self.seen == self.size {
            self.seen = 0;
        }
        self.common =
            if self.seen == 0 { answer } else { self.common.filter(|&common| answer == Some(common)) };
        self.seen += 1;
    }

    /// The answer of a full window whose samples agree.
    pub(super) fn agreed(&self) -> Option<u32> {
        self.common.filter(|_| self.seen == self.size)
    }
}
