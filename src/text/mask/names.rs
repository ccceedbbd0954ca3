//! Tables of names: what the name of a key, variable or flag shows about its value.

/// Parts of names that hide everything below them; compared in lower case without `_`, `-` and `.`.
const CREDENTIALS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "cryptkeeper",
    "cryptokey",
    "dockerconfigjson",
    "htpasswd",
    "lastappliedconfiguration",
];

/// Last words of names that hide their own value; a mapping below them is judged by its own keys.
const ENDINGS: [&str; 67] = [
    "account key",
    "admin key",
    "aes key",
    "auth",
    "auth key",
    "authorization",
    "basicauth",
    "bearer",
    "client key",
    "conn str",
    "conn string",
    "connection str",
    "connection string",
    "consumer key",
    "cookie",
    "cookie key",
    "cookies",
    "cred",
    "creds",
    "crypt key",
    "decryption key",
    "deploy key",
    "dsn",
    "encryption key",
    "encryption keys",
    "fernet key",
    "hmac key",
    "hook url",
    "httpauth",
    "id ed25519",
    "id rsa",
    "integration key",
    "json key",
    "jwt",
    "key data",
    "keytab",
    "kubeconfig",
    "license key",
    "master key",
    "netrc",
    "otp",
    "pass",
    "pat",
    "pgpass",
    "pwd",
    "root key",
    "routing key",
    "rsa key",
    "salt",
    "sas",
    "server key",
    "service account json",
    "service account key",
    "service key",
    "session key",
    "session keys",
    "shared key",
    "sig",
    "signing key",
    "signing keys",
    "ssh key",
    "storage key",
    "tls key",
    "totp",
    "webhook",
    "webhook url",
    "write key",
];

/// Endings that also count when nothing separates them from the word before: `dbpass`.
const GLUED: [&str; 2] = ["pass", "pwd"];

/// Words that end like a credential but are not one.
const NO_CREDENTIALS: [&str; 12] = [
    "bypass",
    "compass",
    "overpass",
    "passed",
    "passes",
    "passive",
    "passport",
    "surpass",
    "taken",
    "underpass",
    "secure",
    "tokyo",
];

/// Words whose misspellings hide as much as the words themselves.
const MISSPELLED: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "credentials",
    "encryptionkey",
    "connectionstring",
    "cookiesecret",
    "clientsecret",
];

/// Parts of names that only refer to a credential, or describe how it is passed on.
const REFERENCES: [&str; 8] = [
    "secretname",
    "secretkeyref",
    "secretref",
    "pullsecret",
    "automountserviceaccounttoken",
    "serviceaccounttoken",
    "tokenexpiration",
    "existingsecret",
];

/// Ends of names whose values say where the credential is.
const PLACES: [&str; 7] = [
    "path",
    "file",
    "ref",
    "refs",
    "namespace",
    "seconds",
    "mountpath",
];

/// Keys whose scalars stay readable below a credential or in an `env` list, because they name things.
const NAMING: [&str; 21] = [
    "name",
    "namespace",
    "kind",
    "apiVersion",
    "apiGroup",
    "optional",
    "path",
    "mode",
    "defaultMode",
    "type",
    "description",
    "default_mode",
    "secretName",
    "containerName",
    "divisor",
    "expirationSeconds",
    "audience",
    "enabled",
    "create",
    "existingSecret",
    "mountPath",
];

/// Keys whose mappings say where a value comes from: nothing below them is the value itself.
const SOURCES: [&str; 9] = [
    "valueFrom",
    "secretKeyRef",
    "configMapKeyRef",
    "secretRef",
    "configMapRef",
    "fieldRef",
    "resourceFieldRef",
    "serviceAccountToken",
    "items",
];

/// Keys that have a meaning only together with their parent: `encryption: {key: ...}`.
const DEPENDENT: [&str; 5] = ["key", "keys", "url", "string", "data"];

/// Longer than any meaningful name; longer ones are ignored, so that scanning stays linear.
const LONGEST: usize = 256;

/// How far the name of a credential hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Its own value.
    Value,
    /// Everything below it.
    Below,
}

/// Returns what the name hides; `None` for a name that is not a credential's.
pub(super) fn reach(name: &str) -> Option<Reach> {
    // An expression of an embedded script that ends in a colon by chance is not a name.
    if name.len() < 3 || name.len() > LONGEST || name.contains(['=', '(']) {
        return None;
    }
    let plain = plain(name);
    if PLACES.iter().any(|end| plain.ends_with(end))
        || REFERENCES.iter().any(|part| plain.contains(part))
    {
        return None;
    }
    if CREDENTIALS.iter().any(|part| plain.contains(part)) {
        return Some(Reach::Below);
    }
    let words = words(name);
    if ends_as_credential(&words, &plain) {
        return Some(Reach::Value);
    }
    let is_slip = is_misspelled(&plain) || words.split(' ').any(is_misspelled);
    is_slip.then_some(Reach::Below)
}

/// Returns what the key hides below `parent`, which may determine its meaning.
pub(super) fn reach_below(parent: &str, key: &str) -> Option<Reach> {
    reach(key).or_else(|| {
        let is_dependent = !parent.is_empty() && DEPENDENT.contains(&key);
        is_dependent.then(|| reach(&format!("{parent}.{key}")))?
    })
}

/// Returns whether the value of this name is hidden.
pub(super) fn is_credential(name: &str) -> bool {
    reach(name).is_some()
}

/// Returns whether the name has environment variables, as a list or a mapping.
pub(super) fn is_environment(name: &str) -> bool {
    const ENDS: [&str; 8] = [
        "env",
        "envs",
        "environ",
        "environment",
        "envvars",
        "env vars",
        "env variables",
        "environment variables",
    ];
    name.len() <= LONGEST && {
        let words = words(name);
        ENDS.iter().any(|end| is_tail(&words, end))
    }
}

/// Returns whether the name only names something.
pub(super) fn is_naming(name: &str) -> bool {
    NAMING.contains(&name)
}

/// Returns whether the mapping below the name says where a value comes from.
pub(super) fn is_source(name: &str) -> bool {
    SOURCES.contains(&name)
}

/// How secret a value can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// Empty or null.
    Nothing,
    /// A boolean or a short number: a secret only if its key names one.
    Setting,
    /// Anything else.
    Text,
}

/// Judges a scalar as it is written, with or without quotes.
pub(super) fn worth(value: &str) -> Worth {
    const SHORT: usize = 5;
    let value = value.trim();
    let inner = value.strip_prefix(['"', '\'']).unwrap_or(value);
    let inner = inner.strip_suffix(['"', '\'']).unwrap_or(inner);
    if inner.len() > SHORT + 2 {
        return Worth::Text;
    }
    let digits = inner.trim_start_matches(['-', '+']);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|c| c.is_ascii_digit() || c == b'.')
        && digits.bytes().filter(u8::is_ascii_digit).count() <= SHORT;
    match inner.to_ascii_lowercase().as_str() {
        "" | "~" | "null" | "none" | "{}" | "[]" => Worth::Nothing,
        "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" => Worth::Setting,
        _ if is_number => Worth::Setting,
        _ => Worth::Text,
    }
}

/// Returns whether a value of `kind` makes an object a Secret, also if it is slightly misspelled.
pub(super) fn is_secret_kind(kind: &str) -> bool {
    let is_slip = || {
        (5..=8).contains(&kind.len()) && strsim::osa_distance(&kind.to_lowercase(), "secret") <= 2
    };
    kind.eq_ignore_ascii_case("SecretList") || is_slip()
}

fn ends_as_credential(words: &str, plain: &str) -> bool {
    let last = words.rsplit(' ').next().unwrap_or(words);
    if NO_CREDENTIALS.contains(&last) {
        return false;
    }
    let is_glued = |end: &&str| plain.ends_with(*end);
    let is_joined = |end: &&&str| end.contains(' ') && plain.ends_with(&end.replace(' ', ""));
    ENDINGS.iter().any(|end| is_tail(words, end))
        || GLUED.iter().any(is_glued)
        || ENDINGS.iter().any(|end| is_joined(&end))
}

fn is_tail(words: &str, end: &str) -> bool {
    words
        .strip_suffix(end)
        .is_some_and(|before| before.is_empty() || before.ends_with(' '))
}

/// Returns whether a word is a misspelled credential: one letter, two in a long word.
fn is_misspelled(word: &str) -> bool {
    if NO_CREDENTIALS.contains(&word) {
        return false;
    }
    let letters = letters(word);
    MISSPELLED.iter().any(|known| {
        let most = if known.len() >= 8 { 2 } else { 1 };
        if word.len().abs_diff(known.len()) > most {
            return false;
        }
        // A misspelling changes at most two letters of the set; most words are excluded here.
        let differing = (letters ^ self::letters(known)).count_ones() as usize;
        differing <= 2 * most && strsim::osa_distance(word, known) <= most
    })
}

fn letters(word: &str) -> u32 {
    let bit = |byte: u8| 1_u32 << (byte & 31);
    word.bytes().fold(0, |set, byte| set | bit(byte))
}

fn plain(name: &str) -> String {
    let kept = name.chars().filter(|letter| !matches!(letter, '_' | '-' | '.'));
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Returns the words of a name in lower case, separated by single spaces and without trailing numbers: `dbPass2` gives
/// `db pass`, `AUTH_SALT` gives `auth salt`.
fn words(name: &str) -> String {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let mut words = String::with_capacity(name.len() + 4);
    let letters: Vec<char> = name.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            if !words.is_empty() && !words.ends_with(' ') {
                words.push(' ');
            }
            continue;
        }
        let before = at.checked_sub(1).map(|before| letters[before]);
        let is_after_small = before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit());
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && letters.get(at + 1).is_some_and(|c| c.is_lowercase());
        if letter.is_uppercase() && (is_after_small || ends_capitals) {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words.truncate(words.trim_end().len());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: Option<Reach>) {
        for name in names {
            assert_eq!(reach(name), expected, "{name}");
        }
    }

    #[test]
    fn names_of_credentials() {
        check(
            &[
                "cookieSecret",
                "PASSWORD",
                "api-key",
                "client_secret",
                "secretToken",
                "passphrase",
                "aws_secret_access_key",
            ],
            Some(Reach::Below),
        );
        check(
            &[
                "pwd",
                "pass",
                "DB_PASS",
                "dbpass",
                "userPwd",
                "auth",
                "basicAuth",
                "_auth",
                "Authorization",
                "bearer",
                "salt",
                "passSalt",
                "encryptionKey",
                "encryption_key",
                "encryptionkey",
                "ENCRYPTION_KEY_2",
                "cookie",
                "sessionCookie",
                "sessionKey",
                "webhook",
                "slackWebhookURL",
                "dsn",
                "SENTRY_DSN",
                "connectionString",
                "AccountKey",
                "GITHUB_PAT",
                "tls.key",
                "id_rsa",
                "client-key-data",
                "DBAuth",
            ],
            Some(Reach::Value),
        );
    }

    #[test]
    fn near_misses_of_credentials() {
        check(
            &[
                "passwrd",
                "pasword",
                "passowrd",
                "passsword",
                "secrte",
                "scret",
                "cookieSecrt",
                "tokne",
                "apiTokn",
                "apiTokenn",
                "client_secert",
                "cookiesecrt",
                "credntials",
                "encryptonKey",
                "pazzword",
            ],
            Some(Reach::Below),
        );
    }

    #[test]
    fn names_that_hide_nothing() {
        check(
            &[
                "key",
                "passThrough",
                "bypass",
                "compass",
                "author",
                "authenticator_class",
                "oauth",
                "authType",
                "cookieMaxAge",
                "path",
                "pattern",
                "passed",
                "taken",
                "secretName",
                "imagePullSecrets",
                "existingSecret",
                "passwordFile",
                "tolerations",
                "nodeSelector",
                "secureContext",
                "broken",
                "webhooks",
                "publicKey",
                "hub",
                "db",
            ],
            None,
        );
        assert_eq!(reach_below("encryption", "key"), Some(Reach::Value));
        assert_eq!(reach_below("webhook", "url"), Some(Reach::Value));
        assert_eq!(reach_below("db", "url"), None);
        assert_eq!(reach_below("password", "length"), None);
        let name = |length: usize| format!("{:a>length$}", "token");
        check(&[&name(LONGEST + 1), &name(2 * LONGEST)], None);
        check(&[&name(LONGEST)], Some(Reach::Below));
    }

    #[test]
    fn letters_of_a_word_are_a_set() {
        assert_eq!(letters("abba"), letters("ab"));
        assert_eq!(letters("aB1"), letters("A") | letters("b") | letters("1"));
        let differing = |one, other| (letters(one) ^ letters(other)).count_ones();
        assert_eq!(differing("token", "tokne"), 0);
        assert_eq!(differing("token", "tokan"), 2);
    }

    #[test]
    fn kinds_of_secrets_can_be_misspelled() {
        for kind in ["Secret", "secret", "Secert", "Scret", "SecretList"] {
            assert!(is_secret_kind(kind), "{kind}");
        }
        for kind in ["Widget", "Service", "Event", "Sect", "SecretClass"] {
            assert!(!is_secret_kind(kind), "{kind}");
        }
    }

    #[test]
    fn environments_are_named_in_any_spelling() {
        for name in ["env", "extraEnv", "ENV__VARS", "environment-variables"] {
            assert!(is_environment(name), "{name}");
        }
        for name in ["envoy", "environmentName", "prenv"] {
            assert!(!is_environment(name), "{name}");
        }
    }

    #[test]
    fn what_a_value_can_be() {
        for (value, expected) in [
            ("", Worth::Nothing),
            ("\"\"", Worth::Nothing),
            ("null", Worth::Nothing),
            ("on", Worth::Setting),
            ("'True'", Worth::Setting),
            ("8080", Worth::Setting),
            ("-1.5", Worth::Setting),
            ("-1234.5", Worth::Setting),
            ("1a", Worth::Text),
            ("-", Worth::Text),
            ("123456", Worth::Text),
            ("hunter2", Worth::Text),
            ("1.2.3.4.5.6", Worth::Text),
            ("--------1", Worth::Text),
        ] {
            assert_eq!(worth(value), expected, "{value}");
        }
    }
}
