//! Replacements of `auth`, which z2jh 0.11 removed: each setting moved to a class of JupyterHub. The chart names the same
//! places when it rejects the old keys.

use crate::lint::fixes::NewValue;
use crate::yaml::Value;

/// Values of `auth.type`, and the authenticator: its short name if JupyterHub has one, otherwise its class.
const TYPES: [(&str, &str); 12] = [
    ("azuread", "azuread"),
    ("cilogon", "cilogon"),
    ("dummy", "dummy"),
    ("github", "github"),
    ("gitlab", "gitlab"),
    ("globus", "globus"),
    ("google", "google"),
    ("hmac", "hmacauthenticator.HMACAuthenticator"),
    ("ldap", "ldapauthenticator.LDAPAuthenticator"),
    ("lti", "ltiauthenticator.LTIAuthenticator"),
    ("mediawiki", "mediawiki"),
    ("tmp", "tmpauthenticator.TmpAuthenticator"),
];

/// Settings of all authenticators: the old key, the class, and the name there.
const COMMON: [(&str, &str, &str); 6] = [
    ("admin.access", "JupyterHub", "admin_access"),
    ("admin.users", "Authenticator", "admin_users"),
    ("allowedUsers", "Authenticator", "allowed_users"),
    ("scopes", "OAuthenticator", "scope"),
    ("state.enabled", "Authenticator", "enable_auth_state"),
    ("whitelist.users", "Authenticator", "allowed_users"),
];

/// A key below `auth`, its class, and its settings with their names there.
type Class = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const CLASSES: [Class; 11] = [
    (
        "azuread",
        "AzureAdOAuthenticator",
        &[
            ("clientId", "client_id"),
            ("clientSecret", "client_secret"),
            ("callbackUrl", "oauth_callback_url"),
            ("tenantId", "tenant_id"),
            ("usernameClaim", "username_claim"),
        ],
    ),
    (
        "cilogon",
        "CILogonOAuthenticator",
        &[
            ("clientId", "client_id"),
            ("clientSecret", "client_secret"),
            ("callbackUrl", "oauth_callback_url"),
        ],
    ),
    ("dummy", "DummyAuthenticator", &[("password", "password")]),
    (
        "github",
        "GitHubOAuthenticator",
        &[
            ("clientId", "client_id"),
            ("clientSecret", "client_secret"),
            ("callbackUrl", "oauth_callback_url"),
            ("allowedOrganizations", "allowed_organizations"),
            ("orgWhitelist", "allowed_organizations"),
        ],
    ),
    (
        "gitlab",
        "GitLabOAuthenticator",
        &[
            ("clientId", "client_id"),
            ("clientSecret", "client_secret"),
            ("callbackUrl", "oauth_callback_url"),
            ("allowedGitlabGroups", "allowed_gitlab_groups"),
            ("allowedProjectIds", "allowed_project_ids"),
            ("gitlabGroupWhitelist", "allowed_gitlab_groups"),
            ("gitlabProjectIdWhitelist", "allowed_project_ids"),
            ("gitlabUrl", "gitlab_url"),
        ],
    ),
    (
        "globus",
        "GlobusOAuthenticator",
        &[
            ("clientId", "client_id"),
            ("clientSecret", "client_secret"),
            ("callbackUrl", "oauth_callback_url"),
        ],
    ),
    (
        "google",
        "GoogleOAuthenticator",
        &[
            ("clientId", "client_id"),
            ("clientSecret", "client_secret"),
            ("callbackUrl", "oauth_callback_url"),
            ("hostedDomain", "hosted_domain"),
            ("loginService", "login_service"),
        ],
    ),
    ("hmac", "HMACAuthenticator", &[("secretKey", "secret_key")]),
    (
        "ldap",
        "LDAPAuthenticator",
        &[
            ("allowedGroups", "allowed_groups"),
            ("dn.lookup", "lookup_dn"),
            ("dn.search.filter", "lookup_dn_search_filter"),
            ("dn.search.password", "lookup_dn_search_password"),
            ("dn.search.user", "lookup_dn_search_user"),
            ("dn.templates", "bind_dn_template"),
            ("dn.user.attribute", "user_attribute"),
            ("dn.user.dnAttribute", "lookup_dn_user_dn_attribute"),
            ("dn.user.escape", "escape_userdn"),
            ("dn.user.searchBase", "user_search_base"),
            ("dn.user.useLookupName", "use_lookup_dn_username"),
            ("dn.user.validRegex", "valid_username_regex"),
            ("server.address", "server_address"),
            ("server.port", "server_port"),
            ("server.ssl", "use_ssl"),
        ],
    ),
    ("lti", "LTIAuthenticator", &[("consumers", "consumers")]),
    (
        "mediawiki",
        "MWOAuthenticator",
        &[
            ("clientId", "client_id"),
            ("clientSecret", "client_secret"),
            ("callbackUrl", "oauth_callback_url"),
            ("indexUrl", "index_url"),
        ],
    ),
];

/// Returns the new places of all settings below `auth` in one file; `None` if one of them has no place.
pub(super) fn places(auth: Value) -> Option<Vec<NewValue>> {
    let mut settings = Vec::new();
    flatten(auth, "", &mut settings);
    let class = settings.iter().find_map(|(path, value)| match value {
        Value::String(class) if path == "custom.className" => Some(class.clone()),
        _ => None,
    });
    let is_moved = |(path, value): &(String, Value)| {
        path != "safeToShowValues" && (path != "type" || *value != Value::from("custom"))
    };
    let settings = settings.into_iter().filter(is_moved);
    settings.map(|(path, value)| place(&path, value, class.as_deref())).collect()
}

/// Returns settings by their dotted paths; the configuration of a custom class is one setting.
fn flatten(value: Value, path: &str, settings: &mut Vec<(String, Value)>) {
    match value {
        Value::Mapping(pairs) if path != "custom.config" => {
            for (key, value) in pairs {
                let below = format!("{path}.{key}");
                flatten(value, below.trim_start_matches('.'), settings);
            }
        }
        // A key with nothing behind it set nothing.
        Value::Null => {}
        value => settings.push((path.to_owned(), value)),
    }
}

fn place(path: &str, value: Value, custom: Option<&str>) -> Option<NewValue> {
    let (class, key, value) = match (path, value) {
        ("type", Value::String(kind)) => {
            let (_, class) = TYPES.iter().find(|(name, _)| *name == kind)?;
            ("JupyterHub", "authenticator_class", (*class).into())
        }
        ("custom.className", value) => ("JupyterHub", "authenticator_class", value),
        ("custom.config", value) => {
            let class = custom?.rsplit('.').next()?;
            return Some((["hub", "config", class].map(str::to_owned).to_vec(), value));
        }
        ("state.cryptoKey", value) => ("CryptKeeper", "keys", Value::Sequence(vec![value])),
        (path, value) => {
            let (class, key) = setting(path)?;
            (class, key, value)
        }
    };
    let keys = ["hub", "config", class, key].map(str::to_owned);
    Some((keys.to_vec(), value))
}

/// Returns the class of a setting, and its name there.
fn setting(path: &str) -> Option<(&'static str, &'static str)> {
    if let Some((_, class, key)) = COMMON.iter().find(|(known, ..)| *known == path) {
        return Some((class, key));
    }
    let (name, key) = path.split_once('.')?;
    let (_, class, settings) = CLASSES.iter().find(|(known, ..)| *known == name)?;
    let (_, key) = settings.iter().find(|(known, _)| *known == key)?;
    Some((class, key))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    /// The places of a text, with dots between their keys.
    #[track_caller]
    fn check(auth: Json, expected: Option<&[(&str, Json)]>) {
        let found = places(Value::from(auth)).map(|places| {
            let path = |(keys, value): NewValue| (keys.join("."), value);
            let mut places: Vec<_> = places.into_iter().map(path).collect();
            places.sort_by(|one, other| one.0.cmp(&other.0));
            places
        });
        let expected = expected.map(|expected| {
            let of =
                |(path, value): &(&str, Json)| ((*path).to_owned(), Value::from(value.clone()));
            expected.iter().map(of).collect::<Vec<_>>()
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn each_setting_goes_to_the_class_that_has_it() {
        check(
            json!({
                "type": "gitlab",
                "gitlab": {"clientId": "a", "gitlabGroupWhitelist": ["b"]},
                "ldap": {"dn": {"user": {"escape": true}}, "server": {"address": "ldap.example.org"}},
                "state": {"enabled": true, "cryptoKey": "c"},
                "whitelist": {"users": ["d"]},
                "admin": {"users": null},
                "safeToShowValues": true,
            }),
            Some(&[
                ("hub.config.Authenticator.allowed_users", json!(["d"])),
                ("hub.config.Authenticator.enable_auth_state", json!(true)),
                ("hub.config.CryptKeeper.keys", json!(["c"])),
                (
                    "hub.config.GitLabOAuthenticator.allowed_gitlab_groups",
                    json!(["b"]),
                ),
                ("hub.config.GitLabOAuthenticator.client_id", json!("a")),
                ("hub.config.JupyterHub.authenticator_class", json!("gitlab")),
                ("hub.config.LDAPAuthenticator.escape_userdn", json!(true)),
                (
                    "hub.config.LDAPAuthenticator.server_address",
                    json!("ldap.example.org"),
                ),
            ]),
        );
    }

    #[test]
    fn a_class_of_ones_own_takes_its_settings_as_they_are() {
        check(
            json!({"type": "custom", "custom": {"className": "own.Login", "config": {"a": {"b": 1}}}}),
            Some(&[
                (
                    "hub.config.JupyterHub.authenticator_class",
                    json!("own.Login"),
                ),
                ("hub.config.Login", json!({"a": {"b": 1}})),
            ]),
        );
    }

    #[test]
    fn what_has_no_place_is_left_for_people() {
        check(json!({"type": "kerberos"}), None);
        check(json!({"github": {"clientId": "a", "team": "b"}}), None);
        check(json!({"custom": {"config": {"a": 1}}}), None);
    }
}
