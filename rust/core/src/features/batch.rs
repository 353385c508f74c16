//! The features of many texts, as a sparse matrix of words beside a dense one of values.

use super::scan::Scan;
use super::spec::COUNT;
use crate::batch::in_parts;
use crate::query::Window;

/// Features of many texts, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Row by row, [`COUNT`] values for each text.
    pub values: Vec<f32>,
    /// Hashes of the words of all texts: text `i` has those from `starts[i]` to `starts[i + 1]` (compressed rows).
    pub words: Vec<u32>,
    /// Start of each text's words, and the end of the last one's.
    pub starts: Vec<usize>,
}

impl Batch {
    /// Scans many texts on at most `threads` threads: one per core if not given. With `inputs`, values are as a linear model reads them
    /// ([`Scan::inputs`]), else as counted.
    ///
    /// ```
    /// use rheostat::features::{Batch, COUNT};
    /// use rheostat::query::Window;
    /// let batch = Batch::read(&["one two", "three"], Window::default(), false, Some(2));
    /// assert_eq!((batch.values.len(), batch.starts), (2 * COUNT, vec![0, 2, 3]));
    /// ```
    pub fn read<T: AsRef<[u8]> + Sync>(
        texts: &[T],
        window: Window,
        inputs: bool,
        threads: Option<usize>,
    ) -> Self {
        let mut all = Self::with_capacity(texts.len());
        for part in in_parts(texts, threads, |part| Self::part(part, window, inputs)) {
            let before = all.words.len();
            all.values.extend(part.values);
            all.words.extend(part.words);
            all.starts.extend(part.starts[1..].iter().map(|start| before + start));
        }
        all
    }

    fn part<T: AsRef<[u8]>>(texts: &[T], window: Window, inputs: bool) -> Self {
        let (mut part, mut scan) = (Self::with_capacity(texts.len()), Scan::new());
        for text in texts {
            scan.run(text.as_ref(), window);
            part.values.extend_from_slice(if inputs { scan.inputs() } else { scan.values() });
            part.words.extend_from_slice(&scan.words);
            part.starts.push(part.words.len());
        }
        part
    }

    fn with_capacity(texts: usize) -> Self {
        let mut starts = Vec::with_capacity(texts + 1);
        starts.push(0);
        Self { values: Vec::with_capacity(texts * COUNT), words: Vec::new(), starts }
    }
}
