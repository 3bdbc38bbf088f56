use std::net::IpAddr;

use axum::http::HeaderMap;

/// What a proxy appends the address to that it was asked from.
const FORWARDED: &str = "x-forwarded-for";

/// Who asks, as far as the network says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer {
    /// The address that the request came from.
    pub(crate) address: IpAddr,
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Connected {
    address: IpAddr,
    /// Whether it is the proxy in front of us, whose word about addresses counts.
    is_proxy: bool,
}

impl Connected {
    pub(super) fn new(address: IpAddr, is_proxy: bool) -> Self {
        Self {
            address: address.to_canonical(),
            is_proxy,
        }
    }

    /// Who asks, in a request on this connection. Only the last address is the proxy's word; what
    /// stands before it, the client wrote.
    pub(super) fn of(self, headers: &HeaderMap) -> Peer {
        let last = || {
            let value = headers.get_all(FORWARDED).iter().next_back()?;
            let last = value.to_str().ok()?.rsplit(',').next()?.trim();
            last.parse().ok()
        };
        let forwarded: Option<IpAddr> = if self.is_proxy { last() } else { None };
        Peer {
            address: forwarded.map_or(self.address, |address| address.to_canonical()),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_proxy_says_who_asks_and_only_in_its_last_word() {
        let own: IpAddr = "127.0.0.1".parse().unwrap();
        let check = |is_proxy, values: &[&'static str], expected: &str| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(FORWARDED, HeaderValue::from_static(value));
            }
            let peer = Connected::new(own, is_proxy).of(&headers);
            assert_eq!(peer.address.to_string(), expected, "{values:?}");
        };
        check(false, &["192.0.2.7"], "127.0.0.1");
        check(true, &[], "127.0.0.1");
        check(true, &["192.0.2.7"], "192.0.2.7");
        check(true, &["10.0.0.1, 192.0.2.7"], "192.0.2.7");
        check(true, &["10.0.0.1", "::ffff:192.0.2.7"], "192.0.2.7");
        check(true, &["nobody"], "127.0.0.1");
    }
}
