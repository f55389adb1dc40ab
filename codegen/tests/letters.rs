//! Names of any letters: what is generated gives rustc nothing to warn of, whatever a document calls its parts. The judge is
//! written after rustc's lints `uncommon_codepoints`, `confusable_idents` and `mixed_script_confusables`, which see a whole
//! crate at once.

use cloudrun_codegen::{Layout, Options, generate};
use proc_macro2::{TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use unicode_security::GeneralSecurityProfile;
use unicode_security::confusable_detection::skeleton;
use unicode_security::mixed_script::{AugmentedScriptSet, is_potential_mixed_script_confusable_char};

/// Letters that look like others, change their script or their number with their case, or are none.
const STRANGE: &str = "ⅠⅻαοΑΟνєаеорсухѕіјАВЕМНОРСТХЅІЈԁԛԝᎪᏟᏆꭰꮪℓℵKÅªºＡｚ１²ⁿßẞıİŉǅǰΐſﬁﬃ๑กเแאבוןסاهوی٥ংকগনাカーノロ一二口工士ヘへニ𝐀𝓪𝟘𐐀𐑀օսզՕւհႠაᲐწԱև·‿\u{301}\u{308}\u{200d}\u{200c}\u{ad}\u{202e}\u{2067}\u{feff}\u{3164}\u{115f}😀①㋿℃µμΩΩ‘’";

fn words() -> impl Strategy<Value = String> {
    let strange: Vec<char> = STRANGE.chars().collect();
    let letter = prop_oneof![
        6 => prop::sample::select(strange),
        2 => prop::char::range('a', 'z'),
        1 => prop::sample::select(vec!['_', '-', ' ', '1', 'A', 'I', 'O', 'l']),
        2 => any::<char>(),
    ];
    prop::collection::vec(letter, 1..5).prop_map(|letters| letters.into_iter().collect())
}

/// A document that calls everything it has by these words.
fn document(words: &[String]) -> Value {
    let named = |word: &String| (word.clone(), json!({"type": "string", "enum": words}));
    let object = json!({"type": "object", "properties": words.iter().map(named).collect::<Map<_, _>>()});
    let parameter =
        |word| json!({"name": word, "in": "query", "description": word, "schema": {"type": "string"}});
    let parameters: Vec<Value> = words.iter().map(parameter).collect();
    let schemas: Map<String, Value> =
        words.iter().enumerate().map(|(at, word)| (format!("{word}{at}"), object.clone())).collect();
    let operation = |word: &String| {
        let content = json!({"application/json": {"schema": object}});
        let responses = json!({"200": {"description": word, "content": content}});
        json!({"get": {"operationId": word, "tags": [word], "parameters": parameters, "responses": responses}})
    };
    let paths: Map<String, Value> =
        words.iter().enumerate().map(|(at, word)| (format!("/{at}"), operation(word))).collect();
    let info = json!({"title": words.concat(), "version": "1"});
    json!({"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}})
}

fn identifiers(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string().trim_start_matches("r#").to_owned());
            }
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// What rustc would say of a crate with these identifiers.
fn complaints(identifiers: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut looks: HashMap<String, &String> = HashMap::new();
    for name in identifiers {
        if !name.chars().all(GeneralSecurityProfile::identifier_allowed) {
            found.push(format!("uncommon_codepoints: {name:?}"));
        }
        if let Some(other) = looks.insert(skeleton(name).collect(), name)
            && !(name.is_ascii() && other.is_ascii())
        {
            found.push(format!("confusable_idents: {name:?} and {other:?}"));
        }
    }
    found.extend(suspicious(identifiers).map(|letters| format!("mixed_script_confusables: {letters:?}")));
    found
}

/// The letters of scripts that are there by nothing but letters which could be taken for those of others.
fn suspicious(identifiers: &BTreeSet<String>) -> impl Iterator<Item = Vec<char>> {
    let mut scripts: HashMap<AugmentedScriptSet, (bool, Vec<char>)> = HashMap::new();
    scripts.insert(AugmentedScriptSet::for_char('A'), (true, Vec::new()));
    for c in identifiers.iter().flat_map(|name| name.chars()).filter(|c| !c.is_ascii()) {
        let (is_verified, letters) = scripts.entry(AugmentedScriptSet::for_char(c)).or_default();
        match is_potential_mixed_script_confusable_char(c) {
            true => letters.push(c),
            false => *is_verified = true,
        }
    }
    let verified = scripts.iter().filter(|(_, (is_verified, _))| *is_verified);
    let verified: Vec<AugmentedScriptSet> = verified.map(|(set, _)| *set).collect();
    scripts.into_iter().filter_map(move |(set, (is_verified, letters))| {
        let meets = |other: &AugmentedScriptSet| {
            let mut both = *other;
            both.intersect_with(set);
            !other.is_all() && !both.is_empty() && !both.is_all()
        };
        (!is_verified && !set.is_all() && !verified.iter().any(meets)).then_some(letters)
    })
}

fn fail(error: impl Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

fn judge(words: &[String]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().map_err(fail)?;
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document(words).to_string()).map_err(fail)?;
    let mut options = Options::new("letters");
    options.samples = true;
    let client = generate(&path, &options, Layout::Directory)
        .map_err(|errors| fail(errors.iter().map(ToString::to_string).collect::<String>()))?;
    let mut found = BTreeSet::new();
    for (_, text) in client.files() {
        // What turns the direction of a text around is denied in comments and literals.
        let turns = text.chars().find(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        prop_assert_eq!(turns, None);
        identifiers(text.parse().map_err(fail)?, &mut found);
    }
    prop_assert_eq!(complaints(&found), Vec::<String>::new());
    Ok(())
}

#[test]
fn each_letter_alone_and_beside_others_gives_no_warning() -> Result<(), TestCaseError> {
    let letters: Vec<String> = STRANGE.chars().map(String::from).collect();
    letters.iter().try_for_each(|word| judge(std::slice::from_ref(word)))?;
    letters.chunks(12).try_for_each(judge)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn names_of_any_letters_give_no_warning(words in prop::collection::vec(words(), 1..6)) {
        judge(&words)?;
    }
}
