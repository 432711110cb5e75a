//! `guanxi review` over the example that comes with the program.
use std::fs;
use std::sync::LazyLock;

use guanxi::core::parse_decimal;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::input::{Dir, adventure_works};
use crate::run::{Ran, guanxi};

const FILES: [&str; 4] = ["customers.csv", "assessments.jsonl", "segments.json", "report.html"];

/// One review of the example, with its files.
struct Reviewed {
    ran: Ran,
    dir: Dir,
}

impl Reviewed {
    fn of(folder: &str, more: &[&str]) -> Self {
        let dir = Dir::new();
        let out = dir.at("out");
        let ran = guanxi(&[&["review", folder, "--top", "3", "--out", &out], more].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        Self { ran, dir }
    }

    fn file(&self, name: &str) -> String {
        self.dir.read(&format!("out/{name}"))
    }
}

/// The review that most tests look at; made once.
static ENGLISH: LazyLock<Reviewed> = LazyLock::new(|| Reviewed::of(adventure_works().to_str().unwrap(), &[]));

#[test]
fn the_board_of_the_example() {
    insta::assert_snapshot!(ENGLISH.ran.out.replace(&ENGLISH.dir.at(""), ""), @"
    Adventure Works resellers as of 2013-12-01
    policy standard 1.1.0, measured by population 2013-12-01T00:00:00Z
    65,352 rows read, 0 left out

    Tier board
    ┌────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Tier             Customers    Share    Expected   Revenue USD   Of all   Value   Potential    Need   Composite │
    ╞════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Strategic                0      0 %   10–15 % ↓             0      0 %       –           –       –           – │
    │ Key                     64   10.1 %   20–25 % ↓     5,016,835    6.2 %   51.42       90.36   96.88       72.19 │
    │ Normal                 341   53.7 %     50–60 %    42,946,329   53.4 %   39.32       74.70   82.40       58.55 │
    │ Potential              212   33.4 %    5–10 % ↑    29,635,787   36.8 %   21.26       71.75   44.15       40.99 │
    │ To optimise             18    2.8 %       0–5 %     2,851,646    3.5 %   13.40       46.97   34.44       27.68 │
    │ Prospects               66                                  0      0 %       –       94.12       –           – │
    │ Not assessable           0                                  0      0 %       –           –       –           – │
    │ All                    701                         80,450,597    100 %   33.77       76.35   69.73       53.19 │
    └────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    What stands out
    - Strategic is empty: Sparkling Paint and Finishes comes nearest with 75.88, 14.12 points below its floor of 90.00
    - Sparkling Paint and Finishes loses most in Value: 56.02 of 100 costs 21.99 points; the highest of anybody is 99.38
    - Key holds 10.08 % of the customers; 20 % to 25 % are expected
    - Potential holds 33.39 % of the customers; 5 % to 10 % are expected

    Segments
    ┌──────────────────────────────────────────────────────────────────────────────┐
    │ ABC class   Customers    Share    Expected   Revenue USD   Of all   Expected │
    ╞══════════════════════════════════════════════════════════════════════════════╡
    │ A                 139   19.8 %   10–15 % ↑    56,319,650     70 %    60–80 % │
    │ B                 172   24.5 %   30–40 % ↓    20,127,976     25 %          – │
    │ C                 390   55.6 %     50–60 %     4,002,970      5 %          – │
    └──────────────────────────────────────────────────────────────────────────────┘
    Concentration of Revenue: Gini 0.6886, Herfindahl-Hirschman index 0.0045; share of the greatest 1: 1.1 %, 10: 9.9 %, 141: 70.5 %
    ┌─────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ RFM segment         Customers    Share   Revenue USD   Value segment   Customers    Share   Revenue USD │
    ╞═════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Champions                  81   12.8 %    16,572,510   At risk                89   12.7 %     9,834,652 │
    │ Loyal                     101   15.9 %    21,078,084   High value            141   20.1 %    49,616,318 │
    │ Potentially loyal          82   12.9 %     6,590,252   Potential             388   55.4 %    10,068,362 │
    │ New                        16    2.5 %        45,145   General                83   11.8 %    10,931,265 │
    │ Promising                   0      0 %             0                                                    │
    │ Need attention             10    1.6 %        64,613                                                    │
    │ About to sleep             67   10.6 %     5,399,371                                                    │
    │ At risk                    85   13.4 %    12,137,728                                                    │
    │ Cannot lose                25    3.9 %     7,848,912                                                    │
    │ Hibernating               131   20.6 %    10,611,872                                                    │
    │ Lost                       37    5.8 %       102,110                                                    │
    │ None                       66                                                                           │
    └─────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    Stages
    ┌──────────────────────────────────────────────────────────┐
    │ Stage         Customers    Share   At risk   Came   Left │
    ╞══════════════════════════════════════════════════════════╡
    │ Prospect              0      0 %         0      0      0 │
    │ Awareness             0      0 %         0      0      0 │
    │ Purchase             56      8 %        30     41    217 │
    │ Loyalty             441   62.9 %         1    190     68 │
    │ Churn               138   19.7 %         0     67      8 │
    │ Ended                 0      0 %         0      0      0 │
    │ Transformed           0      0 %         0      0      0 │
    │ Not begun            66                                  │
    └──────────────────────────────────────────────────────────┘
    Moves after 2013-06-01: Purchase → Loyalty 190, Loyalty → Churn 40, Loyalty → Purchase 28, Purchase → Churn 27, Churn → Purchase 8, Not begun → Purchase 5

    Plan of the coming week
    From 2013-12-01 to 2013-12-07 by standard 1.0.0: something for 265 customers, if nothing happens
    ┌─────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Role              12-01   12-02   12-03   12-04   12-05   12-06   12-07   To do   Held back │
    ╞═════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Marketing             0       0       0       0       0       0       0       0         172 │
    │ Success manager     138       0       0       0       0       0       0     138           0 │
    └─────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌─────────────────────────────────────────────────────────────────────────┐
    │ Action                        Purpose     Customers   To do   Held back │
    ╞═════════════════════════════════════════════════════════════════════════╡
    │ Intervention against churn    service           138     138           0 │
    │ Monthly reminder of class B   marketing         172       0         172 │
    └─────────────────────────────────────────────────────────────────────────┘
    Held back by: no consent to marketing 172

    Budget
    Budget of 360,000.00 USD by standard 1.0.0
    ┌───────────────────────────────────────────────────────────────────┐
    │ Band                      Bounds   Share       Amount   Customers │
    ╞═══════════════════════════════════════════════════════════════════╡
    │ Strategic                30–40 %    38 %   136,800.00           0 │
    │ Key                      25–30 %    29 %   104,400.00          64 │
    │ Potential                15–20 %    19 %    68,400.00         212 │
    │ Normal and to optimise   10–15 %    14 %    50,400.00         359 │
    │   Normal                                    49,172.81         341 │
    │   To optimise                                1,227.19          18 │
    └───────────────────────────────────────────────────────────────────┘
    Strategic: 136,800.00 is not divided, since there is no customer
    Customers without an amount, since their tier is not known: 66

    Calibration of the tier floors: a proposal, nothing was changed
    ┌─────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Tier          Target   Floor   Customers    Share   Proposed floor   Customers    Share   Off target by │
    ╞═════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Strategic     12.5 %   90.00           0      0 %            68.45          80   12.6 %          +0.625 │
    │ Key           22.5 %   70.00          64   10.1 %            58.51         142   22.4 %          -0.875 │
    │ Normal          55 %   50.00         341   53.7 %            35.55         349     55 %           -0.25 │
    │ Potential      7.5 %   30.00         212   33.4 %            29.57          48    7.6 %          +0.375 │
    │ To optimise    2.5 %    0.00          18    2.8 %             0.00          16    2.5 %          +0.125 │
    └─────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    Strategic: 2 with 68.45 stay together, so its floor cannot come nearer to the target
    With the floors proposed 390 would rise and 0 would fall. Nothing is applied.
    Without a composite, and so not counted: prospects 66, not assessable 0
    To apply it: guanxi calibrate --policy standard --new-version VERSION --policy-out FILE, given the same customers as lines, writes a policy with these floors

    Top customers
    ┌────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Customer                        Id   Composite   Why                                                                                           │
    ╞════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Sparkling Paint and Finishes   384       75.88   Main parts: Length of cooperation 24.28, Low price sensitivity 20.00, Undeveloped needs 19.09 │
    │ Sports Sales and Rental         27       75.86   Main parts: Length of cooperation 25.00, Low price sensitivity 20.00, Undeveloped needs 17.82 │
    │ Year-Round Sports              326       75.68   Main parts: Length of cooperation 24.27, Low price sensitivity 20.00, Undeveloped needs 18.46 │
    └────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    … and 632 more

    Most endangered (silent for more than twice their own median gap, revenue falling; a plain rule, not a prediction)
    ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Customer                Id   Composite   Why                                                                                     │
    ╞══════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Golf and Cycle Store   608       53.69   Silent for 368 days, 4 times the usual gap of 91; revenue -100 % over the year before   │
    │ Tenth Bike Store       533       56.84   Silent for 399 days, 4.3 times the usual gap of 92; revenue -100 % over the year before │
    │ eCommerce Bikes        566       70.47   Silent for 399 days, 4.3 times the usual gap of 92; revenue -100 % over the year before │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    … and 81 more

    Prospects, by potential and need
    ┌─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Customer                          Id   Rank   Why                                                                   │
    ╞═════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Another Sporting Goods Company   132      –   Never bought; candidate for Potential; potential 100.00, need unknown │
    │ Toy Manufacturing Inc            174      –   Never bought; candidate for Potential; potential 100.00, need unknown │
    │ Principal Bicycle Supply         189      –   Never bought; candidate for Potential; potential 100.00, need unknown │
    └─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    … and 63 more

    Clean-up candidates
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Customer                           Id   Composite   Why                                                   │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Eleventh Bike Store               215       67.05   One order only, and silent for 976 days (from 365 on) │
    │ Discount Bicycle Specialists      129       71.49   One order only, and silent for 945 days (from 365 on) │
    │ Parcel Express Delivery Service    74       71.49   One order only, and silent for 945 days (from 365 on) │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    … and 13 more

    Data quality
    - Validity: 100 % (1,402 of 1,402 sound)
    - Completeness: 100 % (2,804 of 2,804 sound)
    - Timeliness: – (nothing to check)
    - Consistency: 100 % (701 of 701 sound)
    - Uniqueness: 99.9 % (1,400 of 1,402 sound)
    - service sensitivity: unknown of 701 customers; 6 % of the score rests on it; left out, the rest of its dimension weighs more; ask service
    - price sensitivity: unknown of 66 customers; 14 % of the score rests on it; left out, the rest of its dimension weighs more; ask sales
    - name is the same as that of another customer: 2 (643 = 290, 649 = 211); ask sales

    Written: out/customers.csv, out/assessments.jsonl, out/segments.json, out/report.html, out/plan.jsonl, out/problems.csv
    ");
}

#[test]
fn the_sheet_has_every_customer() {
    let text = ENGLISH.file("customers.csv");
    // Spreadsheets take a file for UTF-8 by this mark alone.
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut sheet = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = sheet.headers().unwrap().iter().map(str::to_owned).collect();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = sheet.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 701);
    let tier = column("tier");
    let count = |name: &str| rows.iter().filter(|row| &row[tier] == name).count();
    let counts = ["strategic", "key", "normal", "potential", "to_optimise", ""].map(count);
    let board = &ENGLISH.ran.out;
    let names = ["Strategic", "Key", "Normal", "Potential", "To optimise", "Prospects"];
    for (name, count) in names.into_iter().zip(counts) {
        let row = board.lines().find(|line| line.starts_with(&format!("│ {name} "))).unwrap();
        assert!(row.contains(&format!(" {count} ")), "{count} customers are {name}: {row}");
    }
    let revenue = column("revenue");
    let total: Decimal = rows.iter().map(|row| parse_decimal(&row[revenue]).unwrap()).sum();
    assert_eq!(total.normalize().to_string(), "80450596.9823");
}

#[test]
fn every_assessment_adds_up() {
    let text = ENGLISH.file("assessments.jsonl");
    let decimal = |value: &Value| value.as_str().map(|text| parse_decimal(text).unwrap());
    let mut subjects = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let parts = line["contributions"].as_array().unwrap();
        let points: Decimal = parts.iter().filter_map(|part| decimal(&part["points"])).sum();
        if let Some(composite) = decimal(&line["outcome"]["composite"]) {
            assert_eq!(points, composite, "{line}");
        }
        assert_eq!(line["as_of"], "2013-12-01T00:00:00Z");
        subjects.push(line["subject"].as_str().unwrap().to_owned());
    }
    assert_eq!(subjects.len(), 701);
    assert!(subjects.is_sorted() && subjects.first() != subjects.last());
}

#[test]
fn the_report_needs_no_other_file() {
    let html = ENGLISH.file("report.html");
    for outside in ["http:", "https:", "src=", "url(", "@import", "<link", "<iframe"] {
        assert!(!html.contains(outside), "the report reaches out with `{outside}`");
    }
    assert!(html.starts_with("<!doctype html>") && html.contains("<html lang=\"en\""));
    assert!(html.contains("Sparkling Paint and Finishes") && html.trim_end().ends_with("</html>"));
}

#[test]
fn the_language_changes_words_alone() {
    let chinese = Reviewed::of(adventure_works().to_str().unwrap(), &["--lang", "zh-CN"]);
    for name in ["customers.csv", "assessments.jsonl", "segments.json"] {
        assert!(chinese.file(name) == ENGLISH.file(name), "{name} differs");
    }
    let html = chinese.file("report.html");
    assert!(html.contains("<html lang=\"zh-CN\""));
    assert!(html.contains("战略客户") && chinese.ran.out.contains("战略客户"));
    for word in ["客户细分", "核心客户", "基尼系数", "建议下限", "可达到战略客户", "一般客户"]
    {
        assert!(html.contains(word), "`{word}` is not in the report");
    }
    for word in ["Tier board", "Prospects", "Data quality", "Written", "Segment", "floor", "None", "Gini"] {
        assert!(!chinese.ran.out.contains(word), "`{word}` is not said in Chinese");
    }
}

/// Puts the rows of a file in another order; the header stays.
fn shuffled(text: &str) -> String {
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for last in (1..rows.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let place = usize::try_from(state % (u64::try_from(last).unwrap() + 1)).unwrap();
        rows.swap(place, last);
    }
    format!("{header}\n{}\n", rows.join("\n"))
}

#[test]
fn the_order_of_rows_is_of_no_account() {
    let copy = Dir::new();
    for entry in fs::read_dir(adventure_works()).unwrap() {
        let path = entry.unwrap().path();
        let (name, text) = (path.file_name().unwrap(), fs::read_to_string(&path).unwrap());
        let is_table = path.extension().is_some_and(|extension| extension == "csv");
        let text = if is_table { shuffled(&text) } else { text };
        fs::write(copy.path(name.to_str().unwrap()), text).unwrap();
    }
    let other = Reviewed::of(&copy.at(""), &[]);
    let boards = [&*ENGLISH, &other].map(|it: &Reviewed| it.ran.out.replace(&it.dir.at(""), ""));
    assert_eq!(boards[0], boards[1]);
    for name in FILES {
        assert!(other.file(name) == ENGLISH.file(name), "{name} differs");
    }
}
