use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::ChartVersion;
use crate::hub::Hub;
use crate::hub::span;
use crate::lint::{Check, Rule, Upgrade, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Upgrade(check),
};

static CODE: Code = Code::warning(
    "UP001",
    "upgrade-renames-user-folders",
    "after the upgrade some users get another folder or volume",
)
.page(include_str!("names_change.md"))
.fix(FixKind::Unsafe);

/// The first version with `KubeSpawner` 7, which writes the names of users and servers in another scheme.
const SINCE: ChartVersion = ChartVersion::new(4, 0);

const SCHEME: &str = "hub.config.KubeSpawner.slug_scheme";
const STATIC: &str = "singleuser.storage.static.subPath";

/// Keys with volumes. Volumes of `dynamic` storage are not among them: `KubeSpawner` also finds them by their old
/// names.
const VOLUMES: [&str; 2] = [
    "singleuser.storage.extraVolumes",
    "hub.config.KubeSpawner.volumes",
];

/// Keys with volume mounts, which can have a folder for each user.
const MOUNTS: [&str; 6] = [
    "singleuser.storage.extraVolumeMounts",
    "singleuser.initContainers",
    "singleuser.extraContainers",
    "hub.config.KubeSpawner.volume_mounts",
    "hub.config.KubeSpawner.init_containers",
    "hub.config.KubeSpawner.extra_containers",
];

/// How many places are shown.
const SHOWN: usize = 4;

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = upgrade.to.hub;
    let is_decided = hub.get(SCHEME).is_some() || hub.code_may_set("slug_scheme");
    if !upgrade.crosses(SINCE) || is_decided {
        return;
    }
    let found = templates(hub);
    if found.is_empty() {
        return;
    }
    let message = "users whose names contain more than a-z and 0-9 get another folder or volume";
    let mut finding = Diagnostic::new(&CODE, message);
    for value in found.iter().take(SHOWN) {
        // The chart's default is in no file of the release.
        let own = hub.nearest(STATIC).filter(|_| hub.is_default(value));
        finding = match own {
            Some(near) => finding.at(span(near), "`subPath` defaults to `{username}`"),
            None => finding.at(span(value), "new naming scheme since z2jh 4.0"),
        };
    }
    let finding = finding.help(format!(
        "set `{SCHEME}: escape` to keep the old names, such as `a-2eb` for `a.b` and `a-2db` for `a-b`"
    ));
    let edits = fixes::set_near(upgrade.to, SCHEME, "escape");
    findings.push(fixes::unsafe_fix(
        finding,
        "keep the old naming scheme",
        edits,
    ));
}

/// Returns the names of folders and volumes that contain the name of the user or server.
fn templates<'v>(hub: &Hub<'v>) -> Vec<&'v Value> {
    let mut found = Vec::new();
    if hub.text("singleuser.storage.type") == Some("static") {
        found.extend(hub.get(STATIC).filter(|value| is_template(value)));
    }
    for path in VOLUMES {
        // The name of a volume matters only inside the pod.
        let is_place = |key: &str| key != "name";
        collect(hub.get(path), "", &is_place, &mut found);
    }
    for path in MOUNTS {
        let is_place = |key: &str| key == "subPath";
        collect(hub.get(path), "", &is_place, &mut found);
    }
    found
}

fn collect<'v>(
    value: Option<&'v Value>,
    key: &str,
    is_place: &dyn Fn(&str) -> bool,
    found: &mut Vec<&'v Value>,
) {
    let Some(value) = value else { return };
    match &value.content {
        Content::Map(map) => {
            for (key, below) in &map.entries {
                collect(Some(below), key, is_place, found);
            }
        }
        Content::List(items) => {
            for item in items.iter() {
                collect(Some(item), key, is_place, found);
            }
        }
        _ if is_place(key) && is_template(value) => found.push(value),
        _ => {}
    }
}

fn is_template(value: &Value) -> bool {
    let Content::String(text) = &value.content else {
        return false;
    };
    ["{username}", "{servername}"].iter().any(|field| text.contains(field))
}
