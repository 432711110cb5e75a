#![doc = include_str!("../README.md")]
#![no_std]

pub use guanxi_core as core;
pub use guanxi_policy as policy;

#[cfg(feature = "bands")]
pub use guanxi_bands as bands;
#[cfg(feature = "customer")]
pub use guanxi_customer as customer;
#[cfg(feature = "portfolio")]
pub use guanxi_portfolio as portfolio;
#[cfg(feature = "scoring")]
pub use guanxi_scoring as scoring;
#[cfg(feature = "segmentation")]
pub use guanxi_segmentation as segmentation;

/// The examples of the book.
#[cfg(all(doctest, feature = "scoring"))]
#[doc = include_str!("../../../docs/src/batch.md")]
mod book {}
