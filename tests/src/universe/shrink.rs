//! Failures made small. In come failures, out come the same failures with the smallest schemas that still fail so. All
//! of them shrink at once: a round is a few documents that hold one step of each.

use super::family::{Dialect, Family, renumbered};
use super::judge::{Failure, Judge, Probe, Sheet};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

/// How many smaller families of a failure are tried in a round.
const STEPS: usize = 24;
/// How many smaller values are tried with each.
const VALUES: usize = 8;
const ROUNDS: usize = 40;
/// How many families go into a document.
const FAMILIES: usize = 500;

/// Families with the values to send, by dialect and mode.
type Batches = BTreeMap<(Dialect, bool), Vec<(Family, Vec<Probe>)>>;

/// Shrinks failures until nothing gets smaller. `tell` hears of each round.
///
/// # Errors
///
/// A file cannot be written or cargo cannot be run.
pub fn shrink(
    judge: &Judge,
    mut failures: Vec<Failure>,
    tell: impl Fn(usize, usize),
) -> io::Result<Vec<Failure>> {
    let mut open: Vec<usize> = (0..failures.len()).collect();
    // Where the next steps of a failure start, when none of the first ones helped.
    let mut offsets = vec![0; failures.len()];
    for round in 0..ROUNDS {
        if open.is_empty() {
            break;
        }
        tell(round, open.len());
        let mut owners: HashMap<usize, usize> = HashMap::new();
        let mut batches = Batches::new();
        let mut tried = vec![0; failures.len()];
        for &at in &open {
            let failure = &failures[at];
            let steps: Vec<Family> =
                steps(&failure.family, failure.value.as_ref().map(|(schema, _)| schema.as_str()));
            let steps: Vec<Family> = steps.into_iter().skip(offsets[at]).take(STEPS).collect();
            tried[at] = steps.len();
            for step in steps.into_iter().chain([failure.family.clone()]) {
                let number = owners.len();
                owners.insert(number, at);
                let probes = probes(failure, &step, number);
                let key = (step.dialect, failure.keeps);
                batches.entry(key).or_default().push((step.renumbered(number), probes));
            }
        }
        let found = judge_all(judge, batches)?;
        let mut better: HashMap<usize, Failure> = HashMap::new();
        for smaller in found {
            let Some(&at) = owners.get(&smaller.family.number) else { continue };
            let is_better = smaller.class == failures[at].class
                && weight(&smaller) < better.get(&at).map_or(weight(&failures[at]), weight);
            if is_better {
                better.insert(at, smaller);
            }
        }
        open.retain(|at| match better.remove(at) {
            Some(smaller) => {
                failures[*at] = smaller;
                offsets[*at] = 0;
                true
            }
            None => {
                offsets[*at] += STEPS;
                tried[*at] == STEPS
            }
        });
    }
    Ok(failures)
}

fn judge_all(judge: &Judge, batches: Batches) -> io::Result<Vec<Failure>> {
    let mut sheets = Vec::new();
    for ((_, keeps), all) in batches {
        for part in all.chunks(FAMILIES) {
            let families = part.iter().map(|(family, _)| family.clone()).collect();
            let probes = part.iter().enumerate();
            let probes =
                probes.flat_map(|(at, (_, probes))| probes.iter().map(move |probe| (at, probe.clone())));
            sheets.push((Sheet::given(families, probes.collect()), keeps));
        }
    }
    Ok(judge.judge(sheets)?.0)
}

fn weight(failure: &Failure) -> usize {
    4 * failure.family.size() + failure.value.as_ref().map_or(0, |(_, value)| value.to_string().len())
}

/// The failure's value and smaller ones, for a family under another number.
fn probes(failure: &Failure, step: &Family, number: usize) -> Vec<Probe> {
    let Some((schema, value)) = &failure.value else { return Vec::new() };
    let schema = schema.replace(&super::family::prefix(step.number), &super::family::prefix(number));
    let all = std::iter::once(value.clone()).chain(smaller_values(value).into_iter().take(VALUES));
    let probe =
        |value: Value| Probe { schema: schema.clone(), value: renumbered(&value, step.number, number) };
    all.map(probe).collect()
}

fn smaller_values(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    at_each(
        value,
        &mut |node| match node {
            Value::Object(members) => {
                members.keys().map(|key| Value::Object(without(members, key))).collect()
            }
            Value::Array(items) => (0..items.len()).map(|at| Value::Array(less(items, at))).collect(),
            _ => Vec::new(),
        },
        &mut found,
    );
    found.sort_by_key(|value| value.to_string().len());
    found
}

/// The families that are one step smaller, the smallest first. The schema that failed stays.
fn steps(family: &Family, root: Option<&str>) -> Vec<Family> {
    let mut found = Vec::new();
    for (at, (name, schema)) in family.schemas.iter().enumerate() {
        if Some(name.as_str()) != root && family.schemas.len() > 1 && !is_referred_to(family, name) {
            let mut smaller = family.clone();
            smaller.schemas.remove(at);
            found.push(smaller);
        }
        let mut schemas = Vec::new();
        at_each(schema, &mut reductions, &mut schemas);
        for schema in schemas {
            let mut smaller = family.clone();
            smaller.schemas[at].1 = schema;
            found.push(smaller);
        }
    }
    let size = family.size();
    found.retain(|smaller| smaller.size() < size);
    let mut seen = BTreeSet::new();
    found.retain(|smaller| seen.insert(format!("{:?}", smaller.schemas)));
    found.sort_by_key(Family::size);
    found
}

fn is_referred_to(family: &Family, name: &str) -> bool {
    let reference = format!("\"#/components/schemas/{name}\"");
    family.schemas.iter().any(|(own, schema)| own != name && schema.to_string().contains(&reference))
}

/// What may stand in the place of a node of a schema.
fn reductions(node: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    match node {
        Value::Object(members) => {
            for (key, member) in members {
                // A discriminator without its property is no discriminator, and a name that is required stays one.
                if key == "propertyName" {
                    continue;
                }
                found.push(Value::Object(unrequired(without(members, key), key)));
                match member {
                    Value::Object(_) if key != "discriminator" && key != "mapping" && key != "properties" => {
                        found.push(member.clone());
                    }
                    Value::Array(items) if key != "required" => {
                        found.extend(items.iter().filter(|item| item.is_object()).cloned());
                    }
                    _ => {}
                }
            }
            if members.contains_key("type") && members.len() > 1 && members.contains_key("properties") {
                found.push(json!({"type": "object"}));
            }
            let is_schema = ["type", "enum", "const", "allOf", "oneOf", "anyOf", "$ref"];
            if is_schema.iter().any(|key| members.contains_key(*key)) {
                found.push(json!({"type": "string"}));
                found.push(json!({"type": "integer"}));
            }
        }
        Value::Array(items) if items.len() > 1 => {
            found.extend((0..items.len()).map(|at| Value::Array(less(items, at))))
        }
        _ => {}
    }
    found
}

/// An object without a member that its sibling `required` names.
fn unrequired(mut members: Map<String, Value>, _key: &str) -> Map<String, Value> {
    let Some(Value::Object(properties)) = members.get("properties") else { return members };
    let names: Vec<String> = properties.keys().cloned().collect();
    if let Some(Value::Array(required)) = members.get_mut("required") {
        let before = required.len();
        required.retain(|name| name.as_str().is_some_and(|name| names.iter().any(|known| known == name)));
        if required.is_empty() && before > 0 {
            members.shift_remove("required");
        }
    }
    members
}

fn without(members: &Map<String, Value>, key: &str) -> Map<String, Value> {
    members
        .iter()
        .filter(|(known, _)| *known != key)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn less(items: &[Value], at: usize) -> Vec<Value> {
    items.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, item)| item.clone()).collect()
}

/// The value with one of its nodes replaced, for every node and every replacement.
fn at_each(value: &Value, replace: &mut impl FnMut(&Value) -> Vec<Value>, found: &mut Vec<Value>) {
    found.extend(replace(value));
    let mut below = |part: &Value, put: &dyn Fn(Value) -> Value| {
        let mut parts = Vec::new();
        at_each_dyn(part, replace, &mut parts);
        found.extend(parts.into_iter().map(put));
    };
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                below(member, &|part| {
                    let mut members = members.clone();
                    members.insert(key.clone(), part);
                    Value::Object(members)
                });
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                below(item, &|part| {
                    let mut items = items.clone();
                    items[at] = part;
                    Value::Array(items)
                });
            }
        }
        _ => {}
    }
}

fn at_each_dyn(value: &Value, replace: &mut impl FnMut(&Value) -> Vec<Value>, found: &mut Vec<Value>) {
    at_each(value, replace, found);
}
