//! The tree keeps the habits that we gave it: lengths, docs, where things may stand.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in folders {
        walk(&Path::new(ROOT).join(folder), &mut found);
    }
    assert!(found.len() > 10, "no sources below {folders:?}");
    found
}

fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(ROOT).unwrap().to_owned(), text));
        }
    }
}

const ALL: [&str; 6] = ["src", "domain/src", "projections/src", "domain/tests", "tests", "benches"];

fn all() -> Vec<(PathBuf, String)> {
    let there: Vec<&str> =
        ALL.into_iter().filter(|folder| Path::new(ROOT).join(folder).exists()).collect();
    sources(&there)
}

#[test]
fn files_stay_under_300_lines() {
    for (path, text) in all() {
        let lines = text.lines().count();
        assert!(lines <= 300, "{}: {lines} lines; give a part its own file", path.display());
    }
}

#[test]
fn functions_stay_under_40_lines_unless_they_are_a_table() {
    for (path, text) in all() {
        for (name, body) in functions(&text) {
            let is_entry =
                |line: &&&str| line.contains("=>") || line.contains(": ") && line.ends_with("),");
            let is_table = body.iter().filter(is_entry).count() * 3 > body.len();
            let lines = body.len();
            assert!(
                lines <= 40 || is_table,
                "{}: fn {name} has {lines} lines; name a step of it",
                path.display()
            );
        }
    }
}

/// Each function's name and lines, found by its indentation: the code is formatted.
fn functions(text: &str) -> Vec<(String, Vec<&str>)> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let is_function = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn "]
            .iter()
            .any(|start| code.starts_with(start))
            || code.starts_with("pub") && code.contains(" fn ");
        let indent = line.len() - code.len();
        // A trait's method may be declared over several lines, and have no body.
        let head_end = lines[number..].iter().find(|line| line.ends_with(['{', ';']));
        if is_function && head_end.is_some_and(|line| line.ends_with('{')) {
            let end = format!("{}}}", " ".repeat(indent));
            let body: Vec<&str> =
                lines[number..].iter().copied().take_while(|line| *line != end).collect();
            let name = code.split("fn ").nth(1).unwrap_or_default();
            found.push((name.split(['(', '<']).next().unwrap().to_owned(), body));
        }
    }
    found
}

#[test]
fn every_module_says_what_it_is_for() {
    for (path, text) in all() {
        assert!(text.starts_with("//! "), "{}: open with a line of //! docs", path.display());
    }
}

#[test]
fn the_domain_depends_on_nothing_that_does_io() {
    let manifest = fs::read_to_string(Path::new(ROOT).join("domain/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
    let dependencies = dependencies.split("\n[").next().unwrap();
    let known = ["chrono", "cqrs-es", "foldhash", "serde", "serde_json", "thiserror", "uuid"];
    for line in dependencies.lines().filter(|line| !line.trim().is_empty()) {
        let name = line.split(['.', ' ', '=']).next().unwrap();
        assert!(known.contains(&name), "domain depends on {name}; rules need no such thing");
    }
}

#[test]
fn sql_stands_only_where_it_belongs() {
    let allowed = [
        "src/log",
        "src/read",
        "src/dispatch",
        "src/database.rs",
        "src/pg",
        "src/import",
        "src/tokens",
        "src/fill",
        "src/history",
        "src/verify",
        "src/rebuild",
        "src/spans",
        "src/bench",
        "src/cli/demo",
    ];
    for (path, text) in sources(&["src", "domain/src", "projections/src"]) {
        let shown = path.display().to_string();
        let is_allowed = allowed.iter().any(|place| shown.starts_with(place));
        let has_sql = text.contains("sqlx::query");
        assert!(!has_sql || is_allowed, "{shown}: put its SQL into src/read or src/log");
    }
}

#[test]
fn nothing_is_left_open_in_the_code() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), "#[ignore"];
    for (path, text) in all() {
        for word in words {
            assert!(
                !text.contains(word) || path.ends_with("tidy.rs"),
                "{}: {word}; do it or write it down as a limit",
                path.display()
            );
        }
    }
}

#[test]
fn the_map_names_every_folder() {
    let map = fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).unwrap();
    for folder in fs::read_dir(Path::new(ROOT).join("src")).unwrap() {
        let path = folder.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_named = map.contains(&format!("`src/{name}")) || ["lib", "main"].contains(&&*name);
        assert!(is_named, "ARCHITECTURE.md's map does not name src/{name}");
    }
}
