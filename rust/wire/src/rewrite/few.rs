//! A list whose first elements need no allocation.

/// Up to `N` elements in place, the rest on the heap: bodies have few parameters, unless somebody repeats them.
#[derive(Debug)]
pub(super) struct Few<T, const N: usize> {
    first: [T; N],
    rest: Vec<T>,
    len: usize,
}

impl<T: Copy + Default, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self { first: [T::default(); N], rest: Vec::new(), len: 0 }
    }
}

impl<T, const N: usize> Few<T, N> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, value: T) {
        match self.first.get_mut(self.len) {
            Some(place) => *place = value,
            None => self.rest.push(value),
        }
        self.len += 1;
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        if index < N {
            self.first.get_mut(index).filter(|_| index < self.len)
        } else {
            self.rest.get_mut(index - N)
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&T> {
        if index < N { self.first.get(index).filter(|_| index < self.len) } else { self.rest.get(index - N) }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().take(self.len).chain(&self.rest)
    }
}
