//! Names that no file of a module can have, on whatever system the client is checked out.

/// `mod.rs` is the parent's own; the others are devices of Windows, whatever stands behind a dot (Microsoft, "Naming
/// Files, Paths, and Namespaces").
#[rustfmt::skip]
pub(super) const NAMES: [&str; 25] = [
    "mod", "aux", "con", "nul", "prn",
    "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Whether a module cannot have a file of this name.
pub(crate) fn is_reserved_file(module: &str) -> bool {
    NAMES.contains(&module)
}
