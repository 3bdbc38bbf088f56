use std::io::Write as _;
use std::path::Path;

use reqwest::header::{
    ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use reqwest::{Client, StatusCode};
use tempfile::NamedTempFile;
use url::Url;

use crate::state::Validators;
use crate::update::FetchError;

/// What asking for a file gave.
pub(crate) enum Answer {
    /// It is as it was.
    Unchanged,
    /// It is new.
    New(Download),
}

/// A file that was fetched whole.
pub(crate) struct Download {
    /// The content; the file goes away with this value.
    pub(crate) file: NamedTempFile,
    /// What the server said of it.
    pub(crate) validators: Validators,
    /// Its length in bytes.
    pub(crate) length: u64,
}

/// Fetches a file into `folder`, if it is not as `known` says.
pub(crate) async fn fetch(
    client: &Client,
    url: &Url,
    known: Option<&Validators>,
    folder: &Path,
    largest: u64,
    mut progress: impl FnMut(u64, Option<u64>),
) -> Result<Answer, FetchError> {
    let failed = |error: reqwest::Error| FetchError::network(url, &error);
    let mut request = client.get(url.clone());
    if let Some(known) = known {
        if let Some(etag) = &known.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(time) = &known.last_modified {
            request = request.header(IF_MODIFIED_SINCE, time);
        }
    }
    let mut response = request.send().await.map_err(failed)?;
    if response.status() == StatusCode::NOT_MODIFIED && known.is_some() {
        return Ok(Answer::Unchanged);
    }
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status {
            url: url.to_string(),
            status: response.status().as_u16(),
        });
    }
    let too_large = || FetchError::TooLarge {
        url: url.to_string(),
        limit: largest,
    };
    let expected = response.content_length();
    if expected.is_some_and(|expected| expected > largest) {
        return Err(too_large());
    }
    let validators = Validators {
        etag: header(response.headers(), &ETAG),
        last_modified: header(response.headers(), &LAST_MODIFIED),
    };
    let local = |error: std::io::Error| FetchError::Local {
        path: folder.to_owned(),
        error,
    };
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .tempfile_in(folder)
        .map_err(local)?;
    let mut length = 0u64;
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        length = length.saturating_add(chunk.len() as u64);
        if length > largest {
            return Err(too_large());
        }
        file.write_all(&chunk).map_err(local)?;
        progress(length, expected);
    }
    file.flush().map_err(local)?;
    Ok(Answer::New(Download {
        file,
        validators,
        length,
    }))
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= 1024).then(|| value.to_owned())
}
