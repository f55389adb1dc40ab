use super::{Code, Diagnostic, Place, Severity};
use crate::openapi::Origins;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

/// All findings of a run, in the order in which they were made, each once. Errors are collected, so that a user sees
/// all of them at once.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    seen: HashSet<String>,
    origins: Arc<Origins>,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.place = self.origins.written(diagnostic.place);
        if self.seen.insert(diagnostic.to_string()) {
            self.all.push(diagnostic);
        }
    }

    /// From here on places are those of the rearranged tree; what is found is told where it was written.
    pub(crate) fn set_origins(&mut self, origins: Origins) {
        self.origins = Arc::new(origins);
    }

    /// Where the node at a place of the rearranged tree was written.
    pub(crate) fn written(&self, place: Place) -> Place {
        self.origins.written(place)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.all.iter_mut()
    }

    /// The findings.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// Whether nothing can be generated.
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many findings of a severity there are.
    pub fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// The findings as lines for people: of each kind of warning the first few, then how many more there are. Errors are
    /// always all there.
    ///
    /// ```no_run
    /// # let client = cloudrun_codegen::generate("a".as_ref(), &cloudrun_codegen::Options::new("ab"), cloudrun_codegen::Layout::Single)?;
    /// for line in client.diagnostics().condensed(5) {
    ///     eprintln!("{line}");
    /// }
    /// # Ok::<(), cloudrun_codegen::Diagnostics>(())
    /// ```
    pub fn condensed(&self, per_kind: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
        for diagnostic in &self.all {
            let count = counts.entry(diagnostic.code).or_default();
            *count += usize::from(diagnostic.severity == Severity::Warning);
            if diagnostic.severity == Severity::Error || *count <= per_kind {
                lines.push(diagnostic.to_string());
            }
        }
        for (code, count) in counts.into_iter().filter(|(_, count)| *count > per_kind) {
            lines.push(format!("warning[{code}]: {} more of this kind:{}", count - per_kind, code.summary()));
        }
        lines
    }

    /// Turns warnings into errors, for builds that accept no repair.
    pub(crate) fn deny_warnings(&mut self) {
        for diagnostic in &mut self.all {
            diagnostic.severity = Severity::Error;
        }
    }
}

/// One line per finding.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.all.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::Diagnostics;
    use crate::diagnostic::{Code, Diagnostic, Place};

    #[test]
    fn many_warnings_of_a_kind_are_counted_not_listed() {
        let mut diagnostics = Diagnostics::default();
        for number in 0..10 {
            let place = Place::file(&"a.yaml".into()).index(number);
            diagnostics.push(Diagnostic::warning(Code::UnknownKey, place.clone(), "odd"));
            diagnostics.push(Diagnostic::error(Code::Syntax, place, "bad"));
        }
        let lines = diagnostics.condensed(3);
        assert_eq!(lines.iter().filter(|line| line.contains("error")).count(), 10);
        assert_eq!(lines.len(), 14);
        assert!(lines.last().is_some_and(|line| line.starts_with("warning[CR0203]: 7 more of this kind: ")));
    }
}
