use crate::diag::{Code, Diagnostic};
use crate::hub::{kubernetes_values, span};
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "KB007",
    "relative-mount-path",
    "a mount path is relative: the volume is mounted at another path than expected",
)
.page(include_str!("relative_mount_path.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let objects = kubernetes_values(cx.hub);
    let mut mounts = Vec::new();
    for object in &objects {
        match object.type_name {
            "VolumeMount" => mounts.push(object.value),
            "Container" => mounts.extend(items(object.value.get("volumeMounts"))),
            _ => {}
        }
    }
    let paths = mounts.into_iter().filter_map(|mount| mount.get("mountPath"));
    let home = cx.hub.get("singleuser.storage.homeMountPath");
    for path in paths.chain(home) {
        if !cx.hub.is_default(path) {
            findings.extend(relative(path));
        }
    }
}

fn items(list: Option<&Value>) -> &[Value] {
    match list.map(|list| &list.content) {
        Some(Content::List(items)) => items,
        _ => &[],
    }
}

fn relative(path: &Value) -> Option<Diagnostic> {
    let text = path.as_text()?;
    if text.is_empty() || text.starts_with(['/', '{', '$']) {
        return None;
    }
    let actual = format!("/{text}");
    let message = format!("`{text}` is not absolute: the volume is mounted at `{actual}`");
    let finding = Diagnostic::new(&CODE, message).at(span(path), "relative path");
    Some(if text.starts_with('~') {
        finding.help(
            "use `/home/jovyan`, or the home directory in the image: Kubernetes does not expand `~`",
        )
    } else {
        finding.help("start the path with `/`")
    })
}
