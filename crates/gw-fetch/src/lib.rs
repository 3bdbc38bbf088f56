//! Everything that talks to the network on request.
