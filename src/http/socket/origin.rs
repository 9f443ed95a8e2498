//! Which pages may open a socket: browsers send the origin of the page, and no rule of theirs protects sockets.

use axum::http::{HeaderMap, HeaderValue, header};

/// Whether a request comes from no page at all, from a page of this server, or from one that is allowed.
pub fn allowed(headers: &HeaderMap, allow: &[String]) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = match (origins.next().map(HeaderValue::to_str), origins.next()) {
        (None, _) => return true,
        (Some(Ok(origin)), None) => origin,
        _ => return false,
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let same = origin
        .strip_prefix("https://")
        .map(|authority| (authority, ":443"))
        .or_else(|| origin.strip_prefix("http://").map(|authority| (authority, ":80")))
        .zip(host)
        .is_some_and(|((authority, port), host)| bare(authority, port).eq_ignore_ascii_case(bare(host, port)));
    same || allow.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
}

fn bare<'a>(authority: &'a str, default_port: &str) -> &'a str {
    authority.strip_suffix(default_port).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_server_and_allowed_ones_may_connect() {
        let ask = |origins: &[&str], host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            for origin in origins {
                headers.append(header::ORIGIN, origin.parse().unwrap());
            }
            allowed(&headers, &["https://shop.example".into()])
        };
        for (origins, host) in [
            (&[][..], "books.example"),
            (&["https://books.example"], "books.example"),
            (&["https://books.example"], "books.example:443"),
            (&["http://BOOKS.example:8080"], "books.example:8080"),
            (&["http://[::1]:8080"], "[::1]:8080"),
            (&["https://shop.example"], "books.example"),
        ] {
            assert!(ask(origins, host), "{origins:?} at {host}");
        }
        for (origins, host) in [
            (&["https://evil.example"][..], "books.example"),
            (&["null"], "books.example"),
            (&["books.example"], "books.example"),
            (&["https://books.example.evil"], "books.example"),
            (&["https://evil-books.example"], "books.example"),
            (&["https://books.example:8443"], "books.example"),
            (&["http://shop.example"], "books.example"),
            (&["https://books.example", "https://evil.example"], "books.example"),
            (&["ftp://books.example"], "books.example"),
            (&[""], "books.example"),
        ] {
            assert!(!ask(origins, host), "{origins:?} at {host}");
        }
    }
}
