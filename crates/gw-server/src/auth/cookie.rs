//! The session's cookie: for this host only, never for scripts, never from another site.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue};
use gw_identity::Secret;

use crate::http::Problem;

/// How the cookie is called and set.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cookie {
    /// Over TLS. The prefix makes browsers refuse it from other hosts and over plain HTTP
    /// (RFC 6265bis, section 4.1.3.2).
    Host,
    /// Over plain HTTP on this machine.
    Local,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Host => "__Host-gatewright",
            Self::Local => "gatewright",
        }
    }

    /// The session's token that a request brought. Two cookies of the name are none: one of them may
    /// have been planted.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<Secret> {
        let mut found = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name());
        let (_, value) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        Secret::parse(value)
    }

    /// The header that sets it, until the browser ends.
    pub(crate) fn set(self, secret: &Secret) -> Result<HeaderValue, Problem> {
        self.header(&format!("{}={}", self.name(), secret.expose()), "")
    }

    /// The header that takes it away.
    pub(crate) fn clear(self) -> Result<HeaderValue, Problem> {
        self.header(&format!("{}=", self.name()), "; Max-Age=0")
    }

    fn header(self, pair: &str, rest: &str) -> Result<HeaderValue, Problem> {
        let secure = match self {
            Self::Host => "; Secure",
            Self::Local => "",
        };
        // Lax, so that a link in a message leads to a page and not to signing in; what changes
        // something asks for more.
        let text = format!("{pair}; Path=/; HttpOnly; SameSite=Lax{secure}{rest}");
        let mut value = HeaderValue::from_str(&text).map_err(|e| Problem::internal(&e))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_of_the_right_name_counts() {
        let secret = Secret::generate().unwrap();
        let good = format!("__Host-gatewright={}", secret.expose());
        let read = |cookies: &[&str]| {
            let mut headers = HeaderMap::new();
            for cookie in cookies {
                headers.append(COOKIE, HeaderValue::from_str(cookie).unwrap());
            }
            Cookie::Host.read(&headers).map(|s| s.expose().to_owned())
        };
        let found = Some(secret.expose().to_owned());
        assert_eq!(read(&[&good]), found);
        assert_eq!(read(&["theme=dark", &good]), found);
        assert_eq!(read(&[&format!("a=b; {good}; c=d")]), found);
        assert_eq!(read(&[&good, &good]), None);
        assert_eq!(read(&[&format!("{good}; {good}")]), None);
        assert_eq!(read(&["__Host-gatewright=short"]), None);
        assert_eq!(read(&[&good.replace("__Host-", "")]), None);
    }
}
