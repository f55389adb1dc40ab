//! Ten thousand requests through the emulator; `cargo run --release -p cloudrun-tests --bin crowd` prints what they cost.

use cloudrun_tests::crowd::{Plan, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_of_ten_thousand_requests_is_lost_or_mixed_up()
-> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let figures = run(Plan { requests: 10_000, connections: 32 }).await?;
    let way = &figures.emulated;
    assert_eq!((way.right, way.lost, way.mixed_up), (10_000, 0, 0), "\n{figures}");
    Ok(())
}
