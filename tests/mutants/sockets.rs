//! What goes over WebSockets.

#[path = "../tests/openings.rs"]
mod openings;
#[path = "../tests/sockets.rs"]
mod sockets;
