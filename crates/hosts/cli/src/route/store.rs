//! The file in which the state is kept from run to run.
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use guanxi::routing::RoutingState;

use crate::line::explain;
use crate::output::Failure;

/// A state file that no other run reads or writes while this one lives.
pub(crate) struct Store<'p> {
    path: &'p Path,
    /// Locked until it is dropped, and by whatever end of the process.
    _lock: File,
}

impl<'p> Store<'p> {
    /// Takes hold of the file, which need not be there yet.
    pub(crate) fn hold(path: &'p Path) -> Result<Self, Failure> {
        let beside = with(path, ".lock");
        let failed = |error: io::Error| Failure::file(&beside, "lock", &error);
        // The file stays when it is unlocked: were it deleted, two runs could each lock one of that name.
        let lock = File::options().create(true).truncate(false).write(true).open(&beside).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure::told(format!(
                "{}: another run holds this state: let it end, or give this one a state of its own",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Replaces the state at once: whatever happens, the file holds the old one or the new one.
    pub(crate) fn write(&self, state: &RoutingState) -> Result<(), Failure> {
        let beside = with(self.path, ".part");
        let failed = |error: io::Error| Failure::file(self.path, "write", &error);
        let mut text = serde_json::to_vec_pretty(state).map_err(Failure::told)?;
        text.push(b'\n');
        let mut file = File::create(&beside).map_err(failed)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&beside, self.path).map_err(failed)?;
        // The new name is kept, too, where folders can be synced.
        if let Some(folder) = self.path.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

/// The state that the last run left; nothing is remembered before the first.
pub(crate) fn read(path: &Path) -> Result<RoutingState, Failure> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(RoutingState::default()),
        Err(error) => return Err(Failure::file(path, "read", &error)),
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::told(format!("{}: not a state of `guanxi route`: {}", path.display(), explain(&error)))
    })
}

/// A path with something after its name.
fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
