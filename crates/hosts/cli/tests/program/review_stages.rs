//! What `guanxi review` says of stages, moves and leads.
use serde_json::Value;

use crate::input::{Dir, adventure_works};
use crate::run::{Ran, guanxi};

const CONFIG: &str = r#"as_of = 2026-06-30
currency = "CNY"
[files]
firms  = "firms.csv"
events = "events.csv"

[[parties]]
from = "firms"
id   = "{id}"
name = "{name}"
[parties.attributes]
lead_source = {}
lead_owner  = {}

[[events]]
from        = "events"
kind        = "order.placed"
where       = { kind = ["order"] }
id          = "{event}"
subject     = "{id}"
occurred_at = "day"

[[events]]
from        = "events"
kind        = "meeting.held"
where       = { kind = ["meeting"] }
id          = "{event}"
subject     = "{id}"
occurred_at = "day"

[stages]
leads = ["lead_source", "lead_owner"]
"#;

const FIRMS: &str = "id,name,lead_source,lead_owner\n1,One,web,U1\n2,Two,fair,U1\n3,Three,,\n4,Four,web,\n";
const EVENTS: &str = "event,id,kind,day\n\
    a,1,meeting,2026-03-01\nb,1,order,2026-04-10\nc,2,meeting,2026-06-01\nd,3,order,2025-02-01\ne,3,order,2025-03-01\n";

fn review(config: &str, args: &[&str]) -> (Ran, Dir) {
    let dir = Dir::new().with("guanxi.toml", config).with("firms.csv", FIRMS).with("events.csv", EVENTS);
    let (folder, out) = (dir.at(""), dir.at("out"));
    let ran = guanxi(&[&["review", &folder, "--out", &out, "--quiet"], args].concat());
    (ran, dir)
}

fn section<'a>(board: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = board.split_once(from).unwrap_or_else(|| panic!("{board}"));
    rest.split_once(to).unwrap_or_else(|| panic!("{board}")).0
}

#[test]
fn stages_moves_and_the_funnel_of_the_leads_are_shown() {
    let (ran, dir) = review(CONFIG, &[]);
    let board = ran.well();
    insta::assert_snapshot!(section(&board, "\nStages\n", "\nCalibration"), @"
    ┌─────────────────────────────────────────────────────────┐
    │ Stage         Customers   Share   At risk   Came   Left │
    ╞═════════════════════════════════════════════════════════╡
    │ Prospect              1    25 %         0      2      1 │
    │ Awareness             0     0 %         0      0      0 │
    │ Purchase              1    25 %         1      1      0 │
    │ Loyalty               0     0 %         0      0      0 │
    │ Churn                 1    25 %         0      0      0 │
    │ Ended                 0     0 %         0      0      0 │
    │ Transformed           0     0 %         0      0      0 │
    │ Not begun             1                                 │
    └─────────────────────────────────────────────────────────┘
    Moves after 2025-12-30: Not begun → Prospect 2, Prospect → Purchase 1

    Funnel of the leads
    Cohort: customers of five-stage 1.0.0 who began from 2025-02-01T00:00:00Z to before 2026-06-30T00:00:00Z, followed to before 2026-06-30T00:00:00Z
    All customers: 2
    ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days │
    ╞══════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      2      1        1         2         1         50 %            40          40 │
    │ Awareness            0      0      0        0         1         1        100 %             –           – │
    │ Purchase             0      1      0        1         1         0          0 %             –           – │
    │ Loyalty              0      0      0        0         0         –            –             –           – │
    │ Churn                0      0      0        0         –         –            –             –           – │
    │ Ended                0      0      0        0         –         –            –             –           – │
    │ Transformed          0      0      0        0         –         –            –             –           – │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    lead_source: fair: 1
    ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days │
    ╞══════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      1      0        1         1         0          0 %             –           – │
    │ Awareness            0      0      0        0         0         0            –             –           – │
    │ Purchase             0      0      0        0         0         0            –             –           – │
    │ Loyalty              0      0      0        0         0         –            –             –           – │
    │ Churn                0      0      0        0         –         –            –             –           – │
    │ Ended                0      0      0        0         –         –            –             –           – │
    │ Transformed          0      0      0        0         –         –            –             –           – │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    lead_source: web: 1
    ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days │
    ╞══════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      1      1        0         1         1        100 %            40          40 │
    │ Awareness            0      0      0        0         1         1        100 %             –           – │
    │ Purchase             0      1      0        1         1         0          0 %             –           – │
    │ Loyalty              0      0      0        0         0         –            –             –           – │
    │ Churn                0      0      0        0         –         –            –             –           – │
    │ Ended                0      0      0        0         –         –            –             –           – │
    │ Transformed          0      0      0        0         –         –            –             –           – │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    lead_owner: U1: 2
    ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days │
    ╞══════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      2      1        1         2         1         50 %            40          40 │
    │ Awareness            0      0      0        0         1         1        100 %             –           – │
    │ Purchase             0      1      0        1         1         0          0 %             –           – │
    │ Loyalty              0      0      0        0         0         –            –             –           – │
    │ Churn                0      0      0        0         –         –            –             –           – │
    │ Ended                0      0      0        0         –         –            –             –           – │
    │ Transformed          0      0      0        0         –         –            –             –           – │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ");
    let sheet = dir.read("out/customers.csv");
    let columns: Vec<String> =
        sheet.lines().map(|line| line.rsplitn(4, ',').take(3).collect::<Vec<_>>().join(" < ")).collect();
    insta::assert_snapshot!(columns.join("\n"), @"
    stage_flags < stage_since < stage
    at_risk < 2026-04-10T00:00:00Z < purchase
     < 2026-06-01T00:00:00Z < prospect
     < 2025-08-28T00:00:00Z < churn
     <  <
    ");
    let segments: Value = serde_json::from_str(&dir.read("out/segments.json")).unwrap();
    assert_eq!(segments["stages"]["definition"]["id"], "five-stage");
    assert_eq!(segments["stages"]["funnel"]["counts"]["customers"], 2);
    let report = dir.read("out/report.html");
    let shown = section(&report, "<section id=\"stages\"", "</section>");
    assert!(shown.contains("Funnel of the leads") && shown.contains("lead_owner: U1"), "{shown}");
    let (ran, dir) = review(CONFIG, &["--lang", "zh-CN"]);
    assert!(ran.well().contains("线索转化漏斗"));
    assert!(dir.read("out/report.html").contains("生命周期阶段"));
}

#[test]
fn tags_may_read_the_stage() {
    let tags = "[tags.vocabulary.facts]\nstage = { kind = \"text\" }\n[[tags.tags]]\nid = \"lost\"\nwhen = \"stage = \\\"churn\\\"\"\n";
    let (ran, dir) = review(&format!("{CONFIG}{tags}"), &[]);
    assert!(ran.well().contains("lost"));
    let tagged: Vec<_> = dir
        .read("out/customers.csv")
        .lines()
        .filter(|line| line.contains(",lost,"))
        .map(str::to_owned)
        .collect();
    assert!(matches!(&tagged[..], [one] if one.starts_with("3,")), "{tagged:?}");
}

#[test]
fn a_definition_is_a_preset_or_a_document_of_the_folder() {
    let named = |name: &str| CONFIG.replace("[stages]\n", &format!("[stages]\ndefinition = \"{name}\"\n"));
    let (ran, _) = review(&named("relationship-phases"), &[]);
    assert!(ran.well().contains("Initial"));
    let (ran, _) = review(&named("six-stage"), &[]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.err, @r#"
    guanxi.toml:32:1: stages.definition: unknown name, given "six-stage", allowed: five-stage, relationship-phases, or a document of the folder: "stages.toml"
        correct the value
    1 problem: nothing was reviewed
    "#);
}

/// The stages of Adventure Works follow from nothing but the days of the orders: counted here by hand for
/// those with one order, who leave after a year without another.
#[test]
fn who_ordered_once_is_lost_a_year_later() {
    let dir = Dir::new();
    let folder = adventure_works();
    let args =
        ["review", &folder.display().to_string(), "--out", &dir.at("out"), "--quiet"].map(str::to_owned);
    guanxi(&args.each_ref().map(String::as_str)).well();
    let sheet = dir.read("out/customers.csv");
    let mut reader = csv::Reader::from_reader(sheet.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|own| own == name).unwrap();
    let (orders, days, stage) = (place("orders"), place("days_since_order"), place("stage"));
    let mut seen = [0, 0];
    for row in reader.records().map(Result::unwrap).filter(|row| &row[orders] == "1") {
        let lost = row[days].parse::<u32>().unwrap() >= 365;
        assert_eq!(&row[stage], if lost { "churn" } else { "purchase" }, "{row:?}");
        seen[usize::from(lost)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}
