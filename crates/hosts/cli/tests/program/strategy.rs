//! `guanxi strategy` and `guanxi policy lint`.
use serde_json::{Value, json};

use crate::input::{COMPANY, DAY, Dir};
use crate::run::{Ran, fed, guanxi};

const CUSTOMERS: &str = r#"{"subject": "C1", "facts": {"tier": "strategic", "abc_class": "A", "renewal_risk": true, "potential": 65}}
{"subject": "C2", "facts": {"tier": "normal", "persona": "price_sensitive", "scenario": "crisis"}, "events": []}
{"subject": "C3", "facts": {"colour": "red"}}
"#;

fn selected(args: &[&str], input: &str) -> Ran {
    fed(&[&["strategy", "--as-of", DAY], args].concat(), input)
}

fn texts(line: &Value) -> String {
    line["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_line_says_which_templates_and_why() {
    let ran = selected(&["--lang", "en"], CUSTOMERS);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (0, "note: facts that the vocabulary does not declare: colour\n")
    );
    let lines = ran.lines();
    let outcomes: Vec<String> = lines.iter().map(|line| line["outcome"].to_string()).collect();
    insta::assert_snapshot!(outcomes.join("\n"), @r#"
    {"abc_operation":"class_a","base":"base_standard","strategy":"deep_bond"}
    {"base":"base_standard","persona":"talk_price","scenario":"answer_crisis","strategy":"standard_operation"}
    {"base":"base_standard"}
    "#);
    insta::assert_snapshot!(texts(&lines[0]), @r#"
    Standard of service: Nobody is served below this, however large the others are
    Strategy: Bind deeply and build one ecosystem together
    because tier = "strategic": yes, found strategic
    ABC operation: Serve those who bring most in person
    because abc_class = "a": yes, found A
    Hold a large customer who might not renew and could grow needs only this: potential >= 70: no, found 65; 5 away
    Communication: none applies
    Scenario: none applies
    persona is missing
    scenario is missing
    "#);
    insta::assert_snapshot!(texts(&selected(&["--lang", "zh-CN"], CUSTOMERS).lines()[1]), @r#"
    服务标准：无论其他客户规模多大，任何客户得到的服务都不低于此标准
    策略：标准化运营，降低成本
    依据：tier = "normal"：成立，实际值 normal
    ABC 运营：没有适用的模板
    沟通方式：先谈价格
    依据：persona = "price_sensitive"：成立，实际值 price_sensitive
    应用场景：应对危机：流失上升、满意度下降
    依据：scenario = "crisis"：成立，实际值 crisis
    缺少 abc_class
    缺少 renewal_risk
    缺少 potential
    "#);
    assert_eq!(lines[0]["basis"]["policy"]["id"], "standard");
}

#[test]
fn templates_say_what_to_do_in_a_language() {
    let said = |lang: &[&str]| {
        let ran = selected(&[&["--explain"], lang].concat(), CUSTOMERS);
        ran.lines()[0]["outcome"]["templates"]["strategy"].to_string()
    };
    insta::assert_snapshot!(said(&[]), @r#"{"core":"Bind deeply and build one ecosystem together","measures":[{"actions":["quarterly_visit"],"id":"dedicated_team","roles":["sales_director","success_manager","technical","service"],"text":"A team of its own from sales, technical staff and service, a success manager at hand every day, and executives who visit regularly"},{"actions":[],"id":"tailored_offer","roles":["product","sales"],"text":"Products or services made to measure, on price terms that nobody else has"},{"actions":[],"id":"joint_marketing","roles":["sales","product"],"text":"Joint marketing and resources that both sides draw on"}],"resources":["First call on the budget","A service line of its own"],"response":{"hours":2},"responsible":["sales_director","success_manager","sales","product"],"targets":[{"amount":"0.2","direction":"up","meant":"relative","metric":"yearly_volume","within":{"years":1}},{"amount":"95","direction":"up","meant":"absolute","metric":"satisfaction","scale":"100"}]}"#);
    insta::assert_snapshot!(said(&["--lang", "zh-CN"]), @r#"{"core":"深度绑定，共建生态","measures":[{"actions":["quarterly_visit"],"id":"dedicated_team","roles":["sales_director","success_manager","technical","service"],"text":"由销售、技术与服务组成专属团队，客户成功经理每日跟进，高层定期拜访"},{"actions":[],"id":"tailored_offer","roles":["product","sales"],"text":"按需定制产品或服务，执行独享的价格政策"},{"actions":[],"id":"joint_marketing","roles":["sales","product"],"text":"联合营销，双方共享资源"}],"resources":["预算优先保障","专属服务热线"],"response":{"hours":2},"responsible":["sales_director","success_manager","sales","product"],"targets":[{"amount":"0.2","direction":"up","meant":"relative","metric":"yearly_volume","within":{"years":1}},{"amount":"95","direction":"up","meant":"absolute","metric":"satisfaction","scale":"100"}]}"#);
}

#[test]
fn customers_are_counted_by_template() {
    let ran = selected(&["--summary", "--quiet"], CUSTOMERS);
    insta::assert_snapshot!(ran.well(), @r#"{"customers":3,"templates":{"answer_crisis":1,"base_standard":3,"class_a":1,"deep_bond":1,"standard_operation":1,"talk_price":1},"without":{"strategy":1,"abc_operation":2,"persona":2,"scenario":2}}"#);
}

#[test]
fn bad_lines_and_documents_are_told() {
    let input = "{\"subject\": \"C1\", \"facts\": {\"tier\": 3}}\n{\"facts\": {}}\n{\"subject\": \"C1\", \"state\": {}}\n";
    insta::assert_snapshot!(selected(&[], input).seen(None), @"
    -- stderr
    line 1: fact `tier`: expected a text, got `3`
    line 2: missing field `subject`
    line 3: unknown field `state`, expected one of `subject`, `facts`, `events`
    3 bad lines were left out
    -- exit code 1
    ");
    assert_eq!(selected(&["--skip-bad"], input).code, 0);
    insta::assert_snapshot!(selected(&["--policy", "ours"], "").seen(None), @"
    -- stderr
    no document of strategies `ours`: give a file (JSON or TOML) or one of standard
    -- exit code 2
    ");
}

/// Two tiers that are treated alike, one without a strategy, and an action that nobody knows.
const OURS: &str = r#"schema = "guanxi.strategies/1"
id = "ours"
version = "1"

[body.codes]
tier = ["gold", "silver", "iron"]

[[body.templates]]
id = "gold"
kind = "strategy"
for = { tier = ["gold"] }
core = { en = "Bind", zh-CN = "绑定" }
responsible = ["sales"]
response = { hours = 2 }
measures = [{ id = "visit", text = { en = "Visit", zh-CN = "拜访" }, actions = ["visits", "follow_up"] }]

[[body.templates]]
id = "silver"
kind = "strategy"
for = { tier = ["silver"] }
core = { en = "Hold" }
responsible = ["sales"]
measures = [{ id = "visit", text = { en = "Visit", zh-CN = "拜访" } }]
"#;

const ACTIONS: &str = r#"{
  "schema": "guanxi.actions/1", "id": "ours", "version": "1",
  "body": {
    "actions": [
      {"id": "follow_up", "purpose": "sales", "trigger": {"on": ["action.done"]}, "owner": "sales", "due": {"days": 2}},
      {"id": "idle", "purpose": "sales", "trigger": {"on": ["ticket.closed"]}, "owner": "sales", "due": {"days": 2}}
    ]
  }
}
"#;

fn linted(dir: &Dir, args: &[&str]) -> Ran {
    let at: Vec<String> =
        args.iter().map(|arg| if arg.contains('.') { dir.at(arg) } else { (*arg).to_owned() }).collect();
    let args: Vec<&str> = at.iter().map(String::as_str).collect();
    guanxi(&[&["policy", "lint"], args.as_slice()].concat())
}

#[test]
fn documents_are_linted_together() {
    let dir = Dir::new().with("ours.toml", OURS).with("actions.json", ACTIONS);
    insta::assert_snapshot!(linted(&dir, &["ours.toml"]).seen(Some(&dir)), @"
    -- stdout
    ours.toml:8:8: body.templates: no template of the kind `base` is for everybody: state the service that every customer has, so that ordinary ones do not pay for the others [no_base_standard]
    ours.toml:6:27: body.codes.tier[2]: no template of the kind `strategy` is for the tier `iron`: write one, or name it in one that exists [code_without_template]
    ours.toml:21:1: body.templates[1].core: there is no text for zh-CN, which others have: translate it [untranslated]
    ours.toml:23:1: body.templates[1].measures: `silver` has the same measures as `gold`: two tiers that are treated alike need no two strategies: tell them apart [same_measures]
    4 warnings
    -- exit code 0
    ");
    insta::assert_snapshot!(linted(&dir, &["ours.toml", "actions.json", "calendar/five-day", "--strict"]).seen(Some(&dir)), @"
    -- stdout
    ours.toml:8:8: body.templates: no template of the kind `base` is for everybody: state the service that every customer has, so that ordinary ones do not pay for the others [no_base_standard]
    ours.toml:6:27: body.codes.tier[2]: no template of the kind `strategy` is for the tier `iron`: write one, or name it in one that exists [code_without_template]
    ours.toml:21:1: body.templates[1].core: there is no text for zh-CN, which others have: translate it [untranslated]
    ours.toml:15:79: body.templates[0].measures[0].actions[0]: no document of actions has `visits`: write it, or name one that exists [unknown_action]
    ours.toml:14:1: body.templates[0].response: a term of 2 h may pass without any working time: the calendar `five-day` is closed for 64 h from 2026-01-02 17:00:00 UTC: have somebody at work then, or give working time [due_while_closed]
    ours.toml:23:1: body.templates[1].measures: `silver` has the same measures as `gold`: two tiers that are treated alike need no two strategies: tell them apart [same_measures]
    actions.json:5:8: body.actions[0].id: `action.follow_up` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    actions.json:6:8: body.actions[1].id: `action.idle` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    actions.json:5:47: body.actions[0].trigger: `follow_up` -> `follow_up`: each is called for by the work of the one before: say in `where` which events call for it; as it is, only the limit of 3 in a row ends it [trigger_loop]
    actions.json:5:101: body.actions[0].due: a term of 2 days may pass without any working time: the calendar `five-day` is closed for 64 h from 2026-01-02 17:00:00 UTC: have somebody at work then, or give working time [due_while_closed]
    actions.json:6:7: body.actions[1]: no strategy names `idle`: name it in the `actions` of a measure, or leave it out [action_without_measure]
    actions.json:6:98: body.actions[1].due: a term of 2 days may pass without any working time: the calendar `five-day` is closed for 64 h from 2026-01-02 17:00:00 UTC: have somebody at work then, or give working time [due_while_closed]
    calendar/five-day:2:3: body.dates: 2026 has no holiday: write its holidays, or end the calendar before it [no_holidays]
    calendar/five-day:2:3: body.dates: 2027 has no holiday: write its holidays, or end the calendar before it [no_holidays]
    calendar/five-day:2:3: body.dates: 2028 has no holiday: write its holidays, or end the calendar before it [no_holidays]
    calendar/five-day:2:3: body.dates: 2029 has no holiday: write its holidays, or end the calendar before it [no_holidays]
    calendar/five-day:2:3: body.dates: 2030 has no holiday: write its holidays, or end the calendar before it [no_holidays]
    17 warnings
    -- exit code 1
    ");
}

#[test]
fn a_sample_shows_what_nobody_has() {
    let dir = Dir::new()
        .with("ours.toml", OURS)
        .with("sample.jsonl", "{\"subject\": \"C1\", \"facts\": {\"tier\": \"gold\"}}\n\n{\"subject\": \"C2\"}\n")
        .with("bad.jsonl", "{\"subject\": \"C1\", \"facts\": {\"tier\": 3}}\n{\"subject\": \"C2\", \"facts\": {\"tier\": \"silver\"}}\n");
    let told =
        |sample: &str| linted(&dir, &["ours.toml", "--sample", sample, "--as-of", DAY]).seen(Some(&dir));
    insta::assert_snapshot!(told("sample.jsonl").lines().filter(|line| line.contains("customers")).collect::<Vec<_>>().join("\n"), @"
    ours.toml:8:8: body.templates: 2 of 2 customers have no `base`: write a template that is for them, or see why their facts are missing [customers_without_template]
    ours.toml:8:8: body.templates: 1 of 2 customers have no `strategy`: write a template that is for them, or see why their facts are missing [customers_without_template]
    ours.toml:17:1: body.templates[1]: none of 2 customers has `silver`: see whether it asks for too much, or nobody needs it [never_selected]
    ");
    insta::assert_snapshot!(told("bad.jsonl").lines().filter(|line| !line.contains("warning") && !line.starts_with("ours")).collect::<Vec<_>>().join("\n"), @"
    -- stdout
    -- stderr
    bad.jsonl: line 1: fact `tier`: expected a text, got `3`
    -- exit code 1
    ");
    insta::assert_snapshot!(told("none.jsonl"), @"
    -- stderr
    none.jsonl: cannot read: No such file or directory (os error 2)
    -- exit code 2
    ");
    insta::assert_snapshot!(linted(&dir, &["settle/standard", "--sample", "sample.jsonl"]).seen(Some(&dir)), @"
    -- stderr
    --sample needs a document of strategies among the files
    -- exit code 2
    ");
}

#[test]
fn every_preset_can_be_linted_alone_and_all_together() {
    let presets = guanxi(&["policy", "show"]).well();
    let presets: Vec<&str> = presets.lines().collect();
    let ran = guanxi(&[&["policy", "lint"], presets.as_slice()].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    // What is suspicious in one preset by itself is so among all; the calendar adds what it does not allow.
    let codes = |text: &str| {
        let code = |line: &str| line.rsplit_once('[').map(|(_, code)| code.trim_end_matches(']').to_owned());
        text.lines().filter_map(code).collect::<std::collections::BTreeSet<_>>()
    };
    insta::assert_snapshot!(codes(&ran.out).into_iter().collect::<Vec<_>>().join(" "), @"due_while_closed needs_dominant_customer no_holidays single_indicator weight_of_zero");
    for preset in ["strategies/standard", "actions/standard", "settle/standard"] {
        assert_eq!(guanxi(&["policy", "lint", preset, "--strict"]).well(), "no warnings\n", "{preset}");
    }
}

#[test]
fn unsound_files_are_told_and_the_others_linted() {
    let dir = Dir::new()
        .with("ours.toml", OURS.replace("kind = \"strategy\"", "kind = \"stratgy\""))
        .with("broken.json", "{")
        .with("company.json", COMPANY)
        .with("fine.json", json!({
            "schema": "guanxi.strategies/1", "id": "fine", "version": "1",
            "body": {"templates": [{"id": "a", "kind": "base", "core": {"en": "a"}, "measures": [{"id": "a", "text": {"en": "a"}}]}]}
        }).to_string());
    insta::assert_snapshot!(linted(&dir, &["ours.toml", "broken.json", "fine.json", "literal", "--reference", "company.json"]).seen(Some(&dir)), @r#"
    -- stdout
    fine.json:1:23: body.templates[0]: nobody answers for `a`: name the role that leads it in `responsible` [nobody_responsible]
    literal:103:9: body.indicators[2].weight: `order_growth` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal:139:9: body.indicators[5].weight: `expansion_plan` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal:172:9: body.indicators[8].weight: `decision_chain` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal:184:9: body.tiers[0].floor: `strategic` needs 60 % of the total of `cumulative_profit` in one customer: in an ordinary company the tier stays empty: relative_to_max compares with the greatest [needs_dominant_customer]
    5 warnings
    -- stderr
    ours.toml:10:1: body.templates[0].kind: not allowed here, given "stratgy", allowed: base, strategy, abc_operation, persona, scenario
    ours.toml:19:1: body.templates[1].kind: not allowed here, given "stratgy", allowed: base, strategy, abc_operation, persona, scenario
    broken.json:1:1: not JSON: Unterminated object
    -- exit code 1
    "#);
    insta::assert_snapshot!(linted(&dir, &["none.json"]).seen(Some(&dir)), @"
    -- stderr
    none.json: cannot read: No such file or directory (os error 2)
    -- exit code 2
    ");
}

#[test]
fn the_schema_describes_the_documents() {
    for kind in ["strategies", "actions"] {
        let schema: Value = serde_json::from_str(&guanxi(&["policy", "schema", kind]).well()).unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let preset = guanxi(&["policy", "show", &format!("{kind}/standard")]).well();
        let preset: Value = serde_json::from_str(&preset).unwrap();
        assert_eq!(
            validator.iter_errors(&preset).map(|error| error.to_string()).collect::<Vec<_>>(),
            [""; 0]
        );
        assert!(
            !validator.is_valid(&json!({"schema": preset["schema"], "id": "x", "version": "1", "body": {}}))
        );
    }
}
