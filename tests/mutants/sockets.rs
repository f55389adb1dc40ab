//! What goes over WebSockets.

#[path = "../tests/sockets.rs"]
mod sockets;
#[path = "../tests/openings.rs"]
mod openings;
