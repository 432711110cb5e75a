//! `guanxi condition`.
use serde_json::Value;

use crate::input::{DAY, Dir};
use crate::run::{Ran, fed, guanxi};

const WORDS: &str = r#"{
  "facts": {
    "score": {"kind": "decimal", "min": "0", "max": "100"}, "region": {"kind": "text"}, "born": {"kind": "date"},
    "orders": {"kind": "int", "part_of": "all_orders"}, "all_orders": {"kind": "int"}
  },
  "attributes": {"net": {"kind": "money"}, "state": {"kind": "text"}},
  "events": ["webinar.joined"]
}"#;

const HOT: &str = "region = \"East China\" and score >= 80 and no @interaction within 3 days";

fn words() -> Dir {
    Dir::new().with("words.json", WORDS)
}

/// Asks a condition of lines, as of the day of all tests.
fn asked(text: &str, args: &[&str], input: impl AsRef<[u8]>) -> Ran {
    let words = words();
    let given = ["condition", "explain", "--text", text, "--vocabulary", &words.at("words.json"), "--quiet"];
    let day = if args.contains(&"--as-of") { &[][..] } else { &["--as-of", DAY] };
    fed(&[&given, day, args].concat(), input)
}

fn answers(ran: &Ran) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    ran.lines()
        .iter()
        .map(|line| {
            format!(
                "{} {} until {}",
                text(&line["subject"]),
                text(&line["answer"]),
                text(&line["next_change"])
            )
        })
        .collect()
}

#[test]
fn a_condition_is_printed_in_both_forms_whichever_was_given() {
    let dir = words();
    let vocabulary = dir.at("words.json");
    let check =
        |args: &[&str]| guanxi(&[&["condition", "check", "--vocabulary", &vocabulary], args].concat());
    let text = check(&["--text", "region=\"East China\"   and score>=80.0"]).well();
    insta::assert_snapshot!(text, @r#"
    region = "East China" and score >= 80
    {
      "all": [
        {
          "equals": "East China",
          "fact": "region"
        },
        {
          "at_least": "80",
          "fact": "score"
        }
      ]
    }
    "#);
    let (_, tree) = text.split_once('\n').unwrap();
    let dir = dir.with("tree.json", tree).with("text.txt", "region = \"East China\"\n  and score >= 80\n");
    assert_eq!(check(&[&dir.at("tree.json")]).well(), text);
    assert_eq!(check(&[&dir.at("text.txt")]).well(), text);
    let given = fed(&["condition", "check", "-", "--vocabulary", &vocabulary], tree).well();
    assert_eq!(given, text);
    // Without a vocabulary there are the standard events.
    assert!(
        guanxi(&["condition", "check", "--text", "no order.placed within 90 days"])
            .well()
            .starts_with("no order.placed within 90 days\n")
    );
}

#[test]
fn every_problem_has_its_line_column_and_caret() {
    let dir = words().with("bad.txt", "regoin = \"East\" and\n  score >= \"80\" and\n  地区 = 5").with(
        "bad.json",
        r#"{"all": [
  {"fact": "regoin", "equals": "East"},
  {"fact": "score", "at_leest": "80"}
]}"#,
    );
    let check = |args: &[&str]| {
        guanxi(&[&["condition", "check", "--vocabulary", &dir.at("words.json")], args].concat())
            .seen(Some(&dir))
    };
    insta::assert_snapshot!(check(&["--text", "score >= 80 and (region = \"East\""]), @r#"
    -- stderr
    --text:1:33: syntax, given the end, allowed: `)`
      score >= 80 and (region = "East"
                                      ^
    1 problem
    -- exit code 1
    "#);
    insta::assert_snapshot!(check(&[&dir.at("bad.txt")]), @r#"
    -- stderr
    bad.txt:1:1: unknown name, given `regoin`, allowed: all_orders, born, orders, region, score (did you mean `region`?)
      regoin = "East" and
      ^^^^^^
    bad.txt:2:12: wrong type, given `"80"`, allowed: a number
        score >= "80" and
                 ^^^^
    bad.txt:3:3: unknown name, given `地区`, allowed: all_orders, born, orders, region, score
        地区 = 5
        ^^^^
    3 problems
    -- exit code 1
    "#);
    insta::assert_snapshot!(check(&[&dir.at("bad.json")]), @"
    -- stderr
    bad.json:2:4: all[0].fact: unknown name, given `regoin`, allowed: all_orders, born, orders, region, score (did you mean `region`?)
    bad.json:3:3: all[1]: missing field, allowed: one test of: equals, differs, below, at_most, above, at_least, between, in, contains, contains_any, contains_all, starts_with, ends_with, is, within_last, within_next, during, anniversary_within_days
    bad.json:3:21: all[1].at_leest: unknown field, given `at_leest`, allowed: fact, count, last, gap, equals, differs, below, at_most, above, at_least, between, in, contains, contains_any, contains_all, starts_with, ends_with, is, within_last, within_next, during, anniversary_within_days (did you mean `at_least`?)
    3 problems
    -- exit code 1
    ");
    insta::assert_snapshot!(check(&["--text", "\u{1b}[31m"]), @r#"
    -- stderr
    --text:1:1: syntax, given `\u{1b}`, allowed: a name, a value, a word or a sign of the language
      \u{1b}[31m
      ^^^^^^
    1 problem
    -- exit code 1
    "#);
}

#[test]
fn what_cannot_be_done_is_said() {
    let dir = words()
        .with("words.toml", "[facts]\nscore = { kind = \"decimel\" }\n[atributes]\n")
        .with("latin", b"score = \"\xe9\"");
    let seen = |args: &[&str]| guanxi(args).seen(Some(&dir));
    insta::assert_snapshot!(seen(&["condition", "check", "--text", "always", "--vocabulary", &dir.at("words.toml")]), @r#"
    -- stderr
    words.toml:2:11: facts.score.kind: not allowed here, given "decimel", allowed: decimal, int, bool, text, date, instant, level, set, money
    words.toml:3:2: atributes: unknown field, given `atributes`, allowed: facts, attributes, events (did you mean `attributes`?)
    -- exit code 2
    "#);
    insta::assert_snapshot!(seen(&["condition", "explain", "-"]), @"
    -- stderr
    stdin holds the lines: give the condition as --text or as a file
    -- exit code 2
    ");
    insta::assert_snapshot!(seen(&["condition", "check", &dir.at("latin")]), @"
    -- stderr
    latin: not UTF-8 at byte 9: save the file as UTF-8
    -- exit code 2
    ");
    insta::assert_snapshot!(seen(&["condition", "explain", "--text", "always", "--zone", "Mars/Base", "--as-of", DAY]), @"
    -- stderr
    error: invalid value 'Mars/Base' for '--zone <ZONE>': expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `Mars/Base`

    For more information, try '--help'.
    -- exit code 2
    ");
    insta::assert_snapshot!(seen(&["condition", "explain", "--text", "always", "--week-start", "noon"]), @"
    -- stderr
    error: invalid value 'noon' for '--week-start <DAY>': unknown variant `noon`, expected one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`

    For more information, try '--help'.
    -- exit code 2
    ");
    insta::assert_snapshot!(seen(&["condition", "explain", "--text", "always", "--as-of", "2026-02-30"]), @"
    -- stderr
    --as-of: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-02-30`
    -- exit code 2
    ");
    assert_eq!(guanxi(&["condition", "explain", "--text", "score"]).code, 2);
    assert_eq!(guanxi(&["condition", "check"]).code, 2);
}

#[test]
fn an_answer_names_what_decides_what_is_near_and_when_it_changes() {
    let lines = r#"{"subject": "C1", "facts": {"score": "85", "region": "EAST  China"}, "events": []}
{"subject": "C2", "facts": {"score": {"value": 79.5, "observed_at": "2026-01-01"}, "region": "East China"}, "events": [{"id": "E1", "kind": "contact.made", "occurred_at": "2026-06-28T10:00:00+08:00"}]}
{"subject": 3, "facts": {"region": {"not_applicable": true}}}
"#;
    let ran = asked(HOT, &[], lines);
    insta::assert_snapshot!(ran.out, @r#"
    {"subject":"C1","answer":"true","deciding":[{"leaf":0,"text":"region = \"East China\"","found":{"text":"EAST  China"},"other":null,"truth":"true"},{"leaf":1,"text":"score >= 80","found":{"decimal":"85"},"other":null,"truth":"true"},{"leaf":2,"text":"no @interaction within 3 days","found":{"int":0},"other":null,"truth":"true"}],"near_misses":[{"leaf":{"leaf":0,"text":"region = \"East China\"","found":{"text":"EAST  China"},"other":null,"truth":"true"},"needed":"false","gives":"false","distance":null},{"leaf":{"leaf":1,"text":"score >= 80","found":{"decimal":"85"},"other":null,"truth":"true"},"needed":"false","gives":"false","distance":"5"},{"leaf":{"leaf":2,"text":"no @interaction within 3 days","found":{"int":0},"other":null,"truth":"true"},"needed":"false","gives":"false","distance":null}],"findings":[],"as_of":"2026-06-30T00:00:00Z","next_change":null}
    {"subject":"C2","answer":"false","deciding":[{"leaf":1,"text":"score >= 80","found":{"decimal":"79.5"},"other":null,"truth":"false"},{"leaf":2,"text":"no @interaction within 3 days","found":{"int":1},"other":null,"truth":"false"}],"near_misses":[],"findings":[],"as_of":"2026-06-30T00:00:00Z","next_change":null}
    {"subject":"3","answer":"unknown","deciding":[{"leaf":0,"text":"region = \"East China\"","found":null,"other":null,"truth":"unknown"},{"leaf":1,"text":"score >= 80","found":null,"other":null,"truth":"unknown"},{"leaf":2,"text":"no @interaction within 3 days","found":null,"other":null,"truth":"unknown"}],"near_misses":[],"findings":[{"code":"fact_not_applicable","fact":"region"},{"code":"fact_missing","fact":"score"},{"code":"events_unknown"}],"as_of":"2026-06-30T00:00:00Z","next_change":null}
    "#);
    assert_eq!(ran.code, 0);
    let texts = |lang| {
        asked(HOT, &["--lang", lang], lines)
            .lines()
            .iter()
            .map(|line| line["texts"].to_string())
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(texts("en"), @r#"
    ["region = \"East China\": yes, found EAST  China","score >= 80: yes, found 85","no @interaction within 3 days: yes, found 0"]
    ["score >= 80: no, found 79.5","no @interaction within 3 days: no, found 1"]
    ["region = \"East China\": not known","score >= 80: not known","no @interaction within 3 days: not known","region does not apply","score is missing","It is not known what happened"]
    "#);
    insta::assert_snapshot!(texts("zh-CN"), @r#"
    ["region = \"East China\"：成立，实际值 EAST  China","score >= 80：成立，实际值 85","no @interaction within 3 days：成立，实际值 0"]
    ["score >= 80：不成立，实际值 79.5","no @interaction within 3 days：不成立，实际值 1"]
    ["region = \"East China\"：无法判断","score >= 80：无法判断","no @interaction within 3 days：无法判断","region 不适用","缺少 score","没有事件记录可供判断"]
    "#);
}

#[test]
fn days_and_weeks_are_those_of_the_zone_and_the_week() {
    let line = r#"{"subject": "C1", "facts": {"born": "2026-06-28"}}"#;
    let last = |args: &[&str]| answers(&asked("born within last 2 days", args, line)).concat();
    assert_eq!(last(&[]), "C1 false until null");
    assert_eq!(last(&["--as-of", "2026-06-29"]), "C1 true until 2026-06-30T00:00:00Z");
    assert_eq!(
        last(&["--as-of", "2026-06-29", "--zone", "Asia/Shanghai"]),
        "C1 true until 2026-06-29T16:00:00Z"
    );
    assert_eq!(last(&["--as-of", "2026-06-29", "--zone", "-03:30"]), "C1 true until 2026-06-30T03:30:00Z");
    let week = |start: &str| {
        answers(&asked("born in this week", &["--as-of", "2026-06-29", "--week-start", start], line)).concat()
    };
    // A Sunday.
    assert_eq!(week("monday"), "C1 false until null");
    assert_eq!(week("sunday"), "C1 true until 2026-07-05T00:00:00Z");
    // A clock that is put forward: the day has 23 hours.
    let event = r#"{"subject": "C1", "events": [{"id": "E", "kind": "visit.made", "occurred_at": "2026-03-28T12:00:00+01:00"}]}"#;
    let ran =
        asked("any visit.made within 1 days", &["--as-of", "2026-03-29", "--zone", "Europe/Berlin"], event);
    assert_eq!(answers(&ran), ["C1 true until 2026-03-29T10:00:00Z"]);
}

#[test]
fn events_are_read_by_the_vocabulary() {
    let events = r#"[
        {"id": "E1", "kind": "order.placed", "occurred_at": "2026-06-01", "attributes": {"net": {"amount": "120.50", "currency": "CNY"}, "state": "paid", "colour": "red"}},
        {"id": "E2", "subject": "C1", "kind": "order.placed", "occurred_at": "2026-06-02T08:00:00Z", "recorded_at": "2026-06-03", "source": "shop", "channel": "web", "attributes": {"net": {"amount": 80, "currency": "CNY"}, "state": null}},
        {"id": "E1", "kind": "order.placed", "occurred_at": "2026-06-01", "attributes": {"net": {"amount": "120.50", "currency": "CNY"}, "state": "paid"}},
        {"id": "E3", "kind": "webinar.joined", "occurred_at": "2026-07-01"}
    ]"#;
    let line = format!("{{\"subject\": \"C1\", \"events\": {events}}}").replace('\n', "");
    let ask = |text: &str| answers(&asked(text, &[], &line)).concat();
    assert_eq!(ask("count(order.placed) = 2"), "C1 true until null");
    assert_eq!(
        ask("count(order.placed where net >= CNY 100 and state = \"PAID\") = 1"),
        "C1 true until null"
    );
    assert_eq!(ask("any webinar.joined"), "C1 false until 2026-07-01T00:00:00Z");
    let words = words();
    let ran = fed(
        &[
            "condition",
            "explain",
            "--text",
            "always",
            "--vocabulary",
            &words.at("words.json"),
            "--as-of",
            DAY,
        ],
        &line,
    );
    insta::assert_snapshot!(ran.err, @"note: attributes that the vocabulary does not declare: colour");
}

#[test]
fn bad_lines_are_told_with_number_and_field() {
    let told = |lines: &[&str]| asked("score >= 80", &[], lines.join("\n")).err;
    insta::assert_snapshot!(told(&[
        r#"{"subject": "C1", "facts": {"score": "101"}}"#,
        r#"{"subject": "C1", "facts": {"score": true}}"#,
        r#"{"subject": "C1", "facts": {"score": 1, "score": 2}}"#,
        r#"{"subject": "C1", "facts": {"orders": 3, "all_orders": 2}}"#,
        r#"{"subject": "C1", "facts": []}"#,
        r#"{"subject": "C1", "events": {}}"#,
        r#"{"subject": "C1", "events": [5]}"#,
        r#"{"subject": "C1", "events": [{"id": "E1", "kind": "order.placed"}]}"#,
        r#"{"subject": "C1", "events": [{"id": "E1", "kind": "order placed", "occurred_at": "2026-06-01"}]}"#,
        r#"{"subject": "C1", "events": [{"id": " ", "kind": "order.placed", "occurred_at": "2026-06-01"}]}"#,
        r#"{"subject": "C1", "events": [{"id": "E1", "kind": "order.placed", "occurred_at": "June"}]}"#,
        r#"{"subject": "C1", "events": [{"id": "E1", "subject": "C2", "kind": "order.placed", "occurred_at": "2026-06-01"}]}"#,
        r#"{"subject": "C1", "events": [{"id": "E1", "kind": "order.placed", "occurred_at": "2026-06-01", "attributes": {"net": "5"}}]}"#,
        r#"{"subject": "C1", "events": [{"id": "E1", "kind": "order.placed", "occurred_at": "2026-06-01", "attributes": {"state": "a", "state": "b"}}]}"#,
        r#"{"subject": "C1", "events": [{"id": "E1", "kind": "order.placed", "occurred_at": "2026-06-01", "colour": "red"}]}"#,
        r#"{"facts": {}}"#,
        r#"{"subject": "C1", "facts": {}, "tier": "a"}"#,
        r#"["C1", {}, []]"#,
        "nonsense",
    ]), @"
    line 1: fact `score`: must be at most 100, got `101`
    line 2: fact `score`: expected a decimal, got `true`
    line 3: fact `score` is given twice
    line 4: fact `orders`: must be at most `all_orders` (2), got `3`
    line 5: `facts`: invalid type: sequence, expected an object of names and values
    line 6: `events`: invalid type: map, expected a sequence
    line 7: `events[0]`: expected an object with `id`, `kind` and `occurred_at`
    line 8: missing field `events[0].occurred_at`
    line 9: `events[0].kind`: expected letters, digits, `_`, `-` and `.`, the first a letter, got `order placed`
    line 10: `events[0].id`: an id must not be empty
    line 11: `events[0].occurred_at`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `June`
    line 12: `events[0].subject`: the line is about `C1`; leave it out
    line 13: `events[0].attributes.net`: expected an amount with its currency, got `5`
    line 14: `events[0].attributes.state` is given twice
    line 15: `events[0]`: unknown field `colour`, expected one of `id`, `subject`, `kind`, `occurred_at`, `recorded_at`, `source`, `channel`, `attributes`
    line 16: missing field `subject`
    line 17: unknown field `tier`, expected one of `subject`, `facts`, `events`
    line 18: expected an object with `subject`, `facts`, `events`, got a list
    line 19: not JSON at column 2: expected ident
    19 bad lines were left out
    ");
    assert_eq!(asked("always", &[], "x\n{\"subject\": \"C1\"}\n").code, 1);
    assert_eq!(asked("always", &["--skip-bad"], "x\n").code, 0);
}

#[test]
fn a_condition_on_facts_is_a_where() {
    let dir = words().with(
        "columns.json",
        r#"{"region": {"column": "region_normal"}, "score": {"column": "score", "places": 2}, "born": {"column": "born", "table": "customers"}}"#,
    ).with("columns.toml", "[score]\ncolumn = \"score\"\nplaces = 19\ncolour = \"red\"\n");
    let sql = |columns: &str, args: &[&str]| {
        let fixed = [
            "condition",
            "sql",
            "--vocabulary",
            &dir.at("words.json"),
            "--columns",
            &dir.at(columns),
            "--as-of",
            DAY,
        ];
        guanxi(&[&fixed, args].concat())
    };
    let text = "region = \"EAST  China'; DROP TABLE x\" and score >= 80.5 and born within last 7 days";
    insta::assert_snapshot!(sql("columns.json", &["--text", text]).well(), @r#"{"where":"\"region_normal\" = ?1 AND CASE WHEN \"score\" BETWEEN ?2 AND ?3 THEN \"score\" >= ?4 END AND \"customers\".\"born\" BETWEEN ?5 AND ?6","parameters":[{"text":"east china'; drop table x"},{"integer":0},{"integer":10000},{"integer":8050},{"day":"2026-06-24"},{"day":"2026-06-30"}],"as_of":"2026-06-30T00:00:00Z"}"#);
    insta::assert_snapshot!(sql("columns.json", &["--text", "score > 1 or region = \"a\"", "--style", "postgres"]).well(), @r#"{"where":"CASE WHEN \"score\" BETWEEN $1 AND $2 THEN \"score\" > $3 END OR \"region_normal\" = $4","parameters":[{"integer":0},{"integer":10000},{"integer":100},{"text":"a"}],"as_of":"2026-06-30T00:00:00Z"}"#);
    insta::assert_snapshot!(sql("columns.json", &["--text", "born in this week", "--zone", "+08:00", "--week-start", "sunday"]).well(), @r#"{"where":"\"customers\".\"born\" BETWEEN ?1 AND ?2","parameters":[{"day":"2026-06-28"},{"day":"2026-07-04"}],"as_of":"2026-06-29T16:00:00Z"}"#);
    insta::assert_snapshot!(sql("columns.json", &["--text", "orders > 1 or no order.placed or anniversary of born within 3 days"]).seen(Some(&dir)), @"
    -- stderr
    --text: `orders > 1`: no column holds the fact `orders`
    --text: `no order.placed`: columns hold facts, not events
    --text: `anniversary of born within 3 days`: an anniversary is no bound for a column
    -- exit code 2
    ");
    insta::assert_snapshot!(sql("columns.toml", &["--text", "score > 1"]).seen(Some(&dir)), @"
    -- stderr
    columns.toml:3:1: score.places: not allowed here, given 19, allowed: 0 to 18
    columns.toml:4:1: score.colour: unknown field, given `colour`, allowed: column, table, places, currency, in_range
    -- exit code 2
    ");
    assert_eq!(sql("columns.json", &["--text", "score >"]).code, 2);
}

#[test]
fn deep_and_broken_input_ends_well() {
    let deep = |open: &str| open.repeat(100_000);
    for inside in [deep("["), deep("{\"a\":"), "\u{1b}[31m".into(), "\"\\ud800\"".into()] {
        let facts = format!("{{\"subject\": \"C1\", \"facts\": {{\"score\": {inside}\n");
        let events = format!("{{\"subject\": \"C1\", \"events\": [{{\"id\": {inside}}}]}}\n");
        let ran = asked("score >= 80", &[], facts + &events + "{\"subject\": \"C1\"}\n");
        assert_eq!((ran.code, ran.out.lines().count()), (1, 1), "{}", ran.err);
        assert!(!ran.err.contains(|c: char| c.is_control() && c != '\n') && !ran.err.contains("panicked"));
    }
    for text in [deep("("), deep("not "), deep("a."), "\u{202e}".into(), String::new()] {
        let dir = Dir::new().with("deep.txt", &text);
        let ran = guanxi(&["condition", "check", &dir.at("deep.txt")]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(!ran.err.contains(|c: char| c.is_control() && c != '\n') && !ran.err.contains("panicked"));
    }
}
