//! Numbers that are said to be about right.

/// Words and signs for "about".
const ABOUT: [&str; 13] = [
    "≈",
    "~",
    "about ",
    "approximately ",
    "approx. ",
    "approx ",
    "roughly ",
    "around ",
    "ca. ",
    "circa ",
    "etwa ",
    "environ ",
    "约",
];

/// A number that is said to be about right, as `≈5`. It is no exact one.
pub(super) fn canonical(text: &str) -> Option<String> {
    let rest = ABOUT.iter().find_map(|about| super::choice::strip(text, about))?.trim_start();
    Some(format!("≈{}", super::unit::canonical(rest)?))
}
