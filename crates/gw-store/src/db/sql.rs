//! The text of a query: written once, said as each backend says it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::Backend;
use super::value::Value;

/// A query's text and the values of its placeholders.
///
/// Texts are part of the program: no constructor takes one that was made at run time, so no value
/// can become part of the text.
#[derive(Debug, Clone)]
pub struct Sql {
    parts: Vec<Both>,
    /// A text of the layer's own instead of parts, such as names of its tables.
    made: Option<String>,
    pub(super) values: Vec<Value>,
}

/// A text for each backend, where they truly differ.
#[derive(Debug, Clone, Copy)]
pub struct Both {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl Sql {
    /// A text of which more parts may follow.
    #[must_use]
    pub fn new(text: impl Into<Both>) -> Self {
        Self {
            parts: vec![text.into()],
            made: None,
            values: Vec::new(),
        }
    }

    /// A text that was made at run time of names that migrations gave, never of a value.
    pub(crate) fn made(text: String, values: Vec<Value>) -> Self {
        Self {
            parts: Vec::new(),
            made: Some(text),
            values,
        }
    }

    /// Adds a part, with a blank before it.
    #[must_use]
    pub fn part(mut self, part: impl Into<Both>) -> Self {
        self.parts.push(part.into());
        self
    }

    /// The value of the next placeholder.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Adds a part and the value of its one placeholder if there is a value.
    #[must_use]
    pub fn maybe(self, part: impl Into<Both>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.part(part).bind(value),
            None => self,
        }
    }

    /// Adds rows of placeholders, `(?, ?), (?, ?)`, for rows of `columns` values that follow.
    pub(super) fn rows(mut self, rows: usize, columns: usize) -> Self {
        const MARKS: Both = Both::same("(?");
        for row in 0..rows {
            if row > 0 {
                self.parts.push(Both::same(","));
            }
            self.parts.push(MARKS);
            for _ in 1..columns {
                self.parts.push(Both::same(", ?"));
            }
            self.parts.push(Both::same(")"));
        }
        self
    }

    /// Whether it only reads, so that any connection will do.
    pub(super) fn reads(&self) -> bool {
        let start = self.parts.first().map(|part| part.sqlite);
        let start = start.or(self.made.as_deref()).unwrap_or_default();
        start
            .trim_start()
            .get(..6)
            .is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
    }

    /// The text as `backend` says it, and whether it is one of few, so that its plan is worth
    /// keeping.
    pub(super) fn text(&self, backend: Backend) -> (Arc<str>, bool) {
        if let Some(made) = &self.made {
            return (translate(made, backend).into(), false);
        }
        if let [part] = self.parts.as_slice() {
            return (cached(part.of(backend), backend), true);
        }
        let parts: Vec<_> = self.parts.iter().map(|part| part.of(backend)).collect();
        (translate(&parts.join(" "), backend).into(), false)
    }
}

impl Both {
    /// The same text for both.
    #[must_use]
    pub const fn same(text: &'static str) -> Self {
        Self {
            sqlite: text,
            postgres: text,
        }
    }

    pub(super) fn of(self, backend: Backend) -> &'static str {
        match backend {
            Backend::Sqlite => self.sqlite,
            Backend::Postgres => self.postgres,
        }
    }
}

impl From<&'static str> for Both {
    fn from(text: &'static str) -> Self {
        Self::same(text)
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}

impl From<Both> for Sql {
    fn from(both: Both) -> Self {
        Self::new(both)
    }
}

/// Texts that have been translated. There are as many as the program has.
fn cached(text: &'static str, backend: Backend) -> Arc<str> {
    type Cache = RwLock<HashMap<(&'static str, Backend), Arc<str>>>;
    static CACHE: OnceLock<Cache> = OnceLock::new();
    let cache = CACHE.get_or_init(Cache::default);
    let key = (text, backend);
    if let Some(done) = cache
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
    {
        return Arc::clone(done);
    }
    let done: Arc<str> = translate(text, backend).into();
    let mut cache = cache.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(cache.entry(key).or_insert(done))
}

/// Placeholders (`?`, `?2`) become `$n` for PostgreSQL, and `{texts}`, `{ints}` and `{digests}` the
/// values of a JSON array that is bound in their place. What is quoted stays as it is.
fn translate(text: &str, backend: Backend) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut count = 0_usize;
    let mut quoted = false;
    let mut rest = text;
    while let Some(at) = rest.find(['?', '\'', '{']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let word = LISTS.iter().find(|list| from.starts_with(list.word));
        if from.starts_with('\'') {
            quoted = !quoted;
        } else if !quoted && let Some(list) = word {
            count += 1;
            let (before, after) = list.around.of(backend).split_once('?').unwrap_or_default();
            out.push_str(before);
            placeholder(&mut out, count, backend);
            out.push_str(after);
            rest = from.get(list.word.len()..).unwrap_or_default();
            continue;
        } else if !quoted && let Some(after) = from.strip_prefix('?') {
            let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let number = after.get(..digits).and_then(|n| n.parse().ok());
            // As in SQLite, a bare one follows the greatest before it.
            let number = number.unwrap_or(count + 1);
            count = count.max(number);
            placeholder(&mut out, number, backend);
            rest = after.get(digits..).unwrap_or_default();
            continue;
        }
        let (this, after) = from.split_at(1);
        out.push_str(this);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn placeholder(out: &mut String, number: usize, backend: Backend) {
    out.push(match backend {
        Backend::Sqlite => '?',
        Backend::Postgres => '$',
    });
    out.push_str(&number.to_string());
}

struct List {
    word: &'static str,
    around: Both,
}

const LISTS: [List; 3] = [
    List {
        word: "{texts}",
        around: Both {
            sqlite: "(SELECT value FROM json_each(?))",
            postgres: "(SELECT jsonb_array_elements_text(CAST(? AS jsonb)))",
        },
    },
    List {
        word: "{ints}",
        around: Both {
            sqlite: "(SELECT value FROM json_each(?))",
            postgres: "(SELECT CAST(jsonb_array_elements_text(CAST(? AS jsonb)) AS BIGINT))",
        },
    },
    List {
        word: "{digests}",
        around: Both {
            sqlite: "(SELECT unhex(value) FROM json_each(?))",
            postgres: "(SELECT decode(jsonb_array_elements_text(CAST(? AS jsonb)), 'hex'))",
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_said_as_each_backend_says_them() {
        let check = |text: &str, sqlite: &str, postgres: &str| {
            assert_eq!(translate(text, Backend::Sqlite), sqlite);
            assert_eq!(translate(text, Backend::Postgres), postgres);
        };
        check("SELECT 1", "SELECT 1", "SELECT 1");
        check("a = ? AND b = ?", "a = ?1 AND b = ?2", "a = $1 AND b = $2");
        check("?2, ?1, ?", "?2, ?1, ?3", "$2, $1, $3");
        check("a = '?' OR b = ?", "a = '?' OR b = ?1", "a = '?' OR b = $1");
        check("'it''s ?' || ?", "'it''s ?' || ?1", "'it''s ?' || $1");
        check(
            "'{texts}' {other}",
            "'{texts}' {other}",
            "'{texts}' {other}",
        );
        check(
            "r = ? AND k IN {texts} AND ä = ?",
            "r = ?1 AND k IN (SELECT value FROM json_each(?2)) AND ä = ?3",
            "r = $1 AND k IN (SELECT jsonb_array_elements_text(CAST($2 AS jsonb))) AND ä = $3",
        );
    }

    #[test]
    fn parts_are_joined_and_their_values_follow() {
        let sql = Sql::new("SELECT a FROM t WHERE r = ?")
            .bind("r")
            .maybe("AND b = ?", Some(3_i64))
            .maybe("AND c = ?", None::<i64>)
            .part("ORDER BY a");
        assert!(sql.reads());
        let (text, _) = sql.text(Backend::Postgres);
        assert_eq!(&*text, "SELECT a FROM t WHERE r = $1 AND b = $2 ORDER BY a");
        assert_eq!(sql.values, [Value::Text("r".to_owned()), Value::Int(3)]);
        assert!(!Sql::new("UPDATE t SET a = 1").reads());
    }
}
