//! Minutebook: the service, and what its command line shares with it.

#[expect(
    missing_docs,
    clippy::allow_attributes_without_reason,
    reason = "generated from proto/, where every field has its comment"
)]
pub mod proto {
    tonic::include_proto!("minutebook.v1");

    /// The descriptors of `minutebook.v1`, for reflection and for JSON.
    pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/minutebook.v1.bin"));
}

pub mod described;
mod meant;
mod printed;
pub mod pages;
pub mod shown;
pub mod selections;
pub mod author;
pub mod drafts;
mod private;
pub mod keyfile;
mod papers;
pub mod settings;
pub mod doors;
pub mod ledger;
pub mod published;
pub mod witness;
pub mod witnessing;
pub mod repair;
pub mod one_file;
pub mod verify_page;
pub mod sign_page;
pub mod http;
pub mod service;
mod draft_shelf;
mod sign_in;
pub mod desk;
pub mod config;
pub mod server;
pub mod client;
pub mod import;
pub mod export;
pub mod demo;
pub mod cli;
