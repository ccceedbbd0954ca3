//! Tables of shapes: credentials that are recognized by their form, wherever they are.
//!
//! Prefixes and lengths are those that vendors publish and that gitleaks and detect-secrets look for. A length here is
//! the least that is hidden, less than the real one: a truncated token is a secret too.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::count;

/// The characters of a token after its prefix.
#[derive(Debug, Clone, Copy)]
enum Letters {
    /// Letters and digits.
    Alphanumeric,
    /// With `_` and `-`.
    Word,
    /// With `.`, `~`, `/`, `+` and `=` too.
    Any,
    /// Capitals and digits.
    Capitals,
}

impl Letters {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Word => is_word(byte),
            Self::Any => is_word(byte) || matches!(byte, b'.' | b'~' | b'/' | b'+' | b'='),
            Self::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        }
    }
}

use Letters::{Alphanumeric, Any, Capitals, Word};

/// Tokens: prefix, the characters after it, and their least number. In byte order.
const TOKENS: [(&str, Letters, usize); 86] = [
    ("A3T", Capitals, 14),
    ("ABIA", Capitals, 12),
    ("ACCA", Capitals, 12),
    ("AGE-SECRET-KEY-1", Capitals, 20),
    ("AIza", Word, 20),
    ("AKCp", Alphanumeric, 10),
    ("AKIA", Capitals, 12),
    ("ASIA", Capitals, 12),
    ("ATATT3", Any, 20),
    ("ATCTT3", Any, 20),
    ("CFPAT-", Word, 20),
    ("EAACEdEose0cBA", Alphanumeric, 10),
    ("GOCSPX-", Word, 12),
    ("GR1348941", Word, 10),
    ("HRKU-", Word, 20),
    ("LTAI", Alphanumeric, 12),
    ("NRAK-", Alphanumeric, 16),
    ("NRII-", Word, 16),
    ("PMAK-", Word, 20),
    ("SG.", Any, 20),
    ("api_org_", Alphanumeric, 16),
    ("cmVmd", Alphanumeric, 20),
    ("dapi", Alphanumeric, 32),
    ("dckr_oat_", Word, 12),
    ("dckr_pat_", Word, 12),
    ("doo_v1_", Alphanumeric, 16),
    ("dop_v1_", Alphanumeric, 16),
    ("dor_v1_", Alphanumeric, 16),
    ("dp.pt.", Alphanumeric, 16),
    ("eyJ", Any, 30),
    ("figd_", Word, 16),
    ("ghe_", Alphanumeric, 16),
    ("gho_", Alphanumeric, 16),
    ("ghp_", Alphanumeric, 16),
    ("ghr_", Alphanumeric, 16),
    ("ghs_", Any, 16),
    ("ghu_", Alphanumeric, 16),
    ("github_pat_", Word, 16),
    ("glagent-", Word, 16),
    ("glc_", Any, 20),
    ("glcbt-", Word, 16),
    ("gldt-", Word, 16),
    ("glffct-", Word, 16),
    ("glft-", Word, 16),
    ("glimt-", Word, 16),
    ("gloas-", Word, 16),
    ("glpat-", Any, 16),
    ("glptt-", Word, 16),
    ("glrt-", Any, 16),
    ("glsa_", Word, 20),
    ("glsoat-", Word, 16),
    ("gsk_", Alphanumeric, 20),
    ("hf_", Alphanumeric, 20),
    ("hvb.", Word, 16),
    ("hvr.", Word, 16),
    ("hvs.", Word, 16),
    ("key-", Alphanumeric, 32),
    ("lin_api_", Alphanumeric, 16),
    ("npm_", Alphanumeric, 20),
    ("ntn_", Alphanumeric, 20),
    ("nvapi-", Word, 20),
    ("ops_eyJ", Any, 20),
    ("phc_", Alphanumeric, 20),
    ("pplx-", Alphanumeric, 20),
    ("pscale_", Any, 20),
    ("pul-", Alphanumeric, 24),
    ("pypi-", Word, 30),
    ("r8_", Alphanumeric, 24),
    ("rk_live_", Alphanumeric, 10),
    ("rk_test_", Alphanumeric, 10),
    ("rubygems_", Alphanumeric, 20),
    ("sbp_", Alphanumeric, 20),
    ("secret_", Alphanumeric, 30),
    ("shpat_", Alphanumeric, 20),
    ("shpss_", Alphanumeric, 20),
    ("sk-", Word, 16),
    ("sk_live_", Alphanumeric, 10),
    ("sk_test_", Alphanumeric, 10),
    ("sntrys_", Any, 20),
    ("sntryu_", Alphanumeric, 20),
    ("sq0atp-", Word, 16),
    ("sq0csp-", Word, 16),
    ("tskey-", Word, 16),
    ("whsec_", Any, 16),
    ("xkeysib-", Word, 20),
    ("ya29.", Any, 16),
];

/// Parts of addresses after which a webhook has its secret.
const WEBHOOKS: [&str; 14] = [
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "hooks.slack.com/triggers/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "webhook.office.com/",
    "outlook.office.com/webhook/",
    "hooks.zapier.com/hooks/",
    "chat.googleapis.com/v1/spaces/",
    "api.telegram.org/bot",
    "open.feishu.cn/open-apis/bot/",
    "open.larksuite.com/open-apis/bot/",
    "logic.azure.com",
    "maker.ifttt.com/trigger/",
];

/// Parameters of addresses with secret values; other names are judged like keys.
const PARAMETERS: [&str; 8] = [
    "sig",
    "key",
    "code",
    "signature",
    "x-amz-signature",
    "x-amz-credential",
    "x-goog-signature",
    "subscription-key",
];

pub(super) fn hide(text: &str, hidden: &mut Vec<Range<usize>>) {
    hide_tokens(text, hidden);
    hide_slack_tokens(text, hidden);
    hide_azure_secrets(text, hidden);
    hide_bearers(text, hidden);
    hide_webhooks(text, hidden);
    hide_parameters(text, hidden);
    hide_url_passwords(text, hidden);
    hide_encrypted(text, hidden);
    hide_private_keys(text, hidden);
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Returns whether a word starts at `at`. A character escaped with a backslash before it is not part of the word.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return true;
    };
    let is_escape = before > 0 && bytes[before - 1] == b'\\';
    !bytes[before].is_ascii_alphanumeric() || is_escape
}

/// Hides what follows a known prefix.
fn hide_tokens(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            // The letter after a backslash is not part of the following word: `\\nghp_...`.
            at += if bytes[at] == b'\\' { 2 } else { 1 };
            continue;
        }
        if let Some(end) = token_end(&bytes[at..]) {
            hidden.push(at..at + end);
            at += end;
        }
        at += count(&bytes[at..], |byte| byte.is_ascii_alphanumeric()).max(1);
    }
}

fn token_end(rest: &[u8]) -> Option<usize> {
    let first = rest[0];
    let from = TOKENS.partition_point(|(prefix, ..)| prefix.as_bytes()[0] < first);
    let with_first = TOKENS[from..].iter();
    let mut with_first = with_first.take_while(|(prefix, ..)| prefix.as_bytes()[0] == first);
    with_first.find_map(|&(prefix, letters, least)| {
        let body = rest.strip_prefix(prefix.as_bytes())?;
        let length = count(body, |byte| letters.has(byte));
        (length >= least).then_some(prefix.len() + length)
    })
}

/// Hides `xoxb-...`, `xoxe.xoxp-...`, `xapp-...`.
fn hide_slack_tokens(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for prefix in ["xox", "xapp-"] {
        let mut done = 0;
        for at in memmem::find_iter(bytes, prefix) {
            if at < done || !starts_word(bytes, at) {
                continue;
            }
            let length = count(&bytes[at..], |byte| is_word(byte) || byte == b'.');
            let has_dash = memchr(b'-', &bytes[at..at + length.min(11)]).is_some();
            if has_dash && length >= 12 {
                hidden.push(at..at + length);
            }
            done = at + length;
        }
    }
}

/// Hides the secret of an Azure application: `abc8Q~...`.
fn hide_azure_secrets(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let is_letter = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'~');
    let mut done = 4;
    for at in memmem::find_iter(bytes, "Q~") {
        if at < done || !bytes[at - 1].is_ascii_digit() {
            continue;
        }
        let start = at - 4;
        let length = count(&bytes[start..], is_letter);
        if length >= 24 {
            hidden.push(start..start + length);
        }
        done = start + length.max(4);
    }
}

/// Hides what follows `Bearer` and `Basic`, unless it can be a word of a sentence.
fn hide_bearers(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for scheme in ["Bearer ", "bearer ", "Basic ", "basic "] {
        for at in memmem::find_iter(bytes, scheme) {
            let start = at + scheme.len();
            let length = count(&bytes[start..], |byte| Any.has(byte));
            let body = &bytes[start..start + length];
            let has_digit = body.iter().any(|byte| byte.is_ascii_digit() || *byte == b'=');
            if starts_word(bytes, at) && length >= 6 && has_digit {
                hidden.push(start..start + length);
            }
        }
    }
}

fn hide_webhooks(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    // Each address has a dot, and few words have many.
    for marker in WEBHOOKS {
        let mut done = 0;
        for at in memmem::find_iter(bytes, marker) {
            let start = at + marker.len();
            if start < done {
                continue;
            }
            done = start + count(&bytes[start..], is_url_byte);
            hidden.push(start..done);
        }
    }
}

/// Hides `sig=...`, `key=...` and similar parameters after `?`, `&` and `;`, with which `&amp;` ends too.
fn hide_parameters(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in memchr::memchr3_iter(b'?', b'&', b';', bytes) {
        if at < done {
            continue;
        }
        let name = at + 1;
        let sign = name + count(&bytes[name..], is_word).min(40);
        if bytes.get(sign) != Some(&b'=') {
            continue;
        }
        let is_secret =
            PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(&text[name..sign]));
        if is_secret {
            let value = sign + 1;
            let length = count(&bytes[value..], |byte| {
                is_url_byte(byte) && !matches!(byte, b'&' | b';' | b'#' | b',' | b')')
            });
            done = value + length;
            hidden.push(value..done);
        }
    }
}

/// Hides PASS in `scheme://user:PASS@host`, also if PASS has a `/` that should have been escaped, and a long user
/// without a password: a token is often written there.
fn hide_url_passwords(text: &str, hidden: &mut Vec<Range<usize>>) {
    const LONG: usize = 16;
    let bytes = text.as_bytes();
    // A word may contain many URLs; its end and its last `@` are looked up once.
    let (mut word_end, mut last_at_sign) = (0, None);
    for at in memmem::find_iter(bytes, "://") {
        let start = at + 3;
        if start > word_end {
            word_end = start + count(&bytes[start..], is_url_byte);
            last_at_sign =
                memchr::memrchr(b'@', &bytes[start..word_end]).map(|offset| start + offset);
        }
        let length = count(&bytes[start..word_end], |byte| {
            !matches!(byte, b'/' | b'?' | b'#')
        });
        let authority = &bytes[start..start + length];
        let own_at_sign = memchr::memrchr(b'@', authority);
        let Some(colon) = memchr(b':', authority) else {
            if let Some(user) = own_at_sign.filter(|&user| user >= LONG) {
                hidden.push(start..start + user);
            }
            continue;
        };
        let at_sign = match own_at_sign {
            Some(offset) => Some(start + offset),
            None if authority[colon + 1..].iter().all(u8::is_ascii_digit) => None,
            None => last_at_sign,
        };
        let password = start + colon + 1;
        // An `@` before the colon is part of the user's name.
        let end = at_sign.filter(|&at_sign| at_sign > password);
        hidden.extend(end.map(|end| password..end));
    }
}

fn is_url_byte(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
}

/// Hides the content of `ENC[...]`, as sops writes it.
fn hide_encrypted(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = memmem::find(&bytes[from..], b"ENC[") {
        let start = from + found + 4;
        let length = count(&bytes[start..], |byte| {
            !matches!(byte, b']' | b'\n' | b'\r')
        });
        hidden.push(start..start + length);
        from = start + length;
    }
}

/// Hides the body of each PEM private key; a truncated one is hidden to the end of the text.
fn hide_private_keys(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = memmem::find(&bytes[from..], b"-----BEGIN ") {
        let label = from + found + 11;
        let label_length = count(&bytes[label..], |byte| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' '
        });
        from = label + label_length;
        let dashes = text[from..].starts_with("-----");
        let label = text[label..from].trim_end_matches(" BLOCK");
        if !dashes || !label.ends_with("PRIVATE KEY") {
            continue;
        }
        let body = from + 5;
        from = memmem::find(&bytes[body..], b"-----END").map_or(text.len(), |length| body + length);
        hidden.push(body..from);
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask_message;
    use super::TOKENS;

    #[test]
    fn prefixes_are_in_order() {
        assert!(TOKENS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    /// Each is wrapped into what may surround it in a values file or a message.
    #[track_caller]
    fn check(secret: &str) {
        for (before, after) in [
            ("", ""),
            ("a: \"", "\""),
            ("`", "` is"),
            ("x=", "&y=1"),
            ("\\n", "\\n"),
        ] {
            let text = format!("{before}{secret}{after}");
            let masked = mask_message(&text);
            assert!(!masked.contains(secret), "{masked}");
            assert!(
                masked.starts_with(before) && masked.ends_with(after),
                "{masked}"
            );
        }
    }

    #[test]
    fn tokens_of_vendors() {
        let (a20, a36, hex32) = ("a1B2".repeat(5), "a1B2".repeat(9), "0a1b".repeat(8));
        for prefix in [
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "npm_",
            "hf_",
            "sk-",
            "sk-proj-",
            "sk-ant-api03-",
            "glpat-",
            "glrt-",
            "hvs.",
        ] {
            check(&format!("{prefix}{a36}"));
        }
        check(&format!("github_pat_{a20}_{a36}"));
        check("AKIAIOSFODNN7EXAMPLE");
        check("ASIAIOSFODNN7EXAMPLE");
        check(&format!("AIza{a20}-_{a20}"));
        check(&format!("GOCSPX-{a20}"));
        check("xoxb-123456789012-123456789012-abcdefABCDEF");
        check("xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4OTAxMi0");
        check("xapp-1-A0123456789-0123456789-abcdef");
        check(
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        );
        check(&format!("sk_live_{a20}"));
        check(&format!("pypi-AgEIcHlwaS5vcmc{a36}"));
        check(&format!("dapi{hex32}"));
        check("abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789a");
        check(&format!("SG.{a20}.{a36}"));
        check(&format!("dckr_pat_{a20}"));
        check(&format!("AGE-SECRET-KEY-1{}", "QPZRY9X8GF".repeat(5)));
    }

    #[track_caller]
    fn check_masked(text: &str, expected: &str) {
        assert_eq!(mask_message(text), expected);
    }

    #[test]
    fn addresses_and_headers() {
        check_masked(
            "https://hooks.slack.com/services/T0/B0/xyz now",
            "https://hooks.slack.com/services/********* now",
        );
        check_masked(
            "https://discord.com/api/webhooks/1/ab",
            "https://discord.com/api/webhooks/****",
        );
        check_masked(
            "https://a.example.org/b?sv=1&sig=ab%2Fc&x=1",
            "https://a.example.org/b?sv=1&sig=******&x=1",
        );
        check_masked(
            "https://a.example.org/?key=abc&amp;code=de",
            "https://a.example.org/?key=***&amp;code=**",
        );
        check_masked(
            "https://a.example.org/?key=abc&code=de",
            "https://a.example.org/?key=***&code=**",
        );
        check_masked(
            "https://u:abc@a.example.org:80/, https://me@a.example.org:80/",
            "https://u:***@a.example.org:80/, https://me@a.example.org:80/",
        );
        check_masked(
            "-H 'Authorization: Bearer abc123'",
            "-H 'Authorization: Bearer ******'",
        );
        check_masked("Basic dXNlcjpw=", "Basic *********");
        check_masked(
            "https://0123456789abcdef@git.example.org",
            "https://****************@git.example.org",
        );
        check_masked(
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nabc\n",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n***\n",
        );
    }

    #[test]
    fn tokens_are_hidden_each_and_whole() {
        check_masked(
            "a xoxb-123456789012-1 xoxb-123456789012-2 b",
            "a ******************* ******************* b",
        );
        let secret = "abc8Q~dEfGhIjKlMnOpQrStUvWxYz0";
        let stars = "*".repeat(secret.len());
        check_masked(
            &format!("a {secret} {secret} b"),
            &format!("a {stars} {stars} b"),
        );
    }

    #[test]
    fn what_only_looks_alike() {
        for text in [
            "foxoxb-123456789012-123456789012",
            "xoxb-abc, xoxo",
            "abcdQ~dEfGhIjKlMnOpQrStUvWxYz0",
            "8Q~dEfGhIjKlMnOpQrStUvWxYz0",
            "xbearer abc123, bearer abcdef, bearer a1",
            "https://example.org/?key/abc&=a",
            "a bearer token of the cluster, basic authentication",
            "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "risk-based-decisions-for-everyone-here",
            "git://git@example.org/a?ref=main&path=x",
            "sk-learn, hf_hub, key-value, npm_config_cache, ghp_ is a prefix",
            "AKIA is one too, and A3T",
            "https://example.org:8443/a@b",
        ] {
            check_masked(text, text);
        }
    }
}
