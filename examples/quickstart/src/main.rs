//! Calls every operation of a shop service through the gateway. The gateway is the emulator, the service stands
//! behind it in this process; with `Gateway::from_env` the same calls reach a service on CloudRun.

mod service;

cloudrun_runtime::include_client!("shop");

use cloudrun_emulator::Emulator;
use cloudrun_runtime::{Credential, Error, Response};
use shop::Client;
use shop::operations::{CreateProductError, GetProductError};
use shop::types::{Card, Category, NewOrder, NewOrderLinesItem, NewProduct, Payment, ProductPatch};
use std::fmt::Debug;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::new().service("shop", service::router()).start().await?;
    println!("The gateway listens on {}\n", emulator.url());
    let gateway = emulator.gateway()?;
    let client = Client::new(&gateway);

    show(&client.health().send().await);

    let mut ball = NewProduct::new("Ball", 4.5, Category::Toy);
    ball.tags = Some(vec!["round".to_owned()]);
    let ball = show(&client.create_product(&ball).send().await).ok_or("no ball")?;
    let hammer = NewProduct::new("Hammer", 19.0, Category::Tool);
    let hammer = show(&client.create_product(&hammer).send().await).ok_or("no hammer")?;

    // A documented error is a variant of the operation's own enum.
    let again = client.create_product(&NewProduct::new("Ball", 5.0, Category::Toy)).send().await;
    show(&again);
    match again {
        Err(Error::Service { error: CreateProductError::Conflict(problem), .. }) => {
            println!("    the conflict as a value: {}", problem.title);
        }
        other => return Err(format!("expected a conflict, got {other:?}").into()),
    }

    let toys = client.list_products().limit(10).category(Category::Toy).tag(&["round"]).x_shop_language("en");
    show(&toys.send().await);
    show(&client.get_product(ball.id).send().await);

    // `Some(None)` sends null, `None` leaves the field out.
    let patch = ProductPatch { price: Some(3.9), description: Some(None), ..ProductPatch::default() };
    show(&client.update_product(ball.id, &patch).send().await);
    show(&client.get_product_photo(ball.id).send().await);

    let lines = vec![NewOrderLinesItem::new(ball.id, 2), NewOrderLinesItem::new(hammer.id, 1)];
    let order = NewOrder::new(lines, Payment::Card(Card::new("4242")));
    let order = show(&client.create_order(&order).send().await).ok_or("no order")?;
    show(&client.get_order(order.id).send().await);
    show(&client.cancel_order(order.id).send().await);

    show(&client.delete_product(hammer.id).send().await);
    let gone = client.get_product(hammer.id).send().await;
    show(&gone);
    if !matches!(gone, Err(Error::Service { error: GetProductError::NotFound(_), .. })) {
        return Err("the deleted product is still there".into());
    }

    // The gateway's own refusals are told apart from the service's.
    let stranger = emulator.gateway_with(Credential::access_token("expired"))?;
    let refused = Client::new(&stranger).list_products().send().await;
    show(&refused);
    match refused {
        Err(Error::Gateway(error)) => {
            println!("    the gateway's code: {}", error.code().map_or("none", |code| code.as_str()))
        }
        other => return Err(format!("expected the gateway to refuse, got {other:?}").into()),
    }
    Ok(())
}

/// Prints a call and answers with its value.
fn show<T: Debug + Clone, E: Debug>(result: &Result<Response<T>, Error<E>>) -> Option<T> {
    let reply = match result {
        Ok(response) => Some(response.reply()),
        Err(error) => error.reply(),
    };
    if let Some(reply) = reply {
        println!("{} {} -> {}", reply.operation().method(), reply.path(), reply.status());
    }
    match result {
        Ok(response) => println!("    {:?}", **response),
        Err(error) => println!("    {error}"),
    }
    result.as_ref().ok().map(|response| T::clone(response))
}
