//! Users of an account system of one's own: tickets that are signed here, and those of another signer.

use super::{Failure, burst, call, emulator, error_of};
use cloudrun_emulator::{Caller, Emulator, StartError};
use cloudrun_runtime::{ConfigError, SignIn, TicketKey};
use std::time::Duration;
use tokio::time::sleep;

const PRIVATE: &str = include_str!("../../keys/custom-login.pem");
const PUBLIC: &str = include_str!("../../keys/custom-login.pub.pem");
/// What `createTicket` of npm `@cloudbase/node-sdk` 3.18 made with the key at 1732450000000.
const ENDED: &str = "key-1/@@/eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhbGciOiJSUzI1NiIsImVudiI6IndpdG5lc3MtMWEyYjNjIiwiaWF0IjoxNzMyNDUwMDAwMDAwLCJleHAiOjE3MzI0NTA2MDAwMDAsInVpZCI6InVzZXItMDA0MiIsInJlZnJlc2giOjM2MDAwMDAsImV4cGlyZSI6MTczMzA1NDgwMDAwMH0.jT85YC8unr9yyvQfuFRv4oDP6T6kqe-vUhprxfDMgNFFpZ0qHjRyjRRI8cYe_Ww-jhFQxl31Bo0jDqfD9aLZXpySfaWvPaMuL-kf8_GjFoQiroWxxVv91EFe11YDtr6EvXQMoX4ZRURQgm1FvqJV0Xl2QDZbt_peVoaDr00nDEg";
/// Signed by the same key with npm `jsonwebtoken` 9: one that is valid until the year 2100, and one that is not valid before it.
const FOR_DECADES: &str = "key-1/@@/eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhbGciOiJSUzI1NiIsImVudiI6IndpdG5lc3MtMWEyYjNjIiwiaWF0IjoxNzMyNDUwMDAwMDAwLCJleHAiOjQxMDI0NDQ4MDAwMDAsInVpZCI6InVzZXItMDA0MiIsInJlZnJlc2giOjM2MDAwMDAsImV4cGlyZSI6NDEwMjQ0NDgwMDAwMH0.gK5al7UVJDJIIuaJxDxWaeHqNXK6SbjfBycNdVoVVCUUFOuv11m-khugfdJtjI3DGpiJElph9OiwfI9EHC9CruUQlLEh_l47eDwZbgxomrH9PD04W4ywk2KsZtyN8Ouk9yiudmENyx3Jc1dU0C0-abnsH97Ee2Xdkt117RUHTNo";
const OF_2100: &str = "key-1/@@/eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhbGciOiJSUzI1NiIsImVudiI6IndpdG5lc3MtMWEyYjNjIiwiaWF0Ijo0MTAyNDQ0ODAwMDAwLCJleHAiOjQxMDI0NDU0MDAwMDAsInVpZCI6InVzZXItMDA0MiIsInJlZnJlc2giOjM2MDAwMDAsImV4cGlyZSI6NDEwMjQ0NDgwMDAwMH0.JAt47A_e7XWcXjFFgGvlGNsD7XnQZvwcMOqvZ71l09BVYZjPO1ZdNTYDks0JhC6RuTxcACtX0Nk29BlYAF4qdS2pvqlaxAynzEzC2xQRCHvupQpuhIKrw_UIdW2BlYcNF7Tma9D9jlD4vI8lyxc32n089dc5ERxit0JWe2rUzZE";

fn with_key() -> Emulator {
    let is_user = |caller: &Caller| matches!(caller, Caller::User { id, .. } if id == "user-0042");
    emulator().environment_id("witness-1a2b3c").custom_login("key-1", PUBLIC).allow("echo", is_user)
}

#[tokio::test]
async fn a_ticket_signs_its_user_in() -> Result<(), Failure> {
    let key = TicketKey::new("key-1", PRIVATE, "witness-1a2b3c")?;
    let emulator = with_key().start().await?;
    let gateway = emulator.gateway_with(SignIn::ticket(key.ticket("user-0042")?))?;
    assert_eq!(burst(&gateway, 100).await?, (100, vec![]));
    assert_eq!(emulator.counts().sign_ins(), 1);
    let other = emulator.gateway_with(SignIn::ticket(key.ticket("user-0043")?))?;
    assert_eq!(error_of(&other).await?.status().map(|status| status.as_u16()), Some(403));
    Ok(())
}

#[tokio::test]
async fn who_has_the_key_signs_in_again_when_the_session_is_over() -> Result<(), Failure> {
    let key = TicketKey::new("key-1", PRIVATE, "witness-1a2b3c")?;
    let emulator =
        with_key().access_token_life(Duration::from_millis(200)).refresh_token_life(Duration::ZERO);
    let emulator = emulator.start().await?;
    let gateway = emulator.gateway_with(SignIn::custom(key.clone(), "user-0042")?)?;
    call(&gateway).await?;
    sleep(Duration::from_millis(250)).await;
    call(&gateway).await?;
    assert_eq!((emulator.counts().sign_ins(), emulator.counts().refreshes()), (2, 1));
    assert!(matches!(SignIn::custom(key, "abc"), Err(ConfigError::UserId(id)) if id == "abc"));
    Ok(())
}

#[tokio::test]
async fn the_emulator_takes_no_ticket_but_a_good_one() -> Result<(), Failure> {
    let emulator = with_key().start().await?;
    let sign = |id: &str, environment: &str| -> Result<String, Failure> {
        Ok(TicketKey::new(id, PRIVATE, environment)?.ticket("user-0042")?)
    };
    let good = sign("key-1", "witness-1a2b3c")?;
    let (signed, signature) = good.rsplit_once('.').ok_or("no JWT")?;
    let (begin, _) = signed.rsplit_once('.').ok_or("no JWT")?;
    let claims_of_old = ENDED.split('.').nth(1).ok_or("no JWT")?;
    // `{"alg":"none" ,`
    let unsigned = good.replacen("eyJhbGciOiJSUzI1NiI", "eyJhbGciOiJub25lIiA", 1);
    for (ticket, reason) in [
        (ENDED.to_owned(), "The ticket has ended"),
        (FOR_DECADES.to_owned(), "longer than ten minutes"),
        (OF_2100.to_owned(), "The ticket has ended, or"),
        (sign("key-2", "witness-1a2b3c")?, "not registered"),
        (sign("key-1", "another")?, "another environment"),
        (
            format!("{signed}.{}", signature.replace(|c: char| c.is_ascii_lowercase(), "A")),
            "signature is wrong",
        ),
        (format!("{signed}."), "signature is wrong"),
        (format!("{begin}.{claims_of_old}.{signature}"), "signature is wrong"),
        (unsigned, "signature is wrong"),
        (signed.replacen('.', "", 1), "no JWT"),
        ("no ticket".to_owned(), "no id of a key"),
    ] {
        let error = error_of(&emulator.gateway_with(SignIn::ticket(&ticket))?).await?;
        let text = error.to_string();
        assert!(error.is_auth() && text.contains(reason), "{ticket}: {text}");
        assert!(text.contains("valid for ten minutes") && !text.contains(&ticket), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn a_public_key_that_is_none_is_told_at_the_start() {
    let started = emulator().custom_login("key-1", PRIVATE).start().await;
    assert!(matches!(started, Err(StartError::TicketKey(id)) if id == "key-1"));
}
