//! The shop itself: an ordinary axum service that knows nothing of the gateway.

use cloudrun_emulator::axum::extract::{Path, Query, State};
use cloudrun_emulator::axum::http::StatusCode;
use cloudrun_emulator::axum::response::{IntoResponse, Response};
use cloudrun_emulator::axum::routing::{get, post};
use cloudrun_emulator::axum::{Json, Router};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone, Default)]
struct Shop(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    products: Vec<Value>,
    orders: HashMap<String, Value>,
}

impl Shop {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The service's routes.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/health", get(async || "open"))
        .route("/products", get(list).post(create))
        .route("/products/{id}", get(product).patch(update).delete(remove))
        .route("/products/{id}/photo", get(photo))
        .route("/orders", post(order))
        .route("/orders/{id}", get(find_order))
        .route("/orders/{id}/cancel", post(cancel))
        .with_state(Shop::default())
}

fn problem(status: StatusCode, title: &str) -> Response {
    (status, Json(json!({ "title": title }))).into_response()
}

fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "There is nothing with this id.")
}

async fn list(State(shop): State<Shop>, Query(query): Query<HashMap<String, String>>) -> Json<Value> {
    let tables = shop.tables();
    let category = query.get("category");
    let fits = |product: &&Value| category.is_none_or(|category| product["category"] == category.as_str());
    let items: Vec<&Value> = tables.products.iter().filter(fits).collect();
    Json(json!({"total": items.len(), "items": items}))
}

async fn create(State(shop): State<Shop>, Json(mut product): Json<Map<String, Value>>) -> Response {
    let mut tables = shop.tables();
    if tables.products.iter().any(|known| known["name"] == product["name"]) {
        return problem(StatusCode::CONFLICT, "There is a product of this name.");
    }
    product.insert("id".to_owned(), json!(tables.products.len() + 1));
    product.insert("addedAt".to_owned(), json!("2026-11-23T08:00:00Z"));
    let product = Value::Object(product);
    tables.products.push(product.clone());
    (StatusCode::CREATED, Json(product)).into_response()
}

async fn product(State(shop): State<Shop>, Path(id): Path<i64>) -> Response {
    match shop.tables().products.iter().find(|product| product["id"] == id) {
        Some(product) => Json(product.clone()).into_response(),
        None => not_found(),
    }
}

async fn update(
    State(shop): State<Shop>,
    Path(id): Path<i64>,
    Json(patch): Json<Map<String, Value>>,
) -> Response {
    let mut tables = shop.tables();
    let Some(product) = tables.products.iter_mut().find(|product| product["id"] == id) else {
        return not_found();
    };
    for (name, value) in patch {
        product[name] = value;
    }
    Json(product.clone()).into_response()
}

async fn remove(State(shop): State<Shop>, Path(id): Path<i64>) -> Response {
    let mut tables = shop.tables();
    let before = tables.products.len();
    tables.products.retain(|product| product["id"] != id);
    if tables.products.len() < before { StatusCode::NO_CONTENT.into_response() } else { not_found() }
}

async fn photo(State(shop): State<Shop>, Path(id): Path<i64>) -> Response {
    if shop.tables().products.iter().all(|product| product["id"] != id) {
        return not_found();
    }
    ([("content-type", "image/png")], &b"\x89PNG\r\n\x1a\n"[..]).into_response()
}

async fn order(State(shop): State<Shop>, Json(order): Json<Value>) -> Response {
    let mut tables = shop.tables();
    let mut total = 0.0;
    for line in order["lines"].as_array().into_iter().flatten() {
        let Some(product) = tables.products.iter().find(|product| product["id"] == line["product"]) else {
            return not_found();
        };
        total +=
            product["price"].as_f64().unwrap_or_default() * line["quantity"].as_f64().unwrap_or_default();
    }
    let id = format!("00000000-0000-4000-8000-{:012}", tables.orders.len() + 1);
    let order = json!({"id": id, "status": "open", "total": total, "payment": order["payment"]});
    tables.orders.insert(id, order.clone());
    (StatusCode::CREATED, Json(order)).into_response()
}

async fn find_order(State(shop): State<Shop>, Path(id): Path<String>) -> Response {
    match shop.tables().orders.get(&id) {
        Some(order) => Json(order.clone()).into_response(),
        None => not_found(),
    }
}

async fn cancel(State(shop): State<Shop>, Path(id): Path<String>) -> Response {
    match shop.tables().orders.get_mut(&id) {
        Some(order) => {
            order["status"] = json!("cancelled");
            Json(order.clone()).into_response()
        }
        None => not_found(),
    }
}
