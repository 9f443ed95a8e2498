//! Migrations are built into the binary, which has to notice when there is a new one.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
