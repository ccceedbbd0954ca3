use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::ChartVersion;
use crate::lint::{Check, Rule, Upgrade, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Upgrade(check),
};

static CODE: Code = Code::error(
    "UP003",
    "database-not-upgraded",
    "after the upgrade the hub does not start: its database is not upgraded",
)
.page(include_str!("database_not_upgraded.md"))
.fix(FixKind::Unsafe);

/// The chart versions with a new database schema: JupyterHub 3.0 (after 1.4), 4.0 and 5.2.
const CHANGES: [ChartVersion; 3] = [
    ChartVersion::new(2, 0),
    ChartVersion::new(3, 0),
    ChartVersion::new(4, 0),
];

const TYPE: &str = "hub.db.type";
const UPGRADE: &str = "hub.db.upgrade";

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = upgrade.to.hub;
    // The chart starts the hub with `--upgrade-db` if the database is an SQLite file.
    let is_external = hub.text(TYPE).is_some_and(|kind| !kind.starts_with("sqlite"));
    let has_trait = hub.get("hub.config.JupyterHub.upgrade_db").is_some();
    let is_enabled = hub.flag(UPGRADE) == Some(true) || has_trait || hub.code_may_set("upgrade_db");
    let change = CHANGES.iter().rev();
    let Some(version) = change.copied().find(|version| upgrade.crosses(*version)) else {
        return;
    };
    if !is_external || is_enabled {
        return;
    }
    let message = format!(
        "the hub does not start: z2jh {version} needs a database upgrade, which is not enabled"
    );
    let finding = Diagnostic::new(&CODE, message).help(
        "back up the database, set `hub.db.upgrade: true` for this upgrade, and remove it afterwards",
    );
    let places = [(UPGRADE, "disabled"), (TYPE, "not upgraded automatically")];
    let edits = fixes::set_near(upgrade.to, UPGRADE, true);
    let finding = hub.at(finding, &places);
    findings.push(fixes::unsafe_fix(
        finding,
        "let the hub upgrade its database",
        edits,
    ));
}
