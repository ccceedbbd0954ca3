use crate::diag::{Code, Diagnostic, Level};
use crate::hub::Hub;
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "HB002",
    "hub-database",
    "the database of the hub is lost at a restart, or is not the one that is set up",
)
.page(include_str!("database.md"));

const TYPE: &str = "hub.db.type";
const URL: &str = "hub.db.url";
const PASSWORD: &str = "hub.db.password";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let own = hub.get("hub.config.JupyterHub.db_url").is_some();
    let Some(kind) = hub.text(TYPE) else { return };
    if own || hub.code_may_set("db_url") {
        return;
    }
    let is_sqlite = kind.starts_with("sqlite");
    let mut report = |message: String, help: &str, places: &[(&str, &str)]| {
        let finding = Diagnostic::new(&CODE, message).help(help);
        findings.push(hub.at(finding, places));
    };
    if is_sqlite && is_said(hub.get(URL)) {
        let message = format!("with `{kind}` the hub takes no notice of `{URL}`");
        let help = "set `hub.db.type` to what the address is of: `postgres`, `mysql` or `other`";
        report(
            message,
            help,
            &[(URL, "not read"), (TYPE, "has its own place")],
        );
    }
    if (is_sqlite || kind == "other") && is_said(hub.get(PASSWORD)) {
        let message = format!("with `{kind}` the hub takes no notice of `{PASSWORD}`");
        let help = "it is for `postgres` and `mysql`; elsewhere it stands in the address";
        report(
            message,
            help,
            &[(PASSWORD, "not read"), (TYPE, "knows no password")],
        );
    }
    if !is_sqlite && hub.get(URL).is_none_or(is_nothing) && !is_said(hub.get("hub.existingSecret"))
    {
        let message = format!(
            "`{kind}` needs an address, and the hub falls back on a file that a restart loses"
        );
        report(
            message,
            "set `hub.db.url`",
            &[(TYPE, "without `hub.db.url`")],
        );
    }
    if kind == "sqlite-memory" {
        findings.push(in_memory(hub));
    }
}

/// A database that lives as long as the hub's process.
fn in_memory(hub: &Hub<'_>) -> Diagnostic {
    let message = "a restart of the hub forgets its users, their tokens and which servers run";
    let mut finding =
        Diagnostic::new(&CODE, message).help("`sqlite-pvc`, the chart's default, keeps them");
    let class = hub.text("hub.config.JupyterHub.authenticator_class");
    let is_for_anybody = class.is_some_and(|class| matches!(class, "null" | "tmp"));
    if is_for_anybody || hub.text("singleuser.storage.type") == Some("none") {
        finding.level = Level::Note;
    }
    hub.at(finding, &[(TYPE, "in memory")])
}

fn is_said(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !is_nothing(value))
}

fn is_nothing(value: &Value) -> bool {
    match &value.content {
        Content::Null => true,
        Content::String(text) => text.is_empty(),
        _ => false,
    }
}
