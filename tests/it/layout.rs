//! The layout of the source: who may depend on whom, and where tenants are crossed.

use std::collections::BTreeSet;
use std::path::Path;

/// Contexts, from the bottom up. Each may name itself and those before it.
const CONTEXTS: [&str; 5] = ["accounts", "customers", "ledger", "billing", "metrics"];

/// What stands above them all. Only who is named here may name it.
const ABOVE: [&str; 2] = ["transfer", "erasure"];

/// The source files by path, each with its lines of code: without comments.
fn source() -> Vec<(String, Vec<String>)> {
    fn walk(folder: &Path, files: &mut Vec<(String, Vec<String>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned);
                let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
                files.push((name, lines.collect()));
            }
        }
    }
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files.sort();
    assert!(files.len() > 50, "only {} files", files.len());
    files
}

/// The contexts that code names: `crate::customers::…`, also within `use crate::{…}`.
fn contexts_named(lines: &[String]) -> BTreeSet<&'static str> {
    let code = lines.join(" ");
    let mut named = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        let group = match rest.strip_prefix('{') {
            Some(group) => group.split(';').next().unwrap_or_default(),
            None => rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default(),
        };
        let words = group.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        for word in words {
            named.extend(CONTEXTS.iter().find(|context| **context == word));
        }
    }
    named
}

#[test]
fn contexts_depend_downward_only_and_the_platform_on_none() {
    let mut violations = Vec::new();
    for (path, lines) in source() {
        let place = path.strip_prefix("src/").unwrap();
        // GraphQL is a graph; the schema, the documents and the commands are put together from everything.
        let whole = ["schema.rs", "documents.rs"].contains(&place);
        // So do files that are imported, and what a person leaves.
        let above = ABOVE.iter().any(|folder| place.starts_with(&format!("{folder}/")));
        if place.ends_with("/object.rs") || whole || above || place.starts_with("cli/") {
            continue;
        }
        let folder = place.split('/').next().unwrap();
        let may_name = CONTEXTS.iter().position(|context| *context == folder).map_or(0, |level| level + 1);
        for named in contexts_named(&lines) {
            if !CONTEXTS[..may_name].contains(&named) {
                violations.push(format!("{path} names {named}"));
            }
        }
    }
    assert_eq!(violations, Vec::<String>::new());
}

#[test]
fn what_stands_above_the_contexts_is_named_by_the_schema_the_commands_and_http_alone() {
    let mut namers = BTreeSet::new();
    for (path, lines) in source() {
        let code = lines.join(" ");
        let place = path.strip_prefix("src/").unwrap();
        for above in ABOVE {
            if code.contains(&format!("crate::{above}")) && !place.starts_with(&format!("{above}/")) {
                namers.insert(place.to_owned());
            }
        }
    }
    let expected = ["cli/export.rs", "cli/import.rs", "http/export.rs", "http/import.rs", "schema.rs"];
    assert_eq!(namers.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn names_of_contexts_are_found_in_every_way_to_write_them() {
    let named = |code: &str| contexts_named(&[code.to_owned()]).into_iter().collect::<Vec<_>>();
    assert_eq!(named("use crate::customers::customer;"), ["customers"]);
    assert_eq!(named("use crate::{accounts::user, db, ledger::{charge, sale}};"), ["accounts", "ledger"]);
    assert_eq!(named("fn f(c: crate::ledger::Charge) {}"), ["ledger"]);
    assert_eq!(named("use crate::db::tables::customers; let accounts = 1;"), Vec::<&str>::new());
}

#[test]
fn tenants_are_crossed_in_these_places_only() {
    let mut places = Vec::new();
    for (path, lines) in source() {
        let mut function = String::new();
        for line in &lines {
            if let Some((_, rest)) = line.split_once("fn ") {
                function = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            }
            if line.contains("Scope::System") {
                places.push(format!("{path}: {function}"));
            }
        }
    }
    let expected = [
        // Before anyone is signed in, or while it changes in which business they are.
        "src/accounts/session/mutation.rs: sign_up",
        "src/accounts/session/mutation.rs: sign_in",
        "src/accounts/session/mutation.rs: sign_in",
        "src/accounts/session/mutation.rs: refresh",
        "src/accounts/session/mutation.rs: switch",
        // Looks up who is connected, of all businesses at once.
        "src/auth/lookup.rs: present",
        // Asks which businesses have something due; the work in each is done in its own scope.
        "src/billing/engine/run.rs: run",
        // Finds the demo's users and whether its businesses are there.
        "src/cli/demo/mod.rs: slugs_of_owner",
        "src/cli/demo/mod.rs: make_staff",
        // Finds the business by its slug; files are imported and exported in its scope.
        "src/cli/import.rs: owner_of",
        // Lists the businesses; each is checked or billed in its own scope.
        "src/cli/mod.rs: businesses",
        // Where the scope is put into effect.
        "src/db/transaction.rs: start",
        // Follow the log of all businesses.
        "src/events/relay.rs: spawn",
        "src/events/relay.rs: relay",
        // Reads no table at all.
        "src/http/mod.rs: health",
        // Asks which businesses have figures to roll up; each is done in its own scope.
        "src/metrics/figures/roll.rs: run",
    ];
    assert_eq!(places, expected);
}
