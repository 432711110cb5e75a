//! The program `guanxi`: the reference host of the Guanxi decision kernel.
//!
//! Here, and only here, is what the kernel leaves out: files, streams, the clock, the screen.

mod args;
mod assess;
mod budget;
mod calendar;
mod calibrate;
mod condition;
mod decided;
mod document;
mod due;
mod execution;
mod filter;
mod folder;
mod funnel;
mod given;
mod json;
mod kind;
mod lead;
mod line;
mod lines;
mod number;
mod output;
mod path;
mod plan;
mod policy;
mod report;
mod review;
mod route;
mod script;
mod segment;
mod settle;
mod sla;
mod stage;
mod strategy;
mod tree;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::output::{Failure, Outcome};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Assess(args) => assess::run(args, cli.quiet),
        Command::Calibrate(args) => calibrate::run(args, cli.quiet),
        Command::Segment { command } => segment::run(command, cli.quiet),
        Command::Condition { command } => condition::run(command, cli.quiet),
        Command::Stage(args) => stage::run(args, cli.quiet),
        Command::Funnel(args) => funnel::run(args, cli.quiet),
        Command::Lead(args) => lead::run(args, cli.quiet),
        Command::Route(args) => route::run(args, cli.quiet),
        Command::Calendar { command } => calendar::run(command),
        Command::Sla(args) => sla::run(args, cli.quiet),
        Command::Strategy(args) => strategy::run(args, cli.quiet),
        Command::Plan(args) => plan::run(args, cli.quiet),
        Command::Due(args) => due::run(args, cli.quiet),
        Command::Execution(args) => execution::run(args, cli.quiet),
        Command::Budget(args) => budget::run(args, cli.quiet),
        Command::Script { command } => script::run(command, cli.quiet),
        Command::Policy { command } => policy::run(command),
        Command::Review(args) => review::run(args, cli.quiet),
    };
    match result {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::SomeBad) => ExitCode::from(1),
        // Whoever reads our output has had enough: that is no failure of ours.
        Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Told(text)) => {
            output::tell(&text);
            ExitCode::from(2)
        }
    }
}
