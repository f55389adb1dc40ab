//! `cargo cloudrun generate`: a client into a folder, or what would change there.
//!
//! May import from `outcome`, `report`, `arguments`.

use crate::arguments::Generate;
use crate::outcome::{Failure, Outcome};
use crate::report;
use cloudrun_codegen::{Client, Layout};
use similar::TextDiff;
use std::collections::HashMap;

/// Lines of a difference that are shown per file.
const SHOWN: usize = 40;

pub(crate) fn run(arguments: &Generate) -> Result<Outcome, Failure> {
    let options = arguments.document.options();
    let client = cloudrun_codegen::generate(&arguments.document.spec, &options, Layout::Directory)
        .map_err(|diagnostics| report::failure(&diagnostics))?;
    report::warnings(&client, arguments.document.all_warnings);
    if arguments.check {
        return check(arguments, &client);
    }
    let written =
        if arguments.force { client.overwrite(&arguments.out) } else { client.write(&arguments.out) };
    let changes = written.map_err(|error| report::unwritten_client(&error))?;
    for path in &changes.stale {
        report::line(&format!("removed {}", path.display()))?;
    }
    for path in &changes.written {
        report::line(&format!("wrote {}", path.display()))?;
    }
    let state = if changes.is_empty() { "unchanged" } else { "generated" };
    report::line(&format!("{state}: {} in {}", report::size(&client), arguments.out.display()))?;
    Ok(Outcome::Fine)
}

fn check(arguments: &Generate, client: &Client) -> Result<Outcome, Failure> {
    let changes = client.check(&arguments.out).map_err(|error| report::unwritten_client(&error))?;
    if changes.is_empty() {
        report::line(&format!("up to date: {} in {}", report::size(client), arguments.out.display()))?;
        return Ok(Outcome::Fine);
    }
    for refusal in &changes.refused {
        report::line(&report::refusal(refusal))?;
    }
    for path in &changes.stale {
        report::line(&format!(
            "{} does not belong to the client any more and would be removed",
            path.display()
        ))?;
    }
    let files: HashMap<_, _> = client.files().map(|(path, text)| (arguments.out.join(path), text)).collect();
    for path in &changes.written {
        let Ok(old) = std::fs::read_to_string(path) else {
            report::line(&format!("{} is missing", path.display()))?;
            continue;
        };
        report::line(&format!("{} differs", path.display()))?;
        if let Some(text) = files.get(path) {
            difference(&old, text)?;
        }
    }
    report::line("out of date; run the same command without --check")?;
    Ok(Outcome::Found)
}

fn difference(old: &str, new: &str) -> Result<(), Failure> {
    let difference = TextDiff::from_lines(old, new).unified_diff().context_radius(2).to_string();
    for line in difference.lines().take(SHOWN) {
        report::line(&format!("    {line}"))?;
    }
    if difference.lines().count() > SHOWN {
        report::line("    …")?;
    }
    Ok(())
}
