//! Runs the program.
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::input::Dir;

/// What one run of the program left behind.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

/// Runs the program without any input.
pub(crate) fn guanxi(args: &[&str]) -> Ran {
    fed(args, "")
}

/// Runs the program with this input.
pub(crate) fn fed(args: &[&str], input: impl AsRef<[u8]>) -> Ran {
    let program = env!("CARGO_BIN_EXE_guanxi");
    let pipes = (Stdio::piped(), Stdio::piped(), Stdio::piped());
    let mut child =
        Command::new(program).args(args).stdin(pipes.0).stdout(pipes.1).stderr(pipes.2).spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.as_ref());
    let output = std::thread::scope(|scope| {
        // The program may end before it has read everything; then this write fails, as it should.
        scope.spawn(move || stdin.write_all(input).ok());
        child.wait_with_output().unwrap()
    });
    Ran {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

impl Ran {
    /// Everything that the user sees; files of a folder are named without it.
    pub(crate) fn seen(&self, dir: Option<&Dir>) -> String {
        let mut seen = String::new();
        for (name, text) in [("stdout", &self.out), ("stderr", &self.err)] {
            if !text.is_empty() {
                writeln!(seen, "-- {name}\n{}", text.trim_end()).unwrap();
            }
        }
        write!(seen, "-- exit code {}", self.code).unwrap();
        dir.map_or_else(|| seen.clone(), |dir| seen.replace(&dir.at(""), ""))
    }

    /// The lines of the output as JSON.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The output of a run that went well, without a word on stderr.
    #[track_caller]
    pub(crate) fn well(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""));
        self.out
    }
}
