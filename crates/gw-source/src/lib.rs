//! Folders, git trees, archives and standard input as entries, with limits.
