//! Host names that the API server accepts in an Ingress: DNS-1123 subdomains, optionally with `*` as first label.

/// The reason why a string is not a host name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFlaw {
    /// What the string is: `a URL`.
    pub is: &'static str,
    /// The host name in it, if any.
    pub meant: Option<String>,
}

/// Returns what is wrong with a host name; `None` for a correct one, and for one that a template completes.
pub fn host_flaw(text: &str) -> Option<HostFlaw> {
    if text.is_empty() || text.contains(['{', '$', '%', '<']) || is_host(text) {
        return None;
    }
    let is_url = text.contains("://");
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (authority, path) = rest.split_once('/').map_or((rest, false), |(host, _)| (host, true));
    let (name, port) =
        authority.split_once(':').map_or((authority, false), |(name, _)| (name, true));
    let name = name.trim_end_matches('.').to_lowercase();
    let is = match (is_url, path, port) {
        (true, ..) => "a URL",
        (_, true, _) => "a host with a path",
        (_, _, true) => "a host with a port",
        _ if text.contains(',') || text.contains(char::is_whitespace) => {
            "several hosts in one string"
        }
        _ if text.chars().any(char::is_uppercase) => "a host with capital letters",
        _ => "not a host name",
    };
    let meant = Some(name).filter(|name| is_host(name));
    Some(HostFlaw { is, meant })
}

fn is_host(text: &str) -> bool {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && is_inner(bytes[0])
            && is_inner(bytes[bytes.len() - 1])
            && bytes.iter().all(|byte| is_inner(*byte) || *byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::host_flaw;

    #[test]
    fn a_host_is_no_url() {
        for good in [
            "hub.example.org",
            "*.example.org",
            "localhost",
            "a-1.b",
            "",
            "{{ host }}",
            "${host}",
        ] {
            assert_eq!(host_flaw(good), None, "{good}");
        }
        for (bad, is, meant) in [
            ("https://hub.example.org/", "a URL", Some("hub.example.org")),
            (
                "http://hub.example.org:8000/x",
                "a URL",
                Some("hub.example.org"),
            ),
            (
                "hub.example.org/jupyter",
                "a host with a path",
                Some("hub.example.org"),
            ),
            (
                "hub.example.org:443",
                "a host with a port",
                Some("hub.example.org"),
            ),
            (
                "Hub.Example.org",
                "a host with capital letters",
                Some("hub.example.org"),
            ),
            (
                "hub.example.org.",
                "not a host name",
                Some("hub.example.org"),
            ),
            (
                "a.example.org, b.example.org",
                "several hosts in one string",
                None,
            ),
            ("my_hub.example.org", "not a host name", None),
            ("https://", "a URL", None),
        ] {
            let flaw = host_flaw(bad).expect(bad);
            assert_eq!((flaw.is, flaw.meant.as_deref()), (is, meant), "{bad}");
        }
    }
}
