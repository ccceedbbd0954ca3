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
    "hub-database-misconfigured",
    "a restart deletes the hub database, or database settings are ignored",
)
.page(include_str!("database.md"));

const TYPE: &str = "hub.db.type";
const URL: &str = "hub.db.url";
const PASSWORD: &str = "hub.db.password";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let has_own_url = hub.get("hub.config.JupyterHub.db_url").is_some();
    let Some(kind) = hub.text(TYPE) else { return };
    if has_own_url || hub.code_may_set("db_url") {
        return;
    }
    let is_sqlite = kind.starts_with("sqlite");
    let mut report = |message: String, help: &str, places: &[(&str, &str)]| {
        let finding = Diagnostic::new(&CODE, message).help(help);
        findings.push(hub.at(finding, places));
    };
    if is_sqlite && is_set(hub.get(URL)) {
        let message = format!("`{URL}` is ignored: `{TYPE}` is `{kind}`");
        let help = "set `hub.db.type` to the type of that database: `postgres`, `mysql` or `other`";
        report(message, help, &[(URL, "ignored"), (TYPE, "uses no URL")]);
    }
    if (is_sqlite || kind == "other") && is_set(hub.get(PASSWORD)) {
        let message = format!("`{PASSWORD}` is ignored: `{TYPE}` is `{kind}`");
        let help = "remove it: only `postgres` and `mysql` read it; for `other`, put the password into `hub.db.url`";
        report(
            message,
            help,
            &[(PASSWORD, "ignored"), (TYPE, "reads no password")],
        );
    }
    if !is_sqlite && hub.get(URL).is_none_or(is_empty) && !is_set(hub.get("hub.existingSecret")) {
        let message =
            format!("`{URL}` is missing for `{kind}`: the hub uses a file that a restart deletes");
        report(message, "set `hub.db.url`", &[(TYPE, "needs `hub.db.url`")]);
    }
    if kind == "sqlite-memory" {
        findings.push(in_memory(hub));
    }
}

/// Returns the finding about a database in memory, which ends with the hub's process.
fn in_memory(hub: &Hub<'_>) -> Diagnostic {
    let message =
        "a hub restart deletes users, tokens and server records: the database is in memory";
    let mut finding = Diagnostic::new(&CODE, message)
        .help("set `hub.db.type: sqlite-pvc`, the chart's default, which keeps them");
    let class = hub.text("hub.config.JupyterHub.authenticator_class");
    let has_temporary_users = class.is_some_and(|class| matches!(class, "null" | "tmp"));
    if has_temporary_users || hub.text("singleuser.storage.type") == Some("none") {
        finding.level = Level::Note;
    }
    hub.at(finding, &[(TYPE, "in memory")])
}

fn is_set(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !is_empty(value))
}

fn is_empty(value: &Value) -> bool {
    match &value.content {
        Content::Null => true,
        Content::String(text) => text.is_empty(),
        _ => false,
    }
}
