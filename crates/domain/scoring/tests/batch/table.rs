//! Random columns for a policy: what a host would lend, and worse.
use std::collections::BTreeMap;

use guanxi_core::FactId;
use guanxi_scoring::{Column, Columns};
use num_bigint::BigInt;
use serde_json::{Map, Value, json};

use crate::random::{Random, ties};
use crate::ratio::Ratio;

/// The numbers of a column in each of its types.
#[derive(Clone, Debug)]
pub(crate) enum Store {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
}

macro_rules! stores {
    ($($variant:ident($kind:ty) $place:literal),*) => {
        impl Store {
            /// The type at a place, the numbers reduced to what it can hold.
            fn new(place: usize, numbers: &[i64]) -> Self {
                match place {
                    $($place => {
                        let hold = |n: &i64| {
                            let nearest = if *n < 0 { <$kind>::MIN } else { <$kind>::MAX };
                            <$kind>::try_from(*n).unwrap_or(nearest)
                        };
                        Self::$variant(numbers.iter().map(hold).collect())
                    })*
                    _ => panic!("no such type"),
                }
            }

            fn holds(place: usize, number: i64) -> bool {
                match place {
                    $($place => <$kind>::try_from(number).is_ok(),)*
                    _ => panic!("no such type"),
                }
            }

            fn get(&self, row: usize) -> i64 {
                match self {
                    $(Self::$variant(numbers) => i64::from(numbers[row]),)*
                }
            }

            pub(crate) fn set(&mut self, row: usize, number: i64) {
                match self {
                    $(Self::$variant(numbers) => {
                        numbers[row] = <$kind>::try_from(number).unwrap_or(numbers[row]);
                    })*
                }
            }

            fn column(&self, from: usize, to: usize) -> Column<'_> {
                match self {
                    $(Self::$variant(numbers) => Column::of(&numbers[from..to]),)*
                }
            }
        }
    };
}

stores! { U8(u8) 0, U16(u16) 1, U32(u32) 2, I16(i16) 3, I32(i32) 4, I64(i64) 5 }

const TYPES: usize = 6;

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct Owned {
    pub(crate) store: Store,
    pub(crate) places: u8,
    pub(crate) known: Option<Vec<u64>>,
    pub(crate) applicable: Option<Vec<u64>>,
}

fn bit(bits: Option<&Vec<u64>>, row: usize) -> bool {
    bits.is_none_or(|bits| bits[row / 64] >> (row % 64) & 1 == 1)
}

/// How good the columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    /// Everything is known and fits.
    Clean,
    /// The same, but for a few rows.
    Spoiled,
    /// Anything goes.
    Wild,
}

pub(crate) const QUALITIES: [Quality; 3] = [Quality::Clean, Quality::Spoiled, Quality::Wild];

/// The columns of some customers, by fact.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) rows: usize,
    pub(crate) columns: BTreeMap<String, Owned>,
}

/// A number of a policy or a reference in units of 10^-places, rounded down.
fn units(text: &str, places: u8) -> Option<i64> {
    let power = BigInt::from(10).pow(places.into());
    i64::try_from((&Ratio::parse(text) * &Ratio::whole(power)).floor()).ok()
}

impl Table {
    pub(crate) fn new(
        random: &mut Random,
        policy: &Value,
        reference: &Value,
        rows: usize,
        quality: Quality,
    ) -> Self {
        let mut table = Self { rows, columns: BTreeMap::new() };
        let facts = policy["body"]["facts"].as_object().expect("facts");
        for (fact, schema) in facts {
            if quality == Quality::Wild && random.percent(5) {
                continue;
            }
            let near = ties(reference, policy, fact);
            let column = match quality {
                Quality::Wild => wild(random, schema, &near, rows),
                _ => clean(random, schema, &near, depth(policy, fact), rows),
            };
            table.columns.insert(fact.clone(), column);
        }
        if quality == Quality::Spoiled {
            if random.percent(30) {
                table.without_value(random, policy);
            }
            table.spoil(random);
        }
        // Shares are dull when part and whole have nothing to do with each other.
        for indicator in policy["body"]["indicators"].as_array().expect("indicators") {
            let whole = indicator["normaliser"]["whole"].as_str();
            if let Some(whole) = whole.filter(|_| quality == Quality::Wild && random.percent(50)) {
                table.relate(random, indicator["fact"].as_str().expect("a fact"), whole);
            }
        }
        table
    }

    /// A few rows become what a clean table has none of.
    fn spoil(&mut self, random: &mut Random) {
        let names: Vec<String> = self.columns.keys().cloned().collect();
        let some = *random.pick(&[1, 1, 3, 20]);
        for _ in 0..some.min(self.rows * names.len()) {
            let (row, words) = (random.index(self.rows), self.rows.div_ceil(64));
            let column = self.columns.get_mut(random.pick(&names)).expect("a column");
            let clear = |bits: &mut Option<Vec<u64>>| {
                bits.get_or_insert_with(|| vec![u64::MAX; words])[row / 64] &= !(1 << (row % 64));
            };
            match random.below(6) {
                0 => clear(&mut column.known),
                1 => clear(&mut column.applicable),
                2 => column.store.set(row, 0),
                3 => column.store.set(row, -1),
                4 => column.store.set(row, 127),
                _ => column.store.set(row, i64::MIN),
            }
        }
    }

    /// To half of the customers, nothing applies that value is made of.
    fn without_value(&mut self, random: &mut Random, policy: &Value) {
        let words: Vec<u64> = (0..self.rows.div_ceil(64)).map(|_| random.next()).collect();
        let indicators = policy["body"]["indicators"].as_array().expect("indicators").iter();
        for indicator in indicators.filter(|indicator| indicator["dimension"] == "value") {
            let column = self.columns.get_mut(indicator["fact"].as_str().expect("a fact"));
            column.expect("a column").applicable = Some(words.clone());
        }
    }

    /// Parts and wholes of few, the wholes 0 or less at times.
    fn relate(&mut self, random: &mut Random, part: &str, whole: &str) {
        for row in 0..self.rows {
            let all = random.between(0, 12);
            let some = random.between(-1, all + 1);
            for (fact, number) in [(part, some), (whole, all)] {
                if let Some(column) = self.columns.get_mut(fact) {
                    column.store.set(row, number);
                }
            }
        }
    }

    pub(crate) fn columns(&self) -> Columns<'_> {
        self.part(0, self.rows)
    }

    /// The columns of some rows, the first a multiple of 64.
    pub(crate) fn part(&self, from: usize, to: usize) -> Columns<'_> {
        let mut columns = Columns::new(to - from);
        for (fact, owned) in &self.columns {
            let mut column = owned.store.column(from, to).with_places(owned.places);
            if let Some(bits) = &owned.known {
                column = column.with_known(&bits[from / 64..]);
            }
            if let Some(bits) = &owned.applicable {
                column = column.with_applicable(&bits[from / 64..]);
            }
            let fact: FactId = fact.parse().expect("a fact");
            columns = columns.with(fact, column).expect("columns that fit together");
        }
        columns
    }

    /// One customer, in the serialised form of `guanxi_core::FactMap`.
    pub(crate) fn customer(&self, policy: &Value, row: usize) -> Value {
        let mut customer = Map::new();
        for (fact, schema) in policy["body"]["facts"].as_object().expect("facts") {
            let Some(column) = self.columns.get(fact) else { continue };
            if !bit(column.applicable.as_ref(), row) {
                customer.insert(fact.clone(), "not_applicable".into());
            } else if bit(column.known.as_ref(), row) {
                let value = value(schema, column.store.get(row), column.places);
                customer.insert(fact.clone(), json!({"known": {"value": value}}));
            }
        }
        customer.into()
    }
}

/// The number of a column as a value of a fact; one that breaks the schema as one that breaks it, too.
fn value(schema: &Value, number: i64, places: u8) -> Value {
    let of = schema["of"].as_i64().unwrap_or(0);
    match schema["kind"].as_str().expect("a kind") {
        "int" => json!({"int": number}),
        "bool" if number == 0 || number == 1 => json!({"bool": number == 1}),
        "level" if (1..=of).contains(&number) => json!({"level": {"level": number, "of": of}}),
        _ => {
            let power = BigInt::from(10).pow(places.into());
            let exact = Ratio::new(number, power);
            json!({"decimal": exact.to_decimal_text(28).expect("a decimal")})
        }
    }
}

/// How many facts there are that are parts of a fact, or divided by it, one behind the other.
fn depth(policy: &Value, fact: &str) -> u32 {
    let body = &policy["body"];
    let parts = body["facts"].as_object().expect("facts").iter();
    let parts =
        parts.filter(|(_, schema)| schema["part_of"] == fact).map(|(part, _)| 1 + depth(policy, part));
    let shares = body["indicators"].as_array().expect("indicators").iter();
    let shares = shares.filter(|indicator| indicator["normaliser"]["whole"] == fact).map(|_| 1);
    parts.chain(shares).max().unwrap_or(0)
}

fn whole_numbers(schema: &Value) -> bool {
    schema["kind"] != "decimal"
}

/// Numbers that fit the schema and their wholes: each fact above the greatest of what is a part of it.
fn clean(random: &mut Random, schema: &Value, near: &[String], depth: u32, rows: usize) -> Owned {
    let (low, high) = match schema["kind"].as_str().expect("a kind") {
        "bool" => (0, 1),
        "level" => (1, schema["of"].as_i64().expect("levels")),
        _ if depth > 0 => (30 * i64::from(depth), 30 * i64::from(depth) + 30),
        _ if random.percent(20) => (-10, 30),
        _ => (0, 30),
    };
    let mut places = if whole_numbers(schema) { 0 } else { *random.pick(&[0, 0, 1, 2, 6, 15]) };
    // What nothing is bounded by may be near the constants of the policy, be they ever so great.
    let free = depth == 0 && schema["part_of"].is_null() && high == 30;
    let near: Vec<i64> = near.iter().filter_map(|text| units(text, places)).filter(|_| free).collect();
    let least =
        schema["min"].as_str().and_then(|text| units(&Ratio::parse(text).to_decimal_text(28)?, places));
    let most = schema["max"].as_str().and_then(|text| units(text, places));
    // Rounded down, so one more is within.
    let least = least.map_or(i64::MIN, |least| least.saturating_add(1));
    let fine = places > 0 && random.percent(50);
    let power = 10_i64.pow(places.into());
    let numbers: Vec<i64> = (0..rows)
        .map(|_| {
            let number = match near.is_empty() || random.percent(70) {
                true if fine => random.between(low * power, high * power),
                true => random.between(low, high) * power,
                false => random.pick(&near).saturating_add(random.between(-1, 1)),
            };
            number.max(least).min(most.unwrap_or(i64::MAX))
        })
        .collect();
    let fitting: Vec<usize> =
        (0..TYPES).filter(|place| numbers.iter().all(|number| Store::holds(*place, *number))).collect();
    let store = Store::new(*random.pick(&fitting), &numbers);
    if whole_numbers(schema) {
        places = 0;
    }
    Owned { store, places, known: None, applicable: None }
}

/// Anything, some of it near the constants of the policy.
fn wild(random: &mut Random, schema: &Value, near: &[String], rows: usize) -> Owned {
    let places = if whole_numbers(schema) { 0 } else { *random.pick(&[0, 0, 0, 1, 2, 4, 9, 18, 27, 28]) };
    let near: Vec<i64> = near.iter().filter_map(|text| units(text, places)).collect();
    let bounds: Vec<i64> =
        [&schema["min"], &schema["max"]].iter().filter_map(|text| units(text.as_str()?, places)).collect();
    const LIMITS: [i64; 11] =
        [i64::MIN, i64::MIN + 1, -1, 0, 1, 255, 65_535, 1 << 53, (1 << 53) + 1, i64::MAX - 1, i64::MAX];
    let place = random.index(TYPES);
    let power = 10_i64.checked_pow(places.into()).unwrap_or(1);
    let favourite = random.below(6);
    let number = |random: &mut Random| {
        let style = if random.percent(60) { favourite } else { random.below(6) };
        match style {
            0 => random.between(0, 12),
            1 => random.between(0, 12).saturating_mul(power),
            2 if !near.is_empty() => random.pick(&near).saturating_add(random.between(-1, 1)),
            3 if !bounds.is_empty() => random.pick(&bounds).saturating_add(random.between(-1, 1)),
            4 => *random.pick(&LIMITS),
            _ => {
                let shift = random.below(63);
                i64::try_from(random.next() >> 1).expect("63 bits") >> shift
            }
        }
    };
    let numbers: Vec<i64> = (0..rows).map(|_| number(random)).collect();
    Owned {
        store: Store::new(place, &numbers),
        places,
        known: bits(random, rows),
        applicable: bits(random, rows),
    }
}

/// Bits of which all, most, half, few or none are set; those beyond the last row are anything.
fn bits(random: &mut Random, rows: usize) -> Option<Vec<u64>> {
    let percent = *random.pick(&[101, 101, 101, 100, 95, 95, 50, 5, 0]);
    let words = rows.div_ceil(64) + random.index(2);
    let mut word = || (0..64).fold(0, |word, bit| word | u64::from(random.below(100) < percent) << bit);
    let mut bits: Vec<u64> = (0..words).map(|_| word()).collect();
    if !rows.is_multiple_of(64) {
        bits[rows / 64] ^= random.next() << (rows % 64);
    }
    (percent <= 100).then_some(bits)
}
