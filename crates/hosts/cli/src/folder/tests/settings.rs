//! What `guanxi.toml` says, right and wrong.
use super::*;

#[test]
fn settings_that_are_wrong_are_all_told_with_their_places() {
    insta::assert_snapshot!(mapped("employees = { type = \"int\" }", "employees = { column = \"employes\", typ = \"int\" }"), @r"
    stopped
    guanxi.toml:11:15: no column `employes` in shops.csv
        did you mean `employees`? its columns: `shop`, `name`, `employees`
    guanxi.toml:11:36: parties[0].attributes.employees.typ: unknown field, given `typ`, allowed: column, value, type, of, separator, unit, times, currency, currency_column, decimal, thousands, parentheses, dates, utc_offset, not_given, yes, no (did you mean `type`?)
        correct the name of the key, or remove it
    ");
    insta::assert_snapshot!(mapped("occurred_at = \"day\"", "occured_at = \"day\""), @r"
    stopped
    guanxi.toml:12:1: events[0].occurred_at: missing field, allowed: `occurred_at` is required
        add the key
    guanxi.toml:17:1: events[0].occured_at: unknown field, given `occured_at`, allowed: from, join, where, id, subject, kind, occurred_at, recorded_at, source, channel, attributes (did you mean `occurred_at`?)
        correct the name of the key, or remove it
    ");
    insta::assert_snapshot!(mapped("occurred_at = \"day\"", "occurred_at = \"order day\""), @r"
    stopped
    guanxi.toml:17:1: no column `order day` in orders.csv
        did you mean `order`? its columns: `order`, `shop`, `day`, `net`
    ");
    insta::assert_snapshot!(mapped("{order}", "{order"), @r#"
    stopped
    guanxi.toml:15:1: events[0].id: not allowed here, given "{order", allowed: a text with columns in braces such as "{order_id}/{line}"
        correct the value
    "#);
    insta::assert_snapshot!(mapped("from        = \"orders\"", "from = \"order\""), @r"
    stopped
    guanxi.toml:13:1: events[0].from: unknown name, given `order`, allowed: a name under [files]: orders, shops
        correct the value
    ");
    insta::assert_snapshot!(mapped("[files]", "[files"), @r"
    stopped
    guanxi.toml:3:7: not TOML: unclosed table, expected `]`
        correct the line; a text stands in quotes, and so does a name in other letters than a to z
    ");
    insta::assert_snapshot!(mapped("type = \"money\"", "type = \"money\", unit = \"dozen\", dates = \"DD.MM.YY\", of = 5"), @r#"
    stopped
    guanxi.toml:19:25: events[0].attributes.net.unit: not allowed here, given "dozen", allowed: percent, %, permille, ‰, thousand, 千, 千元, 万, 万元, million, 百万, 百万元, 千万, 千万元, 亿, 亿元, billion, 十亿, 十亿元
        correct the value
    guanxi.toml:19:41: events[0].attributes.net.dates: not allowed here, given "DD.MM.YY", allowed: forms made of YYYY, MM, DD, and perhaps hh, mm, ss
        correct the value
    guanxi.toml:19:61: events[0].attributes.net.of: not allowed here, given 5, allowed: `of` with the type level only
        correct the value
    "#);
    insta::assert_snapshot!(mapped("currency = \"USD\"", "policy = \"../p.json\"\nas_of = 2013-12-01T10:00:00\ncurrency = \"US\""), @r#"
    stopped
    guanxi.toml:2:1: a file stays inside the folder, got `../p.json`
        copy the file itself, no link to it, into the folder and name it without `..` or a root
    guanxi.toml:3:1: as_of: not allowed here, given "2013-12-01T10:00:00", allowed: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2013-12-01T10:00:00`
        correct the value
    guanxi.toml:4:1: currency: not allowed here, given "US", allowed: expected an ISO 4217 currency code such as `CNY`, got `US`
        correct the value
    guanxi.toml:21:1: events[0].attributes.net: missing field, allowed: `currency` or `currency_column`, here or `currency` at the top
        add the key
    "#);
    insta::assert_snapshot!(mapped("net = { type = \"money\" }", "net = { type = \"instant\", dates = \"DD.MM.YYYY hh:mm\" }\nsize = { type = \"level\" }\nboth = { column = \"net\", value = 3 }"), @r#"
    stopped
    guanxi.toml:19:1: events[0].attributes.net: missing field, allowed: `utc_offset`, such as "+08:00", for clock times
        add the key
    guanxi.toml:20:1: events[0].attributes.size.of: missing field, allowed: `of` is required
        add the key
    guanxi.toml:21:1: events[0].attributes.both: not allowed here, given `column` and `value`, allowed: one of the two
        correct the value
    "#);
    insta::assert_snapshot!(mapped("net = { type = \"money\" }", "net = { type = \"decimal\", thousands = \".\" }"), @r#"
    stopped
    guanxi.toml:19:27: events[0].attributes.net.thousands: not allowed here, given ".", allowed: `decimal` and `thousands` that differ; declare both
        correct the value
    "#);
}

#[test]
fn names_that_nothing_declares_stop_the_run() {
    let recipes = |rest: &str| with(CONFIG, format!("columns = [\"employes\"]\n{SIMPLE}\n{rest}"));
    let wrong = r#"
[[recipes]]
fact    = "revenue"
measure = { sum = { add = ["nett"] } }
events  = ["order.placed"]
peers   = "town"
[[recipes]]
fact    = "orders"
measure = "count"
events  = ["order.placd"]
where   = [{ attribute = "gross", is = { above = 0 } }]
[[recipes]]
fact    = "large"
measure = { share = { of = { sum = { add = ["net"], subtract = ["cost"] } }, where = [{ attribute = "size", is = "present" }] } }
events  = ["order.placed"]
[[recipes]]
fact    = "staff"
measure = { attribute = "employee" }
[[recipes]]
fact    = "rest"
measure = { constant = { text = "add" } }
[[quality.fields]]
field = { attribute = "emploees" }
[[quality.ordered]]
field    = { fact = "revenues" }
at_least = { attribute = "employees" }
[quality.recording]
events = ["visit"]
"#;
    insta::assert_snapshot!(recipes(wrong), @r"
    stopped
    guanxi.toml:1:12: no party has the attribute `employes`
        did you mean `employees`? declared are: `employees`
    guanxi.toml:25:28: no event of these kinds has the attribute `nett`
        did you mean `net`? declared are: `net`
    guanxi.toml:27:1: no party has the attribute `town`
        declared are: `employees`
    guanxi.toml:31:12: no event is of the kind `order.placd`
        did you mean `order.placed`? declared are: `order.placed`
    guanxi.toml:35:65: no event of these kinds has the attribute `cost`
        declared are: `net`
    guanxi.toml:35:89: no event of these kinds has the attribute `size`
        declared are: `net`
    guanxi.toml:39:13: no party has the attribute `employee`
        did you mean `employees`? declared are: `employees`
    guanxi.toml:44:11: no party has the attribute `emploees`
        did you mean `employees`? declared are: `employees`
    guanxi.toml:46:14: no recipe makes the fact `revenues`
        did you mean `revenue`? declared are: `large`, `orders`, `rest`, `revenue`, `staff`
    guanxi.toml:49:11: no event is of the kind `visit`
        declared are: `order.placed`
    ");
    let free = SIMPLE.replace("\"order.placed\"", "\"order.{net}\"");
    let text = format!(
        "{free}\n[[recipes]]\nfact = \"orders\"\nmeasure = {{ last = \"nett\" }}\nevents = [\"order.placd\"]\n"
    );
    insta::assert_snapshot!(with(CONFIG, text), @r"
    stopped
    guanxi.toml:23:13: no event of these kinds has the attribute `nett`
        did you mean `net`? declared are: `net`
    ");
}

#[test]
fn rates_are_read_and_checked() {
    let rates =
        |rows: &str| format!("{SIMPLE}{}", rows.replace("RATE", "\n[[rates]]\nfrom = \"USD\"\nto = \"CNY\""));
    let two = "RATE\nsince = 2023-02-01\nrate = 7.2\nRATE\nsince = 2023-01-01\nrate = \"7.1\"\n";
    let folder = load(&[
        (CONFIG, rates(two).as_bytes()),
        ("shops.csv", SHOPS.as_bytes()),
        ("orders.csv", ORDERS.as_bytes()),
    ])
    .unwrap();
    let [usd, cny] = ["USD", "CNY"].map(|code| code.parse().unwrap());
    let money = guanxi::core::Money::new(10.into(), usd);
    let converted =
        |day: &str| folder.rates.convert(money, cny, day.parse().unwrap()).unwrap().money.to_string();
    assert_eq!((converted("2023-01-31"), converted("2023-02-01")), ("71 CNY".into(), "72 CNY".into()));
    let wrong = "RATE\nsince = 2023-01-01\nrate = 7.1\nRATE\nsince = 2023-01-01\nrate = 7.2\nRATE\nsince = 2023-13-01\nrate = 0\nRATE\nday = 2023-01-02\nrate = \"0\"\nRATE\nsince = 2023-01-02\nrate = \"0\"\n";
    insta::assert_snapshot!(with(CONFIG, rates(&wrong.replace("2023-13-01", "\"2023-13-01\""))), @r#"
    stopped
    guanxi.toml:27:1: rates[1]: duplicate, given `USD` to `CNY` since 2023-01-01, allowed: one rate of a pair for a day
        correct the value
    guanxi.toml:36:1: rates[2].since: not allowed here, given "2023-13-01", allowed: a day such as `2023-10-20`
        correct the value
    guanxi.toml:39:1: rates[3].since: missing field, allowed: `since` is required
        add the key
    guanxi.toml:42:1: rates[3].day: unknown field, given `day`, allowed: from, to, since, rate
        correct the name of the key, or remove it
    guanxi.toml:49:1: rates[4].rate: not allowed here, given "0", allowed: a rate above 0
        correct the value
    "#);
}

#[test]
fn the_documents_are_handed_on_with_their_places() {
    let text =
        format!("{SIMPLE}\n[[recipes]]\nfact = \"orders\"\nmeasure = \"count\"\n\n[quality]\nlimit = 0.5\n");
    let folder = load(&[
        (CONFIG, text.as_bytes()),
        ("shops.csv", SHOPS.as_bytes()),
        ("orders.csv", ORDERS.as_bytes()),
    ])
    .unwrap();
    assert_eq!(folder.recipes.to_string(), r#"{"recipes":[{"fact":"orders","measure":"count"}]}"#);
    assert_eq!(folder.quality.to_string(), r#"{"limit":0.5}"#);
    let at = folder.places.find("recipes[0].measure").unwrap();
    assert_eq!((at.line, at.column), (23, 1));
}
