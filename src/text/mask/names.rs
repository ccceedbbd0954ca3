//! What the name of a key says about its value.

/// Parts of names whose values are hidden; compared in lower case without `_` and `-`.
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

/// Parts of names that only refer to a credential, or speak of how it is handed over.
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

/// Keys whose scalars stay readable below a credential or in an `env` list: they name things.
const NAMING: [&str; 31] = [
    "name",
    "namespace",
    "key",
    "kind",
    "apiVersion",
    "apiGroup",
    "optional",
    "items",
    "path",
    "mode",
    "defaultMode",
    "type",
    "description",
    "format",
    "default_mode",
    "secretName",
    "valueFrom",
    "secretKeyRef",
    "configMapKeyRef",
    "fieldRef",
    "fieldPath",
    "resourceFieldRef",
    "resource",
    "containerName",
    "divisor",
    "expirationSeconds",
    "audience",
    "enabled",
    "create",
    "existingSecret",
    "mountPath",
];

/// Longer than any name that means something; a longer one is not looked at, so that scanning stays linear.
const LONGEST: usize = 256;

/// Whether the value under this name is to be hidden.
pub(super) fn is_credential(name: &str) -> bool {
    // An expression of an embedded script that happens to end in a colon is no name.
    if name.len() < 5 || name.len() > LONGEST || name.contains(['=', '(']) {
        return false;
    }
    let name = plain(name);
    CREDENTIALS.iter().any(|part| name.contains(part))
        && !REFERENCES.iter().any(|part| name.contains(part))
        && !PLACES.iter().any(|end| name.ends_with(end))
}

/// Whether the name holds environment variables, as a list or a mapping.
pub(super) fn is_environment(name: &str) -> bool {
    name.len() <= LONGEST
        && matches!(
            plain(name).as_str(),
            "env" | "extraenv" | "environment" | "envvars" | "extraenvvars" | "extraenvironment"
        )
}

/// Whether the name only says what something is called.
pub(super) fn is_naming(name: &str) -> bool {
    NAMING.contains(&name)
}

/// Whether a value holds nothing to hide: empty, null, or a switch.
pub(super) fn is_empty_value(value: &str) -> bool {
    let value = value.trim();
    value.len() <= 5
        && matches!(
            value,
            "" | "\"\"" | "''" | "~" | "null" | "true" | "false" | "True" | "False" | "{}" | "[]"
        )
}

fn plain(name: &str) -> String {
    let kept = name.chars().filter(|letter| !matches!(letter, '_' | '-'));
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}
