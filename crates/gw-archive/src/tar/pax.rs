/// What extended headers say of a member (or of all from there on).
#[derive(Debug, Default)]
pub(super) struct Extended {
    path: Option<Vec<u8>>,
    sparse_name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    /// The size in bytes.
    pub(super) size: Option<u64>,
    /// Whether the content is a sparse file in GNU's pax forms.
    pub(super) is_sparse: bool,
    /// GNU's long name.
    pub(super) long_name: Option<Vec<u8>>,
    /// GNU's long target of a link.
    pub(super) long_link: Option<Vec<u8>>,
}

impl Extended {
    pub(super) const fn is_empty(&self) -> bool {
        self.path.is_none()
            && self.link.is_none()
            && self.size.is_none()
            && self.long_name.is_none()
            && self.long_link.is_none()
    }

    /// Reads records `LENGTH KEY=VALUE\n`; of a key that occurs twice the last counts.
    pub(super) fn read(&mut self, mut records: &[u8]) -> Result<(), String> {
        while !records.is_empty() {
            // Some programs pad with NUL.
            if records.iter().all(|&byte| byte == 0) {
                return Ok(());
            }
            let (key, value, rest) = record(records)
                .ok_or("a pax header has a record that is not `LENGTH KEY=VALUE`")?;
            records = rest;
            match key {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"GNU.sparse.name" => self.sparse_name = Some(value.to_vec()),
                b"size" => {
                    let size = std::str::from_utf8(value)
                        .ok()
                        .and_then(|text| text.parse().ok());
                    self.size = Some(size.ok_or("a pax header has a size that is no number")?);
                }
                _ if key.starts_with(b"GNU.sparse.") => self.is_sparse = true,
                _ => {}
            }
        }
        Ok(())
    }

    /// Every name that a loader could take, the likeliest first.
    pub(super) fn names(&self, global: &Self, header: &[u8]) -> Vec<Vec<u8>> {
        let said = [
            self.sparse_name.as_ref(),
            self.path.as_ref(),
            self.long_name.as_ref(),
            global.path.as_ref(),
        ];
        let mut names: Vec<Vec<u8>> = Vec::new();
        for name in said.into_iter().flatten() {
            if !name.is_empty() && !names.contains(name) {
                names.push(name.clone());
            }
        }
        // The header's own name is a shortened one where an extension gives the whole.
        if names.is_empty() {
            names.push(header.to_vec());
        }
        names
    }

    /// The target of a link.
    pub(super) fn link(&self, global: &Self, header: &[u8]) -> Vec<u8> {
        let said = self
            .link
            .as_ref()
            .or(self.long_link.as_ref())
            .or(global.link.as_ref());
        said.map_or_else(|| header.to_vec(), Clone::clone)
    }
}

fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().take(21).position(|&byte| byte == b' ')?;
    let length: usize = std::str::from_utf8(records.get(..space)?)
        .ok()?
        .parse()
        .ok()?;
    let body = records.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|&byte| byte == b'=')?;
    Some((
        body.get(..equals)?,
        body.get(equals + 1..)?,
        records.get(length..)?,
    ))
}
