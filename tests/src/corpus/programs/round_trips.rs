//! Reads values of a generated client's types and writes them again.
#![allow(unused_imports)]
mod client;
use client::types;
use cloudrun_runtime::json::{Decode, Encode, from_slice, to_vec};
use cloudrun_runtime::{jiff, serde_json::{self, Value, json}, uuid};
use std::collections::BTreeMap;

fn go<T: Decode + Encode>(value: &Value) -> Result<Value, String> {
    let bytes = value.to_string().into_bytes();
    let decoded = from_slice::<T>(&bytes).map_err(|e| e.to_string())?;
    let out = to_vec(&decoded).map_err(|e| e.to_string())?;
    serde_json::from_slice(&out).map_err(|e| e.to_string())
}

fn main() {
    let readers: &[fn(&Value) -> Result<Value, String>] = &[
// types
    ];
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let row: Value = serde_json::from_str(&line).unwrap_or_default();
        let reader = row[0].as_u64().and_then(|index| readers.get(index as usize));
        match reader.map(|read| read(&row[1])) {
            Some(Ok(value)) => println!("{}", json!({"ok": value})),
            Some(Err(error)) => println!("{}", json!({"error": error})),
            None => println!("{}", json!({"error": "no such type"})),
        }
    }
}
