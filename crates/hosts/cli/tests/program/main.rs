//! The program `guanxi` as its user runs it: arguments and files in; output, messages, files and an
//! exit code out.
#![cfg(test)]

mod any_bytes;
mod assess;
mod budget;
mod calendar;
mod calibrate;
mod condition;
mod execution;
mod help;
mod hostile;
mod input;
mod lead;
mod lift;
mod plan;
mod policy;
mod review;
mod review_budget;
mod review_plan;
mod review_segments;
mod review_stages;
mod review_tags;
mod route;
mod run;
mod script;
mod segment;
mod settle;
mod sla;
mod stage;
mod strategy;
