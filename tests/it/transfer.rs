//! Files in and out.

mod export;
mod http;
mod import;
mod upload;
