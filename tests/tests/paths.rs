//! Path values of any text stay where they belong, as a server that is not ours reads them.

cloudrun_runtime::include_client!("petstore");

use axum::Router;
use axum::extract::Request;
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::{Error, Gateway, RequestError};
use petstore::Client;
use petstore::operations::GetPet;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::json;

/// The path that arrives when a pet of this id is asked for, or why none does.
fn asked(id: &str) -> Result<Result<String, RequestError>, TestCaseError> {
    let fail = |error: &dyn std::fmt::Display| TestCaseError::fail(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| fail(&e))?;
    runtime.block_on(async {
        let mock = Gateway::mock().map_err(|error| fail(&error))?;
        mock.on(GetPet::OPERATION).json(200, json!({"id": 1, "name": "Rex"}));
        match Client::new(mock.gateway()).get_pet(id).send().await {
            Ok(_) => Ok(Ok(mock.calls().pop().map(|call| call.path).unwrap_or_default())),
            Err(Error::Request { error, .. }) => Ok(Err(error)),
            Err(error) => Err(fail(&error)),
        }
    })
}

/// Segments with what attackers like in them.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(".".to_owned()),
        Just("..".to_owned()),
        Just("/".to_owned()),
        Just("\\".to_owned()),
        Just("%2e".to_owned()),
        Just("%2F".to_owned()),
        Just("%5c".to_owned()),
        Just("?#".to_owned()),
        Just(";a=b".to_owned()),
        Just("\r\n".to_owned()),
        Just("\0".to_owned()),
        ".{0,3}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// Whether a server that decodes too often would find a way up in it.
fn climbs(text: &str) -> bool {
    let mut text = text.to_owned();
    for _ in 0..8 {
        if text.split(['/', '\\']).any(|segment| segment == "..") {
            return true;
        }
        text = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
    }
    false
}

/// The path that a service behind the emulator sees, over a real connection; `None` if nothing was sent.
struct Wire {
    runtime: tokio::runtime::Runtime,
    emulator: RunningEmulator,
}

impl Wire {
    fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let own = Router::new().fallback(async |request: Request| {
            let path = request.uri().path().to_owned();
            ([("content-type", "application/json")], json!({"id": 1, "name": path}).to_string())
        });
        let emulator = Emulator::new().service("petstore", own).service("petstore2", Router::new());
        Ok(Self { emulator: runtime.block_on(emulator.start())?, runtime })
    }

    /// What became of a call, as the emulator saw it: the service's path, or nothing.
    fn path(&self, id: &str) -> Result<Option<String>, String> {
        self.runtime.block_on(async {
            let gateway = self.emulator.gateway().map_err(|error| error.to_string())?;
            match Client::new(&gateway).get_pet(id).send().await {
                Ok(pet) => Ok(Some(pet.name.clone())),
                Err(Error::Request { error: RequestError::PathShape { .. }, .. }) => Ok(None),
                Err(error) => Err(error.to_string()),
            }
        })
    }
}

#[test]
fn any_value_reaches_its_own_service_as_it_is() -> Result<(), Box<dyn std::error::Error>> {
    let wire = Wire::start()?;
    let mut runner = TestRunner::new(ProptestConfig::with_cases(400));
    runner.run(&nasty(), |id| {
        if let Some(path) = wire.path(&id).map_err(TestCaseError::fail)? {
            let segment = path.strip_prefix("/api/v1/pets/").map(str::to_owned).unwrap_or_default();
            let decoded = percent_encoding::percent_decode_str(&segment).decode_utf8_lossy().into_owned();
            prop_assert_eq!(decoded, id.clone());
            prop_assert!(!climbs(&path), "{}", path);
        }
        Ok(())
    })?;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_value_stays_in_its_segment(id in nasty()) {
        match asked(&id)? {
            Ok(path) => {
                // Any URL parser leaves the path as it is, and its last segment decodes to the value.
                let url = reqwest::Url::parse(&format!("http://host{path}"))
                    .map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(url.path(), &path);
                let segments: Vec<&str> = path.split('/').collect();
                prop_assert_eq!(&segments[..4], &["", "api", "v1", "pets"]);
                prop_assert_eq!(segments.len(), 5);
                let decoded = percent_encoding::percent_decode_str(segments[4]).decode_utf8()
                    .map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(decoded, id);
            }
            Err(RequestError::PathShape { .. }) => prop_assert!(matches!(id.as_str(), "" | ".") || climbs(&id)),
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }

    #[test]
    fn paths_by_hand_never_climb(path in nasty()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let arrived = runtime.block_on(async {
            let mock = Gateway::mock().ok()?;
            let service = mock.gateway().service("victim").ok()?;
            // The mock expects nothing; what counts is what would have been sent.
            let _ = service.get(&path).send().await;
            mock.calls().pop()
        });
        if let Some(call) = arrived {
            let sent = format!("http://host/v1/cloudrun/victim{}", call.path);
            let url = reqwest::Url::parse(&sent).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(url.path().starts_with("/v1/cloudrun/victim/"), "{}", url);
            let decoded = percent_encoding::percent_decode_str(url.path()).decode_utf8_lossy().replace('\\', "/");
            prop_assert!(decoded.split('/').all(|segment| segment != ".."), "{}", url);
        }
    }
}
