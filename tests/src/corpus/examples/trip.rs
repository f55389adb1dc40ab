use super::{Example, Tally, compare};
use crate::corpus::{Answer, Lanes, Load};
use crate::universe::Meaning;
use cloudrun_codegen::Client;
use std::collections::{BTreeMap, HashMap};
use std::io;

/// The clients of a document: one keeps what the document does not declare, the other passes it over.
#[derive(Debug)]
pub struct Clients<'a> {
    /// Of it nothing may be lost at all.
    pub keeping: &'a Client,
    /// Of it everything that the schema declares has to come back.
    pub passing_over: &'a Client,
}

impl Clients<'_> {
    /// Sends values of the document at a path through the types of both clients. A value counts as kept if both keep it.
    /// Complaints say what did not come back; the inner error is what the compiler says.
    ///
    /// # Errors
    ///
    /// A file cannot be written or cargo cannot be run.
    pub fn trips(
        &self,
        root: &str,
        examples: &[Example],
        meaning: &Meaning,
        lanes: &Lanes,
        tally: &mut Tally,
    ) -> io::Result<Result<Vec<String>, String>> {
        let sides = [(self.keeping, true), (self.passing_over, false)];
        let sides = sides.map(|(client, keeps)| Side::new(client, keeps, root, examples, meaning));
        let loads: Vec<Load<'_>> = sides.iter().map(Side::load).collect();
        let mut complaints: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (side, answers) in sides.iter().zip(lanes.run(&loads)?) {
            let answers = match answers {
                Ok(answers) => answers,
                Err(error) => return Ok(Err(error)),
            };
            for ((at, _, schema), answer) in side.typed.iter().zip(answers) {
                let text = side.complaint(&examples[*at], schema, answer, meaning);
                complaints.entry(*at).or_default().extend(text);
            }
        }
        tally.typed += complaints.len();
        tally.kept += complaints.values().filter(|complaints| complaints.is_empty()).count();
        for (at, example) in examples.iter().enumerate().filter(|(at, _)| !complaints.contains_key(at)) {
            debug_assert!(at < examples.len());
            *tally.untyped.entry(place(&example.schema)).or_default() += 1;
        }
        let tell = |(at, complaints): (usize, Vec<String>)| {
            let pointer = &examples[at].pointer;
            complaints.into_iter().map(move |complaint| format!("{pointer}: {complaint}"))
        };
        Ok(Ok(complaints.into_iter().flat_map(tell).collect()))
    }
}

/// One client with the values that have a type in it.
struct Side<'a> {
    keeps: bool,
    files: Vec<(String, String)>,
    types: Vec<String>,
    examples: &'a [Example],
    /// The index of the value, that of its type, and the schema that the type stands for.
    typed: Vec<(usize, usize, String)>,
}

impl<'a> Side<'a> {
    fn new(client: &Client, keeps: bool, root: &str, examples: &'a [Example], meaning: &Meaning) -> Self {
        let known = client.schema_types().iter().filter(|known| *known.place.file == *root);
        let known: HashMap<&str, &str> =
            known.map(|known| (known.place.pointer.as_str(), known.rust.as_str())).collect();
        let (mut types, mut index, mut typed) = (Vec::new(), HashMap::new(), Vec::new());
        for (at, example) in examples.iter().enumerate() {
            let Some((schema, ty)) = type_of(&known, example, meaning) else { continue };
            let ty = *index.entry(ty).or_insert_with(|| {
                types.push(ty.to_owned());
                types.len() - 1
            });
            typed.push((at, ty, schema));
        }
        let files = client.files().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        Self { keeps, files, types, examples, typed }
    }

    fn load(&self) -> Load<'_> {
        let values = self.typed.iter().map(|(at, ty, _)| (*ty, &self.examples[*at].value)).collect();
        Load { files: &self.files, types: self.types.clone(), values }
    }

    fn complaint(
        &self,
        example: &Example,
        schema: &str,
        answer: Answer,
        meaning: &Meaning,
    ) -> Option<String> {
        let after = match answer {
            Answer::Back(after) => after,
            Answer::Refused(text) => return Some(format!("refused: {text}")),
            Answer::Died(text) => return Some(format!("died: {text}")),
        };
        let mut comparison = compare(&example.value, &after);
        if !self.keeps && !comparison.lost.is_empty() {
            let declared = meaning.declared(schema, &example.value);
            comparison.lost.retain(|(place, _)| declared.contains(place));
        }
        comparison.complaint()
    }
}

/// The type of the schema that an example belongs to, with that schema's pointer. A response of Swagger 2.0 has its schema
/// beside its media types; a part of a composition has the type of the whole, for values that fit the whole.
fn type_of<'a>(
    types: &HashMap<&str, &'a str>,
    example: &Example,
    meaning: &Meaning,
) -> Option<(String, &'a str)> {
    let schema = example.schema.as_str();
    let own = |schema: &str| types.get(schema).copied();
    let in_content = || {
        let content = format!("{}/content/", schema.strip_suffix("/schema")?);
        let mut found =
            types.iter().filter(|(pointer, _)| pointer.starts_with(&content) && pointer.ends_with("/schema"));
        found.next().map(|(_, ty)| *ty)
    };
    if let Some(ty) = own(schema).or_else(in_content) {
        return Some((schema.to_owned(), ty));
    }
    let mut whole = schema;
    loop {
        let (list, _) = whole.rsplit_once('/')?;
        whole = ["/allOf", "/oneOf", "/anyOf"].iter().find_map(|key| list.strip_suffix(key))?;
        if let Some(ty) = own(whole) {
            return meaning.is_valid(whole, &example.value).then(|| (whole.to_owned(), ty));
        }
    }
}

/// Where a schema stands that has no type.
fn place(schema: &str) -> &'static str {
    let places = [
        ("/headers/", "headers"),
        ("/allOf/", "parts of allOf"),
        ("/oneOf/", "variants"),
        ("/anyOf/", "variants"),
        ("/parameters/", "parameters"),
        ("/content/", "contents"),
    ];
    places.iter().find(|(part, _)| schema.contains(part)).map_or("other places", |(_, name)| name)
}
