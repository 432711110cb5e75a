//! What came of a strategy: execution records, and the rates that they add up to.
mod count;
mod figure;
mod rate;
mod record;
mod records;

pub use count::{Breakdown, Execution, Executions, MetricEffects};
pub use figure::{Figure, FigureError};
pub use rate::CountedRate;
pub use record::{Effect, ExecutionRecord, ExecutionRecordSpec, RecordError, RecordId, Remark, RemarkError};
pub use records::ExecutionRecords;
