//! Columns scored by the policy `standard`, over 1, 1 000 and 100 000 customers: composites and tiers, the same
//! with the score of every dimension, and with 5 % of each column missing.
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use guanxi_benches::columns::{Columns, Kind, Scores};
use guanxi_benches::product::Product;

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("batch");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for count in [1, 1_000, 100_000] {
        let (dense, missing) = (Columns::new(Kind::Realistic, count), Columns::new(Kind::Missing, count));
        let product = Product::new(dense.maxima())?;
        group.throughput(Throughput::Elements(u64::try_from(count)?));
        let kernels = [
            ("dense", product.batch(&dense)?),
            ("dimensions", product.dimensions(&dense)?),
            ("missing", product.batch(&missing)?),
        ];
        for (name, kernel) in kernels {
            let mut scores = Scores::new(count);
            group.bench_function(BenchmarkId::new(name, count), |bencher| {
                bencher.iter(|| kernel(black_box(&mut scores)));
            });
        }
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
