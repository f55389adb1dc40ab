use crate::ui;
use cloudrun_runtime::{Gateway, SignIn};
use lounge::types::{Line, NewGuest};
use lounge::{Client, operations::SignGuestBookError};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;

cloudrun_runtime::include_client!("lounge");

type Failure = Box<dyn std::error::Error>;
type Result<T = ()> = std::result::Result<T, Failure>;

/// Called once the page has loaded.
#[wasm_bindgen(start)]
fn start() {
    let client = match client() {
        Ok(client) => client,
        Err(error) => return ui::fail(&*error),
    };
    let one = client.clone();
    ui::on("load", move || guests(one.clone()));
    let one = client.clone();
    ui::on("sign", move || sign(one.clone()));
    let one = client.clone();
    ui::on("watch", move || watch(one.clone()));
    let one = client.clone();
    ui::on("impatient", move || impatient(one.clone()));
    let room = Rc::new(RefCell::new(None));
    ui::on("say", move || say(client.clone(), Rc::clone(&room)));
    ui::set("state", "ready");
}

/// The client of an anonymous user. Who that is, the browser remembers.
fn client() -> Result<Client> {
    let gateway = ui::meta("gateway").ok_or("the page does not say where the gateway is")?;
    let visitor = SignIn::anonymous(ui::device_id());
    Ok(Client::new(&Gateway::at(gateway).credential(visitor).timeout(Duration::from_secs(5)).build()?))
}

async fn guests(client: Client) -> Result {
    let guests = client.list_guests().send().await?;
    ui::list("guests", guests.iter().map(|guest| format!("{}. {}", guest.number, guest.name)));
    Ok(())
}

async fn sign(client: Client) -> Result {
    match client.sign_guest_book(&NewGuest::new(ui::value("name"))).send().await {
        Ok(_) => guests(client).await,
        // What the document says can go wrong, in its own type.
        Err(error) => match error.service_error() {
            Some(SignGuestBookError::UnprocessableContent(problem)) => Err(problem.title.clone().into()),
            _ => Err(error.into()),
        },
    }
}

/// Events as they come. Leaving the loop drops the stream, which ends the request.
async fn watch(client: Client) -> Result {
    let mut ticks = client.watch_clock().stream().await?;
    while let Some(tick) = ticks.next().await {
        let number = tick?.data.number;
        ui::set("clock", &number.to_string());
        if number == 3 {
            break;
        }
    }
    ui::set("clock-state", "left");
    Ok(())
}

/// A call whose time is over before the service answers.
async fn impatient(client: Client) -> Result {
    client
        .list_guests()
        .header("x-emulator-fault", "delay:2000")
        .timeout(Duration::from_millis(200))
        .send()
        .await?;
    Ok(())
}

type Room = cloudrun_runtime::websocket::WebSocket<Line, Line>;

/// The room is entered with the first line.
async fn say(client: Client, room: Rc<RefCell<Option<Room>>>) -> Result {
    let entered = room.borrow_mut().take();
    let mut socket = match entered {
        Some(socket) => socket,
        None => client.enter_room().connect().await?.into_inner(),
    };
    socket.send(&Line::new(ui::value("line"))).await?;
    let line = socket.next().await.ok_or("the room is closed")??;
    ui::append("lines", &line.text);
    *room.borrow_mut() = Some(socket);
    Ok(())
}
