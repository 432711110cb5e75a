//! Folders as people have them, right and wrong.
use std::fmt::Write as _;
use std::fs;

use encoding_rs::GB18030;
use proptest::prelude::*;
use tempfile::TempDir;

use super::{CONFIG, Folder, Problems, read};

mod settings;

/// The folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

fn load(files: &[(&str, &[u8])]) -> Result<Folder, Problems> {
    read(folder(files).path())
}

/// What a user sees: what was read of each mapping, and all problems.
fn check(files: &[(&str, &[u8])]) -> String {
    let mut shown = String::new();
    let problems = match load(files) {
        Ok(folder) => {
            for mapping in &folder.mappings {
                let (path, rows, kept, left_out) =
                    (&mapping.path, mapping.rows, mapping.kept, mapping.left_out);
                assert_eq!(rows, kept + left_out + mapping.excluded);
                writeln!(shown, "{path}: {rows} rows, {kept} kept, {left_out} left out").unwrap();
            }
            folder.problems
        }
        Err(problems) => {
            writeln!(shown, "stopped").unwrap();
            problems
        }
    };
    assert_eq!(problems.total(), u64::try_from(problems.listed().len()).unwrap());
    for problem in problems.listed() {
        writeln!(shown, "{problem}").unwrap();
    }
    shown.trim_end().to_owned()
}

const SIMPLE: &str = r#"
currency = "USD"
[files]
shops  = "shops.csv"
orders = { path = "orders.csv", key = "order" }
[[parties]]
from = "shops"
id   = "{shop}"
name = "{name}"
[parties.attributes]
employees = { type = "int" }
[[events]]
from        = "orders"
kind        = "order.placed"
id          = "{order}"
subject     = "{shop}"
occurred_at = "day"
[events.attributes]
net = { type = "money" }
"#;
const SHOPS: &str = "shop,name,employees\n1,East,5\n2,West,\n";
const ORDERS: &str = "order,shop,day,net\nA,1,2023-10-20,12.50\nB,2,2023-10-21,8\n";

/// The simple folder with other rows in one of its files.
fn with(file: &str, bytes: impl AsRef<[u8]>) -> String {
    let mut files: Vec<(&str, &[u8])> =
        vec![(CONFIG, SIMPLE.as_bytes()), ("shops.csv", SHOPS.as_bytes()), ("orders.csv", ORDERS.as_bytes())];
    files.iter_mut().filter(|(name, _)| *name == file).for_each(|entry| entry.1 = bytes.as_ref());
    check(&files)
}

/// The simple folder with these orders instead.
fn orders(rows: &str) -> String {
    with("orders.csv", format!("order,shop,day,net\n{rows}"))
}

/// The simple folder with a piece of its mapping replaced.
fn mapped(from: &str, to: &str) -> String {
    assert!(SIMPLE.contains(from), "{from}");
    with(CONFIG, SIMPLE.replace(from, to))
}

#[test]
fn a_folder_in_order_has_no_problems() {
    insta::assert_snapshot!(orders("A,1,2023-10-20,12.50\nB,2,2023-10-21,8\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 2 rows, 2 kept, 0 left out
    ");
}

/// The TOML blocks of the page that explains the folder.
fn documented() -> Vec<String> {
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/src/folder.md")).unwrap();
    let blocks = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.map(str::to_owned).collect()
}

#[test]
fn what_the_documentation_shows_is_read() {
    let [smallest, every_key, tags, rest @ ..] = &documented()[..] else { panic!("fewer blocks") };
    let files: [(&str, &[u8]); 3] = [
        (CONFIG, smallest.as_bytes()),
        ("shops.csv", b"shop,name,business\n1,East,Retail\n2,West,Wholesale\n"),
        (
            "orders.csv",
            b"order,shop,day,net,cost\nA-1,1,2023-10-20,\"1,250.00\",900\nA-2,1,2023/11/3,80,95.50\n",
        ),
    ];
    insta::assert_snapshot!(check(&files), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 2 rows, 2 kept, 0 left out
    ");
    let (tree, _) = super::toml::parse(every_key).unwrap();
    assert_eq!(guanxi::policy::check(&tree, super::Config::read).err(), None);
    let tagged = smallest.replace("\"orders.csv\"\n", "\"orders.csv\"\nmarks = \"marks.csv\"\n") + tags;
    let [_, shops, orders] = files;
    let marks =
        "shop,marks,who,day,from\n1,ample budget; short_cycle,U7,2023-10-20,2023-01-01\n2,,U7,2023-10-20,\n";
    insta::assert_snapshot!(check(&[(CONFIG, tagged.as_bytes()), shops, orders, ("marks.csv", marks.as_bytes())]), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 2 rows, 2 kept, 0 left out
    tags.assignments[0]: 2 rows, 1 kept, 0 left out
    ");
    // What follows is a section each, which any folder may have.
    for section in rest {
        let (tree, _) = super::toml::parse(&format!("{smallest}{section}")).unwrap();
        assert_eq!(guanxi::policy::check(&tree, super::Config::read).err(), None);
    }
}

#[test]
fn files_that_cannot_be_read_stop_the_run() {
    let undecodable = b"order,shop,day,net\nA,1,2023-10-20,5\nB,1,2023-10-\xFF\xFF,5\n";
    insta::assert_snapshot!(with("orders.csv", undecodable), @r#"
    stopped
    orders.csv:3: expected text in UTF-8 or GB18030, got the byte 0xFF at offset 48, which is none
        save the file as UTF-8, or declare its `encoding` (such as "gb18030") under [files]
    "#);
    insta::assert_snapshot!(with("orders.csv", ""), @r"
    stopped
    orders.csv: the file is empty, expected a line of column names
        write the column names in the first line, separated by commas
    ");
    insta::assert_snapshot!(with("orders.csv", "order,shop,day,net,shop\nA,1,2023-10-20,5,1\n"), @r"
    stopped
    orders.csv:1: the column name `shop` stands in columns 2 and 5
        give every column a name of its own
    ");
    insta::assert_snapshot!(check(&[(CONFIG, SIMPLE.as_bytes()), ("shops.csv", SHOPS.as_bytes())]), @r"
    stopped
    orders.csv: no such file
        put the file into the folder, or correct its path
    ");
    insta::assert_snapshot!(mapped("orders.csv", "../orders.csv"), @r"
    stopped
    guanxi.toml:5:1: a file stays inside the folder, got `../orders.csv`
        copy the file itself, no link to it, into the folder and name it without `..` or a root
    ");
    insta::assert_snapshot!(check(&[]), @r"
    stopped
    guanxi.toml: no such file
        put the file into the folder, or correct its path
    ");
}

#[test]
fn rows_of_another_length_are_left_out() {
    insta::assert_snapshot!(orders("A,1,2023-10-20\nB,2,2023-10-21,1,234\nC,2,2023-10-21,7\n,,,\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 3 rows, 1 kept, 2 left out
    orders.csv:2: expected 4 fields, got 3; the row is left out
        complete the row; a field that is not given is left blank
    orders.csv:3: expected 4 fields, got 5; the row is left out
        put a field that holds the separator or a line break into quotes
    ");
    insta::assert_snapshot!(orders(""), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 0 rows, 0 kept, 0 left out
    orders.csv: the file has column names but no row
        nothing was read from it: export it again if it should have rows
    ");
    insta::assert_snapshot!(orders("A,1,2023-10-20,\"5\nB,2,2023-10-21,8\n"), @r#"
    stopped
    orders.csv:2: a quote that opens in this row is never closed
        close the quote, or double a quote that is part of the text: "5"" pipe"
    "#);
}

#[test]
fn a_stray_quote_swallows_no_row_unseen() {
    let shops = |rows: &str| with("shops.csv", format!("shop,name,employees\n{rows}"));
    insta::assert_snapshot!(shops("1,\"East,5\n2,West,6\n3,C,\"7\"\n4,E,8\n"), @r#"
    stopped
    shops.csv:2: a quote that opens in this row closes only in line 4
        close the quote, or double a quote that is part of the text: "5"" pipe"
    "#);
    insta::assert_snapshot!(shops("\n\n1,\"East\n2,West,6\n3,C\",7\n4,E,few\n"), @r#"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 2 rows, 1 kept, 1 left out
    shops.csv:4, `name`: one field goes to line 6, and its lines look like rows
        close the quote, or double a quote that is part of the text: "5"" pipe"
    shops.csv:4, `name`: expected a text without control and invisible characters, got `East\u{a}2,West,6\u{a}3,C`; the id stands for the name
        type it anew: it holds characters that are not seen
    shops.csv:7, `employees`: expected a decimal such as `-12.34`, got `few`; the value is left out
        write a number such as `-1234.56`; or declare how numbers are written: `thousands`, `decimal`, `parentheses`, `unit`, `not_given`
    orders.csv:3, `shop`: no party has the id `2`; the row is left out
        add the party to the file of parties, or correct the id
    "#);
    insta::assert_snapshot!(shops("1,\"East\nand, more\",5\n2,W,6\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 2 rows, 2 kept, 0 left out
    shops.csv:2, `name`: expected a text without control and invisible characters, got `East\u{a}and, more`; the id stands for the name
        type it anew: it holds characters that are not seen
    ");
}

#[test]
fn values_that_cannot_be_read_leave_the_event_out() {
    insta::assert_snapshot!(orders("A,1,2023-02-29,5\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `day`: there is no day `2023-02-29`; the row is left out
        correct the day: its month is shorter, or its year is no leap year
    ");
    insta::assert_snapshot!(orders("A,1,20.10.2023,5\n"), @r#"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `day`: expected an instant in the form `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY.MM.DD`, `YYYY年MM月DD日`, `YYYY-MM-DDThh:mm:ssZ`, got `20.10.2023`; the row is left out
        correct the field, or declare how days are written: `dates = "DD.MM.YYYY"`
    "#);
    insta::assert_snapshot!(orders("A,1,,5\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `day`: expected a value, got a blank; the row is left out
        fill in the field
    ");
    insta::assert_snapshot!(orders("A,1,2023-10-20,many\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `net`: expected a decimal such as `-12.34`, got `many`; the row is left out
        write a number such as `-1234.56`; or declare how numbers are written: `thousands`, `decimal`, `parentheses`, `unit`, `not_given`
    ");
    insta::assert_snapshot!(orders("A,1,2023-10-20,1234567890123456789012345678901234567890\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `net`: a decimal keeps 28 digits, got `1234567890123456789012345678901234567890`; the row is left out
        check the digits: no real quantity has so many
    ");
    insta::assert_snapshot!(orders("A,1,2023-10-20,\"1,234\"\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `net`: expected a decimal such as `-12.34`, got `1,234`; the row is left out
        write a number such as `-1234.56`; or declare how numbers are written: `thousands`, `decimal`, `parentheses`, `unit`, `not_given`
    ");
    insta::assert_snapshot!(orders("A,1,2023-10-20,1.2E+05\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `net`: a number is written in full, got `1.2E+05` in the short form of a spreadsheet; the row is left out
        export the column as a plain number, since digits may have been lost
    ");
    insta::assert_snapshot!(orders("A,9,2023-02-29,?\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `shop`: no party has the id `9`; the row is left out
        add the party to the file of parties, or correct the id
    orders.csv:2, `day`: there is no day `2023-02-29`; the row is left out
        correct the day: its month is shorter, or its year is no leap year
    orders.csv:2, `net`: expected a decimal such as `-12.34`, got `?`; the row is left out
        write a number such as `-1234.56`; or declare how numbers are written: `thousands`, `decimal`, `parentheses`, `unit`, `not_given`
    ");
}

#[test]
fn ids_name_one_thing_each() {
    insta::assert_snapshot!(orders("A,1,2023-10-20,5\nA,2,2023-10-21,5\n,1,2023-10-22,5\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 3 rows, 2 kept, 1 left out
    orders.csv:4, `order`: expected a value, got a blank; the row is left out
        fill in the field
    ");
    insta::assert_snapshot!(orders("A,9,2023-10-20,5\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `shop`: no party has the id `9`; the row is left out
        add the party to the file of parties, or correct the id
    ");
    insta::assert_snapshot!(orders("A\u{202e}B,1,2023-10-20,5\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 1 rows, 0 kept, 1 left out
    orders.csv:2, `order`: expected a text without control and invisible characters, got `A\u{202e}B`; the row is left out
        type it anew: it holds characters that are not seen
    ");
    insta::assert_snapshot!(with("shops.csv", "shop,name,employees\n1,East,5\n1,West,6\n2,West,7\n"), @r"
    parties[0]: 3 rows, 1 kept, 2 left out
    events[0]: 2 rows, 1 kept, 1 left out
    shops.csv:2, `shop`: the party `1` stands in shops.csv:3, too, and differs; the row is left out
        keep one row for a party, make them equal, or give the other an id of its own
    shops.csv:3, `shop`: the party `1` stands in shops.csv:2, too, and differs; the row is left out
        keep one row for a party, make them equal, or give the other an id of its own
    orders.csv:2, `shop`: the party `1` was left out: see shops.csv:2; the row is left out
        correct the row of the party
    ");
    insta::assert_snapshot!(with("shops.csv", "shop,name,employees\n1,East,5\n1,East,5\n2,West,7\n"), @r"
    parties[0]: 3 rows, 3 kept, 0 left out
    events[0]: 2 rows, 2 kept, 0 left out
    ");
    insta::assert_snapshot!(with("shops.csv", "shop,name,employees\n1,East,few\n2,\u{202e}tseW,7\n"), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 2 rows, 2 kept, 0 left out
    shops.csv:2, `employees`: expected a decimal such as `-12.34`, got `few`; the value is left out
        write a number such as `-1234.56`; or declare how numbers are written: `thousands`, `decimal`, `parentheses`, `unit`, `not_given`
    shops.csv:3, `name`: expected a text without control and invisible characters, got `\u{202e}tseW`; the id stands for the name
        type it anew: it holds characters that are not seen
    ");
    let long = "1".repeat(129);
    insta::assert_snapshot!(with("shops.csv", format!("shop,name,employees\n{long},East,5\n2,West,7\n")), @r"
    parties[0]: 2 rows, 1 kept, 1 left out
    events[0]: 2 rows, 1 kept, 1 left out
    shops.csv:2, `shop`: an id has at most 128 characters, got 129; the row is left out
        correct the field, or the template that makes the text
    orders.csv:2, `shop`: no party has the id `1`; the row is left out
        add the party to the file of parties, or correct the id
    ");
}

/// What a folder holds, whatever the order of its rows.
fn holds(shops: &[&str], orders: &[&str]) -> (Vec<guanxi::customer::Party>, guanxi::customer::Ledger) {
    let rows = |header: &str, rows: &[&str]| format!("{header}\n{}\n", rows.join("\n"));
    let shops = rows("shop,name,employees", shops);
    let orders = rows("order,shop,day,net", orders);
    let folder = load(&[
        (CONFIG, SIMPLE.as_bytes()),
        ("shops.csv", shops.as_bytes()),
        ("orders.csv", orders.as_bytes()),
    ])
    .unwrap();
    let mut ledger = guanxi::customer::Ledger::new();
    for event in folder.events {
        let _ = ledger.add(event);
    }
    (folder.parties, ledger)
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let mut shops = ["1,East,5", "1,East,6", "2,West,7", "2,West,7", "3,South,"];
    let mut orders = ["A,2,2023-10-20,5", "A,3,2023-10-21,5", "B,1,2023-10-20,5", "C,3,2023-10-20,1"];
    let forwards = holds(&shops, &orders);
    shops.reverse();
    orders.reverse();
    assert_eq!(forwards, holds(&shops, &orders));
    let (parties, ledger) = forwards;
    let ids: Vec<&str> = parties.iter().map(|party| party.id.as_str()).collect();
    assert_eq!((ids, ledger.len(), ledger.conflicts().len()), (vec!["2", "3"], 2, 1));
}

#[test]
fn events_of_excluded_parties_are_excluded() {
    let wanted = SIMPLE.replace("id   = \"{shop}\"", "id = \"{shop}\"\nwhere = { employees = \"5\" }");
    let orders = "order,shop,day,net\nA,1,2023-10-20,1\nB,2,2023-10-20,?\nC,9,2023-10-20,1\n";
    let files: [(&str, &[u8]); 3] =
        [(CONFIG, wanted.as_bytes()), ("shops.csv", SHOPS.as_bytes()), ("orders.csv", orders.as_bytes())];
    insta::assert_snapshot!(check(&files), @r"
    parties[0]: 2 rows, 1 kept, 0 left out
    events[0]: 3 rows, 1 kept, 1 left out
    orders.csv:4, `shop`: no party has the id `9`; the row is left out
        add the party to the file of parties, or correct the id
    ");
    let excluded: Vec<u64> = load(&files).unwrap().mappings.iter().map(|mapping| mapping.excluded).collect();
    assert_eq!(excluded, [1, 1]);
    insta::assert_snapshot!(mapped("id   = \"{shop}\"", "id = \"{shop}\"\nwhere = { employees = [] }"), @r"
    stopped
    guanxi.toml:9:11: parties[0].where.employees: not allowed here, given [], allowed: at least one text: an empty list lets no row through
        correct the value
    ");
}

const JOINED: &str = r#"
[files]
shops    = { path = "shops.csv", key = "shop" }
orders   = { path = "orders.csv", key = "order" }
products = { path = "products.csv", key = "product" }
lines    = "lines.csv"
[[parties]]
from = "shops"
id   = "{shop}"
name = "{name}"
[[events]]
from        = "lines"
join        = { orders = "order", products = "product", shops = "orders.shop" }
kind        = "order.line"
id          = "{order}/{line}"
subject     = "{orders.shop}"
occurred_at = "orders.day"
[events.attributes]
kind = "products.kind"
town = "shops.town"
cost = { column = "quantity", times = "products.cost", type = "decimal" }
"#;
const JOINED_FILES: [(&str, &[u8]); 4] = [
    (CONFIG, JOINED.as_bytes()),
    ("shops.csv", b"shop,name,town\n1,East,Xi'an\n"),
    ("orders.csv", b"order,shop,day\nA,1,2023-10-20\nB,1,2023-10-21\nB,1,2023-10-22\n"),
    ("products.csv", b"product,kind,cost\nP,Bikes,0.10\nQ,,\n"),
];

#[test]
fn a_lookup_finds_its_row_or_says_so() {
    let lines = |rows: &str| {
        let text = format!("order,line,product,quantity\n{rows}");
        let mut files = JOINED_FILES.to_vec();
        files.push(("lines.csv", text.as_bytes()));
        (check(&files), load(&files).unwrap())
    };
    let (shown, folder) = lines("A,1,P,3\nA,2,X,1\nC,1,P,1\nB,1,P,1\nA,3,Q,1\nA,4,,2\n");
    insta::assert_snapshot!(shown, @r"
    parties[0]: 1 rows, 1 kept, 0 left out
    events[0]: 6 rows, 3 kept, 3 left out
    orders.csv:3, `order`: a row with the key `B` stands in line 4, too, and differs; the row is left out
        keep one row for a key, make them equal, or declare the `key` that is unique
    orders.csv:4, `order`: a row with the key `B` stands in line 3, too, and differs; the row is left out
        keep one row for a key, make them equal, or declare the `key` that is unique
    lines.csv:3, `product`: no row of products.csv has the key `X`; the row is left out
        add the row that is looked up, or correct the key
    lines.csv:4, `order`: no row of orders.csv has the key `C`; the row is left out
        add the row that is looked up, or correct the key
    lines.csv:5, `order`: the rows of orders.csv with the key `B` were left out: see line 3; the row is left out
        keep one of the rows
    ");
    let events: Vec<_> = folder.events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    insta::assert_snapshot!(events.join("\n"), @r#"
    {"id":"A/1","subject":"1","kind":"order.line","occurred_at":"2023-10-20T00:00:00Z","attributes":{"cost":{"decimal":"0.3"},"kind":{"text":"Bikes"},"town":{"text":"Xi'an"}}}
    {"id":"A/3","subject":"1","kind":"order.line","occurred_at":"2023-10-20T00:00:00Z","attributes":{"town":{"text":"Xi'an"}}}
    {"id":"A/4","subject":"1","kind":"order.line","occurred_at":"2023-10-20T00:00:00Z","attributes":{"town":{"text":"Xi'an"}}}
    "#);

    let unkeyed = JOINED.replace(", key = \"product\"", "");
    let mut files = JOINED_FILES.to_vec();
    files[0].1 = unkeyed.as_bytes();
    files.push(("lines.csv", b"order,line,product,quantity\n"));
    insta::assert_snapshot!(check(&files), @r"
    stopped
    guanxi.toml:5:1: the file `products` has no key to be looked up by
        add `key`, the column whose values are unique, to the file under [files]
    lines.csv: the file has column names but no row
        nothing was read from it: export it again if it should have rows
    ");
    let circle = JOINED.replace("orders = \"order\"", "orders = \"shops.x\"");
    files[0].1 = circle.as_bytes();
    insta::assert_snapshot!(check(&files), @r#"
    stopped
    guanxi.toml:13:17: events[0].join.orders: not allowed here, given "shops.x", allowed: a column of the file, or of a file that is looked up before
        correct the value
    guanxi.toml:13:59: events[0].join.shops: not allowed here, given "orders.shop", allowed: a column of the file, or of a file that is looked up before
        correct the value
    guanxi.toml:16:1: no column `orders.shop` in lines.csv
        did you mean `order`? its columns: `order`, `line`, `product`, `quantity`
    guanxi.toml:17:1: no column `orders.day` in lines.csv
        did you mean `order`? its columns: `order`, `line`, `product`, `quantity`
    guanxi.toml:20:1: no column `shops.town` in lines.csv
        its columns: `order`, `line`, `product`, `quantity`
    lines.csv: the file has column names but no row
        nothing was read from it: export it again if it should have rows
    "#);
}

const CHINESE: &str = r#"
currency = "CNY"
[format]
thousands = ","
not_given = ["无", "N/A"]
[files]
"客户" = "客户.csv"
[[parties]]
from        = "客户"
id          = "{客户编号}"
name        = "{客户名称}"
observed_at = "更新日期"
source      = "台账"
confidence  = "0.9"
[parties.attributes]
"累计交易额" = { type = "money", unit = "万元" }
"合作起始"   = { type = "date" }
"重点"       = { type = "bool" }
"毛利率"     = { type = "decimal", unit = "percent" }
"标签"       = { type = "set", separator = "、" }
"敏感度"     = { type = "level", of = 5 }
"行业"       = {}
"#;

#[test]
fn a_chinese_export_is_read_in_either_encoding() {
    let text = "客户编号;客户名称;累计交易额;合作起始;重点;毛利率;标签;敏感度;行业;更新日期\r\n\
        C001;东方机械（上海）有限公司;１，２３４．５;2018年3月5日;是;12.5％;预算充足、决策周期长;4;制造;2023/10/20\r\n\
        C002;<script>alert(1)</script>;28.5万;2020/1/5;否;无;;N/A;=cmd();\r\n";
    let (encoded, _, _) = GB18030.encode(text);
    let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    let read = |bytes: &[u8]| load(&[(CONFIG, CHINESE.as_bytes()), ("客户.csv", bytes)]).unwrap();
    let (plain, marked, chinese) = (read(text.as_bytes()), read(&marked), read(&encoded));
    assert_eq!(plain.parties, marked.parties);
    assert_eq!(plain.parties, chinese.parties);
    assert_eq!(chinese.encodings["客户.csv"], "gb18030");
    assert_eq!(plain.problems.listed(), []);
    let shown: Vec<String> = plain
        .parties
        .iter()
        .flat_map(|party| {
            let attributes = party.attributes.iter().map(|(name, attribute)| {
                let observed =
                    attribute.observed_at.map_or(String::new(), |at| format!(" ({})", at.date_naive()));
                format!("  {name}: {} {}{observed}", attribute.value.kind_name(), attribute.value)
            });
            let name = serde_json::to_string(&party.name).unwrap();
            std::iter::once(format!("{} {name}", party.id)).chain(attributes).collect::<Vec<_>>()
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    C001 {"organisation":"东方机械（上海）有限公司"}
      合作起始: date 2018-03-05 (2023-10-20)
      敏感度: level 4 (2023-10-20)
      标签: set 决策周期长, 预算充足 (2023-10-20)
      毛利率: decimal 0.125 (2023-10-20)
      累计交易额: money 12345000 CNY (2023-10-20)
      行业: text 制造 (2023-10-20)
      重点: bool true (2023-10-20)
    C002 {"organisation":"<script>alert(1)</script>"}
      合作起始: date 2020-01-05
      累计交易额: money 285000 CNY
      行业: text =cmd()
      重点: bool false
    "#);

    let wrong = "客户编号,客户名称,累计交易额,合作起始,重点,毛利率,标签,敏感度,行业,更新日期\n\
        C001,甲,\"1,23\",2023年2月29日,对,1%%,,7,制造,昨天\n";
    insta::assert_snapshot!(check(&[(CONFIG, CHINESE.as_bytes()), ("客户.csv", wrong.as_bytes())]), @r#"
    parties[0]: 1 rows, 1 kept, 0 left out
    客户.csv:2, `更新日期`: expected an instant in the form `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY.MM.DD`, `YYYY年MM月DD日`, `YYYY-MM-DDThh:mm:ssZ`, got `昨天`; the value is left out
        correct the field, or declare how days are written: `dates = "DD.MM.YYYY"`
    客户.csv:2, `合作起始`: there is no day `2023年2月29日`; the value is left out
        correct the day: its month is shorter, or its year is no leap year
    客户.csv:2, `敏感度`: a level is from 1 to 5, got `7`; the value is left out
        correct the field, or the `of` declared for it
    客户.csv:2, `毛利率`: expected a decimal such as `-12.34`, got `1%%`; the value is left out
        write a number such as `-1,234.56`; or declare how numbers are written: `thousands`, `decimal`, `parentheses`, `unit`, `not_given`
    客户.csv:2, `累计交易额`: expected groups of three digits such as `-1,234.56`, got `1,23`; the value is left out
        correct the number, or the `thousands` declared for it
    客户.csv:2, `重点`: expected yes (true, yes, y, 1, 是) or no (false, no, n, 0, 否), got `对`; the value is left out
        correct the field, or declare the words: `yes = [...]`, `no = [...]`
    "#);
}

#[test]
fn text_stays_text() {
    let rows = "shop,name,employees\n1,\"<script>alert('x')</script>\",5\n2,=cmd()|' /C calc'!A0,5\n";
    let folder = load(&[
        (CONFIG, SIMPLE.as_bytes()),
        ("shops.csv", rows.as_bytes()),
        ("orders.csv", ORDERS.as_bytes()),
    ])
    .unwrap();
    let names: Vec<String> =
        folder.parties.iter().map(|party| serde_json::to_string(&party.name).unwrap()).collect();
    assert_eq!(
        names,
        [r#"{"organisation":"<script>alert('x')</script>"}"#, r#"{"organisation":"=cmd()|' /C calc'!A0"}"#]
    );
}

#[test]
fn personal_data_never_enters_a_problem() {
    let people = SIMPLE.replace(
        "name = \"{name}\"",
        "name = \"{name}\"\nkind = \"person\"\nemail = \"{mail}\"\nphone = \"{phone}\"",
    );
    let rows = "shop,name,employees,mail,phone\n1,Ada Lovelace,5,ada@example.com,555 0173\n2,Wang\u{202e}Secret,5,secret at example,call me secretly\n";
    let files: [(&str, &[u8]); 3] =
        [(CONFIG, people.as_bytes()), ("shops.csv", rows.as_bytes()), ("orders.csv", ORDERS.as_bytes())];
    insta::assert_snapshot!(check(&files), @r"
    parties[0]: 2 rows, 2 kept, 0 left out
    events[0]: 2 rows, 2 kept, 0 left out
    shops.csv:3, `name`: expected a name of 1 to 120 characters without control characters; the id stands for the name
        correct the field, or leave it blank
    shops.csv:3, `mail`: expected an e-mail address such as `name@example.com`, at most 254 characters; the value is left out
        correct the field, or leave it blank
    shops.csv:3, `phone`: expected a phone number of 3 to 20 digits, with only blanks and `+-.()` between them; the value is left out
        correct the field, or leave it blank
    ");
    let folder = load(&files).unwrap();
    assert_eq!(folder.parties[0].emails.len() + folder.parties[0].phones.len(), 2);
    assert!(!format!("{:?}", folder.parties).contains("Lovelace"));
}

#[test]
fn only_the_rows_wanted_are_read() {
    let wanted = SIMPLE
        .replace("from        = \"orders\"", "from = \"orders\"\nwhere = { state = [\"paid\", \"sent\"] }");
    let rows =
        "order,shop,day,net,state\nA,1,2023-10-20,5,paid\nB,1,2023-10-20,?,open\nC,1,2023-10-20,5,sent\n";
    let folder = load(&[
        (CONFIG, wanted.as_bytes()),
        ("shops.csv", SHOPS.as_bytes()),
        ("orders.csv", rows.as_bytes()),
    ])
    .unwrap();
    let mapping = folder.mappings.last().unwrap();
    assert_eq!((mapping.rows, mapping.kept, mapping.excluded, mapping.left_out), (3, 2, 1, 0));
}

#[test]
fn a_day_is_one_of_the_calendar_of_the_folder() {
    let local = SIMPLE.replace(
        "[files]",
        "as_of = 2023-12-01\n[format]\nutc_offset = \"+08:00\"\ndates = [\"YYYY-MM-DD hh:mm\", \"YYYY-MM-DD\"]\n[files]",
    );
    let rows = "order,shop,day,net\nA,1,2023-10-20 07:00,1\nB,1,2023-10-20,1\n";
    let folder =
        load(&[(CONFIG, local.as_bytes()), ("shops.csv", SHOPS.as_bytes()), ("orders.csv", rows.as_bytes())])
            .unwrap();
    let offset = folder.utc_offset;
    assert_eq!(folder.as_of.unwrap().with_timezone(&offset).to_rfc3339(), "2023-12-01T00:00:00+08:00");
    let days: Vec<String> =
        folder.events.iter().map(|event| event.occurred_at.with_timezone(&offset).to_rfc3339()).collect();
    assert_eq!(days, ["2023-10-20T07:00:00+08:00", "2023-10-20T00:00:00+08:00"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_give_rows_or_problems(
        orders in proptest::collection::vec(any::<u8>(), 0..200),
        rows in "[,;\"\n\r\ta-c0-9./()%\u{202e}年月日，１２．万-]{0,120}",
    ) {
        with("orders.csv", orders);
        with("orders.csv", format!("order,shop,day,net\n{rows}"));
        with("shops.csv", format!("shop,name,employees\n{rows}"));
    }

    #[test]
    fn any_text_as_mapping_gives_a_folder_or_problems(
        bytes in proptest::collection::vec(any::<u8>(), 0..100),
        line in 0..18_usize,
        text in "[a-z_. ={}\\[\\]\"0-9,:'#]{0,30}",
    ) {
        with(CONFIG, bytes);
        let mut lines: Vec<&str> = SIMPLE.lines().collect();
        lines[line] = &text;
        with(CONFIG, lines.join("\n"));
        with(CONFIG, SIMPLE.replacen("order", &text, line));
    }
}
