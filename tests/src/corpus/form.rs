use std::fs;
use std::io;
use std::path::Path;

/// How a client stands in somebody's crate, beside the public module of a library under edition 2024.
#[derive(Debug)]
pub(super) struct Form {
    /// The package's name.
    pub(super) name: &'static str,
    edition: &'static str,
    /// The root file below `src`, and what stands in it.
    root: (&'static str, &'static str),
}

/// Which forms are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Forms {
    /// A public module of a library under edition 2024, and a private one of a program under edition 2021.
    #[default]
    Usual,
    /// Both crates under both editions, and the client of one file that build scripts include.
    All,
}

const LIBRARY: (&str, &str) = (
    "lib.rs",
    "//! A generated client under test.\n#![deny(warnings)]\n\n#[path = \"../../src/client/mod.rs\"]\npub mod client;\n",
);
const PROGRAM: (&str, &str) = (
    "main.rs",
    "//! A generated client under test.\n#![deny(warnings)]\n\n#[path = \"../../src/client/mod.rs\"]\nmod client;\n\nfn main() {}\n",
);
const INCLUDED: (&str, &str) = (
    "main.rs",
    "//! A generated client under test.\n#![deny(warnings)]\n\ninclude!(\"../../single/subject.rs\");\n\nfn main() {}\n",
);

impl Form {
    /// Those of [`Forms::Usual`] first.
    pub(super) const ALL: &'static [Self] = &[
        Self { name: "program-2021", edition: "2021", root: PROGRAM },
        Self { name: "program-2024", edition: "2024", root: PROGRAM },
        Self { name: "library-2021", edition: "2021", root: LIBRARY },
        Self { name: "included-2021", edition: "2021", root: INCLUDED },
        Self { name: "included-2024", edition: "2024", root: INCLUDED },
    ];

    /// Writes the package into its folder below that of all packages.
    pub(super) fn set_up(&self, workspace: &Path, packages: &Path) -> io::Result<()> {
        let package = packages.join(self.name);
        fs::create_dir_all(package.join("src"))?;
        fs::write(package.join("Cargo.toml"), manifest(self.name, self.edition, workspace))?;
        fs::write(package.join("src").join(self.root.0), self.root.1)
    }
}

impl Forms {
    /// The forms that are checked beside the library.
    pub(super) fn others(self) -> &'static [Form] {
        match self {
            Self::Usual => &Form::ALL[..1],
            Self::All => Form::ALL,
        }
    }
}

/// A package that links to the runtime; the same for all, so that nothing is built twice.
pub(crate) fn manifest(name: &str, edition: &str, workspace: &Path) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\npublish = false\n\n\
         [dependencies]\ncloudrun-runtime = {{ path = {:?} }}\ntokio = {{ version = \"1\", features = [\"rt\"] }}\n",
        workspace.join("runtime")
    )
}
