//! What `guanxi review` says of tags.
use serde_json::Value;

use crate::input::Dir;
use crate::run::{Ran, guanxi};

const CONFIG: &str = r#"as_of = 2026-06-30
currency = "CNY"
[format]
utc_offset = "+08:00"
[files]
shops  = "shops.csv"
orders = "orders.csv"
marks  = "marks.csv"

[[parties]]
from  = "shops"
id    = "{shop}"
name  = "{name}"
where = { state = ["open"] }
[parties.attributes]
region = {}

[[events]]
from        = "orders"
kind        = "order.placed"
id          = "{order}"
subject     = "{shop}"
occurred_at = "day"
[events.attributes]
net = { type = "money" }

[[recipes]]
fact    = "revenue"
measure = { sum = { add = ["net"] } }
events  = ["order.placed"]
convert = "CNY"
[[recipes]]
fact    = "region"
measure = { attribute = "region" }
"#;

const TAGS: &str = r#"
[tags]
groups = [{ id = "cycle", wins = "latest" }]
[tags.vocabulary.facts]
region    = { kind = "text" }
abc_class = { kind = "text" }
[[tags.tags]]
id = "east"
when = "region = \"east\""
[[tags.tags]]
id   = "recent"
when = "any order.placed within 30 days"
[[tags.tags]]
id   = "best"
when = "abc_class = \"a\""
[[tags.tags]]
id      = "budget_ample"
expires = { months = 12 }
[[tags.tags]]
id    = "short_cycle"
group = "cycle"
[[tags.tags]]
id    = "long_cycle"
group = "cycle"
[[tags.assignments]]
from      = "marks"
subject   = "{shop}"
tag       = "{marks}"
separator = ";"
names     = { "ample budget" = "budget_ample" }
set_by    = "{who}"
set_at    = "day"
"#;

const SHOPS: &str =
    "shop,name,region,state\n1,East,East,open\n2,West,West,open\n3,South,,open\n4,Gone,East,closed\n";
const ORDERS: &str = "order,shop,day,net\nA1,1,2026-06-01,900\nA2,2,2026-05-30,90\nA3,2,2026-05-01,10\n";
const MARKS: &str = "shop,marks,who,day\n1,ample budget; long_cycle,U7,2026-01-01\n1,short_cycle,U7,2026-02-01\n2,ample budget,U7,2025-06-30\n2,,U7,2026-01-01\n3,two words,U7,2026-01-01\n4,long_cycle,U7,2026-01-01\n2,gold,U7,2026-01-01\n9,long_cycle,U7,2026-01-01\n";

fn folder(config: &str) -> Dir {
    Dir::new()
        .with("guanxi.toml", config)
        .with("shops.csv", SHOPS)
        .with("orders.csv", ORDERS)
        .with("marks.csv", MARKS)
}

fn review(dir: &Dir, args: &[&str]) -> Ran {
    guanxi(&[&["review", &dir.at(""), "--out", &dir.at("out")], args].concat())
}

/// The part of the board that this is about.
fn shown<'b>(board: &'b str, title: &str) -> &'b str {
    let (_, rest) = board.split_once(&format!("\n\n{title}\n")).unwrap();
    rest.split("\n\n").next().unwrap()
}

#[test]
fn tags_are_counted_on_the_board_in_the_report_and_in_the_files() {
    let dir = folder(&[CONFIG, TAGS].concat());
    let ran = review(&dir, &[]);
    insta::assert_snapshot!(shown(&ran.out, "Tags"), @"
    ┌───────────────────────────────────────────────────────────┐
    │ Tag            How         Customers    Share   Outranked │
    ╞═══════════════════════════════════════════════════════════╡
    │ east           by a rule           1   33.3 %           0 │
    │ recent         by a rule           1   33.3 %           0 │
    │ best           by a rule           1   33.3 %           0 │
    │ Ample budget   set                 1   33.3 %           0 │
    │ short_cycle    set                 1   33.3 %           0 │
    │ long_cycle     set                 0      0 %           1 │
    │ None                               2                      │
    └───────────────────────────────────────────────────────────┘
    Set, but not defined: gold
    ");
    // Two marks are none: a text that no tag can be, and one of a shop that is not there.
    insta::assert_snapshot!(ran.err, @"
    marks.csv:6, `marks`: expected letters, digits, `_`, `-` and `.`, the first a letter, got `two words`; the row is left out
        write a code such as `order.placed`
    marks.csv:9, `shop`: no party has the id `9`; the row is left out
        add the party to the file of parties, or correct the id
    2 problems in the files; everything else was reviewed
    ");
    assert_eq!(ran.code, 1);
    let sheet = dir.read("out/customers.csv");
    let tags: Vec<&str> = sheet.lines().map(|line| line.rsplit(',').nth(3).unwrap()).collect();
    assert_eq!(tags, ["tags", "east; recent; best; budget_ample; short_cycle", "", ""]);
    let data: Value = serde_json::from_str(&dir.read("out/segments.json")).unwrap();
    insta::assert_snapshot!(data["tags"]["counts"], @r#"{"subjects":3,"tags":{"best":{"count":1,"outranked":0},"budget_ample":{"count":1,"outranked":0},"east":{"count":1,"outranked":0},"long_cycle":{"count":0,"outranked":1},"recent":{"count":1,"outranked":0},"short_cycle":{"count":1,"outranked":0}},"untagged":2}"#);
    assert_eq!(data["tags"]["policy"]["id"], "guanxi.toml");
    let page = dir.read("out/report.html");
    let (_, section) = page.split_once("<section id=\"tags\"").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    assert!(
        page.contains("<a href=\"#tags\">") && section.contains("budget_ample")
            || section.contains("Ample budget")
    );
    let board = review(&dir, &["--lang", "zh-CN"]).out;
    insta::assert_snapshot!(shown(&board, "标签"), @"
    ┌───────────────────────────────────────────────────┐
    │ 标签          来源   客户数     占比   被同组取代 │
    ╞═══════════════════════════════════════════════════╡
    │ east          规则        1   33.3 %            0 │
    │ recent        规则        1   33.3 %            0 │
    │ best          规则        1   33.3 %            0 │
    │ 预算充足      设置        1   33.3 %            0 │
    │ short_cycle   设置        1   33.3 %            0 │
    │ long_cycle    设置        0      0 %            1 │
    │ 未归类                    2                       │
    └───────────────────────────────────────────────────┘
    已设置但未定义的标签：gold
    ");
}

#[test]
fn days_of_tags_are_those_of_the_folder() {
    // The order of 1 June began in Shanghai at 16:00 UTC of 31 May: 30 days later, it is over.
    let at = |as_of: &str| {
        let dir = folder(&[CONFIG, TAGS].concat());
        review(&dir, &["--as-of", as_of, "--quiet"]);
        dir.read("out/customers.csv").lines().nth(1).unwrap().contains("recent")
    };
    assert!(at("2026-06-30T15:59:59Z"));
    assert!(!at("2026-06-30T16:00:00Z"));
    // A mark of 1 January 2026 counts for a year.
    let ample = |as_of: &str| {
        let dir = folder(&[CONFIG, TAGS].concat());
        review(&dir, &["--as-of", as_of, "--quiet"]);
        dir.read("out/customers.csv").lines().nth(1).unwrap().contains("budget_ample")
    };
    assert!(ample("2026-12-31T15:59:59Z") && !ample("2027-01-01"));
}

#[test]
fn a_preset_or_a_document_of_the_folder() {
    let named = |name: &str| format!("{CONFIG}[tags]\ndocument = \"{name}\"\n");
    let board = review(&folder(&named("standard")), &[]).well();
    insta::assert_snapshot!(shown(&board, "Tags"), @"
    ┌─────────────────────────────────────────────────────┐
    │ Tag                   How         Customers   Share │
    ╞═════════════════════════════════════════════════════╡
    │ Ample budget          set                 0     0 % │
    │ Long decision cycle   set                 0     0 % │
    │ Service-minded        by a rule           0     0 % │
    │ Price-sensitive       by a rule           0     0 % │
    │ Industry leader       set                 0     0 % │
    │ East China            by a rule           0     0 % │
    │ None                                      3         │
    └─────────────────────────────────────────────────────┘
    ");
    let document = guanxi(&["policy", "show", "tags/standard", "--format", "toml"]).well();
    let dir =
        folder(&named("ours.toml")).with("ours.toml", document.replace("id = \"standard\"", "id = \"ours\""));
    assert_eq!(shown(&review(&dir, &[]).well(), "Tags"), shown(&board, "Tags"));
    insta::assert_snapshot!(review(&folder(&named("nothing")), &[]).seen(None), @r#"
    -- stderr
    guanxi.toml:36:1: tags.document: unknown name, given "nothing", allowed: standard, or a document of the folder: "tags.toml"
        correct the value
    1 problem: nothing was reviewed
    -- exit code 2
    "#);
    insta::assert_snapshot!(review(&folder(&named("../ours.toml")), &[]).seen(None), @"
    -- stderr
    guanxi.toml:36:1: a file stays inside the folder, got `../ours.toml`
        copy the file itself, no link to it, into the folder and name it without `..` or a root
    1 problem: nothing was reviewed
    -- exit code 2
    ");
    // Without tags there is nothing of them but an empty column.
    let dir = folder(CONFIG);
    let (board, page) = (review(&dir, &[]).well(), dir.read("out/report.html"));
    assert!(!board.contains("Tags") && !page.contains("#tags") && !page.contains("id=\"tags"));
    let sheet = dir.read("out/customers.csv");
    let tags: Vec<&str> = sheet.lines().map(|line| line.rsplit(',').nth(3).unwrap()).collect();
    assert!(matches!(&tags[..], ["tags", rest @ ..] if rest.iter().all(|tags| tags.is_empty())), "{tags:?}");
}

#[test]
fn faults_of_tags_have_their_place() {
    let tags = TAGS
        .replace("region = \\\"east\\\"", "regoin = 5")
        .replace("group = \"cycle\"", "group = \"cicle\"")
        .replace("months", "moons");
    let dir = folder(&[CONFIG, &tags].concat());
    insta::assert_snapshot!(review(&dir, &[]).seen(Some(&dir)), @r#"
    -- stderr
    guanxi.toml:43:1: tags.tags[0].when: unknown name, given `regoin` (column 1), allowed: abc_class, region (did you mean `region`?)
    guanxi.toml:52:1: tags.tags[3].expires: not allowed here, given {"moons":12}, allowed: unknown variant `moons`, expected one of `hours`, `days`, `weeks`, `months`, `years`
    guanxi.toml:55:1: tags.tags[4].group: unknown name, given "cicle", allowed: a group of `groups`
    guanxi.toml:58:1: tags.tags[5].group: unknown name, given "cicle", allowed: a group of `groups`
    4 problems: nothing was reviewed
    -- exit code 2
    "#);
    let tags = TAGS.replace("set_at ", "set_on ").replace("\"{who}\"", "\"{whom}\"\nsource = \"erp\"");
    let dir = folder(&[CONFIG, &tags, "\n[tags.colour]\n"].concat());
    insta::assert_snapshot!(review(&dir, &[]).seen(Some(&dir)), @r#"
    -- stderr
    guanxi.toml:59:1: tags.assignments[0].set_at: missing field, allowed: `set_at` is required
        add the key
    guanxi.toml:66:1: tags.assignments[0].source: not allowed here, given "erp", allowed: either `set_by`, who set the tag, or `source`, where it comes from
        correct the value
    guanxi.toml:67:1: tags.assignments[0].set_on: unknown field, given `set_on`, allowed: from, join, where, subject, tag, separator, names, set_by, source, set_at, valid_from, valid_until, removed_at (did you mean `set_by`?)
        correct the name of the key, or remove it
    guanxi.toml:69:7: tags.colour: unknown field, given `colour`, allowed: document, assignments, vocabulary, zone, week_start, groups, tags, merges
        correct the name of the key, or remove it
    4 problems: nothing was reviewed
    -- exit code 2
    "#);
}

#[test]
fn a_document_of_tags_is_shown_checked_and_described() {
    let toml = guanxi(&["policy", "show", "tags/standard", "--format", "toml"]).well();
    let dir = Dir::new()
        .with("ours.toml", toml.replace("id = \"standard\"", "id = \"ours\""))
        .with("bad.toml", toml.replace(">= 4", ">> 4"));
    insta::assert_snapshot!(guanxi(&["policy", "check", &dir.at("bad.toml")]).seen(Some(&dir)), @r#"
        -- stderr
        bad.toml:20:1: body.tags[2].when: syntax, given `>` (column 22), allowed: a value, such as `80`, `"text"`, `true`, `CNY 120.50` or `2026-06-30`
        bad.toml:24:1: body.tags[3].when: syntax, given `>` (column 20), allowed: a value, such as `80`, `"text"`, `true`, `CNY 120.50` or `2026-06-30`
        2 problems
        -- exit code 1
        "#);
    assert!(guanxi(&["policy", "check", &dir.at("ours.toml")]).well().contains(": sound: ours 1.0.0 "));
    insta::assert_snapshot!(guanxi(&["policy", "diff", "tags/standard", &dir.at("ours.toml")]).well(), @r#"id: "standard" -> "ours""#);
    let read = |args: &[&str]| -> Value { serde_json::from_str(&guanxi(args).well()).unwrap() };
    let schema = jsonschema::validator_for(&read(&["policy", "schema", "tags"])).unwrap();
    let mut document = read(&["policy", "show", "tags/standard"]);
    assert!(schema.is_valid(&document));
    document["body"]["tags"][0]["colour"] = "red".into();
    assert!(!schema.is_valid(&document));
}
