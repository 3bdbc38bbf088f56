use crate::tensor::input::{Reading, Trouble};

/// A member of a JSON object: its key with quotes, and its value, as they are written.
pub(super) type Member<'t> = (&'t str, &'t str);

/// The members of the object that `text` is, one after another, so that a header of a hundred
/// megabytes never becomes a tree of gigabytes. What the values are is for a parser to say; here
/// only strings and brackets are followed.
pub(super) struct Members<'t> {
    text: &'t str,
    at: usize,
    first: bool,
}

impl<'t> Members<'t> {
    /// # Errors
    /// If the text does not begin with an object.
    pub(super) fn new(text: &'t str) -> Reading<Self> {
        if !text.starts_with('{') {
            return Err(Trouble::malformed("the header does not begin with `{`"));
        }
        Ok(Self {
            text,
            at: 1,
            first: true,
        })
    }

    /// The next member; none at the end of the object, behind which [`Members::rest`] is.
    pub(super) fn next(&mut self) -> Reading<Option<Member<'t>>> {
        self.skip_space();
        let is_first = std::mem::replace(&mut self.first, false);
        match self.peek() {
            Some(b'}') => {
                self.at = self.at.saturating_add(1);
                return Ok(None);
            }
            Some(b',') if !is_first => {
                self.at = self.at.saturating_add(1);
                self.skip_space();
            }
            _ if is_first => {}
            _ => return Err(self.expected("`,` or `}`")),
        }
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in double quotes"));
        }
        self.skip_string()?;
        let key = self.text.get(start..self.at).unwrap_or_default();
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:` after the key"));
        }
        self.at = self.at.saturating_add(1);
        self.skip_space();
        let start = self.at;
        self.skip_value()?;
        let value = self.text.get(start..self.at).unwrap_or_default();
        Ok(Some((key, value)))
    }

    /// What follows the object.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_value(&mut self) -> Reading<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.skip_string()?;
                    if depth == 0 {
                        return Ok(());
                    }
                    continue;
                }
                Some(b'{' | b'[') => depth = depth.saturating_add(1),
                Some(b'}' | b']') if depth > 0 => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        self.at = self.at.saturating_add(1);
                        return Ok(());
                    }
                }
                Some(b',' | b'}' | b']') if depth == 0 => return Ok(()),
                Some(_) => {}
                None => return Err(self.expected("the rest of the header")),
            }
            self.at = self.at.saturating_add(1);
        }
    }

    /// Passes the string whose opening quote is next.
    fn skip_string(&mut self) -> Reading<()> {
        let mut at = self.at.saturating_add(1);
        loop {
            let rest = self.text.as_bytes().get(at..).unwrap_or_default();
            let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                return Err(self.expected("the end of the string"));
            };
            at = at.saturating_add(found).saturating_add(1);
            if rest.get(found) == Some(&b'"') {
                self.at = at;
                return Ok(());
            }
            at = at.saturating_add(1);
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at = self.at.saturating_add(1);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expected(&self, what: &str) -> Trouble {
        let found = self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next());
        let found = found.map_or_else(
            || "the end of the header".to_owned(),
            |c| format!("`{}`", c.escape_debug()),
        );
        let at = self.at;
        Trouble::malformed(format!(
            "expected {what} at byte {at} of the header, found {found}"
        ))
    }
}
