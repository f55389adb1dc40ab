//! What goes over WebSockets.

#[path = "../tests/handshake.rs"]
mod handshake;
#[path = "../tests/openings.rs"]
mod openings;
#[path = "../tests/sockets.rs"]
mod sockets;
