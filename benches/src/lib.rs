//! Benches, instruction counts and comparisons; see `docs/src/performance.md` for how to run them.

pub mod clock;
pub mod columns;
pub mod leads;
pub mod naive;
pub mod oracle;
pub mod product;
pub mod routed;
pub mod row;
pub mod textbook;

/// A small generator of pseudo-random numbers (SplitMix64), so that the customers never change.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// Makes fictitious customers for the policy `standard`, each a JSON object on one line, without its
/// end; the same count gives the same customers.
pub fn customers(count: u64) -> impl Iterator<Item = String> {
    let mut numbers = Numbers(20_260_630);
    (0..count).map(move |i| {
        let digits = 10_u64.pow(4 + u32::try_from(numbers.below(5)).unwrap_or(0));
        let profit = numbers.below(digits);
        let days = numbers.below(5_476);
        let growth = numbers.below(2_500);
        let total = 1 + numbers.below(20);
        let needs = numbers.below(total + 1);
        let (service, price) = (1 + numbers.below(5), 1 + numbers.below(5));
        format!(
            r#"{{"subject": "C{i:07}", "facts": {{"cumulative_profit": "{}.{:02}", "cooperation_days": {days}, "industry_growth": "0.{growth:04}", "undeveloped_needs": {needs}, "total_needs": {total}, "service_sensitivity": {service}, "price_sensitivity": {price}}}}}"#,
            profit / 100,
            profit % 100,
        )
    })
}
