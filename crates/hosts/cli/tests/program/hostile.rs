//! `guanxi review` over folders as they come: hostile texts, Chinese forms, bad rows, broken mappings.
use encoding_rs::GB18030;
use serde_json::Value;

use crate::input::Dir;
use crate::run::{Ran, guanxi};

const CONFIG: &str = r#"title    = "<b>客户</b>"
as_of    = 2023-10-31
currency = "CNY"
columns  = ["city"]

[files]
customers = "客户.csv"
orders    = "orders.csv"

[[parties]]
from = "customers"
id   = "{编号}"
name = "{名称}"
[parties.attributes]
city   = "城市"
profit = { column = "年利润", unit = "万元", type = "decimal" }

[[events]]
from        = "orders"
kind        = "order.placed"
id          = "{order}"
subject     = "{customer}"
occurred_at = "day"
[events.attributes]
net  = { type = "money", unit = "万元" }
cost = { type = "money", unit = "万元" }

[[recipes]]
fact       = "cumulative_profit"
measure    = { sum = { add = ["net"], subtract = ["cost"] } }
events     = ["order.placed"]
convert    = "CNY"
when_empty = "not_applicable"
[[recipes]]
fact       = "cooperation_days"
measure    = { days_since = "first" }
events     = ["order.placed"]
when_empty = "not_applicable"
[[recipes]]
fact       = "revenue"
measure    = { sum = { add = ["net"] } }
events     = ["order.placed"]
convert    = "CNY"
when_empty = { value = "0" }
[[recipes]]
fact       = "orders"
measure    = "count"
events     = ["order.placed"]
when_empty = { value = "0" }
[[recipes]]
fact       = "days_since_order"
measure    = { days_since = "last" }
events     = ["order.placed"]
when_empty = "not_applicable"
"#;

const CUSTOMERS: &str = "编号,名称,城市,年利润
1,<script>alert(1)</script>,=cmd|' /C calc'!A0,28.5
2,=cmd|' /C calc'!A0,\t=1+1,28.5万元
3,@SUM(1),+1,２８.５
4,上海\u{202e}贸易,-2+3,１２３
5,北京长城机械有限公司,</script><img src=x onerror=alert(1)>,0
6,一次客户,\u{1b}[31m红,1e3
7,从未下单,上海,
";

const ORDERS: &str = "order,customer,day,net,cost
A1,1,2023年10月20日,28.5,20
A2,2,2023/10/2,28.5万元,２０
A3,3,２０２３-１０-０２,１２．５,3
A4,6,2020-01-05,5,3
A5,5,2023-10-03,7.25,1
=A6,4,2023-10-03,-7.25,1
";

fn folder(config: &str, customers: &str, orders: &str) -> Dir {
    Dir::new()
        .with("guanxi.toml", config)
        .with("客户.csv", &*GB18030.encode(customers).0)
        .with("orders.csv", orders)
}

fn review(dir: &Dir) -> Ran {
    guanxi(&["review", &dir.at(""), "--out", &dir.at("out")])
}

/// What a review says that cannot be made.
fn refused(config: &str, customers: &str, orders: &str) -> String {
    let dir = folder(config, customers, orders);
    let ran = review(&dir);
    assert_eq!(std::fs::read_dir(dir.path("out")).unwrap().count(), 0);
    ran.seen(Some(&dir))
}

#[test]
fn hostile_texts_are_shown_and_do_nothing() {
    let dir = folder(CONFIG, CUSTOMERS, ORDERS);
    let ran = review(&dir);
    insta::assert_snapshot!(ran.seen(Some(&dir)), @r"
    -- stdout
    <b>客户</b> as of 2023-10-31
    policy standard 1.1.0, measured by population 2023-10-31T00:00:00Z
    13 rows read, 0 left out
    客户.csv was read as gb18030

    Tier board
    ┌─────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Tier             Customers   Share   Expected   Revenue CNY   Of all   Value   Potential   Need   Composite │
    ╞═════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Strategic                0       –    10–15 %             0      0 %       –           –      –           – │
    │ Key                      0       –    20–25 %             0      0 %       –           –      –           – │
    │ Normal                   0       –    50–60 %             0      0 %       –           –      –           – │
    │ Potential                0       –     5–10 %             0      0 %       –           –      –           – │
    │ To optimise              0       –      0–5 %             0      0 %       –           –      –           – │
    │ Prospects                1                                0      0 %       –           –      –           – │
    │ Not assessable           6                          745,000    100 %   39.56           –      –           – │
    │ All                      7                          745,000    100 %   39.56           –      –           – │
    └─────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    What stands out
    - Nobody can be assessed: of 6 customers nothing is known for Potential: growth of the industry, undeveloped needs
    - Nobody can be assessed: of 6 customers nothing is known for Need: price sensitivity, service sensitivity
    - Cannot be told: Most endangered; no customer has median_gap_days, revenue_growth

    Segments
    ┌───────────────────────────────────────────────────────────────────────────────┐
    │ ABC class   Customers    Share    Expected   Revenue CNY   Of all    Expected │
    ╞═══════════════════════════════════════════════════════════════════════════════╡
    │ A                   3   42.9 %   10–15 % ↑       695,000     85 %   60–80 % ↑ │
    │ B                   2   28.6 %   30–40 % ↓       122,500     15 %           – │
    │ C                   2   28.6 %   50–60 % ↓             0      0 %           – │
    └───────────────────────────────────────────────────────────────────────────────┘
    Concentration of Revenue: Gini 0.5242, Herfindahl-Hirschman index 0.2781; share of the greatest 1: 34.9 %, 2: 69.7 %
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ RFM segment         Customers   Share   Revenue CNY   Value segment   Customers   Share   Revenue CNY │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Champions                   0     0 %             0   At risk                 0     0 %             0 │
    │ Loyal                       0     0 %             0   High value              0     0 %             0 │
    │ Potentially loyal           3    50 %       285,000   Potential               0     0 %             0 │
    │ New                         0     0 %             0   General                 7   100 %       745,000 │
    │ Promising                   0     0 %             0                                                   │
    │ Need attention              0     0 %             0                                                   │
    │ About to sleep              0     0 %             0                                                   │
    │ At risk                     3    50 %       460,000                                                   │
    │ Cannot lose                 0     0 %             0                                                   │
    │ Hibernating                 0     0 %             0                                                   │
    │ Lost                        0     0 %             0                                                   │
    │ None                        1                                                                         │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────┘

    Stages
    ┌──────────────────────────────────────────────────────────┐
    │ Stage         Customers    Share   At risk   Came   Left │
    ╞══════════════════════════════════════════════════════════╡
    │ Prospect              0      0 %         0      0      0 │
    │ Awareness             0      0 %         0      0      0 │
    │ Purchase              5   71.4 %         0      5      0 │
    │ Loyalty               0      0 %         0      0      0 │
    │ Churn                 1   14.3 %         0      0      0 │
    │ Ended                 0      0 %         0      0      0 │
    │ Transformed           0      0 %         0      0      0 │
    │ Not begun             1                                  │
    └──────────────────────────────────────────────────────────┘
    Moves after 2023-04-30: Not begun → Purchase 5

    Calibration of the tier floors: a proposal, nothing was changed
    Nothing to calibrate by: nobody has a composite. Every floor stays.
    Without a composite, and so not counted: prospects 1, not assessable 6

    Top customers
    None.

    Most endangered (silent for more than twice their own median gap, revenue falling; a plain rule, not a prediction)
    None.

    Prospects, by potential and need
    ┌───────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Customer   Id   Rank   Why                                                                    │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════╡
    │ 从未下单    7      –   Never bought; candidate for Potential; potential unknown, need unknown │
    └───────────────────────────────────────────────────────────────────────────────────────────────┘

    Clean-up candidates
    ┌────────────────────────────────────────────────────────────────────────────────────┐
    │ Customer   Id   Composite   Why                                                    │
    ╞════════════════════════════════════════════════════════════════════════════════════╡
    │ 一次客户    6           –   One order only, and silent for 1395 days (from 365 on) │
    └────────────────────────────────────────────────────────────────────────────────────┘

    Data quality
    - growth of the industry: unknown of 7 customers; 9 % of the score rests on it; left out, the rest of its dimension weighs more; ask marketing
    - undeveloped needs: unknown of 7 customers; 21 % of the score rests on it; left out, the rest of its dimension weighs more; ask sales
    - service sensitivity: unknown of 7 customers; 6 % of the score rests on it; left out, the rest of its dimension weighs more; ask service
    - price sensitivity: unknown of 7 customers; 14 % of the score rests on it; left out, the rest of its dimension weighs more; ask sales

    Written: out/customers.csv, out/assessments.jsonl, out/segments.json, out/report.html, out/problems.csv
    -- stderr
    客户.csv:5, `名称`: expected a text without control and invisible characters, got `上海\u{202e}贸易`; the id stands for the name
        type it anew: it holds characters that are not seen
    客户.csv:7, `年利润`: a number is written in full, got `1e3` in the short form of a spreadsheet; the value is left out
        export the column as a plain number, since digits may have been lost
    2 problems in the files; everything else was reviewed
    -- exit code 1
    ");

    let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!ran.out.contains(hidden) && !ran.err.contains(hidden));
    let html = dir.read("out/report.html");
    assert!(
        !html.contains(hidden)
            && !html.contains("<script>alert")
            && !html.contains("<img")
            && !html.contains("<b>")
    );
    // The program's own two, one of them data.
    assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (2, 2));
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));

    let sheet = dir.read("out/customers.csv");
    insta::assert_snapshot!(sheet.trim_start_matches('\u{feff}'), @r"
    id,name,standing,tier,computed_tier,composite,value,potential,need,rank,completeness,cooperation_days,cumulative_profit,days_since_order,orders,revenue,attribute.city,attribute.profit,abc_class,rfm_segment,value_segment,tags,stage,stage_since,stage_flags
    1,<script>alert(1)</script>,incomplete,,,,45.13,,,,0.5,11,85000,11,1,285000,'=cmd|' /C calc'!A0,285000,a,potential_loyalist,general,,purchase,2023-10-20T00:00:00Z,
    2,'=cmd|' /C calc'!A0,incomplete,,,,45.78,,,,0.5,29,85000,29,1,285000,\u{9}=1+1,285000,a,at_risk,general,,purchase,2023-10-02T00:00:00Z,
    3,'@SUM(1),incomplete,,,,51.04,,,,0.5,29,95000,29,1,125000,'+1,285000,a,at_risk,general,,purchase,2023-10-02T00:00:00Z,
    4,4,incomplete,,,,1.00,,,,0.5,28,-82500,28,1,-72500,'-2+3,1230000,c,potential_loyalist,general,,purchase,2023-10-03T00:00:00Z,
    5,北京长城机械有限公司,incomplete,,,,33.90,,,,0.5,28,62500,28,1,72500,</script><img src=x onerror=alert(1)>,0,b,potential_loyalist,general,,purchase,2023-10-03T00:00:00Z,
    6,一次客户,incomplete,,,,60.53,,,,0.5,1395,20000,1395,1,50000,\u{1b}[31m红,,b,at_risk,general,,churn,2021-01-04T00:00:00Z,
    7,从未下单,prospect,,,,,,,,0,n/a,n/a,n/a,0,0,上海,,c,,general,,,,
    ");
    assert!(!sheet.contains(hidden));
    for row in csv::Reader::from_reader(sheet.as_bytes()).records() {
        for cell in &row.unwrap() {
            let number = cell.parse::<f64>().is_ok();
            assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{cell}");
        }
    }
    let lines = dir.read("out/assessments.jsonl");
    let subjects: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["subject"].clone()).collect();
    assert_eq!(subjects, ["1", "2", "3", "4", "5", "6", "7"]);
}

#[test]
fn bad_rows_are_told_and_everything_else_is_reviewed() {
    let orders = format!(
        "{ORDERS}A7,4,2023年2月29日,5,3\nA8,9,2023-10-02,5,3\nA9,5,2023-10-02,5\nA1,5,2023-10-02,5,3\nA10,5,2023-10-02,5,\"1,000\"\n,,,,\n,5,2023-10-02,5,3\n"
    );
    let dir = folder(CONFIG, CUSTOMERS, &orders);
    let ran = review(&dir);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.err, @r"
    orders.csv:8, `day`: there is no day `2023年2月29日`; the row is left out
        correct the day: its month is shorter, or its year is no leap year
    orders.csv:9, `customer`: no party has the id `9`; the row is left out
        add the party to the file of parties, or correct the id
    orders.csv:10: expected 5 fields, got 4; the row is left out
        complete the row; a field that is not given is left blank
    orders.csv:12, `cost`: expected a decimal such as `-12.34`, got `1,000`; the row is left out
        write a number such as `-1234.56`; or declare how numbers are written: `thousands`, `decimal`, `parentheses`, `unit`, `not_given`
    orders.csv:14, `order`: expected a value, got a blank; the row is left out
        fill in the field
    客户.csv:5, `名称`: expected a text without control and invisible characters, got `上海\u{202e}贸易`; the id stands for the name
        type it anew: it holds characters that are not seen
    客户.csv:7, `年利润`: a number is written in full, got `1e3` in the short form of a spreadsheet; the value is left out
        export the column as a plain number, since digits may have been lost
    7 problems in the files; everything else was reviewed
    ");
    let sound = folder(CONFIG, CUSTOMERS, ORDERS);
    let before = review(&sound);
    assert_eq!(dir.read("out/customers.csv"), sound.read("out/customers.csv"));
    assert_eq!(dir.read("out/assessments.jsonl"), sound.read("out/assessments.jsonl"));
    let count = |out: &str| out.lines().nth(2).unwrap().to_owned();
    assert_eq!(
        (count(&before.out).as_str(), count(&ran.out).as_str()),
        ("13 rows read, 0 left out", "19 rows read, 5 left out")
    );
    let quiet = guanxi(&["review", &dir.at(""), "--quiet", "--skip-bad"]);
    assert!(ran.out.starts_with(&quiet.out));
    // The count is not a matter of progress: it is told all the same.
    assert_eq!((quiet.code, quiet.err.lines().count()), (0, 1));
    assert!(ran.err.ends_with(&quiet.err));
}

#[test]
fn a_folder_that_is_not_sound_is_refused_whole() {
    insta::assert_snapshot!(refused(CONFIG, "", ORDERS), @r"
    -- stderr
    客户.csv: the file is empty, expected a line of column names
        write the column names in the first line, separated by commas
    1 problem: nothing was reviewed
    -- exit code 2
    ");
    insta::assert_snapshot!(refused(&CONFIG.replace("as_of ", "as_off"), CUSTOMERS, ORDERS), @"
    -- stderr
    guanxi.toml:2:1: as_off: unknown field, given `as_off`, allowed: as_of, title, language, policy, segments, stages, plan, budget, tags, currency, columns, format, files, parties, events, rates, recipes, quality (did you mean `as_of`?)
        correct the name of the key, or remove it
    1 problem: nothing was reviewed
    -- exit code 2
    ");
    insta::assert_snapshot!(refused(&CONFIG.replace("\"城市\"", "\"省份\""), CUSTOMERS, ORDERS), @r"
    -- stderr
    guanxi.toml:15:1: no column `省份` in 客户.csv
        its columns: `编号`, `名称`, `城市`, `年利润`
    1 problem: nothing was reviewed
    -- exit code 2
    ");
    insta::assert_snapshot!(refused(&CONFIG.replace("= \"orders.csv\"", "= \"order.csv\""), CUSTOMERS, ORDERS), @r"
    -- stderr
    order.csv: no such file
        put the file into the folder, or correct its path
    1 problem: nothing was reviewed
    -- exit code 2
    ");
    insta::assert_snapshot!(refused(&CONFIG.replace("{编号}", "{编号"), CUSTOMERS, ORDERS), @r#"
    -- stderr
    guanxi.toml:12:1: parties[0].id: not allowed here, given "{编号", allowed: a text with columns in braces such as "{order_id}/{line}"
        correct the value
    1 problem: nothing was reviewed
    -- exit code 2
    "#);
    insta::assert_snapshot!(refused(&CONFIG.replace("measure    = \"count\"", "measure    = \"cuont\""), CUSTOMERS, ORDERS), @r#"
    -- stderr
    guanxi.toml:47:1: recipes[3].measure: not allowed here, given "cuont", allowed: unknown variant `cuont`, expected one of `sum`, `count`, `first`, `last`, `mean`, `growth`, `share`, `distinct`, `distinct_not_yet`, `distinct_in_population`, `median_gap`, `days_since`, `attribute`, `constant`
    1 problem: nothing was reviewed
    -- exit code 2
    "#);
    insta::assert_snapshot!(refused(&format!("policy = \"standrad\"\n{CONFIG}"), CUSTOMERS, ORDERS), @r"
    -- stderr
    no policy `standrad`: give a file (JSON or TOML) or one of standard, literal, assessed
    -- exit code 2
    ");
    let empty = Dir::new();
    insta::assert_snapshot!(review(&empty).seen(Some(&empty)), @r"
    -- stderr
    guanxi.toml: no such file
        put the file into the folder, or correct its path
    1 problem: nothing was reviewed
    -- exit code 2
    ");
    insta::assert_snapshot!(guanxi(&["review", &empty.at("none")]).seen(Some(&empty)), @r"
    -- stderr
    none: no such folder
    -- exit code 2
    ");
    let args = ["review", &empty.at(""), "--lang", "fr"];
    insta::assert_snapshot!(guanxi(&args).seen(Some(&empty)), @r"
    -- stderr
    error: invalid value 'fr' for '--lang <LANG>'
      [possible values: en, zh-CN]

    For more information, try '--help'.
    -- exit code 2
    ");
}

#[test]
fn input_is_never_written_over() {
    let config = CONFIG.replace("orders.csv", "customers.csv");
    for (more, config, orders) in [
        (["--out", "."], config.as_str(), "customers.csv"),
        (["--reference-out", "orders.csv"], CONFIG, "orders.csv"),
        (["--reference-out", "guanxi.toml"], CONFIG, "orders.csv"),
        (["--reference-out", "sub/../orders.csv"], CONFIG, "orders.csv"),
    ] {
        let dir = folder(config, CUSTOMERS, ORDERS).with(orders, ORDERS);
        std::fs::create_dir(dir.path("sub")).unwrap();
        let ran = guanxi(&["review", &dir.at(""), more[0], &dir.at(more[1])]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{more:?}");
        assert!(ran.err.contains("is a file that the review reads"), "{}", ran.err);
        assert_eq!((dir.read("guanxi.toml").as_str(), dir.read(orders).as_str()), (config, ORDERS));
    }
}

#[test]
fn a_policy_of_the_folder_is_looked_for_there() {
    let policy = guanxi(&["policy", "show", "literal", "--format", "toml"]).well();
    let dir =
        folder(&format!("policy = \"ours.toml\"\n{CONFIG}"), CUSTOMERS, ORDERS).with("ours.toml", policy);
    let ran = review(&dir);
    assert!(ran.out.contains("policy literal "), "{}", ran.seen(Some(&dir)));
}

#[test]
fn an_output_that_cannot_be_made_is_told_before_the_work() {
    let dir = folder("not even TOML", CUSTOMERS, ORDERS);
    let ran = guanxi(&["review", &dir.at(""), "--out", &dir.at("orders.csv")]);
    assert!(ran.code == 2 && ran.err.contains("orders.csv: cannot make: "), "{}", ran.err);
}

#[test]
fn a_policy_cannot_act_on_the_terminal() {
    let policy = guanxi(&["policy", "show", "standard"]).well().replace("\"sales\"", "\"\\u001b[31msales\"");
    let dir = folder(CONFIG, CUSTOMERS, ORDERS).with("evil.json", policy);
    let ran = guanxi(&["review", &dir.at(""), "--policy", &dir.at("evil.json")]);
    assert!(ran.out.contains("ask \\u{1b}[31msales") && !ran.out.contains('\u{1b}'), "{}", ran.out);
}

#[test]
fn a_folder_of_nobody_is_reviewed() {
    let header = |text: &str| format!("{}\n", text.lines().next().unwrap());
    let dir = folder(CONFIG, &header(CUSTOMERS), &header(ORDERS));
    let ran = review(&dir);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(ran.err, @r"
    客户.csv: the file has column names but no row
        nothing was read from it: export it again if it should have rows
    orders.csv: the file has column names but no row
        nothing was read from it: export it again if it should have rows
    2 problems in the files; everything else was reviewed
    ");
    assert!(ran.out.contains("│ All                      0 "), "{}", ran.out);
    assert_eq!(
        (dir.read("out/customers.csv").lines().count(), dir.read("out/assessments.jsonl")),
        (1, String::new())
    );
}

#[test]
fn a_review_can_be_repeated_with_what_it_kept() {
    let dir = folder(CONFIG, CUSTOMERS, ORDERS);
    let kept = dir.at("kept.json");
    let review = |out: &str, more: [&str; 2]| {
        guanxi(&[&["review", &dir.at(""), "--out", &dir.at(out), "--skip-bad"][..], &more].concat())
    };
    let first = review("a", ["--reference-out", &kept]);
    let second = review("b", ["--reference", &kept]);
    assert_eq!((first.code, second.code), (0, 0));
    assert_eq!(first.out.replace(&dir.at("a"), ""), second.out.replace(&dir.at("b"), ""));
    for name in ["customers.csv", "assessments.jsonl", "report.html"] {
        assert_eq!(dir.read(&format!("a/{name}")), dir.read(&format!("b/{name}")), "{name}");
    }
}
