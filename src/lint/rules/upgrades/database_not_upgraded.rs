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
    "after the upgrade the hub does not start, as its database has the old tables",
)
.page(include_str!("database_not_upgraded.md"))
.fix(FixKind::Unsafe);

/// The versions of the chart whose JupyterHub has other tables: 3.0 in place of 1.4, 4.0, and 5.2.
const CHANGES: [ChartVersion; 3] = [
    ChartVersion::new(2, 0),
    ChartVersion::new(3, 0),
    ChartVersion::new(4, 0),
];

const TYPE: &str = "hub.db.type";
const SWITCH: &str = "hub.db.upgrade";

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = upgrade.to.hub;
    // The chart starts the hub with `--upgrade-db` where the database is its own file.
    let is_external = hub
        .text(TYPE)
        .is_some_and(|kind| !kind.starts_with("sqlite"));
    let own = hub.get("hub.config.JupyterHub.upgrade_db").is_some();
    let is_on = hub.flag(SWITCH) == Some(true) || own || hub.code_may_set("upgrade_db");
    let change = CHANGES.iter().rev();
    let Some(version) = change.copied().find(|version| upgrade.crosses(*version)) else {
        return;
    };
    if !is_external || is_on {
        return;
    }
    let message = format!(
        "z2jh {version} needs other tables in the database, and nothing lets the hub change them"
    );
    let finding = Diagnostic::new(&CODE, message).help(
        "back the database up, set `hub.db.upgrade: true` for this upgrade, and take it away afterwards",
    );
    let places = [
        (SWITCH, "off"),
        (TYPE, "a database that the hub does not change by itself"),
    ];
    let edits = fixes::set_near(upgrade.to, SWITCH, true);
    let finding = hub.at(finding, &places);
    findings.push(fixes::risky(
        finding,
        "let the hub change its tables",
        edits,
    ));
}
