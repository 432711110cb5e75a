//! Many worlds, each held against the planner that counts ticks.
use crate::world::{Scale, calendars, live};

#[test]
fn what_a_host_is_told_is_what_is_obvious() {
    let calendars = calendars();
    let (mut tasks, mut restarts) = (0, 0);
    for seed in 0..80 {
        let journey = live(seed, Scale { tick_hours: 6, ticks: 4 * 60 }, &calendars);
        tasks += journey.tasks;
        restarts += journey.restarts;
    }
    assert!(tasks > 500 && restarts > 20, "too little happened: {tasks} steps, {restarts} restarts");
}
