use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartVersion;
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SM009",
    "bad-hub-config-section",
    "a section of `hub.config` that is no class, for which the hub does not start",
)
.page(include_str!("bad_config_section.md"))
.fix(FixKind::Unsafe);

/// Since then the hub exits where a section begins with a small letter.
const FATAL: ChartVersion = ChartVersion::new(4, 3);

/// Classes that hubs set up.
const CLASSES: [&str; 26] = [
    "Auth0OAuthenticator",
    "Authenticator",
    "AzureAdOAuthenticator",
    "BinderSpawner",
    "BitbucketOAuthenticator",
    "CILogonOAuthenticator",
    "ConfigurableHTTPProxy",
    "CryptKeeper",
    "DummyAuthenticator",
    "FirstUseAuthenticator",
    "GenericOAuthenticator",
    "GitHubOAuthenticator",
    "GitLabOAuthenticator",
    "GlobusOAuthenticator",
    "GoogleOAuthenticator",
    "JupyterHub",
    "KubeSpawner",
    "LDAPAuthenticator",
    "LTI11Authenticator",
    "LTI13Authenticator",
    "LocalAuthenticator",
    "NativeAuthenticator",
    "OAuthenticator",
    "OpenShiftOAuthenticator",
    "Spawner",
    "TmpAuthenticator",
];

/// Keys of the chart that stand one level up.
const ABOVE: [&str; 5] = [
    "loadRoles",
    "services",
    "extraConfig",
    "extraEnv",
    "extraFiles",
];

/// Keys of the chart that are at the top of its values.
const TOP: [&str; 9] = [
    "cull",
    "custom",
    "debug",
    "ingress",
    "prePuller",
    "proxy",
    "rbac",
    "scheduling",
    "singleuser",
];

/// Where a section belongs that is a key of the chart.
fn home(section: &str) -> Option<String> {
    if ABOVE.contains(&section) {
        return Some(format!("hub.{section}"));
    }
    TOP.contains(&section).then(|| section.to_owned())
}

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for (section, value) in hub.entries("hub.config") {
        let small = section.starts_with(|c: char| c.is_ascii_lowercase());
        // People leave the `O` of OAuth out: `GitHubAuthenticator`.
        let with_o = section
            .strip_suffix("Authenticator")
            .map(|stem| format!("{stem}OAuthenticator"));
        let is_meant = |class: &str| {
            let with_o = with_o.as_deref();
            class.eq_ignore_ascii_case(section)
                || with_o.is_some_and(|with_o| class.eq_ignore_ascii_case(with_o))
        };
        let is_class = CLASSES.contains(&section.as_str());
        let mut classes = CLASSES.iter().filter(|_| !is_class);
        let class = classes.find(|class| is_meant(class));
        if hub.is_default(value) || !(small || class.is_some()) {
            continue;
        }
        let is_fatal = small && hub.version >= FATAL;
        let message = if is_fatal {
            format!("`hub.config.{section}` is no class, and the hub exits at its start")
        } else {
            format!("`hub.config.{section}` is no class, and nothing reads it")
        };
        let help = match class {
            Some(class) => format!("write `{class}`"),
            None if ABOVE.contains(&section.as_str()) => {
                format!("`{section}` is a key of `hub` itself: move it up")
            }
            None if TOP.contains(&section.as_str()) => {
                format!("`{section}` is a key at the top of the values: move it there")
            }
            None => "sections are classes of JupyterHub, KubeSpawner and authenticators, such as `JupyterHub`".to_owned(),
        };
        let mut finding = Diagnostic::new(&CODE, message).help(help);
        if !is_fatal {
            finding.level = Level::Warning;
        }
        let place = value.set.key.unwrap_or(value.set.value);
        let finding = finding.at(place, "no class has this name");
        findings.push(match (class, home(section)) {
            (Some(class), _) => {
                let edits = fixes::rename_key(cx, value, class);
                fixes::risky(finding, format!("write `{class}`"), edits)
            }
            (None, Some(to)) => {
                let from = format!("hub.config.{section}");
                let edits = fixes::move_key(cx, &from, &to);
                fixes::risky(finding, format!("move it to `{to}`"), edits)
            }
            (None, None) => finding,
        });
    }
}
