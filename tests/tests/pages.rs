//! Pages that follow each other, and queries as a whole.

cloudrun_runtime::include_client!("exchange");

use axum::Router;
use cloudrun_emulator::{Emulator, axum};
use cloudrun_runtime::{Error, Gateway};
use exchange::Client;
use exchange::operations::{Fetch, Find, ListLinkedWords, ListPlainWords, ListWords};
use exchange::types::Meta;
use futures_util::TryStreamExt;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Failure = Box<dyn std::error::Error>;

#[tokio::test]
async fn a_cursor_leads_from_page_to_page() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(ListWords::OPERATION)
        .json(200, json!({"words": [{"text": "a"}, {"text": "b"}], "page": {"next": "x&y"}}));
    mock.on(ListWords::OPERATION).json(200, json!({"words": [], "page": {"next": "z"}}));
    mock.on(ListWords::OPERATION).json(200, json!({"words": [{"text": "c"}], "page": {"next": null}}));
    let client = Client::new(mock.gateway());
    let words: Vec<_> = client.list_words().limit(2).items().try_collect().await?;
    assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    let queries: Vec<_> = mock.calls().into_iter().filter_map(|call| call.query).collect();
    assert_eq!(queries, ["limit=2", "limit=2&cursor=x%26y", "limit=2&cursor=z"]);
    Ok(())
}

#[tokio::test]
async fn offsets_count_items_and_links_name_their_query() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    let word = |text: &str| json!({"text": text});
    mock.on(ListPlainWords::OPERATION).json(200, json!([word("a"), word("b")]));
    mock.on(ListPlainWords::OPERATION).json(200, json!([]));
    let client = Client::new(mock.gateway());
    let mut pages = client.list_plain_words().offset(10).pages();
    assert_eq!(pages.next().await.ok_or("no page")??.len(), 2);
    assert!(pages.next().await.ok_or("no page")??.is_empty());
    assert!(pages.next().await.is_none());
    assert_eq!(mock.calls()[1].query.as_deref(), Some("offset=12"));

    let next =
        "</x?a=1,2>; rel=last, <https://evil.example/other?page=2&per=5>; title=\"a, b\"; rel=\"next\"";
    mock.on(ListLinkedWords::OPERATION).header("link", next).json(200, json!([word("a")]));
    mock.on(ListLinkedWords::OPERATION).json(200, json!([word("b")]));
    let words: Vec<_> = client.list_linked_words().items().try_collect().await?;
    assert_eq!(words.len(), 2);
    let second = mock.calls_of(ListLinkedWords::OPERATION).pop().ok_or("no call")?;
    assert_eq!((second.path.as_str(), second.query.as_deref()), ("/linked-words", Some("page=2&per=5")));
    Ok(())
}

#[tokio::test]
async fn pages_that_lead_nowhere_end_in_an_error_that_says_so() -> Result<(), Failure> {
    let page = |word: &str, next: &str| json!({"words": [{"text": word}], "page": {"next": next}});
    // The same cursor again, and a circle of two.
    for (words, calls) in [(vec![("a", "x"), ("b", "x")], 2), (vec![("a", "x"), ("b", "y"), ("c", "x")], 3)] {
        let mock = Gateway::mock()?;
        for (word, next) in &words {
            mock.on(ListWords::OPERATION).json(200, page(word, next));
        }
        let mut items = Client::new(mock.gateway()).list_words().items();
        for (word, _) in &words {
            assert_eq!(items.next().await.ok_or("no item")??.text, *word);
        }
        let error = items.next().await.ok_or("no error")?.err().ok_or("another item")?;
        assert!(error.to_string().contains("the pages go round in a circle"), "{error}");
        assert!(items.next().await.is_none());
        assert_eq!(mock.calls().len(), calls);
    }
    Ok(())
}

#[tokio::test]
async fn pages_without_items_have_an_end() -> Result<(), Failure> {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let router = Router::new().fallback(async move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        // There are lists of which little is left by a filter.
        let words = if number == 900 { json!([{"text": "a"}]) } else { json!([]) };
        axum::Json(json!({"words": words, "page": {"next": number.to_string()}}))
    });
    let emulator = Emulator::new().service("exchange", router).start().await?;
    let mut items = Client::new(&emulator.gateway()?).list_words().items();
    assert_eq!(items.next().await.ok_or("no item")??.text, "a");
    let error = items.next().await.ok_or("no error")?.err().ok_or("another item")?;
    assert!(error.to_string().contains("1000 pages in a row had no item"), "{error}");
    assert!(items.next().await.is_none());
    assert_eq!(calls.load(Ordering::Relaxed), 1901);
    Ok(())
}

#[tokio::test]
async fn a_page_that_fails_is_the_end() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(ListPlainWords::OPERATION).bytes(500, "oh");
    let mut items = Client::new(mock.gateway()).list_plain_words().items();
    assert!(matches!(items.next().await, Some(Err(Error::Service { .. }))));
    assert!(items.next().await.is_none());
    assert_eq!(mock.calls().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_query_can_be_given_as_a_whole_and_hold_what_is_reserved() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(Find::OPERATION).bytes(204, "");
    mock.on(Fetch::OPERATION).bytes(204, "");
    let client = Client::new(mock.gateway());
    client.find().everything(&Meta { name: Some("a b".to_owned()), size: Some(3) }).send().await?;
    client.fetch().url("https://example.com/a?b=c&d#e").send().await?;
    let queries: Vec<_> = mock.calls().into_iter().filter_map(|call| call.query).collect();
    assert_eq!(queries, ["name=a%20b&size=3", "url=https://example.com/a?b=c%26d%23e"]);
    Ok(())
}
