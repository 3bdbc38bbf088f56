//! Reports: terminal, JSON, SARIF and Markdown.
