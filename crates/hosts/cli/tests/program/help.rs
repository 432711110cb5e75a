//! `guanxi --help` and what the command line refuses.
use crate::run::guanxi;

#[test]
fn help_shows_commands_examples_and_exit_codes() {
    insta::assert_snapshot!(guanxi(&["--help"]).well(), @"
    Which tier, and why: the reference host of the Guanxi decision kernel

    Usage: guanxi [OPTIONS] <COMMAND>

    Commands:
      review     Review a customer base: a folder of CSV files in, a board and a report out
      assess     Assess customers: one JSON object a line in, one decision a line out
      calibrate  Propose tier floors at which every tier holds the share expected of it
      segment    Class customers among each other: ABC, RFM or value segments
      condition  Check conditions, ask them of customers and say why, render them as SQL
      stage      Move customers along their life cycle: events a line in, stage and state a line out
      funnel     Count customers by stage: how many, how far, how long
      lead       Score leads: what is known and what happened a line in, score, grade and why a line out
      route      Give leads or tickets to people, in turn: one a line in, who gets it a line out
      calendar   Check calendars, ask when something is due and how much working time has passed
      sla        Read the clocks of cases: a case a line in, what is due and late a line out
      strategy   Select the strategy of customers: facts a line in, templates and why a line out
      plan       Plan what to do: facts and events a line in, what is due and held back a line out
      due        List what is due until an instant, from plans: for whom, by whom, by when
      execution  Count execution records: how many are done, in time, and to what effect
      budget     Divide a budget over tiers and customers, and compare it with what was spent
      script     Fill scripts: what to say, from values for their slots
      policy     Show, check, lint and describe policies
      help       Print this message or the help of the given subcommand(s)

    Options:
      -q, --quiet    Print no progress and no notes, only results and errors
      -h, --help     Print help
      -V, --version  Print version

    Examples:
      guanxi review crates/hosts/cli/examples/adventure-works --out out
      guanxi assess --policy standard --explain < customers.jsonl
      guanxi calibrate --policy standard --table < customers.jsonl
      guanxi policy show standard --format toml > ours.toml
      guanxi policy check ours.toml

    Exit codes: 0 all well; 1 some input was bad (see stderr); 2 nothing could be done.
    ");
}

/// The help of a command tells what each of its flags does, and shows examples where it has input.
#[test]
fn every_flag_says_what_it_does() {
    let commands: [&[&str]; 28] = [
        &["review"],
        &["assess"],
        &["calibrate"],
        &["segment", "abc"],
        &["segment", "rfm"],
        &["segment", "value"],
        &["condition", "check"],
        &["condition", "explain"],
        &["condition", "sql"],
        &["stage"],
        &["funnel"],
        &["lead"],
        &["route"],
        &["budget"],
        &["script", "render"],
        &["script", "list"],
        &["calendar", "check"],
        &["calendar", "due"],
        &["calendar", "between"],
        &["sla"],
        &["plan"],
        &["due"],
        &["strategy"],
        &["execution"],
        &["policy", "lint"],
        &["policy", "show"],
        &["policy", "check"],
        &["policy", "schema"],
    ];
    for command in commands {
        let help = guanxi(&[command, &["--help"]].concat()).well();
        let (_, options) = help.split_once("Options:\n").unwrap();
        let options = options.split("\n\n").next().unwrap();
        let mut entries: Vec<String> = Vec::new();
        for line in options.lines() {
            match entries.last_mut() {
                Some(entry) if !line.trim_start().starts_with('-') => entry.push_str(line),
                _ => entries.push(line.to_owned()),
            }
        }
        for entry in &entries {
            let said = entry.trim_start().split_once("  ").map_or("", |(_, said)| said.trim());
            assert!(said.len() > 8, "{command:?} leaves a flag without a word: {entry}");
        }
        assert!(options.contains("--quiet") && options.contains("--help"), "{options}");
    }
    for (command, flags) in [
        (
            "review",
            &[
                "--out",
                "--policy",
                "--reference",
                "--reference-out",
                "--as-of",
                "--lang",
                "--top",
                "--skip-bad",
            ][..],
        ),
        (
            "assess",
            &[
                "--policy",
                "--reference",
                "--reference-out",
                "--settle",
                "--as-of",
                "--explain",
                "--lift",
                "--skip-bad",
            ],
        ),
        (
            "calibrate",
            &[
                "--policy",
                "--reference",
                "--as-of",
                "--by-rank",
                "--ties",
                "--new-version",
                "--policy-out",
                "--table",
                "--lang",
                "--skip-bad",
            ],
        ),
        (
            "condition explain",
            &["--text", "--vocabulary", "--as-of", "--zone", "--week-start", "--lang", "--skip-bad"],
        ),
        ("stage", &["--definition", "--diagram", "--as-of", "--lang", "--skip-bad"]),
        (
            "funnel",
            &[
                "--definition",
                "--from",
                "--to",
                "--cohort",
                "--until",
                "--by",
                "--path",
                "--calendar",
                "--table",
            ],
        ),
        ("lead", &["--policy", "--as-of", "--explain", "--facts", "--lang", "--skip-bad"]),
        ("route", &["--policy", "--roster", "--state", "--dry-run", "--as-of", "--lang", "--skip-bad"]),
        ("calendar check", &["--calendar"]),
        ("calendar due", &["--calendar", "--dates", "--overlay", "--from", "--within"]),
        ("calendar between", &["--calendar", "--dates", "--overlay", "--from", "--to"]),
        ("sla", &["--policy", "--calendar", "--as-of", "--lang", "--skip-bad"]),
        ("strategy", &["--policy", "--as-of", "--explain", "--summary", "--lang", "--skip-bad"]),
        ("execution", &["--from", "--to", "--as-of", "--zone", "--skip-bad"]),
        ("policy lint", &["--sample", "--as-of", "--reference", "--strict"]),
        ("segment abc", &["--policy", "--as-of", "--explain", "--lang", "--summary", "--skip-bad"]),
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = guanxi(&words).well();
        assert!(flags.iter().all(|flag| help.contains(flag)) && help.contains("Example"), "{help}");
    }
    assert!(guanxi(&["assess", "--help"]).well().contains("held in memory"));
}

#[test]
fn without_arguments_there_is_help() {
    let ran = guanxi(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(ran.err, guanxi(&["--help"]).well());
    assert_eq!(guanxi(&["--version"]).well(), format!("guanxi {}\n", env!("CARGO_PKG_VERSION")));
}
