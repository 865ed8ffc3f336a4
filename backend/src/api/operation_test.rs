//! bench
use super::*;
use std::time::Instant;
#[tokio::test]
async fn bench() {
    let schema = Schema::build(Query, Mutation, Subscription).finish();
    let with = Schema::build(Query, Mutation, Subscription).extension(super::progress::MarkExecution).finish();
    let q = "{ items(first: 500) { a b c d e f g h i j } }";
    for _ in 0..3 {
        for (n, s) in [("without", &schema), ("with", &with)] {
            let t = Instant::now();
            for _ in 0..50 { let r = s.execute(q).await; assert!(r.errors.is_empty()); }
            println!("{n} {:?}", t.elapsed() / 50);
        }
    }
}
