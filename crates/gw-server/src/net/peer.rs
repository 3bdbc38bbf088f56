use std::net::IpAddr;

/// Who is at the other end of a connection, as far as the network says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    /// The address that the connection came from: a proxy's, behind a proxy.
    pub(crate) address: IpAddr,
}
