//! The soak in small; the large one is `cargo run --release -p cloudrun-tests --bin soak`.

use cloudrun_tests::soak::{Plan, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_ends_truthfully_while_everything_goes_wrong()
-> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let figures = run(Plan { calls: 5_000, tasks: 32, seed: 7 }, |_| {}).await?;
    assert_eq!(figures.complaints(), [""; 0], "\n{figures}");
    assert!(figures.successes > 4_000 && figures.errors.len() > 3 && figures.sign_ins.1 > 0, "\n{figures}");
    Ok(())
}
