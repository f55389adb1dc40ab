//! Where a reference leads: in come its text and the file it stands in, out goes a file below the base folder and a
//! pointer into it. URLs, absolute paths and whatever leaves the folder are refused.

use crate::diagnostic::Code;
use crate::load::read::Files;
use std::path::{Component, Path, PathBuf};
use std::{fmt, io};

/// A reference, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The file, relative to the root document's folder; empty for the file that the reference stands in.
    pub(super) file: PathBuf,
    pub(super) pointer: String,
}

/// Why a reference is not followed.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It is no relative path with `/`.
    NotRelative,
    /// It leads out of the base folder.
    Outside(PathBuf),
    /// There is no such file, or it may not be looked at.
    Unreadable(PathBuf, io::Error),
}

impl Refusal {
    pub(super) fn code(&self) -> Code {
        match self {
            Self::NotRelative | Self::Outside(_) => Code::ForbiddenReference,
            Self::Unreadable(..) => Code::DanglingReference,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRelative => f.write_str(
                "only files below the root document's folder are read, by relative paths with `/`",
            ),
            Self::Outside(file) => write!(
                f,
                "`{}` is outside the folder of the root document; a wider base folder can be configured",
                file.display()
            ),
            Self::Unreadable(file, error) => {
                write!(f, "the file `{}` cannot be read: {error}", file.display())
            }
        }
    }
}

/// Splits `schemas/Pet%20Shop.yaml#/definitions/Pet`. `from` is the referring file, relative to the root's folder.
pub(super) fn split(reference: &str, from: &Path) -> Result<Target, Refusal> {
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let pointer = percent_decode(fragment);
    if file.is_empty() {
        return Ok(Target { file: from.to_owned(), pointer });
    }
    let decoded = percent_decode(file);
    let has_scheme = decoded.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    });
    if has_scheme || decoded.starts_with(['/', '\\']) || decoded.contains('\\') || decoded.contains('\0') {
        return Err(Refusal::NotRelative);
    }
    let folder = from.parent().unwrap_or(Path::new(""));
    Ok(Target { file: normalize(&folder.join(decoded)), pointer })
}

/// Folds `.` and `..`; what climbs above the start keeps its leading `..`.
fn normalize(path: &Path) -> PathBuf {
    let mut folded = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if folded.file_name().is_some() => {
                folded.pop();
            }
            other => folded.push(other),
        }
    }
    folded
}

/// The real path of a file, if it is inside the base folder, links followed.
pub(super) fn inside_base(files: &Files, relative: &Path) -> Result<PathBuf, Refusal> {
    let folder = files.root_folder();
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let canonical =
        |path: &Path| path.canonicalize().map_err(|error| Refusal::Unreadable(relative.to_owned(), error));
    let base = canonical(files.base())?;
    let lexical = normalize(&canonical(folder)?.join(relative));
    // Both the way there and where it ends must be inside.
    if lexical.starts_with(&base) && canonical(&lexical)?.starts_with(&base) {
        Ok(lexical)
    } else {
        Err(Refusal::Outside(relative.to_owned()))
    }
}

pub(super) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::split;
    use std::path::Path;

    fn file(reference: &str) -> Option<String> {
        let target = split(reference, Path::new("a/b.yaml")).ok()?;
        Some(target.file.to_string_lossy().into_owned())
    }

    #[test]
    fn relative_references_start_at_the_referring_file() {
        assert_eq!(file("c.yaml#/x").as_deref(), Some("a/c.yaml"));
        assert_eq!(file("./d/../c.yaml").as_deref(), Some("a/c.yaml"));
        assert_eq!(file("../%E5%AE%A0%20x.yaml").as_deref(), Some("宠 x.yaml"));
        assert_eq!(file("../../up.yaml").as_deref(), Some("../up.yaml"));
        assert_eq!(file("#/x").as_deref(), Some("a/b.yaml"));
    }

    #[test]
    fn urls_and_absolute_paths_are_refused() {
        for bad in [
            "/etc/passwd",
            "file:///etc/passwd",
            "http://a/b",
            "HTTPS://a",
            "\\\\host\\x",
            "C:\\x",
            "%2Fetc/passwd",
        ] {
            assert_eq!(split(bad, Path::new("r.yaml")).ok(), None, "{bad}");
        }
    }
}
