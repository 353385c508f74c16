//! Finds the outermost blocks of a text, in linear time.

use super::tag::{Found, begins_line, ends_line, read};
use crate::ask::harness::TagKind;
use memchr::memchr_iter;
use std::collections::HashMap;

use TagKind::{Document, Lone};

/// An outermost block: from its opening tag to behind its closing one.
pub(super) struct Block {
    pub(super) start: usize,
    pub(super) inside: (usize, usize),
    pub(super) end: usize,
    pub(super) kind: TagKind,
}

impl Block {
    pub(super) fn inside<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(self.inside.0..self.inside.1).unwrap_or_default()
    }
}

/// The outermost blocks whose kind `wanted` accepts. Head and tail of the text are joined at `seam`, if there is one.
pub(super) fn sweep(text: &[u8], seam: Option<usize>, wanted: impl Fn(TagKind) -> bool) -> Vec<Block> {
    let tags = || memchr_iter(b'<', text).filter_map(|at| read(text, at)).filter(|found| wanted(found.kind));
    let mut last_close = HashMap::new();
    for found in tags().filter(|found| found.closes && (found.kind != Lone || ends_line(text, found.end))) {
        last_close.insert(found.name, found.start);
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Found<'_>> = None;
    let (mut from, mut depth) = (0, 0);
    for found in tags() {
        let last = last_close.get(found.name).copied();
        match &open {
            // Inside a block, only its own closing tag counts.
            Some(block) if found.closes && found.name == block.name => {
                depth -= 1;
                let ends = found.kind != Lone || ends_line(text, found.end);
                if ends && (depth == 0 || last == Some(found.start)) {
                    let (start, inside) = (block.start, (block.end, found.start));
                    blocks.push(Block { start, inside, end: found.end, kind: found.kind });
                    (from, open) = (found.end, None);
                } else {
                    depth = depth.max(1);
                }
            }
            // Material may hold the like of itself, at the beginning of a line.
            Some(block) => {
                let nests = matches!(block.kind, Document | Lone) && found.name == block.name;
                depth += usize::from(nests && begins_line(text, found.start));
            }
            None if !found.closes && (found.kind != Lone || begins_line(text, found.start)) => {
                if last.is_some_and(|last| last > found.start) {
                    (open, depth) = (Some(found), 1);
                } else if let Some(seam) = seam.filter(|seam| found.start < *seam && from <= found.start)
                    && found.kind != Lone
                {
                    // It closes in the part between head and tail, which is not read.
                    let inside = (found.end, seam);
                    blocks.push(Block { start: found.start, inside, end: seam + 1, kind: found.kind });
                    from = seam + 1;
                }
            }
            // It opened in the part between head and tail.
            None => {
                if let Some(seam) = seam.filter(|seam| from <= *seam && found.start > *seam)
                    && found.closes
                    && found.kind != Lone
                {
                    let inside = (seam + 1, found.start);
                    blocks.push(Block { start: seam, inside, end: found.end, kind: found.kind });
                    from = found.end;
                }
            }
        }
    }
    keep_outer(text, &mut blocks);
    blocks
}

/// Keeps blocks of common and unknown names only before and behind everything else.
fn keep_outer(text: &[u8], blocks: &mut Vec<Block>) {
    if blocks.iter().all(|block| block.kind != Lone) {
        return;
    }
    let blank = |from: usize, to: usize| text.get(from..to).is_none_or(|part| part.trim_ascii().is_empty());
    let mut at = 0;
    let leads = |block: &&Block| blank(std::mem::replace(&mut at, block.end), block.start);
    let lead = blocks.iter().take_while(leads).count();
    let (mut trail, mut at) = (blocks.len(), text.len());
    while let Some(block) =
        trail.checked_sub(1).and_then(|last| blocks.get(last)).filter(|b| blank(b.end, at))
    {
        at = block.start;
        trail -= 1;
    }
    let mut index = 0;
    blocks.retain(|block| {
        index += 1;
        block.kind != Lone || index <= lead || index > trail
    });
}
