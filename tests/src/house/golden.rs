use super::Case;
use cloudrun_codegen::Diagnostics;
use similar::TextDiff;
use std::fs;
use std::io;
use std::path::Path;

/// Files that hold what should come out. The variable `UPDATE` has them written instead of compared.
#[derive(Debug, Default)]
pub struct Goldens {
    differences: String,
}

impl Goldens {
    /// Compares what came out with the file. No file is the same as an empty one.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn compare(&mut self, file: &Path, now: &str) -> io::Result<()> {
        let before = fs::read_to_string(file).unwrap_or_default();
        if before == now {
            return Ok(());
        }
        if std::env::var_os("UPDATE").is_some() {
            return if now.is_empty() { fs::remove_file(file) } else { fs::write(file, now) };
        }
        let name = file.display().to_string();
        let lines = TextDiff::from_lines(&before, now);
        self.differences.push_str(&lines.unified_diff().header(&name, "now").to_string());
        Ok(())
    }

    /// What differs, of all files.
    ///
    /// # Errors
    ///
    /// Something does.
    pub fn finish(self) -> io::Result<()> {
        if self.differences.is_empty() {
            return Ok(());
        }
        println!("{}", self.differences);
        Err(io::Error::other("files differ; with UPDATE=1 they are written anew, for `git diff` to show"))
    }
}

/// What the generator has to say of a case, a line each, without the folder that it stands in.
pub fn told(case: &Case, diagnostics: &Diagnostics) -> String {
    let folder = format!("{}/", case.folder.display());
    diagnostics.iter().map(|found| format!("{found}\n")).collect::<String>().replace(&folder, "")
}
