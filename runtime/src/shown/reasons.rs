//! Errors that are not ours, with all that is below them.

use super::cover::Cover;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

type Shared = Arc<dyn Error + Send + Sync>;

/// A message, and the errors below it, behind colons. What is told already is not told again: many errors repeat what is below
/// them.
pub(crate) struct Reasons<'a>(pub(crate) &'a str, pub(crate) Option<&'a (dyn Error + 'static)>);

impl fmt::Display for Reasons<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.to_owned();
        let mut source = self.1;
        while let Some(error) = source {
            let text = error.to_string();
            if !told.contains(&text) {
                told.push_str(": ");
                told.push_str(&text);
            }
            source = error.source();
        }
        f.write_str(&told)
    }
}

/// All that an error tells.
pub(crate) fn whole(error: &(dyn Error + 'static)) -> String {
    Reasons(&error.to_string(), error.source()).to_string()
}

impl Reasons<'_> {
    /// The whole text without secrets, if it holds one.
    pub(crate) fn covered(&self, cover: &Cover) -> Option<String> {
        let text = self.to_string();
        let covered = cover.body("", &text);
        (covered != text).then_some(covered)
    }
}

/// An error of a caller's own code, as it is or, where it gives a secret away, as its words without that. What is below it is no
/// longer told apart then.
pub(crate) fn covered(error: Shared, cover: &Cover) -> Shared {
    let covered = Reasons(&error.to_string(), error.source()).covered(cover);
    covered.map_or(error, |text| Arc::from(Box::<dyn Error + Send + Sync>::from(text)))
}

#[cfg(test)]
mod tests {
    use super::{covered, whole};
    use crate::shown::cover::Cover;
    use std::fmt;
    use std::sync::Arc;

    #[derive(Debug)]
    struct Outer(std::io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn each_cause_is_told_once() {
        assert_eq!(whole(&Outer(std::io::Error::other("inner"))), "outer: inner");
        assert_eq!(whole(&Outer(std::io::Error::other("out"))), "outer", "it is told already");
    }

    #[test]
    fn an_error_is_itself_unless_it_gives_a_secret_away_however_far_below() {
        let mut cover = Cover::new("<>");
        cover.add("planted-secret");
        let error = |text: String| covered(Arc::new(Outer(std::io::Error::other(text))), &cover);
        let plain = error("nothing".to_owned());
        assert!(plain.downcast_ref::<Outer>().is_some() && plain.source().is_some());
        let told = error(format!("{}planted-secret", "x".repeat(5_000)));
        assert!(told.source().is_none() && !format!("{told} {told:?}").contains("planted"));
        let named = error("password=hunter2".to_owned());
        assert_eq!(named.to_string(), "outer: password=<>");
    }
}
