//! What is wrong with a condition is told whole, with its place.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{parse, problems, read};
use guanxi_condition::Vocabulary;
use guanxi_policy::check;
use serde_json::{Value, json};

fn refused(tree: &Value) -> String {
    read(tree).unwrap_err()
}

#[test]
fn everything_wrong_with_a_text_comes_at_once() {
    insta::assert_snapshot!(problems("scor >= 80 and region > \"x\" and (score = and 区域 = 3 or vip between 1 and 2) and no order.plaecd"), @r#"
    line 1, column 1: unknown name, given `scor`, allowed: birthday, count, industry, met_at, orders, profit, ratio, region, renewal, revenue, score, seen_at and 4 more (did you mean `score`?)
      scor >= 80 and region > "x" and (score = and
      ^^^^
    line 1, column 23: wrong type, given `> "x"`, allowed: for a text: =, !=, in, contains, starts with, ends with, is known, is missing, is not applicable
      scor >= 80 and region > "x" and (score = and 区域 = 3 or vip between 
                            ^^^^^
    line 1, column 42: syntax, given `and`, allowed: a value, such as `80`, `"text"`, `true`, `CNY 120.50` or `2026-06-30`
      cor >= 80 and region > "x" and (score = and 区域 = 3 or vip between 1 and 2) and no o
                                              ^^^
    line 1, column 51: wrong type, given `3`, allowed: a text in quotation marks
       and region > "x" and (score = and 区域 = 3 or vip between 1 and 2) and no order.pl
                                         　　   ^
    line 1, column 60: wrong type, given `between 1 and 2`, allowed: for true or false: =, !=, in, is known, is missing, is not applicable
      on > "x" and (score = and 区域 = 3 or vip between 1 and 2) and no order.plaecd
                                　　            ^^^^^^^^^^^^^^^
    line 1, column 84: unknown name, given `order.plaecd`, allowed: month, webinar.joined, profile.changed, owner.changed, consent.given, consent.withdrawn, note.added, order.placed, order.returned, payment.received, payment.overdue, quote.sent and 19 more (did you mean `order.placed`?)
      d 区域 = 3 or vip between 1 and 2) and no order.plaecd
        　　                                    ^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(problems("score between 5 and\n  orders = \"three\"\n  and vip is known"), @r#"
    line 2, column 3: syntax, given `orders`, allowed: a value, such as `80`, `"text"`, `true`, `CNY 120.50` or `2026-06-30`
        orders = "three"
        ^^^^^^
    "#);
    insta::assert_snapshot!(problems("score = 1 orders = 2)) and vip = 3 or"), @"
    line 1, column 11: syntax, given `orders`, allowed: `and`, `or` or the end
      score = 1 orders = 2)) and vip = 3 or
                ^^^^^^
    line 1, column 21: syntax, given `)`, allowed: `and`, `or` or the end: no `(` is open
      score = 1 orders = 2)) and vip = 3 or
                          ^
    line 1, column 22: syntax, given `)`, allowed: `and`, `or` or the end: no `(` is open
      score = 1 orders = 2)) and vip = 3 or
                           ^
    line 1, column 38: syntax, given the end, allowed: a condition, such as `score >= 80`
      score = 1 orders = 2)) and vip = 3 or
                                           ^
    ");
    insta::assert_snapshot!(problems("(((score = 1) and orders = 2"), @"
    line 1, column 29: syntax, given the end, allowed: `)`
      (((score = 1) and orders = 2
                                  ^
    ");
    insta::assert_snapshot!(problems(""), @"
    line 1, column 1: syntax, given the end, allowed: a condition, such as `score >= 80`
      
      ^
    ");
}

#[test]
fn what_is_often_written_is_understood_and_corrected() {
    insta::assert_snapshot!(problems("region == “东” && score <> 3 || ！vip = true"), @r#"
    line 1, column 8: syntax, given `==`, allowed: `=`
      region == “东” && score <> 3 || ！vip = true
             ^^
    line 1, column 11: syntax, given `“东”`, allowed: a text between `"` and `"`
      region == “东” && score <> 3 || ！vip = true
                ^^^^
    line 1, column 15: syntax, given `&&`, allowed: `and`
      region == “东” && score <> 3 || ！vip = true
                 　  ^^
    line 1, column 24: syntax, given `<>`, allowed: `!=`
      region == “东” && score <> 3 || ！vip = true
                 　           ^^
    line 1, column 29: syntax, given `||`, allowed: `or`
      region == “东” && score <> 3 || ！vip = true
                 　                ^^
    line 1, column 32: syntax, given `！`, allowed: `not`
      region == “东” && score <> 3 || ！vip = true
                 　                   ^^
    "#);
    insta::assert_snapshot!(problems("（score ≥ 1） and tags contains any 【'a'，\"b\"】"), @r#"
    line 1, column 1: syntax, given `（`, allowed: `(`
      （score ≥ 1） and tags contains any 【'a'，"b
      ^^
    line 1, column 8: syntax, given `≥`, allowed: `>=`
      （score ≥ 1） and tags contains any 【'a'，"b"】
      　      ^
    line 1, column 11: syntax, given `）`, allowed: `)`
      （score ≥ 1） and tags contains any 【'a'，"b"】
      　         ^^
    line 1, column 35: syntax, given `【`, allowed: `[`
      （score ≥ 1） and tags contains any 【'a'，"b"】
      　         　                       ^^
    line 1, column 36: syntax, given `'a'`, allowed: a text between `"` and `"`
      （score ≥ 1） and tags contains any 【'a'，"b"】
      　         　                       　^^^
    line 1, column 39: syntax, given `，`, allowed: `,`
      （score ≥ 1） and tags contains any 【'a'，"b"】
      　         　                       　   ^^
    line 1, column 43: syntax, given `】`, allowed: `]`
      core ≥ 1） and tags contains any 【'a'，"b"】
              　                       　   　   ^^
    "#);
    insta::assert_snapshot!(problems("score AND vip"), @"
    line 1, column 7: syntax, given `AND`, allowed: a test: `=`, `!=`, `<`, `<=`, `>`, `>=`, `between`, `in`, `contains`, `starts with`, `ends with`, `is`, `within`
      score AND vip
            ^^^
    ");
    insta::assert_snapshot!(problems("count = 3 and last(survey.answered).last = true"), @"
    line 1, column 7: syntax, given `=`, allowed: `(`
      count = 3 and last(survey.answered).last = true
            ^
    line 1, column 37: syntax, given `last`, allowed: an attribute of events; a name that is a word of the language is written `` `last` ``
      count = 3 and last(survey.answered).last = true
                                          ^^^^
    ");
}

#[test]
fn values_are_of_the_kind_of_their_term() {
    insta::assert_snapshot!(problems("score = \"80\" and vip = 1 and region = 3 and birthday = 2026-06-30T00:00:00Z and met_at < 2026-06-30 and revenue > 5"), @r#"
    line 1, column 9: wrong type, given `"80"`, allowed: a number
      score = "80" and vip = 1 and region = 3 and birthday
              ^^^^
    line 1, column 24: wrong type, given `1`, allowed: true or false
      score = "80" and vip = 1 and region = 3 and birthday = 2026-06-3
                             ^
    line 1, column 39: wrong type, given `3`, allowed: a text in quotation marks
      score = "80" and vip = 1 and region = 3 and birthday = 2026-06-30T00:00:00Z and
                                            ^
    line 1, column 56: wrong type, given `2026-06-30T00:00:00Z`, allowed: a day such as 2026-06-30; an instant is none
      d vip = 1 and region = 3 and birthday = 2026-06-30T00:00:00Z and met_at < 2026-06-30 and revenue > 5
                                              ^^^^^^^^^^^^^^^^^^^^
    line 1, column 90: wrong type, given `2026-06-30`, allowed: an instant with its offset, such as 2026-06-30T08:00:00+08:00; a day is none
      day = 2026-06-30T00:00:00Z and met_at < 2026-06-30 and revenue > 5
                                              ^^^^^^^^^^
    line 1, column 115: wrong type, given `5`, allowed: an amount of money, such as CNY 120.50
      Z and met_at < 2026-06-30 and revenue > 5
                                              ^
    "#);
    insta::assert_snapshot!(problems("birthday = 2026-02-30 and met_at = 2026-06-30T08:00:00 and score = 1.2.3 and revenue = XYZ 5"), @"
    line 1, column 12: syntax, given `2026-02-30`, allowed: a day that there is, such as `2026-06-30`
      birthday = 2026-02-30 and met_at = 2026-06-30T08:00:00 and sc
                 ^^^^^^^^^^
    line 1, column 36: syntax, given `2026-06-30T08:00:00`, allowed: an instant with its offset, such as `2026-06-30T08:00:00+08:00`
      birthday = 2026-02-30 and met_at = 2026-06-30T08:00:00 and score = 1.2.3 and revenue = XYZ 5
                                         ^^^^^^^^^^^^^^^^^^^
    line 1, column 68: syntax, given `1.2.3`, allowed: expected a decimal such as `-12.34`, got `1.2.3`
      et_at = 2026-06-30T08:00:00 and score = 1.2.3 and revenue = XYZ 5
                                              ^^^^^
    line 1, column 88: syntax, given `XYZ`, allowed: a value; an amount of money begins with its currency, such as `CNY`
      8:00:00 and score = 1.2.3 and revenue = XYZ 5
                                              ^^^
    ");
    insta::assert_snapshot!(problems("revenue between CNY 1 and USD 2 and score = region and tags = \"x\" and vip < true and region < \"x\""), @r#"
    line 1, column 27: not allowed here, given `USD 2`, allowed: an amount in CNY, as the other end
      revenue between CNY 1 and USD 2 and score = region and tags = "x" and v
                                ^^^^^
    line 1, column 45: wrong type, given `region`, allowed: a value or a term that is a decimal; this is a text
      nue between CNY 1 and USD 2 and score = region and tags = "x" and vip < true and regio
                                              ^^^^^^
    line 1, column 61: wrong type, given `= "x"`, allowed: for a list of texts: contains, contains any, contains all, is known, is missing, is not applicable
      1 and USD 2 and score = region and tags = "x" and vip < true and region < "x"
                                              ^^^^^
    line 1, column 75: wrong type, given `< true`, allowed: for true or false: =, !=, in, is known, is missing, is not applicable
      d score = region and tags = "x" and vip < true and region < "x"
                                              ^^^^^^
    line 1, column 93: wrong type, given `< "x"`, allowed: for a text: =, !=, in, contains, starts with, ends with, is known, is missing, is not applicable
      nd tags = "x" and vip < true and region < "x"
                                              ^^^^^
    "#);
    insta::assert_snapshot!(problems("birthday within last 3 hours and score is past and anniversary of score within 3 days and tags starts with \"x\" and region contains any [\"x\"]"), @r#"
    line 1, column 22: wrong type, given hours, allowed: days, weeks, months or years for a day
      birthday within last 3 hours and score is past and anniversary
                           ^
    line 1, column 40: wrong type, given `is past`, allowed: for a decimal: =, !=, <, <=, >, >=, between, in, is known, is missing, is not applicable
      birthday within last 3 hours and score is past and anniversary of score within 3 days 
                                             ^^^^^^^
    line 1, column 73: wrong type, given `within 3 days`, allowed: for a decimal: =, !=, <, <=, >, >=, between, in, is known, is missing, is not applicable
       score is past and anniversary of score within 3 days and tags starts with "x" and region con
                                              ^^^^^^^^^^^^^
    line 1, column 96: wrong type, given `starts with "x"`, allowed: for a list of texts: contains, contains any, contains all, is known, is missing, is not applicable
      versary of score within 3 days and tags starts with "x" and region contains any ["x"]
                                              ^^^^^^^^^^^^^^^
    line 1, column 123: wrong type, given `contains any ["x"]`, allowed: for a text: =, !=, in, contains, starts with, ends with, is known, is missing, is not applicable
      ays and tags starts with "x" and region contains any ["x"]
                                              ^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(problems("score > 79228162514264337593543950336 and met_at = 2026-06-30T08:00:00.1234567890Z and region = \"\\q\\u{110000}"), @r#"
    line 1, column 9: syntax, given `79228162514264337593543950336`, allowed: a decimal keeps 28 digits, got `79228162514264337593543950336`
      score > 79228162514264337593543950336 and met_at = 2026-06-30T08:00:00.123456
              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    line 1, column 52: syntax, given `2026-06-30T08:00:00.1234567890Z`, allowed: an instant with its offset, such as `2026-06-30T08:00:00+08:00`
      28162514264337593543950336 and met_at = 2026-06-30T08:00:00.1234567890Z and region = "\q\u{110000}
                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    line 1, column 97: syntax, given `"\q\u{110000}`, allowed: a closing `"`
      06-30T08:00:00.1234567890Z and region = "\q\u{110000}
                                              ^^^^^^^^^^^^^
    line 1, column 98: syntax, given `\q`, allowed: `\"`, `\\`, `\n`, `\t` or `\u{2014}`
      6-30T08:00:00.1234567890Z and region = "\q\u{110000}
                                              ^^
    line 1, column 100: syntax, given `\u{110000}`, allowed: `\"`, `\\`, `\n`, `\t` or `\u{2014}`
      30T08:00:00.1234567890Z and region = "\q\u{110000}
                                              ^^^^^^^^^^
    "#);
}

#[test]
fn events_are_checked_too() {
    insta::assert_snapshot!(problems("no order.plaecd, @transactions, webinar where nett >= 1 and state >= \"x\" and labels = \"y\" and net = \"z\" within 3 moons"), @r#"
    line 1, column 4: unknown name, given `order.plaecd`, allowed: month, webinar.joined, profile.changed, owner.changed, consent.given, consent.withdrawn, note.added, order.placed, order.returned, payment.received, payment.overdue, quote.sent and 19 more (did you mean `order.placed`?)
      no order.plaecd, @transactions, webinar where nett >= 1
         ^^^^^^^^^^^^
    line 1, column 18: unknown name, given `@transactions`, allowed: @all, @base, @transaction, @behaviour, @interaction, @feedback (did you mean `@transaction`?)
      no order.plaecd, @transactions, webinar where nett >= 1 and state >= "
                       ^^^^^^^^^^^^^
    line 1, column 33: unknown name, given `webinar`, allowed: month, webinar.joined, profile.changed, owner.changed, consent.given, consent.withdrawn, note.added, order.placed, order.returned, payment.received, payment.overdue, quote.sent and 19 more
      no order.plaecd, @transactions, webinar where nett >= 1 and state >= "x" and la
                                      ^^^^^^^
    line 1, column 47: unknown name, given `nett`, allowed: case, due, labels, last, net, price, satisfaction, state (did you mean `net`?)
      er.plaecd, @transactions, webinar where nett >= 1 and state >= "x" and labels = "y" 
                                              ^^^^
    line 1, column 67: wrong type, given `>=`, allowed: = and != for a text
      ions, webinar where nett >= 1 and state >= "x" and labels = "y" and net = "z" with
                                              ^^
    line 1, column 78: wrong type, given `labels`, allowed: an attribute of any kind but sets
      ar where nett >= 1 and state >= "x" and labels = "y" and net = "z" within 3 moons
                                              ^^^^^^
    line 1, column 101: wrong type, given `"z"`, allowed: a number
      state >= "x" and labels = "y" and net = "z" within 3 moons
                                              ^^^
    line 1, column 114: syntax, given `moons`, allowed: `hours`, `days`, `weeks`, `months` or `years`
      and labels = "y" and net = "z" within 3 moons
                                              ^^^^^
    "#);
    insta::assert_snapshot!(problems("no order.placed where net > 1 and region in [\"x\"]"), @r#"
    line 1, column 42: syntax, given `in`, allowed: `=`, `!=`, `<`, `<=`, `>` or `>=`: an `and` after `where` adds a test of attributes
      o order.placed where net > 1 and region in ["x"]
                                              ^^
    "#);
    insta::assert_snapshot!(problems("any order.placed within 0 * gap(order.placed) else 1 day or any order.placed within 101 * gap(x) at least 40000 days else -1 days"), @"
    line 1, column 25: limit, given `0`, allowed: a number of gaps above 0 and at most 100
      any order.placed within 0 * gap(order.placed) else 1 day or any o
                              ^
    line 1, column 85: limit, given `101`, allowed: a number of gaps above 0 and at most 100
      ) else 1 day or any order.placed within 101 * gap(x) at least 40000 days else -1 da
                                              ^^^
    line 1, column 95: unknown name, given `x`, allowed: month, webinar.joined, profile.changed, owner.changed, consent.given, consent.withdrawn, note.added, order.placed, order.returned, payment.received, payment.overdue, quote.sent and 19 more
      ay or any order.placed within 101 * gap(x) at least 40000 days else -1 days
                                              ^
    line 1, column 107: limit, given `40000`, allowed: a whole number of days from 0 to 36525
      der.placed within 101 * gap(x) at least 40000 days else -1 days
                                              ^^^^^
    line 1, column 123: limit, given `-1`, allowed: a whole number of days from 0 to 36525
      n 101 * gap(x) at least 40000 days else -1 days
                                              ^^
    ");
    insta::assert_snapshot!(problems("any order.placed within 3 * gap(order.placed) at least 2 days"), @"
    line 1, column 62: syntax, given the end, allowed: `else`
      in 3 * gap(order.placed) at least 2 days
                                              ^
    ");
    insta::assert_snapshot!(problems("pending(complaint.opened until) or pending(complaint.opened until complaint.resolved by labels) or pending(a until b by x for 200 years)"), @"
    line 1, column 31: syntax, given `)`, allowed: a kind of events, such as `order.placed` or `@transaction`
      pending(complaint.opened until) or pending(complaint.opened until compl
                                    ^
    line 1, column 89: wrong type, given `labels`, allowed: an attribute of any kind but sets
      aint.opened until complaint.resolved by labels) or pending(a until b by x for 200 year
                                              ^^^^^^
    line 1, column 108: unknown name, given `a`, allowed: month, webinar.joined, profile.changed, owner.changed, consent.given, consent.withdrawn, note.added, order.placed, order.returned, payment.received, payment.overdue, quote.sent and 19 more
      omplaint.resolved by labels) or pending(a until b by x for 200 years)
                                              ^
    line 1, column 116: unknown name, given `b`, allowed: month, webinar.joined, profile.changed, owner.changed, consent.given, consent.withdrawn, note.added, order.placed, order.returned, payment.received, payment.overdue, quote.sent and 19 more
      .resolved by labels) or pending(a until b by x for 200 years)
                                              ^
    line 1, column 121: unknown name, given `x`, allowed: case, due, labels, last, net, price, satisfaction, state
      lved by labels) or pending(a until b by x for 200 years)
                                              ^
    line 1, column 127: limit, given `200`, allowed: a whole number of years from 0 to 100
      y labels) or pending(a until b by x for 200 years)
                                              ^^^
    ");
}

#[test]
fn limits_are_named() {
    let nested = |text: &str, times: usize| {
        format!(
            "{}score = 1{}",
            text.repeat(times),
            if text == "(" { ")".repeat(times) } else { String::new() }
        )
    };
    for text in ["(", "not "] {
        parse(&nested(text, 31));
    }
    insta::assert_snapshot!(problems(&nested("(", 32)), @"
    line 1, column 32: limit, given deeper nesting, allowed: at most 32 levels of nesting
      ((((((((((((((((((((((((((((((((score = 1)))))))))))))))))))))))))))))))
                                     ^
    ");
    insta::assert_snapshot!(problems(&nested("not ", 32)), @"
    line 1, column 125: limit, given deeper nesting, allowed: at most 32 levels of nesting
      not not not not not not not not not not not score = 1
                                              ^^^
    ");
    insta::assert_snapshot!(problems(&"(".repeat(65_536)), @"
    line 1, column 32: limit, given deeper nesting, allowed: at most 32 levels of nesting
      ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((
                                     ^
    ");
    insta::assert_snapshot!(problems(&"not ".repeat(16_384)), @"
    line 1, column 125: limit, given deeper nesting, allowed: at most 32 levels of nesting
      not not not not not not not not not not not not not not not not not not not not not
                                              ^^^
    ");
    insta::assert_snapshot!(problems(&" ".repeat(65_537)), @"
    line 1, column 1: limit, given 65537 bytes, allowed: at most 65536 bytes
                                              
      ^
    ");
    let many = |part: &str, times: usize| vec![part; times].join(" or ");
    parse(&many("vip = true", 511));
    insta::assert_snapshot!(problems(&many("vip = true", 512)), @"
    line 1, column 1: limit, given more than 512 nodes, allowed: at most 512 nodes
      vip = true or vip = true or vip = true or vip = true or vip = true or vip = true
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(problems(&format!("region = \"{}\"", "长".repeat(1_001))), @r#"
    line 1, column 10: limit, given a text of 1001 characters, allowed: at most 1000 characters
      region = "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(problems(&format!("orders in [{}]", vec!["1"; 1_001].join(","))), @"
    line 1, column 11: limit, given 1001 entries, allowed: 1 to 1000 entries
      orders in [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(problems("birthday within last 36526 days or birthday within next 1201 months or met_at within last 1.5 days or anniversary of birthday within 366 days"), @"
    line 1, column 22: limit, given `36526`, allowed: a whole number of days from 0 to 36525
      birthday within last 36526 days or birthday within next 1201 month
                           ^^^^^
    line 1, column 57: limit, given `1201`, allowed: a whole number of months from 0 to 1200
      last 36526 days or birthday within next 1201 months or met_at within last 1.5 days o
                                              ^^^^
    line 1, column 91: limit, given `1.5`, allowed: a whole number of days from 0 to 36525
       next 1201 months or met_at within last 1.5 days or anniversary of birthday within 
                                              ^^^
    line 1, column 134: limit, given `366`, allowed: a whole number of days from 0 to 365
       days or anniversary of birthday within 366 days
                                              ^^^
    ");
    // What is short as given and long as written back.
    let long = format!("orders in [{}]", vec!["1"; 1_000].join(","));
    insta::assert_snapshot!(problems(&vec![long; 32].join(" and ")), @"
    line 1, column 1: limit, given 96475 bytes, allowed: at most 65536 bytes as text
      orders in [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn everything_wrong_with_a_tree_comes_at_once() {
    insta::assert_snapshot!(refused(&json!({"all": [
        {"fact": "scor", "at_least": 80},
        {"fact": "score", "at_lest": 80},
        {"fact": "score", "at_least": 80, "below": 90},
        {"fact": "score", "count": {"events": ["order.placed"]}, "equals": "many"},
        {"any": [{"fact": "vip", "equals": true}]},
        {"not": "score = 1"},
        {"none": []},
        3
    ]})), @r#"
    all[1].at_lest: unknown field, given `at_lest`, allowed: fact, count, last, gap, equals, differs, below, at_most, above, at_least, between, in, contains, contains_any, contains_all, starts_with, ends_with, is, within_last, within_next, during, anniversary_within_days (did you mean `at_least`?)
    all[1]: missing field, allowed: one test of: equals, differs, below, at_most, above, at_least, between, in, contains, contains_any, contains_all, starts_with, ends_with, is, within_last, within_next, during, anniversary_within_days
    all[2]: not allowed here, given 2 tests, allowed: one test
    all[3]: not allowed here, given 2 terms, allowed: one term
    all[5].not: wrong type, given "score = 1", allowed: a table with all, any, not, pending, or a test of fact, count, last or gap
    all[6]: wrong type, given {"none":[]}, allowed: a table with all, any, not, pending, or a test of fact, count, last or gap
    all[7]: wrong type, given 3, allowed: a table with all, any, not, pending, or a test of fact, count, last or gap
    all[0].fact: unknown name, given `scor`, allowed: birthday, count, industry, met_at, orders, profit, ratio, region, renewal, revenue, score, seen_at and 4 more (did you mean `score`?)
    all[4].any: not allowed here, given one part, allowed: two parts or more, or the one part by itself
    "#);
    insta::assert_snapshot!(refused(&json!({"any": [
        {"fact": "region", "equals": 3},
        {"fact": "score", "in": []},
        {"fact": "score", "between": ["1"]},
        {"fact": "met_at", "below": "2026-06-30"},
        {"fact": "revenue", "above": {"amount": "1", "currency": "XYZ"}},
        {"fact": "score", "equals": {"fact": "region"}},
        {"fact": "birthday", "within_last": {"days": 1, "weeks": 1}},
        {"fact": "birthday", "within_last": {"moons": 1}},
        {"fact": "birthday", "during": "this_day"},
        {"fact": "birthday", "is": "over"},
        {"fact": "birthday", "anniversary_within_days": "soon"},
        {"fact": 3, "is": "known"}
    ]})), @r#"
    any[2].between: not allowed here, given ["1"], allowed: [from, to]
    any[4].above: not allowed here, given {"amount":"1","currency":"XYZ"}, allowed: expected an ISO 4217 currency code such as `CNY`, got `XYZ`
    any[6].within_last: not allowed here, given 2 units, allowed: one unit
    any[7].within_last.moons: unknown field, given `moons`, allowed: hours, days, weeks, months, years
    any[7].within_last: missing field, allowed: one unit of: hours, days, weeks, months, years
    any[8].during: not allowed here, given "this_day", allowed: last_week, this_week, next_week, last_month, this_month, next_month, last_quarter, this_quarter, next_quarter, last_half, this_half, next_half, last_year, this_year, next_year
    any[9].is: not allowed here, given "over", allowed: known, missing, not_applicable, past, future
    any[10].anniversary_within_days: not allowed here, given "soon", allowed: expected a decimal such as `-12.34`, got `soon`
    any[11].fact: wrong type, given 3, allowed: a name
    any[0].equals: wrong type, given 3, allowed: a text in quotation marks
    any[1].in: limit, given 0 entries, allowed: 1 to 1000 entries
    any[3].below: wrong type, given "2026-06-30", allowed: an instant with its offset, such as 2026-06-30T08:00:00+08:00; a day is none
    any[5].equals: wrong type, given {"fact":"region"}, allowed: a value or a term that is a decimal; this is a text
    "#);
    insta::assert_snapshot!(refused(&json!({"all": [
        {"count": {"events": [], "where": [{"attribute": "net"}, {"attribute": "nett", "equals": 1}], "within": {"gaps": 0, "of": ["x"]}}, "equals": 0},
        {"last": {"events": "order.placed"}, "is": "known"},
        {"pending": {"opened": ["complaint.opened"], "by": 3}}
    ]})), @r#"
    all[0].count.where[0]: missing field, allowed: one comparison of: equals, differs, below, at_most, above, at_least
    all[0].count.within.else_days: missing field, allowed: `else_days` is required
    all[1].last.events: wrong type, given "order.placed", allowed: a list
    all[2].pending.closed: missing field, allowed: `closed` is required
    all[2].pending.by: wrong type, given 3, allowed: a name
    all[0].count.events: limit, given 0 entries, allowed: 1 to 1000 entries
    all[0].count.where[1].attribute: unknown name, given `nett`, allowed: case, due, labels, last, net, price, satisfaction, state (did you mean `net`?)
    all[0].count.within.gaps: limit, given 0, allowed: a number of gaps above 0 and at most 100
    all[0].count.within.of[0]: unknown name, given `x`, allowed: month, webinar.joined, profile.changed, owner.changed, consent.given, consent.withdrawn, note.added, order.placed, order.returned, payment.received, payment.overdue, quote.sent and 19 more
    "#);
    insta::assert_snapshot!(refused(&json!("score = 1 and\n scor = 2")), @"document: unknown name, given `scor` (line 2, column 2), allowed: birthday, count, industry, met_at, orders, profit, ratio, region, renewal, revenue, score, seen_at and 4 more (did you mean `score`?)");
    insta::assert_snapshot!(refused(&json!(null)), @"document: wrong type, given null, allowed: a text, or a table with all, any, not, pending, or a test of fact, count, last or gap");
}

#[test]
fn limits_hold_in_trees() {
    let nested = |levels: usize| {
        (1..levels).fold(json!({"fact": "score", "equals": 1}), |tree, _| json!({"not": tree}))
    };
    read(&nested(32)).unwrap();
    let refusal = refused(&nested(33));
    insta::assert_snapshot!(refusal.split(": ").skip(1).collect::<Vec<_>>().join(": "), @"limit, given deeper nesting, allowed: at most 32 levels of nesting");
    let many = |leaves: usize| json!({"any": vec![json!({"fact": "vip", "equals": true}); leaves]});
    read(&many(511)).unwrap();
    insta::assert_snapshot!(refused(&many(512)), @"any[511]: limit, given more than 512 nodes, allowed: at most 512 nodes");
    let long = json!({"fact": "region", "in": vec!["长".repeat(1_000); 30]});
    insta::assert_snapshot!(refused(&long), @"document: limit, given 90130 bytes, allowed: at most 65536 bytes as text");
}

#[test]
fn a_vocabulary_is_checked_whole() {
    let tree = json!({
        "facts": {"1a": {"kind": "decimal"}, "b": {"kind": "decimals"}, "c": {"kind": "level"}},
        "attributes": {"d": {"kind": "text", "min": 1}},
        "events": ["webinar.joined", "two words"],
        "kinds": []
    });
    insta::assert_snapshot!(check(&tree, Vocabulary::read).unwrap_err().to_string(), @r#"
    kinds: unknown field, given `kinds`, allowed: facts, attributes, events
    facts.1a: not allowed here, given `1a`, allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `1a`
    facts.b.kind: not allowed here, given "decimals", allowed: decimal, int, bool, text, date, instant, level, set, money
    facts.c: missing field, allowed: `of`, the greatest level, is required for the kind level
    attributes.d: not allowed here, given a text, allowed: min, max, part_of and quantum are for numbers only
    events[1]: not allowed here, given "two words", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `two words`
    "#);
}
