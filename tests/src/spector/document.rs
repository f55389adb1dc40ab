//! Documents. In come the specs of the suite, out come their documents in each dialect, one for each version of a spec, and
//! what the compiler says of specs that have none. Nothing of a document is changed that `adapted.mjs` does not name.

use super::suite::{SCRIPTS, Suite};
use serde_json::Value;
use std::fs;
use std::io;
use std::path::PathBuf;

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// 3.0.
    V30,
    /// 3.1.
    V31,
}

impl Dialect {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V30, Self::V31];

    /// As it is usually written.
    pub fn name(self) -> &'static str {
        match self {
            Self::V30 => "3.0",
            Self::V31 => "3.1",
        }
    }

    /// The folder that the compiler writes into.
    fn folder(self) -> &'static str {
        match self {
            Self::V30 => "3.0.0",
            Self::V31 => "3.1.0",
        }
    }
}

/// A spec as a document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The spec's folder in the suite.
    pub spec: String,
    /// The dialect.
    pub dialect: Dialect,
    /// The file.
    pub path: PathBuf,
    /// What stands in it.
    pub tree: Value,
    /// The path of the server, which stands before every operation's.
    pub base: String,
}

/// What became of the specs.
#[derive(Clone, Debug, Default)]
pub struct Specs {
    /// Their documents.
    pub documents: Vec<Document>,
    /// What the compiler complains about, each with its spec.
    pub complaints: Vec<(String, String)>,
}

/// Compiles all specs, once for a version of the packages and scripts.
///
/// # Errors
///
/// Node cannot be run, or a file not be written.
pub fn documents(suite: &Suite) -> io::Result<Specs> {
    let folder = suite.folder().join("documents");
    let done = suite.folder().join("compiled.json");
    let key: String = SCRIPTS[..2].iter().map(|(_, text)| *text).collect();
    let key = key + &fs::read_to_string(suite.folder().join("package-lock.json"))?;
    let known = fs::read(&done).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    let rows = match known {
        Some(known) if known["key"] == *key => known["rows"].as_array().cloned().unwrap_or_default(),
        _ => {
            let _ = fs::remove_dir_all(&folder);
            let rows = suite.rows("compile.mjs", &[&suite.package("http-specs/specs"), &folder])?;
            fs::write(&done, serde_json::json!({"key": key, "rows": rows}).to_string())?;
            rows
        }
    };
    let mut specs = Specs::default();
    for row in rows {
        let spec = row["spec"].as_str().unwrap_or_default();
        let errors = row["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
        specs.complaints.extend(errors.map(|error| (spec.to_owned(), error.to_owned())));
        for dialect in Dialect::ALL {
            let Ok(files) = fs::read_dir(folder.join(spec).join(dialect.folder())) else { continue };
            let mut paths: Vec<PathBuf> =
                files.map(|file| file.map(|file| file.path())).collect::<io::Result<_>>()?;
            paths.sort();
            for path in paths {
                let tree: Value = serde_json::from_slice(&fs::read(&path)?)?;
                let base = base(&tree);
                specs.documents.push(Document { spec: spec.to_owned(), dialect, path, tree, base });
            }
        }
    }
    Ok(specs)
}

/// The path of the first server: its variables are the origin, which is nothing here, and the version, which the document
/// tells beside its title.
fn base(tree: &Value) -> String {
    let server = &tree["servers"][0];
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    let version = tree["info"]["version"].as_str().unwrap_or_default();
    for (name, _) in server["variables"].as_object().into_iter().flatten() {
        let value = if name == "endpoint" { "" } else { version };
        url = url.replace(&format!("{{{name}}}"), value);
    }
    let path =
        url.split_once("://").map_or(url.as_str(), |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    path.trim_end_matches('/').to_owned()
}
