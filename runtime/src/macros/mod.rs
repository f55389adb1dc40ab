//! The declarative macros of generated code. They stand for derives, and cost a fraction of them to compile.

mod enumeration;
mod object;
mod operation;
mod union;
