//! The answer in `\boxed{…}`.
//!
//! ```text
//! group = box {joint box}                    the last group counts: an earlier one was taken back
//! joint = and | or | label | operator        \boxed{3} and \boxed{5}   (a) \boxed{3} (b) \boxed{5}   \boxed{1}/\boxed{2}
//! box   = [sign] "\boxed{" … "}" [unit | factor]        -\boxed{5}   \boxed{5} meters   \boxed{5}\pi
//! ```
//!
//! Where what stands around the boxes may change what they say, as in `\boxed{3} to \boxed{5}` and `2\boxed{3}`, the whole
//! text counts, without the frames.

use super::beside::{bounds, factor, is_attached, unit_behind};
use super::joint::{Joint, Label, has_label, joint, label_before};
use std::borrow::Cow;

/// One box of a group.
struct Item {
    joint: &'static str,
    label: Option<Label>,
    text: String,
}

/// The groups of `\boxed{…}` at the end of a text, with the signs, units and factors beside them. Boxes that only
/// separators or labels part are one answer, as in `\boxed{3}, \boxed{5}`; an earlier box was taken back.
pub(super) fn content(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut group: Vec<Item> = Vec::new();
    let mut bulleted = false;
    let (mut rest, mut last) = (text, "");
    while let Some((before, content, after)) = next_box(rest) {
        let (between, sign) = signed(before, !group.is_empty());
        let found = if group.is_empty() { Joint::TakenBack } else { joint(between, bulleted) };
        let (unit, behind) = unit_behind(after);
        let (factor, behind) = if unit.is_empty() { factor(after) } else { ("", behind) };
        rest = behind;
        let (joint, label) = match found {
            Joint::Joined(joint, label) => (joint, label),
            Joint::Denied => continue,
            // An open joint between equal boxes repeats the answer.
            Joint::Open if content != last => return Some(unframed(text)),
            Joint::Open | Joint::TakenBack => {
                let label = label_before(between);
                // An earlier part has no box.
                let partly = matches!(label, Some(Label::Part(2..)))
                    && between.trim_end().rsplit_once(' ').is_some_and(|(head, _)| has_label(head));
                if partly || is_attached(between, after) {
                    return Some(unframed(text));
                }
                group.clear();
                bulleted = sign.is_empty() && between.trim_end().ends_with(['-', '*', '•', '+']);
                ("", label)
            }
        };
        if bounds(behind) {
            return Some(unframed(text));
        }
        last = content;
        let joins = !sign.is_empty() || !factor.is_empty();
        let inner = if joins { enclosed(content) } else { Cow::Borrowed(content) };
        group.push(Item { joint, label, text: [sign, &inner, &unit, factor].concat() });
    }
    match group.len() {
        0 => None,
        1 => group.pop().map(|item| item.text),
        _ => Some(listed(group).unwrap_or_else(|| unframed(text))),
    }
}

/// The boxes of a group in the order of their labels; None if labels leave the order open.
fn listed(mut group: Vec<Item>) -> Option<String> {
    let place = |item: &Item| match item.label {
        Some(Label::Part(place)) => Some(place as usize),
        _ => None,
    };
    // `x = \boxed{3}, \boxed{5}`: a label of the first box alone is one of the group.
    let labelled = group.iter().skip(1).any(|item| item.label.is_some());
    let named = group.iter().all(|item| matches!(item.label, Some(Label::Name(_))));
    if labelled && !named {
        let joints: Vec<_> = group.iter().map(|item| item.joint).collect();
        let first = if group.first()?.label.is_none() { Some(1) } else { place(group.first()?) }?;
        let mut placed = vec![(first, 0)];
        for (at, item) in group.iter().enumerate().skip(1) {
            placed.push((place(item)?, at));
        }
        placed.sort_unstable();
        if placed.iter().zip(1..).any(|((place, _), count)| *place != count) {
            return None;
        }
        group.sort_by_key(|item| place(item).unwrap_or(1));
        for (item, joint) in group.iter_mut().zip(joints) {
            item.joint = joint;
        }
    }
    // A box may hold a decimal comma.
    let commas = group.iter().any(|item| item.text.contains(','));
    let mut form = String::new();
    for item in group {
        form.push_str(if commas && item.joint == ", " { "; " } else { item.joint });
        if let Some(Label::Name(name)) = item.label.filter(|_| named && labelled) {
            form.extend([&name, "="]);
        }
        form.push_str(&item.text);
    }
    Some(form)
}

/// The text without the frames of its boxes.
fn unframed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, content, after)) = next_box(rest) {
        out.push_str(before);
        // `2\boxed{3}` is not 23.
        let glued = |c: char| c.is_ascii_alphanumeric() || matches!(c, '}' | ')' | '^');
        if before.ends_with(glued) || after.starts_with(glued) {
            out.extend(["(", content, ")"]);
        } else {
            out.push_str(content);
        }
        rest = after;
    }
    out + rest
}

/// The text before the next box, the box's content, and the text behind it.
fn next_box(text: &str) -> Option<(&str, &str, &str)> {
    let at = [text.find("\\boxed"), text.find("\\fbox")].into_iter().flatten().min()?;
    let (before, found) = text.split_at(at);
    let inner = found.strip_prefix("\\boxed").or_else(|| found.strip_prefix("\\fbox"))?.trim_start();
    let Some(inner) = inner.strip_prefix('{') else {
        let length = inner.chars().next().map_or(0, char::len_utf8);
        let (content, after) = inner.split_at(length);
        return Some((before, content, after));
    };
    let mut depth = 1;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let (content, after) = inner.split_at(at);
            return Some((before, content, &after[1..]));
        }
    }
    None
}

/// The text before a box without the sign or currency that belongs to the box, and that sign. `- ` at the start of a line
/// is a bullet.
fn signed(before: &str, further: bool) -> (&str, &'static str) {
    let spaced = before.trim_end();
    let signs = [("-", "-"), ("\\pm", "\\pm "), ("±", "±"), ("€", "€"), ("£", "£"), ("¥", "¥"), ("₹", "₹")];
    let found = signs.iter().find_map(|(sign, written)| Some((spaced.strip_suffix(sign)?, *written)));
    let Some((head, sign)) = found else { return (before, "") };
    let glued = spaced.len() == before.len();
    let opens = |head: &str| head.ends_with(['$', '=', '(', '[', '{']);
    let fits = if glued {
        head.is_empty() && !further || opens(head) || head.ends_with([' ', ':', '~', '*', ','])
    } else {
        opens(head.trim_end())
    };
    if fits { (head, sign) } else { (before, "") }
}

/// The content in brackets, if it is a sum.
fn enclosed(content: &str) -> Cow<'_, str> {
    if content.contains(['+', '-']) { Cow::Owned(format!("({content})")) } else { Cow::Borrowed(content) }
}
