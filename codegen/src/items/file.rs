//! Names that no file of a module can have, on whatever system the client is checked out.

/// Devices of Windows, whatever stands behind a dot (Microsoft, "Naming Files, Paths, and Namespaces").
const DEVICES: [&str; 6] = ["aux", "con", "nul", "prn", "conin$", "conout$"];

/// Devices that have a number from 0 to 9 behind them.
const PORTS: [&str; 2] = ["com", "lpt"];

/// Whether a module cannot have a file of this name: `mod.rs` is the parent's own.
pub(crate) fn is_reserved_file(module: &str) -> bool {
    let is_port =
        |port: &&str| module.strip_prefix(*port).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    module == "mod" || DEVICES.contains(&module) || PORTS.iter().any(|port| is_port(&port))
}

#[cfg(test)]
mod tests {
    use super::is_reserved_file;

    #[test]
    fn devices_and_the_parents_file_are_no_modules() {
        assert!(["mod", "aux", "con", "com1", "lpt9"].into_iter().all(is_reserved_file));
        assert!(!["model", "auxiliary", "com", "com10", "lib"].into_iter().any(is_reserved_file));
    }
}
