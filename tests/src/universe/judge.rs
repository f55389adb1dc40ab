use super::family::{Family, document};
use super::generation::{Generated, Generation};
use super::values::{Faker, Meaning, values};
use crate::corpus::{Answer, Form, Lanes, Load, compare};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::AddAssign;
use std::path::Path;
use std::sync::Arc;

/// How a value did not come back, or why none could be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Members are gone.
    Lost,
    /// A valid value was not read.
    Refused,
    /// Something is something else.
    Changed,
    /// The program ended over it.
    Died,
    /// The client does not compile.
    Uncompiled,
    /// There is no client.
    Ungenerated,
}

/// Something that went wrong.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How.
    pub class: Class,
    /// Whether the types were to keep what is undeclared.
    pub keeps: bool,
    /// The schemas.
    pub family: Family,
    /// The schema whose value it is, and the value.
    pub value: Option<(String, Value)>,
    /// What is known of it.
    pub text: String,
}

/// A value of a schema.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The schema's name.
    pub schema: String,
    /// The value.
    pub value: Value,
}

/// Families for one document, and what is to be sent through their types.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The families, all of one dialect.
    pub families: Vec<Family>,
    /// The values, by the index of the family.
    pub probes: Vec<(usize, Probe)>,
    meaning: Arc<Meaning>,
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Schemas.
    pub schemas: usize,
    /// Schemas without a value that is valid, and their families.
    pub empty: Vec<(String, Family)>,
    /// Values that are valid.
    pub values: usize,
    /// Values that were made and are not valid.
    pub invalid: usize,
    /// Values that were sent, in each mode.
    pub sent: usize,
    /// Members that the schema does not declare, passed over where they are not to be kept.
    pub undeclared: usize,
    /// What came back in another form.
    pub forms: BTreeMap<Form, usize>,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.schemas += other.schemas;
        self.empty.extend(other.empty);
        self.values += other.values;
        self.invalid += other.invalid;
        self.sent += other.sent;
        self.undeclared += other.undeclared;
        other.forms.into_iter().for_each(|(form, count)| *self.forms.entry(form).or_default() += count);
    }
}

impl Sheet {
    /// The families with values that are made for each of their schemas.
    ///
    /// # Errors
    ///
    /// The maker of values cannot be run.
    pub fn new(families: Vec<Family>, faker: &Faker, count: usize, seed: u64) -> io::Result<(Self, Counts)> {
        let meaning = Meaning::new(&document(&families), ".".into(), "openapi.json");
        let names = |(at, family): (usize, &Family)| {
            family.schemas.iter().map(move |(name, _)| (at, name.clone())).collect::<Vec<_>>()
        };
        let names: Vec<(usize, String)> = families.iter().enumerate().flat_map(names).collect();
        let pointers: Vec<String> = names.iter().map(|(_, name)| pointer(name)).collect();
        let made = values(faker, &meaning, &pointers, count, seed)?;
        let mut counts = Counts { schemas: names.len(), ..Counts::default() };
        let mut probes = Vec::new();
        for ((at, schema), values) in names.into_iter().zip(made) {
            if values.valid.is_empty() {
                counts.empty.push((schema.clone(), families[at].clone()));
            }
            counts.values += values.valid.len();
            counts.invalid += values.invalid;
            let probe = |value| (at, Probe { schema: schema.clone(), value });
            probes.extend(values.valid.into_iter().map(probe));
        }
        Ok((Self { families, probes, meaning: Arc::new(meaning) }, counts))
    }

    /// The families with values that are given, as far as they are valid.
    pub fn given(families: Vec<Family>, probes: Vec<(usize, Probe)>) -> Self {
        let meaning = Meaning::new(&document(&families), ".".into(), "openapi.json");
        let is_valid = |(_, probe): &(usize, Probe)| meaning.is_valid(&pointer(&probe.schema), &probe.value);
        let probes = probes.into_iter().filter(is_valid).collect();
        Self { families, probes, meaning: Arc::new(meaning) }
    }

    /// Two sheets of half the families each; none if there is one family only.
    fn halves(&self) -> Option<[Self; 2]> {
        let middle = self.families.len() / 2;
        if middle == 0 {
            return None;
        }
        let half = |range: std::ops::Range<usize>| Self {
            families: self.families[range.clone()].to_vec(),
            probes: self
                .probes
                .iter()
                .filter(|(at, _)| range.contains(at))
                .map(|(at, probe)| (at - range.start, probe.clone()))
                .collect(),
            meaning: Arc::clone(&self.meaning),
        };
        Some([half(0..middle), half(middle..self.families.len())])
    }
}

fn pointer(name: &str) -> String {
    format!("/components/schemas/{name}")
}

/// A client, its types, and the probes that have one of them: indices of both.
type Prepared = (Generated, Vec<String>, Vec<(usize, usize)>);

/// Generates, compiles and runs.
#[derive(Debug)]
pub struct Judge {
    lanes: Lanes,
    generation: Generation,
}

/// A sheet in a mode, with what is made of it.
struct Job {
    sheet: Sheet,
    keeps: bool,
    client: Generated,
    types: Vec<String>,
    /// The probes that have a type, each with the type's index.
    typed: Vec<(usize, usize)>,
}

impl Judge {
    /// Below a folder, with so many clients compiled side by side.
    ///
    /// # Errors
    ///
    /// The crates cannot be set up.
    pub fn new(workspace: &Path, folder: &Path, lanes: usize) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lanes = Lanes::new(workspace, folder.join("lanes"), lanes, false)?;
        Ok(Self { lanes, generation: Generation::new(folder)? })
    }

    /// How many sheets it takes at a time.
    pub fn width(&self) -> usize {
        self.lanes.count()
    }

    /// Sends the values of sheets through the types that are generated for them, each sheet in its mode.
    ///
    /// # Errors
    ///
    /// A file cannot be written or cargo cannot be run.
    pub fn judge(&self, sheets: Vec<(Sheet, bool)>) -> io::Result<(Vec<Failure>, Counts)> {
        let (mut failures, mut counts) = (Vec::new(), Counts::default());
        let mut queue = sheets;
        while !queue.is_empty() {
            let mut jobs = Vec::new();
            while jobs.len() < self.lanes.count()
                && let Some((sheet, keeps)) = queue.pop()
            {
                match self.prepare(&sheet, keeps)? {
                    Ok((client, types, typed)) => jobs.push(Job { sheet, keeps, client, types, typed }),
                    Err(text) => divide(sheet, keeps, Class::Ungenerated, text, &mut queue, &mut failures),
                }
            }
            let loads: Vec<Load<'_>> = jobs.iter().map(Job::load).collect();
            let answers = self.lanes.run(&loads)?;
            drop(loads);
            for (job, answers) in jobs.into_iter().zip(answers) {
                match answers {
                    Ok(answers) => job.verdict(answers, &mut failures, &mut counts),
                    Err(text) => {
                        divide(job.sheet, job.keeps, Class::Uncompiled, text, &mut queue, &mut failures);
                    }
                }
            }
        }
        Ok((failures, counts))
    }

    /// The client of a sheet, the types that its values are sent through, and which value through which. The inner error
    /// is why there is no client.
    fn prepare(&self, sheet: &Sheet, keeps: bool) -> io::Result<Result<Prepared, String>> {
        let client = match self.generation.run(&document(&sheet.families), keeps)? {
            Ok(client) => client,
            Err(text) => return Ok(Err(text)),
        };
        let known = client.types.iter().map(|(place, ty)| (place.as_str(), ty.as_str()));
        let known: HashMap<&str, &str> = known.collect();
        let mut types: Vec<String> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        let mut typed = Vec::new();
        for (at, (_, probe)) in sheet.probes.iter().enumerate() {
            let Some(ty) = known.get(pointer(&probe.schema).as_str()) else { continue };
            let ty = *index.entry(ty).or_insert_with(|| {
                types.push((*ty).to_owned());
                types.len() - 1
            });
            typed.push((at, ty));
        }
        Ok(Ok((client, types, typed)))
    }
}

/// Puts a sheet that cannot be judged as a whole back in halves. A family alone is a failure.
fn divide(
    sheet: Sheet,
    keeps: bool,
    class: Class,
    text: String,
    queue: &mut Vec<(Sheet, bool)>,
    failures: &mut Vec<Failure>,
) {
    match sheet.halves() {
        Some(halves) => queue.extend(halves.map(|half| (half, keeps))),
        None => failures.extend(sheet.families.into_iter().map(|family| Failure {
            class,
            keeps,
            family,
            value: None,
            text: text.clone(),
        })),
    }
}

impl Job {
    fn load(&self) -> Load<'_> {
        let values = self.typed.iter().map(|(at, ty)| (*ty, &self.sheet.probes[*at].1.value)).collect();
        Load { files: &self.client.files, types: self.types.clone(), values }
    }

    fn verdict(self, answers: Vec<Answer>, failures: &mut Vec<Failure>, counts: &mut Counts) {
        for ((at, _), answer) in self.typed.iter().zip(answers) {
            counts.sent += 1;
            let (family, probe) = &self.sheet.probes[*at];
            if let Some((class, text)) = self.complaint(&self.sheet.families[*family], probe, answer, counts)
            {
                let family = self.sheet.families[*family].clone();
                let value = Some((probe.schema.clone(), probe.value.clone()));
                failures.push(Failure { class, keeps: self.keeps, family, value, text });
            }
        }
    }

    fn complaint(
        &self,
        family: &Family,
        probe: &Probe,
        answer: Answer,
        counts: &mut Counts,
    ) -> Option<(Class, String)> {
        let after = match answer {
            Answer::Back(after) => after,
            Answer::Refused(text) => return Some((Class::Refused, text)),
            Answer::Died(text) => return Some((Class::Died, text)),
        };
        let mut comparison = compare(&probe.value, &after);
        // Only what may be any number is a double, or a single.
        let says_number = || document(std::slice::from_ref(family)).to_string().contains("\"number\"");
        let rounded = [Form::Single, Form::Double].iter().any(|form| comparison.forms.contains_key(form));
        if rounded && !says_number() {
            comparison.changed.push(format!("digits were lost of {}", probe.value));
        }
        std::mem::take(&mut comparison.forms)
            .into_iter()
            .for_each(|(form, count)| *counts.forms.entry(form).or_default() += count);
        if !self.keeps && !comparison.lost.is_empty() {
            let declared = self.sheet.meaning.declared(&pointer(&probe.schema), &probe.value);
            let all = comparison.lost.len();
            comparison.lost.retain(|(place, _)| declared.contains(place));
            counts.undeclared += all - comparison.lost.len();
        }
        let class = if comparison.changed.is_empty() { Class::Lost } else { Class::Changed };
        comparison.complaint().map(|text| (class, format!("{text}; what came back: {after}")))
    }
}
