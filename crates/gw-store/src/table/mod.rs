//! What the control plane keeps, a module for each table.

pub mod component;
pub mod finding;
pub mod job;
pub mod notification;
pub mod triage;
