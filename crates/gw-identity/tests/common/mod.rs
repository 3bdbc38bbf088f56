//! An HTTP client for identity providers on loopback addresses.

use gw_identity::{Fetch, FetchError, FetchRequest, FetchResponse};

/// A client that follows no redirects.
#[derive(Clone)]
pub(crate) struct Client(pub(crate) reqwest::Client);

impl Client {
    pub(crate) fn new() -> Self {
        let builder = reqwest::Client::builder().no_proxy();
        let builder = builder.redirect(reqwest::redirect::Policy::none());
        Self(builder.build().unwrap())
    }
}

impl Fetch for Client {
    async fn fetch(&self, request: FetchRequest) -> Result<FetchResponse, FetchError> {
        let mut builder = match &request.form {
            Some(form) => {
                let mut body = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in form {
                    body.append_pair(name, value);
                }
                let post = self.0.post(request.url);
                post.header("content-type", "application/x-www-form-urlencoded")
                    .body(body.finish())
            }
            None => self.0.get(request.url),
        };
        if let Some((name, password)) = &request.basic {
            builder = builder.basic_auth(name, Some(password));
        }
        let failed = |error: reqwest::Error| FetchError(error.to_string());
        let answer = builder.send().await.map_err(failed)?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(failed)?.to_vec();
        if body.len() > request.limit {
            return Err(FetchError("too long".to_owned()));
        }
        Ok(FetchResponse { status, body })
    }
}
