use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::ChartVersion;
use crate::hub::Hub;
use crate::lint::{Check, Rule, Upgrade, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Upgrade(check),
};

static CODE: Code = Code::warning(
    "UP002",
    "only-admins-after-upgrade",
    "after the upgrade only admins can log in: no setting allows other users",
)
.page(include_str!("nobody_allowed.md"))
.fix(FixKind::Unsafe);

const CLASS: &str = "hub.config.JupyterHub.authenticator_class";

/// Authenticators that allowed every user: name in JupyterHub, class, and the first chart version that asks who is
/// allowed. That is the one with `OAuthenticator` 16, else with JupyterHub 5.
const CLASSES: [(&str, &str, ChartVersion); 14] = [
    ("auth0", "Auth0OAuthenticator", OAUTH),
    ("azuread", "AzureAdOAuthenticator", OAUTH),
    ("bitbucket", "BitbucketOAuthenticator", OAUTH),
    ("cilogon", "CILogonOAuthenticator", OAUTH),
    ("generic-oauth", "GenericOAuthenticator", OAUTH),
    ("github", "GitHubOAuthenticator", OAUTH),
    ("gitlab", "GitLabOAuthenticator", OAUTH),
    ("globus", "GlobusOAuthenticator", OAUTH),
    ("google", "GoogleOAuthenticator", OAUTH),
    ("mediawiki", "MWOAuthenticator", OAUTH),
    ("openshift", "OpenShiftOAuthenticator", OAUTH),
    ("okpy", "OkpyOAuthenticator", OAUTH),
    ("ldap", "LDAPAuthenticator", OTHER),
    ("tmp", "TmpAuthenticator", OTHER),
];

const OAUTH: ChartVersion = ChartVersion::new(3, 0);
const OTHER: ChartVersion = ChartVersion::new(4, 0);

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = upgrade.to.hub;
    let Some(configured) = hub.text(CLASS) else {
        return;
    };
    let class = configured.rsplit('.').next().unwrap_or(configured);
    let class = class.strip_prefix("Local").unwrap_or(class);
    let known = CLASSES.iter();
    let Some((_, class, since)) =
        known.clone().find(|(name, known, _)| *name == configured || *known == class)
    else {
        return;
    };
    if !upgrade.crosses(*since) || allows(hub, class) || hub.code_may_set("allow") {
        return;
    }
    let message =
        format!("since z2jh {since} only admins can log in, unless a setting allows other users");
    let help = "set `allowed_users` or a setting of the class, or `allow_all: true` as before, unless another layer already does";
    let finding = hub.at(
        Diagnostic::new(&CODE, message).help(help),
        &[(CLASS, "allowed every user before")],
    );
    let section = format!("hub.config.{class}");
    let section = match hub.get(&section) {
        Some(_) => section,
        None => "hub.config.Authenticator".to_owned(),
    };
    let edits = fixes::set_near(upgrade.to, &format!("{section}.allow_all"), true);
    findings.push(fixes::unsafe_fix(
        finding,
        "allow all users, as before",
        edits,
    ));
}

/// Whether a setting allows users, or may do so.
fn allows(hub: &Hub<'_>, class: &str) -> bool {
    let is_allowing = |(key, value): (&String, &Value)| {
        (key.starts_with("allow") || key == "any_allow_config") && is_truthy(value)
    };
    let local = format!("Local{class}");
    let sections = [class, &local, "OAuthenticator", "Authenticator"];
    sections.iter().any(|section| {
        let path = format!("hub.config.{section}");
        let is_hidden = hub.get(&path).is_some_and(|value| !value.is_map());
        is_hidden || hub.entries(&path).any(is_allowing)
    })
}

fn is_truthy(value: &Value) -> bool {
    match &value.content {
        Content::Null | Content::Bool(false) => false,
        Content::String(text) => !text.is_empty(),
        Content::List(items) => !items.is_empty(),
        Content::Map(map) => !map.entries.is_empty(),
        _ => true,
    }
}
