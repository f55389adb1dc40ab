//! Modules to files: one file to `include!`, or a tree of them.

use super::client::{self, Cut};
use super::docs;
use super::format::{Result, indent, pieces};
use super::module::Module;
use crate::config::Options;
use crate::name::NamedApi;
use quote::ToTokens;

/// A generated file, relative to the output folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Lints that names and shapes from a document can offend, and lints that a consumer sets for code of its own.
const ALLOWED: &str = "\
dead_code,
    deprecated,
    missing_docs,
    nonstandard_style,
    unreachable_pub,
    clippy::disallowed_names,
    clippy::enum_variant_names,
    clippy::large_enum_variant,
    clippy::module_inception,
    clippy::pedantic,
    clippy::self_named_constructors,
    clippy::should_implement_trait,
    clippy::too_many_arguments,
    clippy::type_complexity,
    clippy::upper_case_acronyms,
    clippy::wrong_self_convention,
    reason = \"names and shapes are the document's\"";

/// The whole client as one file with one module, for `include!` from `OUT_DIR`.
pub(crate) fn single(api: &NamedApi, options: &Options) -> Result<File> {
    let root = client::module(api, options, Cut::Whole)?;
    let body = nested(&root)?;
    let inner = format!("{}{}", attributes(), body);
    let text = format!(
        "{}{}pub mod {} {{\n{}}}\n",
        header(options),
        outer_doc(&root.doc),
        root.label.to_token_stream(),
        indent(&inner)
    );
    Ok(File { path: format!("{}.rs", options.service), text })
}

/// The client as a module tree: `mod.rs` and a file per module.
pub(crate) fn directory(api: &NamedApi, options: &Options) -> Result<Vec<File>> {
    let root = client::module(api, options, Cut::Files)?;
    let mut files = Vec::new();
    let own = own_text(&root)?;
    for child in &root.children {
        tree(child, "", options, &mut files)?;
    }
    let text = format!("{}{}{}{own}", header(options), inner_doc(&root.doc), attributes());
    files.insert(0, File { path: "mod.rs".to_owned(), text });
    Ok(files)
}

fn tree(module: &Module, folder: &str, options: &Options, files: &mut Vec<File>) -> Result<()> {
    let own = own_text(module)?;
    let text = format!("{}{}{own}", header(options), inner_doc(&module.doc));
    files.push(File { path: format!("{folder}{}", file_name(module)), text });
    let name = module.label.as_str();
    module.children.iter().try_for_each(|child| tree(child, &format!("{folder}{name}/"), options, files))
}

/// The pieces of a module behind the declarations of its children.
fn own_text(module: &Module) -> Result<String> {
    let mut text = String::new();
    for child in &module.children {
        if !child.label.as_str().is_ascii() {
            // The compiler looks for files of ASCII names only, unless told.
            text.push_str(&format!("#[path = {}]\n", super::literal(&file_name(child))));
        }
        text.push_str(&format!("pub mod {};\n", child.label.to_token_stream()));
    }
    if !module.children.is_empty() {
        text.push('\n');
    }
    text.push_str(&pieces(&module.pieces)?);
    Ok(text)
}

/// The file of a module below its parent's folder.
fn file_name(module: &Module) -> String {
    let name = module.label.as_str();
    if module.children.is_empty() { format!("{name}.rs") } else { format!("{name}/mod.rs") }
}

fn nested(module: &Module) -> Result<String> {
    let mut text = pieces(&module.pieces)?;
    for child in &module.children {
        let inner = indent(&nested(child)?);
        text.push_str(&format!(
            "\n{}pub mod {} {{\n{inner}}}\n",
            outer_doc(&child.doc),
            child.label.to_token_stream()
        ));
    }
    Ok(text)
}

fn header(options: &Options) -> String {
    format!("// {}\n\n", super::header::line(&options.service))
}

fn attributes() -> String {
    format!("#![allow(\n    {ALLOWED}\n)]\n\n")
}

fn outer_doc(text: &str) -> String {
    comment(text, "///")
}

fn inner_doc(text: &str) -> String {
    let doc = comment(text, "//!");
    if doc.is_empty() { doc } else { format!("{doc}\n") }
}

fn comment(text: &str, mark: &str) -> String {
    let line = |line: String| if line.is_empty() { format!("{mark}\n") } else { format!("{mark} {line}\n") };
    docs::lines(text).into_iter().map(line).collect()
}
