//! Pages: how an operation's next one is found.

use super::Operations;
use crate::config::Pagination;
use crate::diagnostic::Code;
use crate::ir::Paging;
use crate::read::Context;

impl Operations<'_, '_> {
    /// What the user or the document says of the operation's pages.
    pub(super) fn paging(&mut self, context: &Context<'_>, id: &str) -> Option<Paging> {
        let (how, place) = match self.lower.options.pagination.get(id) {
            // The option speaks of the whole operation.
            Some(how) => (how.clone(), context.place.clone()),
            None => {
                let place = context.place.key("x-pagination");
                let extension = context.source.extensions.get("x-pagination")?;
                match serde_json::from_value(extension.clone()) {
                    Ok(how) => (how, place),
                    Err(error) => {
                        let message = format!("`{id}` has no pages: `x-pagination` cannot be read: {error}");
                        self.lower.warn(Code::UnsupportedPart, &place, message);
                        return None;
                    }
                }
            }
        };
        let path = |text: Option<&str>| {
            text.into_iter().flat_map(|text| text.split('.')).map(str::to_owned).collect()
        };
        let items = path(how.items());
        let next = match &how {
            Pagination::Cursor { next, .. } => path(Some(next)),
            _ => Vec::new(),
        };
        Some(Paging { how, items, next, place })
    }
}
