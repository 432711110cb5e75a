//! `guanxi script`.
use crate::input::DAY;
use crate::run::{Ran, fed, guanxi};

const GREETING: &str = r#"{"subject": "C1", "script": "greeting", "slots": {"contact": "Contact A", "occasion": "the new year", "speaker": "Agent B", "memory": "the visit in May"}}
"#;
const OFFER: &str = r#"{"subject": "C2", "situation": {"persona": "price_sensitive", "scenario": "offer"}, "language": "zh-CN", "slots": {"contact": "甲先生", "product": "标准版", "price": {"amount": "8800", "currency": "CNY"}, "regular_price": {"amount": 12000.5, "currency": "CNY"}, "until": "2026-07-31"}}
"#;

fn render(args: &[&str], input: &str) -> Ran {
    fed(&[&["script", "render", "--as-of", DAY, "--quiet"], args].concat(), input)
}

#[test]
fn a_line_is_said_in_its_language() {
    let ran = render(&[], &format!("{GREETING}{OFFER}"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines = ran.lines();
    insta::assert_snapshot!(lines[0]["outcome"]["steps"][0]["text"].as_str().unwrap(), @"Contact A, all the best for the new year from Agent B and the whole team. We like to think back to the visit in May.");
    insta::assert_snapshot!(lines[1]["outcome"]["steps"][0]["text"].as_str().unwrap(), @"甲先生您好，2026年7月31日前，标准版的价格为 8,800.00 元，原价 12,000.50 元。内容和服务都不变。");
    insta::assert_snapshot!(lines[1]["reasons"][0], @r#"{"asks":["persona","scenario"],"code":"chosen","script":"limited_offer"}"#);
    insta::assert_snapshot!(render(&["--text"], &format!("{GREETING}{OFFER}")).well(), @"
    A greeting
    1. Think of them, and sell nothing
       Contact A, all the best for the new year from Agent B and the whole team. We like to think back to the visit in May.

    限时优惠
    1. 说明价格、对比和截止日期
       甲先生您好，2026年7月31日前，标准版的价格为 8,800.00 元，原价 12,000.50 元。内容和服务都不变。
    2. 让客户方便作出决定
       您回复一个字，我就把订单发给您；如果现在不合适，也没有关系。
    ");
    let named = GREETING.replace(r#""script": "greeting", "#, "");
    assert_eq!(render(&["--script", "greeting"], &named).out, render(&[], GREETING).out);
}

#[test]
fn the_scripts_are_listed_with_their_slots() {
    insta::assert_snapshot!(guanxi(&["script", "list", "--lang", "zh-CN"]).well(), @"
    first_contact_brief: 首次联系（简短版）
      for persona efficiency, channel wechat or sms or email, scenario first_contact
      slots: company (text), contact (text), customers (integer), reply_by (date), result (text), similar_customer (text), topic (text)
    first_contact: 首次联系
      for scenario first_contact
      slots: company (text), contact (text), customers (integer), figures_by (date), industry (text), pain_point (text), reference (text), renewed (share), result (text), similar_customer (text), speaker (text), topic (text)
    complaint: 客户投诉
      for scenario complaint
      slots: cause (text), check_contact (text), contact (text), done_by (date), effect (text), problem (text), solution_a (text), solution_b (text), speaker (text)
    limited_offer: 限时优惠
      for persona price_sensitive, scenario offer
      slots: contact (text), price (money), product (text), regular_price (money), until (date)
    greeting: 节日与生日问候
      for persona relationship, scenario greeting
      slots: contact (text), memory (text), occasion (text), speaker (text)
    ");
}

/// What is filled in may be personal data: no message holds it, whatever is wrong.
#[test]
fn what_is_missing_or_wrong_is_told_without_a_value() {
    let line =
        |slots: &str| format!("{{\"subject\": \"C1\", \"script\": \"greeting\", \"slots\": {slots}}}\n");
    let lines = [
        line(r#"{"contact": "Secret"}"#),
        line(
            r#"{"contact": "Secret", "occasion": ["Secret"], "speaker": " ", "memory": "Secret\nSecret", "more": "Secret"}"#,
        ),
        line(r#"{"contact": "Secret", "contact": "Secret"}"#),
        line(r#""Secret""#),
        line(r#"{"contact": 1e999}"#),
        GREETING.replace("greeting", "greetings"),
        GREETING.replace(r#""script": "greeting""#, r#""language": "fr""#),
        GREETING.replace(r#""script": "greeting""#, r#""script": "greeting", "language": "fr""#),
        GREETING.replace(r#""subject": "C1", "#, ""),
        GREETING.replace("slots", "slot"),
        "[]\n".to_owned(),
        "{\n".to_owned(),
    ];
    let ran = render(&[], &lines.concat());
    insta::assert_snapshot!(ran.seen(None), @"
    -- stderr
    line 1: script greeting: slot `memory` has no value: give a line of text; slot `occasion` has no value: give a line of text; slot `speaker` has no value: give a line of text
    line 2: script greeting: slot `memory` takes one line without control or invisible characters; slot `occasion` takes a line of text; slot `speaker` is blank; the script has no slot `more`
    line 3: slot `contact` is given twice
    line 4: `slots`: expected an object of slots and their values
    line 5: slot `contact`: a value that cannot be read
    line 6: there is no script `greetings`, but first_contact_brief, first_contact, complaint, limited_offer, greeting
    line 7: no script fits: give `script`, or more of `situation`
    line 8: the scripts are not written in `fr`, but in en; zh-CN
    line 9: missing field `subject`
    line 10: unknown field `slot`, expected an object with `subject`, `script` or `situation`, `language`, `slots`
    line 11: expected an object with `subject`, `script` or `situation`, `language`, `slots`
    line 12: not JSON at column 0: EOF while parsing an object
    12 bad lines were left out
    -- exit code 1
    ");
    assert!(!ran.err.contains("Secret"));
    assert_eq!(render(&["--skip-bad"], &lines.concat()).code, 0);
}
