//! Lines of input, some hundred at a time.
use std::io::BufRead;

use guanxi::scoring::PolicyDocument;

use crate::line::{Read, Slots};
use crate::output::Failure;

/// Lines that are read, and then decided, together.
const AT_ONCE: usize = 512;

/// The lines of an input that say something.
pub(crate) struct Lines<R> {
    input: R,
    /// Lines with their numbers, from 1; used again.
    lines: Vec<(u64, Vec<u8>)>,
    /// How many of them are of the present block.
    count: usize,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) const fn new(input: R) -> Self {
        Self { input, lines: Vec::new(), count: 0, number: 0 }
    }

    /// Reads the next block; false at the end.
    pub(crate) fn advance(&mut self) -> Result<bool, Failure> {
        self.count = 0;
        while self.count < AT_ONCE {
            if self.count == self.lines.len() {
                self.lines.push((0, Vec::new()));
            }
            let Some((number, line)) = self.lines.get_mut(self.count) else { break };
            line.clear();
            let read = self.input.read_until(b'\n', line);
            if read.map_err(|error| Failure::told(format!("cannot read: {error}")))? == 0 {
                break;
            }
            self.number += 1;
            *number = self.number;
            if self.number == 1 && line.starts_with(BYTE_ORDER_MARK) {
                line.drain(..BYTE_ORDER_MARK.len());
            }
            self.count += usize::from(!blank(line));
        }
        Ok(self.count > 0)
    }

    /// The number of the last line read.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// The lines of the block with their numbers.
    fn block(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.lines.iter().take(self.count).map(|(number, line)| (*number, line.as_slice()))
    }
}

/// Room for the facts of a block of lines, used again.
pub(crate) struct Rooms<'p> {
    policy: &'p PolicyDocument,
    rooms: Vec<Slots<'p>>,
    /// Whether tiers are settled, so that a line may hold the state of its own.
    pub(crate) settles: bool,
    /// Names of facts that the policy does not declare, each once, as far as there is room.
    pub(crate) unread: Vec<String>,
}

/// A line with its number: what it says besides its facts, and these; or what is wrong with it.
pub(crate) type Numbered<'a, 'p> = (u64, Result<(Read<'a>, &'a Slots<'p>), String>);

impl<'p> Rooms<'p> {
    pub(crate) const fn new(policy: &'p PolicyDocument) -> Self {
        Self { policy, rooms: Vec::new(), settles: false, unread: Vec::new() }
    }

    /// Reads the lines of a block, in their order.
    pub(crate) fn read<'a, R: BufRead>(&'a mut self, lines: &'a Lines<R>) -> Vec<Numbered<'a, 'p>> {
        let more = lines.count.saturating_sub(self.rooms.len());
        self.rooms.extend((0..more).map(|_| Slots::new(self.policy)));
        let unread = &mut self.unread;
        let (policy, settles) = (self.policy, self.settles);
        let read = lines.block().zip(&mut self.rooms).map(|((number, line), room)| {
            room.settles = settles;
            std::mem::swap(&mut room.unread, unread);
            let read = room.read(policy, line);
            std::mem::swap(&mut room.unread, unread);
            (number, read.map(|read| (read, &*room)))
        });
        read.collect()
    }
}

/// What some programs write at the start of a file in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The first line of an input without the mark that may begin it.
pub(crate) fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
}

/// Whether a line says nothing.
pub(crate) fn blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}
