#![doc = include_str!("../README.md")]
#![no_std]

pub use guanxi_core as core;
pub use guanxi_policy as policy;

#[cfg(feature = "bands")]
pub use guanxi_bands as bands;
#[cfg(feature = "calendar")]
pub use guanxi_calendar as calendar;
#[cfg(feature = "condition")]
pub use guanxi_condition as condition;
#[cfg(feature = "customer")]
pub use guanxi_customer as customer;
#[cfg(feature = "leads")]
pub use guanxi_leads as leads;
#[cfg(feature = "lifecycle")]
pub use guanxi_lifecycle as lifecycle;
#[cfg(feature = "portfolio")]
pub use guanxi_portfolio as portfolio;
#[cfg(feature = "routing")]
pub use guanxi_routing as routing;
#[cfg(feature = "scoring")]
pub use guanxi_scoring as scoring;
#[cfg(feature = "segmentation")]
pub use guanxi_segmentation as segmentation;
#[cfg(feature = "strategy")]
pub use guanxi_strategy as strategy;

/// The examples of the book.
#[cfg(all(doctest, feature = "scoring"))]
#[doc = include_str!("../../../docs/src/batch.md")]
mod book {}

/// The example of working time.
#[cfg(all(doctest, feature = "calendar"))]
#[doc = include_str!("../../../docs/src/calendar.md")]
mod calendar_page {}

/// The example of the page on leads.
#[cfg(all(doctest, feature = "leads"))]
#[doc = include_str!("../../../docs/src/leads.md")]
mod leads_page {}

/// The example of the page on stages.
#[cfg(all(doctest, feature = "lifecycle"))]
#[doc = include_str!("../../../docs/src/lifecycle.md")]
mod lifecycle_page {}

/// The example of the page on routing.
#[cfg(all(doctest, feature = "routing"))]
#[doc = include_str!("../../../docs/src/routing.md")]
mod routing_page {}

/// The example of the page on strategies.
#[cfg(all(doctest, feature = "strategy"))]
#[doc = include_str!("../../../docs/src/strategy.md")]
mod strategy_page {}
