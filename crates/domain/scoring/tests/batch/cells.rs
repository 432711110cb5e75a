//! One cell among many that are in order.
use crate::heap::{columns, standard};
use crate::random::Random;
use crate::scored::{Seen, scored};
use crate::table::Owned;

/// What becomes of a column in a row.
type Change<'a> = &'a dyn Fn(&mut Owned, usize);

#[test]
fn one_cell_changes_its_own_row_alone() {
    let (_, _, scorer) = standard();
    let table = columns(&mut Random(12), false);
    let words = table.rows.div_ceil(64);
    let clear = |bits: &mut Option<Vec<u64>>, row: usize| {
        bits.get_or_insert_with(|| vec![u64::MAX; words])[row / 64] &= !(1 << (row % 64));
    };
    let unknown = |column: &mut Owned, row| clear(&mut column.known, row);
    let barred = |column: &mut Owned, row| clear(&mut column.applicable, row);
    let change: [(&str, Change<'_>); 8] = [
        ("service_sensitivity", &|column, row| column.store.set(row, 6)),
        ("service_sensitivity", &|column, row| column.store.set(row, 0)),
        // More than the whole.
        ("undeveloped_needs", &|column, row| column.store.set(row, 21)),
        ("cumulative_profit", &|column, row| column.store.set(row, i64::MIN)),
        ("cumulative_profit", &|column, row| column.store.set(row, i64::MAX)),
        ("industry_growth", &unknown),
        ("cooperation_days", &unknown),
        ("total_needs", &barred),
    ];
    let before = scored(&scorer, &table.columns());
    for row in [0, 63, 511, 512, 1_000, 1_024, table.rows - 1] {
        let changed = change.iter().map(|(fact, change)| {
            let mut other = table.clone();
            change(other.columns.get_mut(*fact).expect("a column"), row);
            other
        });
        // Nothing to divide by, and no part of it.
        let mut nothing = table.clone();
        for fact in ["undeveloped_needs", "total_needs"] {
            nothing.columns.get_mut(fact).expect("a column").store.set(row, 0);
        }
        for (place, other) in changed.chain([nothing]).enumerate() {
            let columns = other.columns();
            let after = scored(&scorer, &columns);
            for at in 0..table.rows {
                let seen = after.seen(&scorer, at);
                if at == row {
                    assert_eq!(
                        seen,
                        Seen::decided(&scorer, &columns.facts(scorer.policy().body(), at)),
                        "change {place}"
                    );
                } else {
                    assert_eq!(seen, before.seen(&scorer, at), "change {place} of row {row}, at {at}");
                }
            }
        }
    }
}
