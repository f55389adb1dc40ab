//! Pages of a list, one after the other: in comes a request and how its pages follow each other, out come the pages, or
//! what is on them.
//!
//! May import from `json`, `transport`, `request`, `answer`, `call`.

use crate::answer::body::Read;
use crate::answer::error::Error;
use crate::answer::reply::Reply;
use crate::answer::response::Response;
use crate::answer::responses::Responses;
use crate::call::fault::Failure;
use crate::call::send;
use crate::json::error::DecodeError;
use crate::request::Request;
use crate::request::params;
use crate::request::parts::Parts;
use crate::request::path::literal;
use crate::transport::BoxFuture;
use futures_core::Stream;
use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// How the pages of an operation follow each other.
pub enum Paging<T> {
    /// A page names the next one; a query parameter asks for it.
    Cursor {
        /// The query parameter.
        parameter: &'static str,
        /// The next page's cursor. `None` or an empty one is the end.
        next: fn(&T) -> Option<String>,
    },
    /// Pages are counted. A page without items is the end.
    Page {
        /// The query parameter.
        parameter: &'static str,
        /// How many items are on a page.
        count: fn(&T) -> usize,
    },
    /// Items are counted. A page without items is the end.
    Offset {
        /// The query parameter.
        parameter: &'static str,
        /// How many items are on a page.
        count: fn(&T) -> usize,
    },
    /// A page names the next one in its header `Link` with `rel="next"` (RFC 8288).
    Link,
}

impl<T> Clone for Paging<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Paging<T> {}

impl<T> fmt::Debug for Paging<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cursor { .. } => "Cursor",
            Self::Page { .. } => "Page",
            Self::Offset { .. } => "Offset",
            Self::Link => "Link",
        })
    }
}

/// A call that gives back what it was made of.
type Call = BoxFuture<'static, (Box<Parts>, Result<Reply, Failure>)>;

/// The pages of a list as a stream. Each page is asked for when it is waited for.
///
/// ```no_run
/// # async fn all<T: Send, E: Send>(mut pages: cloudrun_runtime::paging::Pages<T, E>) -> Result<(), cloudrun_runtime::Error<E>> {
/// while let Some(page) = pages.next().await {
///     println!("{}", page?.status());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Pages<T, E> {
    next: Next,
    call: Option<Call>,
    paging: Paging<T>,
    /// The number of the page or item that comes next, once it is known.
    position: Option<i64>,
    read: Read<T>,
    /// Whether an answer is a page.
    reads: Arc<dyn Fn(&Reply) -> bool + Send + Sync>,
    read_error: Read<E>,
    asked: Asked,
}

/// What comes after the page at hand.
enum Next {
    /// Another page, by a call of these parts.
    Call(Box<Parts>),
    /// An error: what the last page names has been there.
    Error(DecodeError, Reply),
    /// Nothing, or what the call under way leads to.
    Nothing,
}

/// The queries that were sent, as hashes: two that are equal lead in a circle.
#[derive(Default)]
struct Asked {
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl Asked {
    /// Whether this query is a new one.
    fn insert(&mut self, query: &[String]) -> bool {
        self.hashes.insert(self.hasher.hash_one(query))
    }
}

/// How many pages may follow each other without an item. Lists that are filtered have some; a service that never comes to an
/// end has all of them.
const EMPTY_PAGES: usize = 1000;

impl<T, E> Unpin for Pages<T, E> {}

impl<T: 'static, E> Pages<T, E> {
    pub(crate) fn new(parts: Parts, paging: Paging<T>, read: Read<T>, read_error: Read<E>) -> Self {
        let reads = Arc::new(move |reply: &Reply| read(reply).is_ok());
        let mut asked = Asked::default();
        asked.insert(&parts.query);
        let next = Next::Call(Box::new(parts));
        Self { next, call: None, paging, position: None, read, reads, read_error, asked }
    }
}

impl<T, E> Pages<T, E> {
    /// The next page, or `None` at the end.
    ///
    /// # Errors
    ///
    /// The call failed, or a page leads back to one that has been there; there are no further pages then.
    pub async fn next(&mut self) -> Option<Result<Response<T>, Error<E>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// What comes after this page.
    fn after(&mut self, parts: Box<Parts>, page: &T, reply: &Reply) -> Next {
        match self.following(parts, page, reply) {
            Some(parts) if self.asked.insert(&parts.query) => Next::Call(parts),
            Some(_) => Next::Error(
                DecodeError::new(
                    "the next page that it names has been there before: the pages go round in a circle",
                ),
                reply.clone(),
            ),
            None => Next::Nothing,
        }
    }

    /// What the call after this page is made of, unless this one was the last.
    fn following(&mut self, mut parts: Box<Parts>, page: &T, reply: &Reply) -> Option<Box<Parts>> {
        match self.paging {
            Paging::Cursor { parameter, next } => {
                let cursor = next(page).filter(|cursor| !cursor.is_empty())?;
                set(&mut parts.query, parameter, &cursor);
            }
            Paging::Page { parameter, count } => {
                if count(page) == 0 {
                    return None;
                }
                let now = self.position.or_else(|| number(&parts.query, parameter)).unwrap_or(1);
                self.position = Some(now + 1);
                set(&mut parts.query, parameter, &(now + 1).to_string());
            }
            Paging::Offset { parameter, count } => {
                let items = count(page);
                if items == 0 {
                    return None;
                }
                let now = self.position.or_else(|| number(&parts.query, parameter)).unwrap_or(0);
                let next = now.saturating_add(i64::try_from(items).unwrap_or(i64::MAX));
                self.position = Some(next);
                set(&mut parts.query, parameter, &next.to_string());
            }
            Paging::Link => {
                // Only the query is taken: no header sends our token to another path or host.
                let target = next_link(reply)?;
                let query =
                    target.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default())?;
                let query: Vec<String> = query.split('&').map(|pair| literal(pair).to_string()).collect();
                if query == parts.query {
                    return None;
                }
                parts.query = query;
            }
        }
        Some(parts)
    }
}

/// Sets a query parameter that may be there already.
fn set(query: &mut Vec<String>, name: &str, value: &str) {
    let start = format!("{}=", params::encode(name));
    query.retain(|pair| !pair.starts_with(&start));
    query.push(format!("{start}{}", params::encode(value)));
}

fn number(query: &[String], name: &str) -> Option<i64> {
    let start = format!("{}=", params::encode(name));
    query.iter().find_map(|pair| pair.strip_prefix(&start)?.parse().ok())
}

/// The target of the first link with `rel="next"`.
fn next_link(reply: &Reply) -> Option<String> {
    for value in reply.headers().get_all(http::header::LINK) {
        let text = value.to_str().ok()?;
        // A target may hold commas, so links are told apart by what starts them.
        for link in text.split('<').skip(1) {
            let Some((target, parameters)) = link.split_once('>') else { continue };
            let is_next = parameters.split(';').any(|parameter| {
                let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                let mut relations = value.trim().trim_matches('"').split_whitespace();
                name.trim().eq_ignore_ascii_case("rel")
                    && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
            });
            if is_next {
                return Some(target.to_owned());
            }
        }
    }
    None
}

impl<T, E> Stream for Pages<T, E> {
    type Item = Result<Response<T>, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        match std::mem::replace(&mut this.next, Next::Nothing) {
            Next::Call(parts) => {
                let reads = Arc::clone(&this.reads);
                this.call = Some(Box::pin(async move {
                    let again = parts.try_clone();
                    let result = send(*parts, |reply| reads(reply)).await;
                    (again, result)
                }));
            }
            Next::Error(error, reply) => return Poll::Ready(Some(Err(Error::Decode { error, reply }))),
            Next::Nothing => {}
        }
        let Some(call) = &mut this.call else { return Poll::Ready(None) };
        let (parts, result) = ready!(call.as_mut().poll(context));
        this.call = None;
        let reply = match result {
            Ok(reply) => reply,
            Err(fault) => return Poll::Ready(Some(Err(fault.into_typed(this.read_error)))),
        };
        Poll::Ready(Some(match (this.read)(&reply) {
            Ok(page) => {
                this.next = this.after(parts, &page, &reply);
                Ok(Response { value: page, reply })
            }
            Err(error) => Err(Error::Decode { error, reply }),
        }))
    }
}

impl<T, E> fmt::Debug for Pages<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("paging", &self.paging).finish_non_exhaustive()
    }
}

/// The items of all pages as a stream.
pub struct Items<T, I, E> {
    pages: Pages<T, E>,
    items: fn(T) -> Vec<I>,
    ready: VecDeque<I>,
    /// How many pages in a row had no item.
    empty: usize,
}

impl<T, I, E> Unpin for Items<T, I, E> {}

impl<T, I, E> Items<T, I, E> {
    pub(crate) fn new(pages: Pages<T, E>, items: fn(T) -> Vec<I>) -> Self {
        Self { pages, items, ready: VecDeque::new(), empty: 0 }
    }

    /// The next item, or `None` at the end.
    ///
    /// # Errors
    ///
    /// The call for a page failed, or the pages lead nowhere: back to one that has been there, or from one without items to the
    /// next for a thousand times. There are no further items then.
    pub async fn next(&mut self) -> Option<Result<I, Error<E>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T, I, E> Stream for Items<T, I, E> {
    type Item = Result<I, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(Response { value, reply })) => {
                    this.ready.extend((this.items)(value));
                    this.empty = if this.ready.is_empty() { this.empty + 1 } else { 0 };
                    if this.empty >= EMPTY_PAGES {
                        this.pages.next = Next::Nothing;
                        let error = DecodeError::new(format!("{EMPTY_PAGES} pages in a row had no item"));
                        return Poll::Ready(Some(Err(Error::Decode { error, reply })));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T, I, E> fmt::Debug for Items<T, I, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}

impl Request {
    /// Asks for one page after the other.
    pub fn pages<T: 'static, E: Responses>(self, read: Read<T>, paging: Paging<T>) -> Pages<T, E> {
        Pages::new(*self.0, paging, read, E::from_reply)
    }

    /// Asks for the items of one page after the other.
    pub fn items<T: 'static, I, E: Responses>(
        self,
        read: Read<T>,
        paging: Paging<T>,
        items: fn(T) -> Vec<I>,
    ) -> Items<T, I, E> {
        Items::new(self.pages(read, paging), items)
    }
}
