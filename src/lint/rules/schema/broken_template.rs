use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartVersion;
use crate::hub::Hub;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::nearest;
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SM013",
    "broken-template",
    "user servers do not start: KubeSpawner cannot expand a template",
)
.page(include_str!("broken_template.md"))
.fix(FixKind::Unsafe);

/// Values of the chart that `KubeSpawner` expands (`_expand_all`).
const VALUES: [&str; 12] = [
    "singleuser.extraAnnotations",
    "singleuser.extraContainers",
    "singleuser.extraLabels",
    "singleuser.extraPodConfig",
    "singleuser.initContainers",
    "singleuser.serviceAccountName",
    "singleuser.storage.dynamic.pvcNameTemplate",
    "singleuser.storage.dynamic.volumeNameTemplate",
    "singleuser.storage.extraLabels",
    "singleuser.storage.extraVolumeMounts",
    "singleuser.storage.extraVolumes",
    "singleuser.storage.static.subPath",
];

/// The traits that it expands.
const TRAITS: [&str; 13] = [
    "extra_annotations",
    "extra_containers",
    "extra_labels",
    "extra_pod_config",
    "init_containers",
    "pod_name_template",
    "pvc_name_template",
    "service_account",
    "storage_extra_annotations",
    "storage_extra_labels",
    "volume_mounts",
    "volumes",
    "working_dir",
];

/// The version since which environment variables are expanded (`KubeSpawner` 6).
const ENVIRONMENT: ChartVersion = ChartVersion::new(3, 0);

/// Fields of templates in every version; [`BEFORE`] and [`SINCE`] have those before and since `KubeSpawner` 7.
const FIELDS: [&str; 6] = [
    "hubnamespace",
    "servername",
    "unescaped_servername",
    "unescaped_username",
    "userid",
    "username",
];
const BEFORE: [&str; 1] = ["legacy_escape_username"];
const SINCE: [&str; 10] = [
    "escaped_servername",
    "escaped_user_server",
    "escaped_username",
    "namespace",
    "pod_name",
    "pvc_name",
    "safe_servername",
    "safe_user_server",
    "safe_username",
    "user_server",
];
const SEVEN: ChartVersion = ChartVersion::new(4, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let has_environment = hub.version >= ENVIRONMENT;
    let mut found = Vec::new();
    let values = VALUES.iter().filter_map(|path| hub.get(path));
    let environment = hub.get("singleuser.extraEnv").filter(|_| has_environment);
    for value in values.chain(environment) {
        collect(value, &mut found);
    }
    let spawner = hub.get("hub.config.KubeSpawner");
    for settings in profiles::overrides(hub).into_iter().chain(spawner) {
        let traits = TRAITS.iter().filter_map(|name| settings.get(name));
        let environment = settings.get("environment").filter(|_| has_environment);
        for value in traits.chain(environment) {
            collect(value, &mut found);
        }
    }
    let has_own_spawner = profiles::has_own_spawner(hub);
    let fields = fields(hub);
    for (value, text) in found {
        if hub.is_default(value) {
            continue;
        }
        if let Some(flaw) = flaw(&fields, text) {
            let mut finding = finding(cx, value, &fields, (text, &flaw));
            if has_own_spawner {
                finding.level = Level::Note;
            }
            findings.push(finding);
        }
    }
}

fn collect<'v>(value: &'v Value, found: &mut Vec<(&'v Value, &'v str)>) {
    match &value.content {
        Content::String(text) => found.push((value, text)),
        Content::Map(map) => map.entries.values().for_each(|below| collect(below, found)),
        Content::List(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn finding(
    cx: &Context<'_>,
    value: &Value,
    fields: &[&str],
    (text, flaw): (&str, &TemplateProblem<'_>),
) -> Diagnostic {
    let hub = cx.hub;
    let set = value.set.value;
    let is_secret = hub.sources.shown(set) != hub.sources.slice(set);
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let message = match flaw {
        TemplateProblem::Unpaired(brace) => {
            format!("user servers do not start: unbalanced `{brace}` in a KubeSpawner template")
        }
        TemplateProblem::Unknown(name) if !is_secret && is_name(name) => {
            format!("user servers do not start: KubeSpawner cannot expand `{{{name}}}`")
        }
        TemplateProblem::Unknown(_) => {
            "user servers do not start: KubeSpawner cannot expand a field in braces".to_owned()
        }
    };
    let finding = Diagnostic::new(&CODE, message).at(span(value), "cannot be expanded");
    let meant = match flaw {
        TemplateProblem::Unknown(name) if !is_secret && is_name(name) => {
            nearest(name, fields.iter().copied())
        }
        _ => None,
    };
    if let Some(meant) = meant {
        return finding.help(format!("did you mean `{{{meant}}}`?"));
    }
    let edits = fixes::replace_scalar(cx, value, doubled(fields, text));
    fixes::unsafe_fix(finding.help(DOUBLED), "double the braces", edits)
}

const DOUBLED: &str =
    "double literal braces, such as those of JSON or `${NAME}`: write `{{` and `}}`";

/// Why a template cannot be expanded.
enum TemplateProblem<'t> {
    /// An unbalanced brace.
    Unpaired(char),
    /// An unknown field.
    Unknown(&'t str),
}

fn fields(hub: &Hub<'_>) -> Vec<&'static str> {
    let of_version: &[&str] = if hub.version >= SEVEN {
        &SINCE
    } else {
        &BEFORE
    };
    FIELDS.iter().chain(of_version).copied().collect()
}

/// Returns the first problem for Python's `str.format`.
fn flaw<'t>(fields: &[&str], text: &'t str) -> Option<TemplateProblem<'t>> {
    pieces(text).into_iter().find_map(|piece| match piece {
        TemplatePiece::Text(_) => None,
        TemplatePiece::Lone(brace) => Some(TemplateProblem::Unpaired(brace)),
        TemplatePiece::Field(inside) => {
            let name = name_of(inside);
            (!fields.contains(&name)).then_some(TemplateProblem::Unknown(name))
        }
    })
}

/// Returns the text with all braces doubled except those of known fields.
fn doubled(fields: &[&str], text: &str) -> String {
    let piece = |piece: TemplatePiece<'_>| match piece {
        TemplatePiece::Text(text) => text.to_owned(),
        TemplatePiece::Lone(brace) => format!("{brace}{brace}"),
        TemplatePiece::Field(inside) if fields.contains(&name_of(inside)) => {
            format!("{{{inside}}}")
        }
        TemplatePiece::Field(inside) => format!("{{{{{}}}}}", doubled(fields, inside)),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// Returns the name of a field without attribute, conversion or format.
fn name_of(inside: &str) -> &str {
    let end = inside.find(['.', '[', '!', ':']).unwrap_or(inside.len());
    &inside[..end]
}

/// A piece of a template for Python's `str.format`.
enum TemplatePiece<'t> {
    /// Literal text, including doubled braces.
    Text(&'t str),
    /// An unbalanced brace.
    Lone(char),
    /// The text between two matching braces.
    Field(&'t str),
}

fn pieces(text: &str) -> Vec<TemplatePiece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        pieces.push(TemplatePiece::Text(before));
        let (piece, length) = if from.starts_with("{{") || from.starts_with("}}") {
            (TemplatePiece::Text(&from[..2]), 2)
        } else if from.starts_with('}') {
            (TemplatePiece::Lone('}'), 1)
        } else {
            match end_of_field(from) {
                Some(end) => (TemplatePiece::Field(&from[1..end]), end + 1),
                None => (TemplatePiece::Lone('{'), 1),
            }
        };
        pieces.push(piece);
        rest = &from[length..];
    }
    pieces.push(TemplatePiece::Text(rest));
    pieces
}

/// Returns the position of the brace that closes the one at the start.
fn end_of_field(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python 3.11 makes of a template with `str.format(username="u")`, and what doubled braces make of it.
    #[track_caller]
    fn check(text: &str, is_fine: bool, fixed: &str) {
        let fields = ["username"];
        let flaw = flaw(&fields, text);
        assert_eq!(flaw.is_none(), is_fine, "{text}");
        assert_eq!(doubled(&fields, text), fixed);
    }

    #[test]
    fn templates_are_read_as_python_reads_them() {
        for text in [
            "",
            "home",
            "{username}-{username}",
            "{{a}}",
            "{{{username}}}",
            "{username!r:>8}",
            "{username.upper}",
        ] {
            check(text, true, text);
        }
        for (text, fixed) in [
            ("${HOME}", "${{HOME}}"),
            ("{}", "{{}}"),
            ("{0}", "{{0}}"),
            ("a}", "a}}"),
            ("a{", "a{{"),
            ("}{", "}}{{"),
            (r#"{"a": {"b": 1}}"#, r#"{{"a": {{"b": 1}}}}"#),
            (r#"{"a": "{username}"}"#, r#"{{"a": "{username}"}}"#),
            ("{ username }", "{{ username }}"),
        ] {
            check(text, false, fixed);
            check(fixed, true, fixed);
        }
    }
}
