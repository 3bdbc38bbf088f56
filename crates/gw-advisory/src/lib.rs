//! Advisories: OSV records as a memory-mapped index, matching, known exploited vulnerabilities.
