#![allow(warnings, missing_docs, clippy::all)]
//! q
use guanxi_core::*;
use guanxi_lifecycle::*;
use std::time::Instant;
fn main() {
    let five = preset("five-stage").unwrap();
    let begin = parse_instant("2020-01-01").unwrap();
    let kinds = [
        "order.placed",
        "contact.made",
        "meeting.held",
        "usage.reported",
        "survey.answered",
        "note.added",
        "complaint.opened",
        "complaint.resolved",
        "order.placed",
        "visit.made",
    ];
    for n in [5usize, 50, 500] {
        let events: Vec<Event> = (0..n)
            .map(|i| Event {
                id: format!("{i:05}").parse().unwrap(),
                subject: "C1".parse().unwrap(),
                kind: kinds[(i * 7 + i / 3) % 10].parse().unwrap(),
                occurred_at: begin + chrono::TimeDelta::try_days((i * 13) as i64).unwrap(),
                recorded_at: None,
                source: None,
                channel: None,
                attributes: Default::default(),
            })
            .collect();
        let end = begin + chrono::TimeDelta::try_days((n * 13) as i64).unwrap();
        let s: SubjectId = "C1".parse().unwrap();
        let reps = 2000 / n.max(1) + 3;
        let t = Instant::now();
        let mut moves = 0;
        let mut reasons = 0;
        for _ in 0..reps {
            let d = replay(&five, &s, &events, &[], end);
            moves = d.outcome.moves.len();
            reasons = d.reasons.len();
        }
        println!("{n} events replay: {:?} each, {moves} moves, {reasons} reasons", t.elapsed() / reps as u32);
        let state = replay(&five, &s, &events[..n - 1], &[], events[n - 2].occurred_at).outcome.state;
        let t = Instant::now();
        for _ in 0..reps * 10 {
            let d = step(&five, Some(&state), &events[n - 1], &FactMap::new());
            std::hint::black_box(&d);
        }
        println!(
            "   step: {:?} each; state {} bytes",
            t.elapsed() / (reps * 10) as u32,
            serde_json::to_string(&state).unwrap().len()
        );
    }
}
