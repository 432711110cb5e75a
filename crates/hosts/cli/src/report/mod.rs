//! The review as one HTML file: no request leaves it, no text from the data can act in it, and all
//! but the table's sorting and searching works without a script.
mod budget;
mod calibration;
mod chart;
mod data;
mod digest;
mod inert;
mod list;
mod page;
mod plan;
mod segment_data;
mod segments;
mod stages;
mod table;
mod tags;
mod texts;

pub(crate) use data::*;
pub(crate) use list::LISTED;
pub(crate) use segment_data::*;

/// Renders the report as one self-contained HTML file.
pub(crate) fn render(data: &ReportData) -> String {
    let mut html = String::new();
    // Writing to a `String` cannot fail.
    let _ = page::write(&mut html, data);
    html
}

#[cfg(test)]
mod sample;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_nothing_of_the_outside() {
        for language in [Language::En, Language::ZhCn] {
            let html = render(&sample::report(language, 30));
            for outside in
                ["http:", "https:", "src=", "@import", "url(", "<link", "<iframe", "fetch(", "innerHTML"]
            {
                assert!(!html.contains(outside), "the page contains {outside}");
            }
            assert!(html.contains("default-src 'none'") && !html.contains("unsafe-inline"));
            // Style attributes and handlers are what the policy of the page forbids.
            assert!(!html.contains(" style=") && !html.contains(" onclick="));
        }
    }

    #[test]
    fn the_page_allows_its_own_script_and_style_alone() {
        let html = render(&sample::report(Language::En, 1));
        for element in ["script", "style"] {
            let (_, rest) = html.rsplit_once(&format!("<{element}>")).unwrap();
            let (block, _) = rest.split_once(&format!("</{element}>")).unwrap();
            assert!(html.contains(&format!("{element}-src 'sha256-{}'", digest::sha256_base64(block))));
        }
    }

    #[test]
    fn the_page_speaks_one_language() {
        assert!(render(&sample::report(Language::En, 5)).contains("<html lang=\"en\">"));
        let chinese = render(&sample::report(Language::ZhCn, 5));
        assert!(chinese.contains("<html lang=\"zh-CN\">") && chinese.contains("综合得分"));
    }

    #[test]
    fn revenues_have_the_places_of_their_currency() {
        let row = |currency: &str| {
            let mut data = sample::report(Language::En, 1);
            data.currency = currency.into();
            data.customers[0].revenue = Some("1234.5678".into());
            render(&data)
        };
        for (currency, shown) in
            [("JPY", "1,235"), ("USD", "1,234.57"), ("KWD", "1,234.568"), ("", "1,234.57")]
        {
            assert!(row(currency).contains(&format!("<td class=\"number\">{shown}</td>")), "{currency}");
        }
    }

    #[test]
    fn hostile_text_is_inert_in_every_place() {
        const HOSTILE: &str =
            "</script><script>alert(1)</script><!-- ' \" & \u{202E}evil\u{2028}\u{0} =cmd()";
        let plain = render(&sample::report(Language::En, 3));
        let html = render(&sample::filled_with(HOSTILE));
        let count = |page: &str, needle: &str| page.matches(needle).count();
        for tag in ["<script", "</script", "<style", "</style", "<!--"] {
            assert_eq!(count(&html, tag), count(&plain, tag), "{tag}");
        }
        assert!(html.chars().all(|c| c == '\n' || guanxi::core::is_inert(c.encode_utf8(&mut [0; 4]))));
        assert!(html.contains("\\u{202e}evil"));
        assert!(count(&html, "&lt;/script&gt;") > 60, "every text of the report is on the page");
    }

    #[test]
    fn what_is_shown_without_a_script_is_complete() {
        let data = sample::report(Language::En, 700);
        let html = render(&data);
        for tier in &data.tiers {
            assert!(html.contains(&tier.label));
        }
        for note in &data.notes {
            assert!(html.contains(note));
        }
        assert_eq!(html.matches("<svg class=\"chart").count(), 5);
        assert!(html.matches("<tr data-customer=").count() == table::FIRST_ROWS);
    }

    #[test]
    fn an_empty_review_still_has_a_page() {
        let mut data = sample::report(Language::En, 0);
        data.tiers.clear();
        data.notes.clear();
        assert!(render(&data).ends_with("</html>\n"));
    }

    #[test]
    fn segments_tags_and_floors_are_on_the_page() {
        for (language, words) in [
            (
                Language::En,
                [
                    "Segments",
                    "Champions",
                    "Gini coefficient",
                    "Price-sensitive",
                    "Proposed floor",
                    "Nothing is applied.",
                ],
            ),
            (
                Language::ZhCn,
                ["客户细分", "核心客户", "基尼系数", "价格敏感", "建议下限", "建议不会自动生效。"],
            ),
        ] {
            let data = sample::report(language, 3);
            let html = render(&data);
            let (_, rest) = html.split_once("<section id=\"segments\"").unwrap();
            let (shown, _) = rest.split_once("<section id=\"quality\"").unwrap();
            let funnel = if language == Language::En { "Funnel of the leads" } else { "线索转化漏斗" };
            assert!(shown.contains(funnel));
            for word in words.into_iter().chain(data.segments.lacking.as_deref()) {
                assert!(shown.contains(word), "{word}");
            }
            // Two classes, two segments, two stages and one of the funnel, a role and an action of the plan, a band and
            // a tier of the budget, two tags and those without, a tier each for floors and flows.
            assert_eq!(
                shown.matches("<th scope=\"row\">").count(),
                3 + 3 + 3 + 2 + 2 + 3 + 2 * data.tiers.len()
            );
        }
        let mut data = sample::report(Language::En, 3);
        data.segments = Segments { lacking: Some("No orders.".into()), ..Segments::default() };
        data.calibration = Calibration { remarks: vec!["Nobody.".into()], ..Calibration::default() };
        data.tags = None;
        data.budget = None;
        data.plan = None;
        data.stages = StageTable::default();
        let html = render(&data);
        let (_, rest) = html.split_once("<section id=\"segments\"").unwrap();
        let (shown, _) = rest.split_once("<section id=\"quality\"").unwrap();
        let (shown, after) = shown.split_once("<section id=\"stages\"").unwrap();
        let (_, after) = after.split_once("</section>").unwrap();
        let shown = [shown, after].concat();
        assert!(!shown.contains("<table") && shown.contains("No orders.") && shown.contains("Nobody."));
    }

    #[test]
    fn the_order_of_customers_does_not_matter() {
        let mut data = sample::report(Language::En, 100);
        let table = |data: &ReportData| {
            let html = render(data);
            let (_, rest) = html.split_once("<tbody id=\"rows\">").unwrap();
            let rows = rest.split("</tbody>").next().unwrap();
            // The index by which the script finds a customer is all that may differ.
            let cells = rows
                .split("<tr data-customer=\"")
                .map(|row| row.split_once('>').map(|(_, cells)| cells.to_owned()));
            cells.collect::<Vec<_>>()
        };
        let before = table(&data);
        data.customers.reverse();
        assert!(table(&data) == before);
    }
}
