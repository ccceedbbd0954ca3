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
    "nobody-allowed-by-upgrade",
    "after the upgrade nobody can log in whom no setting allows",
)
.page(include_str!("nobody_allowed.md"))
.fix(FixKind::Unsafe);

const CLASS: &str = "hub.config.JupyterHub.authenticator_class";

/// The classes that let in everybody who could log in, their names in JupyterHub, and the first version of the
/// chart whose own asks who is allowed: `OAuthenticator` 16, else JupyterHub 5.
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
    let Some(said) = hub.text(CLASS) else { return };
    let class = said.rsplit('.').next().unwrap_or(said);
    let class = class.strip_prefix("Local").unwrap_or(class);
    let known = CLASSES.iter();
    let Some((_, class, since)) = known
        .clone()
        .find(|(name, known, _)| *name == said || *known == class)
    else {
        return;
    };
    if !upgrade.crosses(*since) || allows(hub, class) || hub.code_may_set("allow") {
        return;
    }
    let message =
        format!("since z2jh {since} nobody but admins can log in where nothing allows it");
    let help = "say who may, by `allowed_users` or what the class has for it, or `allow_all: true` as it was; a layer that is not here may do so already";
    let finding = hub.at(
        Diagnostic::new(&CODE, message).help(help),
        &[(CLASS, "let in everybody who could log in")],
    );
    let section = format!("hub.config.{class}");
    let section = match hub.get(&section) {
        Some(_) => section,
        None => "hub.config.Authenticator".to_owned(),
    };
    let edits = fixes::set_near(upgrade.to, &format!("{section}.allow_all"), true);
    findings.push(fixes::risky(finding, "allow everybody, as it was", edits));
}

/// Whether a setting lets somebody in, or nobody can tell.
fn allows(hub: &Hub<'_>, class: &str) -> bool {
    let says = |(key, value): (&String, &Value)| {
        (key.starts_with("allow") || key == "any_allow_config") && is_truthy(value)
    };
    let local = format!("Local{class}");
    let sections = [class, &local, "OAuthenticator", "Authenticator"];
    sections.iter().any(|section| {
        let path = format!("hub.config.{section}");
        let is_hidden = hub.get(&path).is_some_and(|value| !value.is_map());
        is_hidden || hub.entries(&path).any(says)
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
