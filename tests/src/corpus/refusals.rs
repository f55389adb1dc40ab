//! Who gets refused: in come documents, out goes how many of them a user cannot generate a client of, who asks for nothing, and
//! how many valid ones `--strict` refuses, by the codes of the findings.

use super::Document;
use cloudrun_codegen::{Code, Layout, Options, Severity, generate};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::catch_unwind;

/// How many documents were refused, and for what.
#[derive(Clone, Debug, Default)]
struct Refused {
    of: usize,
    refused: usize,
    /// In how many documents each code stood.
    by_code: BTreeMap<Code, usize>,
}

/// The documents that were refused so far.
#[derive(Clone, Debug, Default)]
pub struct Refusals {
    usual: Refused,
    valid: Refused,
    strict: Refused,
}

impl Refusals {
    /// Generates a client as users do, and of a valid document with `strict`, too. Answers with who was refused.
    pub fn look_at(&mut self, document: &Document, options: &Options) -> Vec<Refusal> {
        let mut options = options.clone();
        (options.lenient, options.strict) = (false, false);
        let usual = refusal(document, &options, "for users");
        self.usual.add(usual.as_ref());
        if document.is_broken {
            return usual.into_iter().collect();
        }
        self.valid.add(usual.as_ref());
        options.strict = true;
        let strict = refusal(document, &options, "by `--strict`");
        self.strict.add(strict.as_ref());
        usual.into_iter().chain(strict).collect()
    }
}

/// Why a document was refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// For whom.
    whom: &'static str,
    codes: BTreeSet<Code>,
    /// The errors in words.
    pub errors: Vec<String>,
}

/// Generates a client. Who panics is told in the document's row.
fn refusal(document: &Document, options: &Options, whom: &'static str) -> Option<Refusal> {
    let result = catch_unwind(|| generate(&document.path, options, Layout::Single));
    let found = result.ok()?.err()?;
    let errors = || found.iter().filter(|found| found.severity == Severity::Error);
    let codes = errors().map(|error| error.code).collect();
    Some(Refusal { whom, codes, errors: errors().map(ToString::to_string).collect() })
}

impl Refused {
    fn add(&mut self, refusal: Option<&Refusal>) {
        self.of += 1;
        self.refused += usize::from(refusal.is_some());
        for code in refusal.iter().flat_map(|refusal| &refusal.codes) {
            *self.by_code.entry(*code).or_default() += 1;
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.codes.iter().map(|code| code.as_str()).collect();
        write!(f, "{}: {}", self.whom, codes.join(", "))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.refused, self.of)?;
        for (index, (code, count)) in self.by_code.iter().enumerate() {
            write!(f, "{} {code} in {count}", if index == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "users get refused: {}", self.usual)?;
        writeln!(f, "of valid documents: {}", self.valid)?;
        write!(f, "of valid documents with `--strict`: {}", self.strict)
    }
}
