//! The stages in order. In come a path and options, out comes a client as files, or the findings that stopped it.
//!
//! May import from `stack`, `diagnostic`, `config`, `load`, `resolve`, `ir`, `lower`, `passes`, `name`, `emit`, `client`.

use crate::client::{Client, Layout, SchemaType, Statistics};
use crate::config::{self, Found, Options};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::stack::with_stack;
use crate::{emit, ir, load, lower, name, passes, resolve};
use std::path::Path;

/// Generates a client. Nothing is written.
///
/// # Errors
///
/// The findings, at least one of which is an error.
///
/// ```no_run
/// use cloudrun_codegen::{Layout, Options, generate};
/// let client = generate("openapi.yaml".as_ref(), &Options::new("petstore"), Layout::Directory)?;
/// for warning in client.diagnostics().iter() {
///     eprintln!("{warning}");
/// }
/// # Ok::<(), cloudrun_codegen::Diagnostics>(())
/// ```
pub fn generate(document: &Path, options: &Options, layout: Layout) -> Result<Client, Diagnostics> {
    with_stack(|| stages(document, options, layout))
}

/// A document's root file as JSON, whether it is written in JSON or YAML. Nothing is repaired or resolved.
///
/// # Errors
///
/// The file cannot be read or parsed.
pub fn read(document: &Path) -> Result<serde_json::Value, Box<Diagnostic>> {
    load::read(document).map_err(Box::new)
}

fn stages(document: &Path, options: &Options, layout: Layout) -> Result<Client, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let given = Place::file(&document.to_string_lossy().into());
    config::check_alone(options, &given, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let (files, loaded) = load::load(document, options, &mut diagnostics);
    let stop = |mut diagnostics: Diagnostics| {
        load::locate(&mut diagnostics, &files);
        Err(diagnostics)
    };
    let Some(loaded) = loaded else { return stop(diagnostics) };
    let root = loaded.root.clone();
    let Some(checked) = resolve::check(loaded, &mut diagnostics) else { return stop(diagnostics) };
    let formats = Found::formats(options, &checked.tree);
    let Some(resolved) = resolve::resolve(checked, &mut diagnostics) else { return stop(diagnostics) };
    let mut api = lower::lower(&resolved, options, &mut diagnostics);
    let operations = api.operations.iter().map(|operation| operation.hint.as_str()).collect();
    let schemas = resolved.schemas().map(|(name, _)| name).collect();
    config::check_against(options, &Found { schemas, operations, formats }, &given, &mut diagnostics);
    passes::run(&mut api, &root, &mut diagnostics);
    let api = name::name(api, &root, &mut diagnostics);
    if options.strict {
        diagnostics.deny_warnings();
    }
    if diagnostics.has_errors() {
        return stop(diagnostics);
    }
    let emitted = match layout {
        Layout::Single => emit::single(&api, options).map(|file| vec![file]),
        Layout::Directory => emit::directory(&api, options),
    };
    let emitted = match emitted {
        Ok(emitted) => emitted,
        Err(message) => {
            let help =
                "this is a fault of the generator, not of the document: please report it with the document";
            diagnostics.push(Diagnostic::error(Code::Internal, root, message).help(help));
            return stop(diagnostics);
        }
    };
    load::locate(&mut diagnostics, &files);
    let statistics = Statistics {
        operations: api.operations.len(),
        types: api.types.len(),
        lines: emitted.iter().map(|file| file.text.lines().count()).sum(),
    };
    let sources = files.paths().map(Path::to_owned).collect();
    let module = name::service(&options.service).to_string();
    let schema_type = |(place, ty): &(Place, ir::Type)| SchemaType {
        place: place.clone(),
        rust: emit::type_text(&api, ty),
    };
    let schema_types = api.schema_types.iter().map(schema_type).collect();
    let surface = emit::surface(&api);
    let service = options.service.clone();
    Ok(Client {
        service,
        layout,
        module,
        files: emitted,
        sources,
        schema_types,
        surface,
        diagnostics,
        statistics,
    })
}
