//! The store of statements, facts and decisions in SQL.
