use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartVersion;
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SM009",
    "unknown-hub-config-class",
    "a section of `hub.config` is not a class name: the hub exits or ignores it",
)
.page(include_str!("bad_config_section.md"))
.fix(FixKind::Unsafe);

/// Since this version the hub exits if a section starts with a lower-case letter.
const FATAL: ChartVersion = ChartVersion::new(4, 3);

/// Classes that hubs configure.
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

/// Keys of the chart one level up, in `hub`.
const ABOVE: [&str; 5] = [
    "loadRoles",
    "services",
    "extraConfig",
    "extraEnv",
    "extraFiles",
];

/// Keys at the top level of the chart's values.
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

/// Returns the path of a section that is a key of the chart.
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
        // A common mistake: `GitHubAuthenticator` instead of `GitHubOAuthenticator`.
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
            format!("the hub exits at startup: `hub.config.{section}` is not a class name")
        } else {
            format!("`hub.config.{section}` is ignored: no class has this name")
        };
        let help = match class {
            Some(class) => format!("rename it to `{class}`"),
            None if ABOVE.contains(&section.as_str()) => {
                format!("move it to `hub.{section}`")
            }
            None if TOP.contains(&section.as_str()) => {
                format!("move it to the top level of the chart's values: `{section}`")
            }
            None => "name a section after a class of JupyterHub, KubeSpawner or an authenticator, such as `JupyterHub`".to_owned(),
        };
        let mut finding = Diagnostic::new(&CODE, message).help(help);
        if !is_fatal {
            finding.level = Level::Warning;
        }
        let place = value.set.key.unwrap_or(value.set.value);
        let finding = finding.at(place, "unknown class");
        findings.push(match (class, home(section)) {
            (Some(class), _) => {
                let edits = fixes::rename_key(cx, value, class);
                fixes::unsafe_fix(finding, format!("rename it to `{class}`"), edits)
            }
            (None, Some(to)) => {
                let from = format!("hub.config.{section}");
                let edits = fixes::move_key(cx, &from, &to);
                fixes::unsafe_fix(finding, format!("move it to `{to}`"), edits)
            }
            (None, None) => finding,
        });
    }
}
