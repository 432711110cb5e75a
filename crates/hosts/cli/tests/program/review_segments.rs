//! What `guanxi review` says of segments and of the floors proposed.
use std::collections::BTreeMap;

use serde_json::Value;

use crate::input::{Dir, adventure_works};
use crate::run::{Ran, guanxi};

/// Customers with their revenue, and no orders: what is needed for classes by contribution alone.
const CONFIG: &str = r#"as_of = 2023-10-31
[files]
shops = "shops.csv"

[[parties]]
from = "shops"
id   = "{shop}"
name = "{name}"
[parties.attributes]
town    = {}
revenue = { type = "int" }
"#;

const RECIPE: &str = r#"
[[recipes]]
fact    = "revenue"
measure = { attribute = "revenue" }
[[recipes]]
fact    = "region"
measure = { attribute = "town" }
"#;

const SHOPS: &str = "shop,name,town,revenue
1,East,\u{202e}North,600
2,<b>West</b>,\u{1b}[31mSouth,250
3,South,</script>,100
4,North,=cmd(),50
5,Closed,,
";

fn folder(config: &str) -> Dir {
    Dir::new().with("guanxi.toml", config).with("shops.csv", SHOPS)
}

fn review(dir: &Dir) -> Ran {
    guanxi(&["review", &dir.at(""), "--out", &dir.at("out")])
}

/// The part of the board that this is about.
fn shown(board: &str) -> String {
    let (_, rest) = board.split_once("\n\nSegments\n").unwrap();
    let (part, _) = rest.split_once("\n\nTop customers\n").unwrap();
    format!("Segments\n{part}")
}

/// How many customers have which code in a column.
fn counts(sheet: &str, column: &str) -> BTreeMap<String, u64> {
    let mut sheet = csv::Reader::from_reader(sheet.trim_start_matches('\u{feff}').as_bytes());
    let place = sheet.headers().unwrap().iter().position(|name| name == column).unwrap();
    let mut counts = BTreeMap::new();
    for row in sheet.records() {
        *counts.entry(row.unwrap()[place].to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn the_files_agree_on_the_segments() {
    let dir = Dir::new();
    guanxi(&["review", adventure_works().to_str().unwrap(), "--out", &dir.at("")]).well();
    let data: Value = serde_json::from_str(&dir.read("segments.json")).unwrap();
    let sheet = dir.read("customers.csv");
    for (column, rows, key, without) in [
        ("abc_class", &data["abc"]["report"]["classes"], "class", 0),
        ("rfm_segment", &data["rfm"]["report"]["segments"], "segment", 66),
        ("value_segment", &data["value"]["report"]["segments"], "segment", 0),
    ] {
        let rows = rows.as_array().unwrap().iter();
        let reported =
            rows.map(|row| (row[key].as_str().unwrap().to_owned(), row["count"].as_u64().unwrap()));
        let reported = reported.chain([(String::new(), without)]).filter(|(_, count)| *count > 0);
        assert_eq!(counts(&sheet, column), reported.collect(), "{column}");
    }
    assert_eq!(data["abc"]["report"]["concentration"]["gini"], "0.6886");
    assert_eq!(data["basis"]["policy"]["id"], "standard");
    let calibration = &data["calibration"];
    let moved = ["up", "down"].map(|list| calibration[list].as_array().unwrap().len());
    assert_eq!((moved, calibration["prospects"].as_u64()), ([390, 0], Some(66)));

    // The lift of the first of those who would rise, as `guanxi assess --lift` says it.
    let html = dir.read("report.html");
    assert!(
        html.contains("Raising cumulative profit from 55.3103 to 43604.3603 reaches Strategic with 90.00")
    );
    assert!(html.contains(r#""label":"At risk","cell":"2-3-1""#));
}

#[test]
fn a_folder_without_orders_says_why_there_are_no_segments() {
    let dir = folder(CONFIG);
    let ran = review(&dir);
    insta::assert_snapshot!(shown(&ran.out), @"
    Segments
    Not segmented by ABC (no customer has revenue); RFM (no customer has days_since_order, orders, revenue); value (no customer has days_since_order, median_gap_days, potential_score, revenue, revenue_growth, revenue_recent)

    Stages
    ┌─────────────────────────────────────────────────────────┐
    │ Stage         Customers   Share   At risk   Came   Left │
    ╞═════════════════════════════════════════════════════════╡
    │ Prospect              0     0 %         0      0      0 │
    │ Awareness             0     0 %         0      0      0 │
    │ Purchase              0     0 %         0      0      0 │
    │ Loyalty               0     0 %         0      0      0 │
    │ Churn                 0     0 %         0      0      0 │
    │ Ended                 0     0 %         0      0      0 │
    │ Transformed           0     0 %         0      0      0 │
    │ Not begun             5                                 │
    └─────────────────────────────────────────────────────────┘
    Moves after 2023-04-30: None.

    Calibration of the tier floors: a proposal, nothing was changed
    Nothing to calibrate by: nobody has a composite. Every floor stays.
    Without a composite, and so not counted: prospects 0, not assessable 5
    ");
    let html = dir.read("out/report.html");
    assert!(html.contains("Not segmented by ABC (no customer has revenue)") && !html.contains("abc-classes"));
    let sheet = dir.read("out/customers.csv");
    assert_eq!(counts(&sheet, "abc_class"), [(String::new(), 5)].into());
    let data: Value = serde_json::from_str(&dir.read("out/segments.json")).unwrap();
    assert_eq!(data["abc"]["report"]["customers"], 0);

    let nothing = SHOPS.replace("600", "0").replace("250", "0").replace("100", "-5").replace(",50", ",0");
    let dir = folder(&format!("{CONFIG}{RECIPE}")).with("shops.csv", nothing);
    let ran = review(&dir);
    assert!(shown(&ran.out).contains("ABC (no amount is above 0)"), "{}", ran.out);
}

#[test]
fn the_folder_says_by_which_policies() {
    let value = r#"schema = "guanxi.value/1"
id = "ours"
version = "1"
[body]
default = "rest"
group_by = ["region"]
[[body.rules]]
segment = "great"
all = [{ fact = "revenue", at_least = { number = "250" } }]
"#;
    let config = CONFIG.replace("[files]", "[segments]\nabc = \"rank\"\nvalue = \"value.toml\"\n[files]");
    let dir = folder(&format!("{config}{RECIPE}")).with("value.toml", value);
    let ran = review(&dir);
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!(shown(&ran.out), @"
    Segments
    ┌─────────────────────────────────────────────────────────────────────────┐
    │ ABC class   Customers   Share    Expected   Revenue   Of all   Expected │
    ╞═════════════════════════════════════════════════════════════════════════╡
    │ A                   1    25 %   10–15 % ↑       600     60 %    60–80 % │
    │ B                   1    25 %   30–40 % ↓       250     25 %          – │
    │ C                   2    50 %     50–60 %       150     15 %          – │
    │ None                1                                                   │
    └─────────────────────────────────────────────────────────────────────────┘
    Concentration of Revenue: Gini 0.45, Herfindahl-Hirschman index 0.435; share of the greatest 1: 60 %
    ┌─────────────────────────────────────────────┐
    │ Value segment   Customers   Share   Revenue │
    ╞═════════════════════════════════════════════╡
    │ great                   2    50 %       850 │
    │ rest                    2    50 %       150 │
    │ None                    1                   │
    └─────────────────────────────────────────────┘
    Not segmented by RFM (no customer has days_since_order, orders)

    Stages
    ┌─────────────────────────────────────────────────────────┐
    │ Stage         Customers   Share   At risk   Came   Left │
    ╞═════════════════════════════════════════════════════════╡
    │ Prospect              0     0 %         0      0      0 │
    │ Awareness             0     0 %         0      0      0 │
    │ Purchase              0     0 %         0      0      0 │
    │ Loyalty               0     0 %         0      0      0 │
    │ Churn                 0     0 %         0      0      0 │
    │ Ended                 0     0 %         0      0      0 │
    │ Transformed           0     0 %         0      0      0 │
    │ Not begun             5                                 │
    └─────────────────────────────────────────────────────────┘
    Moves after 2023-04-30: None.

    Calibration of the tier floors: a proposal, nothing was changed
    Nothing to calibrate by: nobody has a composite. Every floor stays.
    Without a composite, and so not counted: prospects 0, not assessable 5
    ");
    let sheet = dir.read("out/customers.csv");
    let great = [("great".to_owned(), 2), ("rest".to_owned(), 2), (String::new(), 1)];
    assert_eq!(counts(&sheet, "value_segment"), great.into());

    // What the data holds is shown as it is, and read back as it was.
    let text = dir.read("out/segments.json");
    assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text}");
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["abc"]["policy"]["id"], "rank");
    let rows = data["value"]["report"]["groups"][0]["rows"].as_array().unwrap();
    let regions: Vec<&str> = rows.iter().filter_map(|row| row["value"].as_str()).collect();
    assert_eq!(regions, ["\u{1b}[31mSouth", "</script>", "=cmd()", "\u{202e}North"]);
    let html = dir.read("out/report.html");
    assert!(!html.contains("<b>West") && html.matches("</script>").count() == 2);

    // A policy of the folder is never written over.
    let config = config.replace("value.toml", "segments.json");
    let dir = folder(&format!("{config}{RECIPE}")).with("segments.json", value);
    let ran = guanxi(&["review", &dir.at(""), "--out", &dir.at("")]);
    assert!(ran.code == 2 && ran.err.contains("is a file that the review reads"), "{}", ran.err);
    assert_eq!(dir.read("segments.json"), value);
}

#[test]
fn every_mistake_in_the_policies_of_segments_is_told() {
    let config = |table: &str| format!("{CONFIG}\n[segments]\n{table}");
    let wrong = "abc = \"standrad\"\nrfm = 3\nvalues = \"standard\"\nvalue = \"../value.toml\"\n";
    let dir = folder(&config(wrong));
    insta::assert_snapshot!(review(&dir).seen(Some(&dir)), @r#"
    -- stderr
    guanxi.toml:14:1: segments.abc: unknown name, given "standrad", allowed: standard, rank, blend, or a document of the folder: "abc.toml"
        correct the value
    guanxi.toml:15:1: segments.rfm: wrong type, given 3, allowed: a text in quotes
        correct the value
    guanxi.toml:16:1: segments.values: unknown field, given `values`, allowed: abc, rfm, value (did you mean `value`?)
        correct the name of the key, or remove it
    guanxi.toml:17:1: a file stays inside the folder, got `../value.toml`
        copy the file itself, no link to it, into the folder and name it without `..` or a root
    4 problems: nothing was reviewed
    -- exit code 2
    "#);
    let dir = folder(&config("abc = \"abc.toml\"\nrfm = \"rfm.json\"\nvalue = \"value.toml\"\n"))
        .with("abc.toml", "schema = \"guanxi.abc/1\"\nid = \"ours\"\nversion = \"1\"\n[body]\namount = \"revenue\"\nby = \"size\"\nclases = []\n")
        .with("rfm.json", "{\"schema\": \"guanxi.abc/1\"}");
    insta::assert_snapshot!(review(&dir).seen(Some(&dir)), @r#"
    -- stderr
    abc.toml:4:2: body.classes: missing field, allowed: `classes` is required
    abc.toml:6:1: body.by: not allowed here, given "size", allowed: cumulative, rank
    abc.toml:7:1: body.clases: unknown field, given `clases`, allowed: amount, blend, by, classes (did you mean `classes`?)
    rfm.json:1:2: schema: not allowed here, given "guanxi.abc/1", allowed: guanxi.rfm/1
    value.toml: cannot read: No such file or directory (os error 2)
    5 problems: nothing was reviewed
    -- exit code 2
    "#);
}

#[test]
fn a_policy_that_expects_no_shares_has_no_floors_proposed() {
    let policy = guanxi(&["policy", "show", "standard"]).well();
    let mut policy: Value = serde_json::from_str(&policy).unwrap();
    policy["id"] = "ours".into();
    policy["body"]["tiers"][0].as_object_mut().unwrap().remove("expected_share").unwrap();
    let dir = folder(&format!("policy = \"ours.json\"\n{CONFIG}")).with("ours.json", policy.to_string());
    let ran = review(&dir);
    assert!(shown(&ran.out).contains("Nothing is proposed"), "{}", ran.out);
    let html = dir.read("out/report.html");
    assert!(html.contains("Nothing is proposed") && !html.contains("id=\"floors\""));
    let data: Value = serde_json::from_str(&dir.read("out/segments.json")).unwrap();
    assert_eq!(data["calibration"], Value::Null);
}
