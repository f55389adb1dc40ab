//! The soak of sockets in small; the large one is `cargo run --release -p cloudrun-tests --bin soak -- --sockets 20000`. It counts the
//! tasks and files of its process, so it has one of its own.

use cloudrun_tests::soak::sockets::{Plan, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_socket_and_stream_ends_as_its_peer_ended_it()
-> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let figures = run(Plan { sockets: 400, at_once: 100, seed: 7 }, |_| {}).await?;
    assert_eq!(figures.complaints(), [""; 0], "\n{figures}");
    assert_eq!((figures.all, figures.fine.len()), (500, 16), "\n{figures}");
    Ok(())
}
