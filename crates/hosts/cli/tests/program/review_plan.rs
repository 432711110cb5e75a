//! What `guanxi review` says of the coming week.
use serde_json::Value;

use crate::input::{Dir, adventure_works};
use crate::run::{Ran, guanxi};

const CONFIG: &str = r#"as_of = 2026-06-29
currency = "CNY"
[files]
firms  = "firms.csv"
events = "events.csv"

[[parties]]
from = "firms"
id   = "{id}"
name = "{name}"
[parties.attributes]
owner             = {}
contract_ends     = { type = "date" }
open_opportunities = { type = "int" }
customer_kind     = {}

[[events]]
from        = "events"
kind        = "{kind}"
id          = "{event}"
subject     = "{id}"
occurred_at = "day"
"#;

const FIRMS: &str = "id,name,owner,contract_ends,open_opportunities,customer_kind\n\
    1,One,U1,2026-08-31,,\n2,Two,U2,2026-07-20,,\n3,Three,U3,,1,organisation\n4,Four,,,,\n";
const EVENTS: &str = "event,id,kind,day\n\
    a,3,visit.made,2026-06-27\nb,1,ticket.closed,2026-06-29\nc,2,complaint.opened,2026-06-20\nd,2,ticket.closed,2026-06-29\n";

fn review(plan: &str, args: &[&str]) -> (Ran, Dir) {
    let dir = Dir::new()
        .with("guanxi.toml", format!("{CONFIG}{plan}"))
        .with("firms.csv", FIRMS)
        .with("events.csv", EVENTS);
    let (folder, out) = (dir.at(""), dir.at("out"));
    let ran = guanxi(&[&["review", &folder, "--out", &out, "--quiet"], args].concat());
    (ran, dir)
}

fn section<'a>(board: &'a str, title: &str) -> &'a str {
    let (_, rest) = board.split_once(&format!("\n{title}\n")).unwrap_or_else(|| panic!("{board}"));
    rest.split_once("\n\n").unwrap_or_else(|| panic!("{board}")).0
}

fn lines(dir: &Dir) -> Vec<Value> {
    dir.read("out/plan.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// No file of the example says who consented to marketing: the plan says what it holds back for that, and shows what may be done.
#[test]
fn the_example_without_consent_records_shows_what_may_be_done() {
    let dir = Dir::new();
    let out = dir.at("out");
    let board = guanxi(&["review", adventure_works().to_str().unwrap(), "--out", &out, "--quiet"]).well();
    insta::assert_snapshot!(section(&board, "Plan of the coming week"), @"
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
    ");
    let lines = lines(&dir);
    let count = |field: &str| lines.iter().map(|line| line[field].as_array().unwrap().len()).sum::<usize>();
    assert_eq!((count("to_do"), count("held_back")), (138, 172));
    let purposes = |field: &str, path: &str| {
        let mut all = lines.iter().flat_map(|line| line[field].as_array().unwrap());
        all.all(|item| item.pointer(path).unwrap() != "marketing")
    };
    assert!(purposes("to_do", "/purpose") && !purposes("held_back", "/item/purpose"));
    assert!(dir.read("out/report.html").contains("<section id=\"plan\""));
}

/// The review knows of no work, so what happened before it calls only if the folder says so.
#[test]
fn a_complaint_of_the_week_before_calls_from_a_day_on() {
    let asked = |plan: &str| -> Vec<String> {
        let (ran, dir) = review(plan, &[]);
        ran.well();
        let keys = lines(&dir).into_iter().flat_map(|line| line["to_do"].as_array().unwrap().clone());
        keys.map(|item| item["key"].as_str().unwrap().to_owned())
            .filter(|key| key.contains("respond"))
            .collect()
    };
    assert_eq!(asked("[plan]\n"), Vec::<String>::new());
    assert_eq!(asked("[plan]\nsince = 2026-06-15\n"), ["standard/respond_to_complaint/main/#c/2"]);
}

#[test]
fn a_week_is_planned_by_role_day_and_action() {
    let (ran, dir) = review("[plan]\n", &[]);
    insta::assert_snapshot!(section(&ran.well(), "Plan of the coming week"), @"
    From 2026-06-29 to 2026-07-05 by standard 1.0.0: something for 3 customers, if nothing happens
    ┌─────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Role              06-29   06-30   07-01   07-02   07-03   07-04   07-05   To do   Held back │
    ╞═════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Account manager       3       1       0       1       0       0       0       5           2 │
    │ Marketing             0       2       0       0       0       0       0       2           4 │
    └─────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌───────────────────────────────────────────────────────────────────────────────┐
    │ Action                               Purpose    Customers   To do   Held back │
    ╞═══════════════════════════════════════════════════════════════════════════════╡
    │ Reminder of renewal                  contract           2       2           0 │
    │ Follow-up after silence              sales              3       2           1 │
    │ Care after silence                   care               3       2           4 │
    │ Sales follow-up of a closed ticket   sales              2       1           1 │
    └───────────────────────────────────────────────────────────────────────────────┘
    Held back by: no consent to marketing 4, open complaint 2
    ");
    let lines = lines(&dir);
    let told = lines.iter().map(|line| {
        let items = |field: &str, path: &str| {
            let all = line[field].as_array().unwrap().iter();
            let told = all.map(|item| {
                let item = if path.is_empty() { item } else { &item[path] };
                format!("{} {} {} {}", item["key"], item["begins_at"], item["due_at"], item["person"])
            });
            told.collect::<Vec<_>>().join("\n  ")
        };
        format!("{}:\n  {}\n  held {}", line["subject"], items("to_do", ""), items("held_back", "item"))
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r#"
    "1":
      "standard/silence/main/@2026-06-29T00:00:00Z/1" "2026-06-29T08:00:00Z" "2026-07-01T08:00:00Z" "U1"
      "standard/ticket_follow_up/main/#b/1" "2026-06-29T08:00:00Z" "2026-06-29T17:00:00Z" "U1"
      "standard/renewal/main/@2026-07-02T00:00:00Z/1" "2026-07-02T08:00:00Z" "2026-07-15T17:00:00Z" "U1"
      held "standard/silence_care/mail/@2026-06-29T00:00:00Z/1" null null null
      "standard/silence_care/text/@2026-06-29T00:00:00Z/1" null null null
    "2":
      "standard/renewal/main/@2026-06-29T00:00:00Z/2" "2026-06-29T08:00:00Z" "2026-07-10T17:00:00Z" "U2"
      held "standard/silence/main/@2026-06-29T00:00:00Z/2" null null "U2"
      "standard/ticket_follow_up/main/#d/2" null null "U2"
      "standard/silence_care/mail/@2026-06-29T00:00:00Z/2" null null null
      "standard/silence_care/text/@2026-06-29T00:00:00Z/2" null null null
    "3":
      "standard/silence/main/@2026-06-30T00:00:00Z/3" "2026-06-30T08:00:00Z" "2026-07-02T08:00:00Z" "U3"
      "standard/silence_care/mail/@2026-06-30T00:00:00Z/3" "2026-06-30T08:00:00Z" "2026-07-01T08:00:00Z" null
      "standard/silence_care/text/@2026-06-30T00:00:00Z/3" "2026-06-30T08:00:00Z" "2026-07-01T08:00:00Z" null
      held
    "#);
    let sheet = dir.read("out/customers.csv");
    assert!(sheet.lines().next().unwrap().ends_with("stage,stage_since,stage_flags,plan,plan_held_back"));
    assert!(sheet.contains("renewal; silence; ticket_follow_up,silence_care"), "{sheet}");
    let (ran, _) = review("[plan]\n", &["--lang", "zh-CN"]);
    insta::assert_snapshot!(section(&ran.well(), "未来一周计划"), @"
    2026-06-29 至 2026-07-05，依据 standard 1.0.0：若无新事件，涉及 3 位客户
    ┌────────────────────────────────────────────────────────────────────────────────┐
    │ 角色       06-29   06-30   07-01   07-02   07-03   07-04   07-05   待办   暂缓 │
    ╞════════════════════════════════════════════════════════════════════════════════╡
    │ 客户经理       3       1       0       1       0       0       0      5      2 │
    │ 市场           0       2       0       0       0       0       0      2      4 │
    └────────────────────────────────────────────────────────────────────────────────┘
    ┌──────────────────────────────────────────────────┐
    │ 行动                 目的   客户数   待办   暂缓 │
    ╞══════════════════════════════════════════════════╡
    │ 续约提醒             合同        2      2      0 │
    │ 沉默跟进             销售        3      2      1 │
    │ 沉默关怀             关怀        3      2      4 │
    │ 工单关闭后销售跟进   销售        2      1      1 │
    └──────────────────────────────────────────────────┘
    暂缓原因：未同意营销联系 4，投诉未结 2
    ");
}

#[test]
fn without_the_section_there_is_no_plan() {
    let (ran, dir) = review("", &[]);
    assert!(!ran.well().contains("Plan of"));
    assert!(!dir.path("out/plan.jsonl").exists() && !dir.read("out/report.html").contains("id=\"plan\""));
}

#[test]
fn what_is_wrong_with_a_plan_is_told() {
    let told = |plan: &str| {
        let (ran, dir) = review(plan, &[]);
        ran.seen(Some(&dir))
    };
    insta::assert_snapshot!(told("[plan]\nactions = \"standrad\"\ncalendars = [\"six-day\", 5]\nweek = 1\n"), @r#"
    -- stderr
    guanxi.toml:24:1: plan.actions: unknown name, given "standrad", allowed: standard, or a document of the folder: "ours.toml"
        correct the value
    guanxi.toml:25:14: plan.calendars[0]: unknown name, given "six-day", allowed: five-day, or a document of the folder: "ours.toml"
        correct the value
    guanxi.toml:25:25: plan.calendars[1]: wrong type, given 5, allowed: a text in quotes
        correct the value
    guanxi.toml:26:1: plan.week: unknown field, given `week`, allowed: actions, calendars, since
        correct the name of the key, or remove it
    4 problems: nothing was reviewed
    -- exit code 2
    "#);
    insta::assert_snapshot!(told("[plan]\nactions = \"../a.json\"\n"), @"
    -- stderr
    guanxi.toml:24:1: a file stays inside the folder, got `../a.json`
        copy the file itself, no link to it, into the folder and name it without `..` or a root
    1 problem: nothing was reviewed
    -- exit code 2
    ");
    insta::assert_snapshot!(told("[plan]\nactions = \"ours.json\"\n"), @"
    -- stderr
    ours.json: cannot read: No such file or directory (os error 2)
    -- exit code 2
    ");
}
