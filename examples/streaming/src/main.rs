//! A chat over Server-Sent Events and over a WebSocket, through the gateway. The service cuts both connections in the
//! middle; the client goes on where it was.

mod service;

cloudrun_runtime::include_client!("chat");

use chat::Client;
use chat::types::{Question, Say};
use cloudrun_emulator::Emulator;
use cloudrun_runtime::stream::Reconnect;
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let emulator = Emulator::new().service("chat", service::router()).start().await?;
    println!("The gateway listens on {}\n", emulator.url());
    let client = Client::new(&emulator.gateway()?);
    by_events(&client).await?;
    by_socket(&client).await?;
    emulator.shutdown().await;
    Ok(())
}

async fn by_events(client: &Client) -> Result<(), Failure> {
    println!("Server-Sent Events:");
    let question = Question::new("Does it work?");
    let mut words = client.answer(&question).stream().reconnect(Reconnect::default()).await?;
    let mut text = Vec::new();
    while let Some(event) = words.next().await {
        let event = event?;
        println!("  event {:>2}  {}", event.id.as_deref().unwrap_or("-"), event.data.text);
        text.push(event.data.text);
    }
    let whole = client.answer(&question).send().await?;
    println!("  at once   {}\n", whole.text);
    if text.join(" ") != whole.text {
        return Err("words were lost or came twice".into());
    }
    Ok(())
}

async fn by_socket(client: &Client) -> Result<(), Failure> {
    println!("WebSocket:");
    let policy = Reconnect::default().delay(Duration::from_millis(20));
    let mut socket = client.join("kitchen").connect().reconnect(policy).await?;
    for text in ["hello", "is anybody there?", "still here", "good-bye"] {
        // A message that is sent while the connection breaks gets no answer; it is sent again.
        let said = loop {
            socket.send(&Say::new(text)).await?;
            match tokio::time::timeout(Duration::from_millis(500), socket.next()).await {
                Ok(Some(said)) => break said?,
                Ok(None) => return Err("the socket has ended".into()),
                Err(_) => println!("  (no answer to {text:?}; once more)"),
            }
        };
        println!("  message {} of this connection: {}", said.number, said.text);
    }
    println!("  reconnected {} time(s)", socket.reconnects());
    if socket.reconnects() == 0 {
        return Err("the service did not cut the connection".into());
    }
    Ok(())
}
