use super::Seen;
use super::answer::MockAnswer;
use crate::operation::Operation;
use std::fmt;
use std::sync::Arc;

/// What is answered: an operation, or a request of a method and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Operation { id: &'static str, method: &'static str, path: &'static str },
    Request { method: String, path: String },
}

impl Asked {
    pub(super) fn by(operation: &Operation) -> Self {
        Self::Operation { id: operation.id, method: operation.method.as_str(), path: operation.path }
    }

    /// Whether this is what was called: `operation` is `None` for calls by hand.
    pub(super) fn fits(&self, operation: Option<&Operation>, seen: &Seen) -> bool {
        match self {
            Self::Operation { .. } => operation.is_some_and(|operation| *self == Self::by(operation)),
            Self::Request { method, path } => seen.method == method.as_str() && seen.path == *path,
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation { id: "", method, path } => write!(f, "{method} {path}"),
            Self::Operation { id, .. } => f.write_str(id),
            Self::Request { method, path } => write!(f, "{method} {path}"),
        }
    }
}

type Function = Arc<dyn Fn(&Seen) -> MockAnswer + Send + Sync>;

/// What is answered once, or again and again if nothing comes after it.
#[derive(Clone)]
pub(super) enum Answer {
    Always(MockAnswer),
    By(Function),
}

/// The answers to one question, in the order in which they are given; the last one is given again and again.
pub(super) struct Told {
    pub(super) asked: Asked,
    answers: Vec<Answer>,
    /// How many of them were given at least once.
    given: usize,
}

impl Told {
    pub(super) fn new(asked: Asked, answer: Answer) -> Self {
        Self { asked, answers: vec![answer], given: 0 }
    }

    pub(super) fn add(&mut self, answer: Answer) {
        self.answers.push(answer);
    }

    /// The next answer.
    pub(super) fn next(&mut self) -> Option<Answer> {
        let answer = self.answers.get(self.given).or(self.answers.last()).cloned();
        self.given = self.answers.len().min(self.given + 1);
        answer
    }

    /// How many answers nobody has had.
    pub(super) fn left(&self) -> usize {
        self.answers.len() - self.given
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} answers, {} given", self.asked, self.answers.len(), self.given)
    }
}
