//! Pieces to text.

use super::module::{Piece, Table};
use crate::items::CLOUDRUN_RUNTIME;
use proc_macro2::TokenStream;

/// A failure here is a bug of this crate, told with the tokens that show it.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// Items through `prettyplease`, tables as they are; an empty line between all of them.
pub(super) fn pieces(pieces: &[Piece]) -> Result<String> {
    let mut chunks: Vec<String> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Tokens(tokens) if tokens.is_empty() => {}
            Piece::Tokens(tokens) => chunks.push(items(tokens)?),
            // A table belongs to the item above it.
            Piece::Table(table) => match chunks.last_mut() {
                Some(last) => last.push_str(&print(table)),
                None => chunks.push(print(table)),
            },
        }
    }
    Ok(chunks.join("\n"))
}

fn items(tokens: &TokenStream) -> Result<String> {
    let file = syn::parse2::<syn::File>(tokens.clone())
        .map_err(|error| format!("the generated code does not parse: {error}: {tokens}"))?;
    Ok(spaced(&prettyplease::unparse(&file)))
}

/// An empty line between the constants and functions of an `impl`, as people write them.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let (mut in_constant, mut after_item) = (false, false);
    for line in text.lines() {
        if after_item && line != "}" {
            out.push('\n');
        }
        in_constant |= line.starts_with("    pub const ") || line.starts_with("    const ");
        let ends_constant = in_constant && line.ends_with(';');
        in_constant &= !ends_constant;
        after_item = line == "    }" || ends_constant;
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn print(table: &Table) -> String {
    use std::fmt::Write;
    let mut text = format!("{}::{}!({}", CLOUDRUN_RUNTIME.name(), table.name, table.head);
    if table.rows.is_empty() && table.name != "object" {
        text.push_str(");\n");
        return text;
    }
    text.push_str(" {");
    for row in &table.rows {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n    {row},");
    }
    text.push_str(if table.rows.is_empty() { "});\n" } else { "\n});\n" });
    text
}

/// Four spaces before every line that is not empty.
pub(super) fn indent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        if !line.is_empty() {
            out.push_str("    ");
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}
