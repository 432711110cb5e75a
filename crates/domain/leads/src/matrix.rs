//! The matrix of fit and engagement.
use alloc::vec::Vec;

use guanxi_bands::Bands;
use guanxi_core::Score;

use crate::id::{GradeId, LevelId};
use crate::spec::{CellSpec, GradesSpec, LevelSpec};

/// Which grade each pair of levels has.
///
/// ```
/// use guanxi_leads::preset;
/// let standard = preset("standard").ok_or("no such preset")?;
/// let grades = standard.body().grades().ok_or("no grades")?;
/// let (fit, engagement) = ("80".parse()?, "60".parse()?);
/// assert_eq!(grades.of(fit, engagement).as_str(), "a");
/// assert_eq!(grades.fit().of(fit).as_str(), "high");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grades {
    fit: Bands<LevelId>,
    engagement: Bands<LevelId>,
    /// The levels from the lowest up, as cells name them.
    rows: Vec<LevelId>,
    columns: Vec<LevelId>,
    /// Row by row. INVARIANT: one grade for every pair of levels
    cells: Vec<GradeId>,
    first: GradeId,
    spec: GradesSpec,
}

impl Grades {
    /// `cells` holds a grade for every pair of levels, row by row, both from the lowest up.
    pub(crate) fn new(
        fit: Bands<LevelId>,
        engagement: Bands<LevelId>,
        cells: Vec<GradeId>,
        spec: GradesSpec,
    ) -> Option<Self> {
        let names = |bands: &Bands<LevelId>| bands.iter().rev().map(|(level, _)| level.clone()).collect();
        let (rows, columns): (Vec<_>, Vec<_>) = (names(&fit), names(&engagement));
        let whole = rows.len().checked_mul(columns.len())? == cells.len();
        let first = cells.first()?.clone();
        whole.then_some(Self { fit, engagement, rows, columns, cells, first, spec })
    }

    /// The levels of fit.
    #[must_use]
    pub const fn fit(&self) -> &Bands<LevelId> {
        &self.fit
    }

    /// The levels of engagement.
    #[must_use]
    pub const fn engagement(&self) -> &Bands<LevelId> {
        &self.engagement
    }

    /// The grade of a fit and an engagement.
    #[must_use]
    pub fn of(&self, fit: Score, engagement: Score) -> &GradeId {
        let place = |levels: &[LevelId], level: &LevelId| levels.iter().position(|own| own == level);
        let row = place(&self.rows, self.fit.of(fit));
        let column = place(&self.columns, self.engagement.of(engagement));
        let cell = row
            .zip(column)
            .and_then(|(row, column)| row.checked_mul(self.columns.len())?.checked_add(column));
        cell.and_then(|cell| self.cells.get(cell)).unwrap_or(&self.first)
    }

    /// Whether there is such a grade.
    #[must_use]
    pub fn has(&self, grade: &GradeId) -> bool {
        self.cells.contains(grade)
    }

    /// Whether every engagement between two has one grade, with a fit.
    pub(crate) fn is_one(&self, fit: Score, low: Score, high: Score) -> bool {
        let grade = self.of(fit, low);
        let floors = self.engagement.iter().map(|(_, floor)| floor);
        floors.filter(|floor| low < *floor && *floor <= high).all(|floor| self.of(fit, floor) == grade)
    }

    /// The matrix as people write it.
    pub(crate) const fn spec(&self) -> &GradesSpec {
        &self.spec
    }
}

/// The indices, row by row, of the cells of a block; those that are not levels are told.
pub(crate) fn block(
    cell: &CellSpec,
    fit: &[LevelSpec],
    engagement: &[LevelSpec],
) -> impl Iterator<Item = (usize, usize)> {
    let chosen = |given: &Option<Vec<LevelId>>, levels: &[LevelSpec]| -> Vec<usize> {
        let is_in = |level: &LevelSpec| given.as_ref().is_none_or(|given| given.contains(&level.id));
        levels.iter().enumerate().filter(|(_, level)| is_in(level)).map(|(place, _)| place).collect()
    };
    let (rows, columns) = (chosen(&cell.fit, fit), chosen(&cell.engagement, engagement));
    rows.into_iter().flat_map(move |row| columns.clone().into_iter().map(move |column| (row, column)))
}
