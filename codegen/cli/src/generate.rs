use crate::arguments::Generate;
use crate::{Failure, Outcome, report};
use cloudrun_codegen::{Client, Layout};
use similar::TextDiff;

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
    let changes = client.write(&arguments.out)?;
    for path in &changes.stale {
        println!("removed {}", path.display());
    }
    for path in &changes.written {
        println!("wrote {}", path.display());
    }
    let state = if changes.is_empty() { "unchanged" } else { "generated" };
    println!("{state}: {} in {}", report::size(&client), arguments.out.display());
    Ok(Outcome::Fine)
}

fn check(arguments: &Generate, client: &Client) -> Result<Outcome, Failure> {
    let changes = client.check(&arguments.out)?;
    if changes.is_empty() {
        println!("up to date: {} in {}", report::size(client), arguments.out.display());
        return Ok(Outcome::Fine);
    }
    for path in &changes.stale {
        println!("{} does not belong to the client any more", path.display());
    }
    for (path, text) in client.files() {
        let full = arguments.out.join(path);
        if changes.written.contains(&full) {
            let old = std::fs::read_to_string(&full).unwrap_or_default();
            println!("{} differs", full.display());
            difference(&old, text);
        }
    }
    println!("out of date; run the same command without --check");
    Ok(Outcome::Found)
}

fn difference(old: &str, new: &str) {
    let difference = TextDiff::from_lines(old, new).unified_diff().context_radius(2).to_string();
    for line in difference.lines().take(SHOWN) {
        println!("    {line}");
    }
    if difference.lines().count() > SHOWN {
        println!("    …");
    }
}
