//! The little that is needed of the page's elements. What services send is set as text, never as markup.

use std::fmt::Display;
use std::future::Future;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, Event, HtmlInputElement, Window};

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// The content of a `<meta>` element.
pub(crate) fn meta(name: &str) -> Option<String> {
    document()?.query_selector(&format!("meta[name={name}]")).ok()??.get_attribute("content")
}

/// The text of an input.
pub(crate) fn value(id: &str) -> String {
    element(id)
        .and_then(|input| input.dyn_into::<HtmlInputElement>().ok())
        .map(|input| input.value())
        .unwrap_or_default()
}

/// Sets the text of an element.
pub(crate) fn set(id: &str, text: &str) {
    if let Some(element) = element(id) {
        element.set_text_content(Some(text));
    }
}

/// Fills a list.
pub(crate) fn list(id: &str, items: impl Iterator<Item = String>) {
    set(id, "");
    items.for_each(|item| append(id, &item));
}

/// Adds an item to a list.
pub(crate) fn append(id: &str, text: &str) {
    let item = document().and_then(|document| document.create_element("li").ok());
    if let (Some(list), Some(item)) = (element(id), item) {
        item.set_text_content(Some(text));
        // A list that is in the page takes items.
        let _ = list.append_child(&item);
    }
}

/// Shows what went wrong.
pub(crate) fn fail(error: &(impl Display + ?Sized)) {
    set("error", &error.to_string());
}

/// Runs something when a button is pressed; what fails is shown.
pub(crate) fn on<F: Future<Output = Result<(), Box<dyn std::error::Error>>> + 'static>(
    id: &str,
    act: impl Fn() -> F + 'static,
) {
    let pressed = Closure::<dyn FnMut(Event)>::new(move |_| {
        set("error", "");
        let acting = act();
        wasm_bindgen_futures::spawn_local(async move {
            if let Err(error) = acting.await {
                fail(&*error);
            }
        });
    });
    if let Some(button) = element(id) {
        // An element takes any listener.
        let _ = button.add_event_listener_with_callback("click", pressed.as_ref().unchecked_ref());
    }
    // The page lives as long as its buttons.
    pressed.forget();
}

/// The id of this browser, made once: another one is another anonymous user.
pub(crate) fn device_id() -> String {
    const KEY: &str = "cloudrun-device-id";
    let storage = window().and_then(|window| window.local_storage().ok()?);
    if let Some(known) = storage.as_ref().and_then(|storage| storage.get_item(KEY).ok()?) {
        return known;
    }
    let id: String =
        (0..4).map(|_| format!("{:08x}", (js_sys::Math::random() * 4_294_967_296.0) as u32)).collect();
    if let Some(storage) = storage {
        // A browser that keeps nothing makes a new user of each visit.
        let _ = storage.set_item(KEY, &id);
    }
    id
}
