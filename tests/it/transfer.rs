//! Files in and out.

mod business;
mod export;
mod http;
mod import;
mod upload;
