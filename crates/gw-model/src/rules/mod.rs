//! The rules of this analyzer, one file each.

use gw_finding::RuleDoc;

/// Every rule, in order.
pub const RULES: &[&RuleDoc] = &[];
