//! The rooms of the core in their order, and that no import runs against it.
//!
//! A room is a module at the top of `src/`. The test reads the `crate::`, `super::` and child paths of each source file, its
//! tests and comments left out, follows re-exports to the file that defines a name, and fails on
//!
//! - a room that is not in [`ROOMS`], or is listed and gone;
//! - a path from a room to a later one;
//! - a circle between the files of one room that is not in [`CIRCLES`], or is listed and gone.

#![allow(clippy::unwrap_used)] // a test that cannot read its files has failed

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Each room may use those before it. ARCHITECTURE.md and the head of `lib.rs` draw the same list.
const ROOMS: &str = "
    simd math error digest money keyed named json batch
    query features artifact
    strategy ladder outcome ledger session guarantee cadence sleep
    estimate
    policy vote signal rules
    plan
    run
    learn governor
";

/// Circles between the files of a room that stand, and why.
const CIRCLES: &[(&str, &str)] = &[(
    "run run/brief run/call run/judge run/judge/drafts run/judge/queue run/judge/ramp run/judge/round run/judge/scores run/judge/worth run/record run/sample run/state run/streams",
    "one state machine behind one lock: its handles, and the files that its events are spread over",
)];

/// A file's module path, such as `query::json::string`; `lib` is the empty path.
type Module = Vec<String>;

/// The core's source files: their text without comments and tests, and what they re-export.
struct Source {
    files: BTreeMap<Module, String>,
    exports: BTreeMap<Module, BTreeMap<String, Module>>,
}

impl Source {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let inner = path.strip_prefix(&root).unwrap().with_extension("");
                let mut module: Module = inner.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
                module.pop_if(|last| matches!(last.as_str(), "mod" | "lib"));
                files.insert(module, code(&std::fs::read_to_string(&path).unwrap()));
            }
        }
        let mut source = Self { files, exports: BTreeMap::new() };
        for module in source.files.keys().cloned().collect::<Vec<_>>() {
            let exported = source.paths(&module).into_iter().filter(|path| path.exported);
            let named = exported.map(|path| (path.parts.last().unwrap().clone(), path.parts)).collect();
            source.exports.insert(module, named);
        }
        source
    }

    /// The paths that a file names, from the root of the crate on.
    fn paths(&self, module: &Module) -> Vec<Named> {
        let text = &self.files[module];
        let mut all = Vec::new();
        for (at, word) in words(text) {
            let before = text[..at].trim_end();
            if before.ends_with("::") || before.ends_with("(in") || !text[at + word.len()..].starts_with("::")
            {
                continue;
            }
            let start = match word {
                "crate" => Module::new(),
                "super" => module[..module.len() - 1].to_vec(),
                child if self.files.contains_key(&[&module[..], &[child.to_owned()]].concat()) => {
                    [&module[..], &[child.to_owned()]].concat()
                }
                _ => continue,
            };
            let exported = before.strip_suffix("use").is_some_and(|before| {
                let before = before.trim_end();
                before.ends_with("pub") || before.ends_with(')')
            });
            let mut parts = Vec::new();
            tree(&text[at + word.len() + 2..], &start, &mut parts);
            all.extend(parts.into_iter().map(|parts| Named { parts, exported }));
        }
        all
    }

    /// The file that defines what a path names.
    fn file_of(&self, path: &Module) -> Module {
        let mut module = Module::new();
        for part in path {
            let deeper = [&module[..], std::slice::from_ref(part)].concat();
            if self.files.contains_key(&deeper) {
                module = deeper;
            } else {
                let exports = self.exports.get(&module);
                return exports.and_then(|e| e.get(part)).map_or(module, |target| self.file_of(target));
            }
        }
        module
    }

    /// From which file to which others paths lead, re-exports left out.
    fn arrows(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let arrows = |module: &Module| {
            // What is re-exported is used, too, where its name stands in the file's own code.
            let own: BTreeSet<&str> = self.files[module]
                .split(';')
                .filter(|item| {
                    let item = item.trim_start().trim_start_matches("pub").trim_start();
                    !["use ", "mod ", "(crate) use ", "(crate) mod ", "(super) use "]
                        .iter()
                        .any(|start| item.starts_with(start))
                })
                .flat_map(|item| words(item).map(|(_, word)| word))
                .collect();
            let again = |path: &Named| path.parts.last().is_some_and(|name| own.contains(&**name));
            let used = self.paths(module).into_iter().filter(|path| !path.exported || again(path));
            used.map(|path| self.file_of(&path.parts)).filter(|to| to != module).collect()
        };
        self.files.keys().map(|module| (module.clone(), arrows(module))).collect()
    }
}

/// A path, and whether it is re-exported where it stands.
struct Named {
    parts: Module,
    exported: bool,
}

/// A file's text without comments, and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let text = text.split("#[cfg(test)]\n#[path").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Identifiers, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(inside)?;
        let length = text[start..].find(|c| !inside(c)).unwrap_or(text.len() - start);
        from = start + length;
        Some((start, &text[start..from]))
    })
}

/// Reads a path, or a tree of them in braces, that goes on from `before`; gives back what follows it.
fn tree<'a>(text: &'a str, before: &Module, all: &mut Vec<Module>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start().trim_start_matches(',').trim_start();
            if let Some(rest) = rest.strip_prefix('}') {
                return rest;
            }
            let left = tree(rest, before, all);
            assert!(left.len() < rest.len(), "no path at {rest:.40}");
            rest = left;
        }
    }
    let Some((0, word)) = words(text).next() else {
        all.push(before.clone());
        return text;
    };
    let path = match word {
        "super" => before[..before.len() - 1].to_vec(),
        "self" => before.clone(),
        _ => [&before[..], &[word.to_owned()]].concat(),
    };
    let rest = &text[word.len()..];
    if let Some(rest) = rest.strip_prefix("::") {
        return tree(rest, &path, all);
    }
    all.push(path);
    rest.trim_start().strip_prefix("as ").map_or(rest, |rest| {
        let name = words(rest).next().map_or(0, |(at, name)| at + name.len());
        &rest[name..]
    })
}

/// The groups of files that reach each other, by the names of their files.
fn circles(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<String> {
    let reached = |from: &Module| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = next.pop() {
            for to in arrows[&module].iter().filter(|to| to.first() == from.first()) {
                if seen.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&Module, BTreeSet<Module>> =
        arrows.keys().map(|module| (module, reached(module))).collect();
    let circle = |module: &&Module| -> Vec<String> {
        let both = |other: &&Module| reach[*module].contains(*other) && reach[*other].contains(*module);
        reach.keys().filter(|other| both(other)).map(|other| other.join("/")).collect()
    };
    reach.keys().map(circle).filter(|circle| circle.len() > 1).map(|circle| circle.join(" ")).collect()
}

#[test]
fn no_room_uses_a_later_one() {
    let order: Vec<&str> = ROOMS.split_whitespace().collect();
    let source = Source::read();
    let rooms: BTreeSet<&str> =
        source.files.keys().filter_map(|module| module.first()).map(|r| &**r).collect();
    assert_eq!(rooms, order.iter().copied().collect(), "the rooms of src/ are not those that are listed");
    let place = |room: &str| order.iter().position(|known| *known == room);
    let mut upward = Vec::new();
    for (from, all) in source.arrows() {
        let Some(room) = from.first() else { continue };
        for to in all {
            let up = to.first().is_none_or(|to| place(to) > place(room));
            if up {
                upward.push(format!("{} uses {}", from.join("::"), to.join("::")));
            }
        }
    }
    assert!(upward.is_empty(), "arrows that run up:\n{}", upward.join("\n"));
}

#[test]
fn the_core_names_no_other_crate_of_the_project() {
    let manifest = include_str!("../Cargo.toml");
    assert!(
        !manifest.contains("rheostat-") && !manifest.contains("path = \"../"),
        "an arrow from the core to a crate above it"
    );
}

#[test]
fn circles_inside_a_room_have_a_reason() {
    let found = circles(&Source::read().arrows());
    let listed: BTreeSet<String> = CIRCLES.iter().map(|(files, _)| (*files).to_owned()).collect();
    assert_eq!(found, listed, "left: circles that are there; right: those that are listed");
}

#[test]
fn paths_are_read_as_rust_reads_them() {
    let mut all = Vec::new();
    let rest = tree("{a::{b, c as d}, e::F,\n self};", &vec!["x".to_owned()], &mut all);
    let all: Vec<String> = all.iter().map(|path| path.join("::")).collect();
    assert_eq!((all, rest), (["x::a::b", "x::a::c", "x::e::F", "x"].map(str::to_owned).to_vec(), ";"));
    assert_eq!(code("a // crate::b\n#[cfg(test)]\nmod tests {}"), "a ");
}

#[test]
fn documents_draw_the_same_list() {
    let rooms: Vec<&str> = ROOMS.split_whitespace().collect();
    for document in ["src/lib.rs", "../../ARCHITECTURE.md"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
        let from = text.find("simd math error").unwrap();
        // The description of a row stands four blanks to the right of its rooms.
        let rows = text[from..].lines().take(8);
        let rows = rows.filter_map(|row| row.trim_start_matches("//!").trim().split("    ").next());
        let found: Vec<&str> = rows.flat_map(str::split_whitespace).collect();
        assert_eq!(found, rooms, "{document}");
    }
}
