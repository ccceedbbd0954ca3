use crate::hub::ChartVersion;
use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::profiles;
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "RS002",
    "cpu-not-a-number",
    "a CPU limit or guarantee is a string: KubeSpawner expects a number of cores",
)
.page(include_str!("cpu_not_a_number.md"))
.fix(FixKind::Safe);

/// The first version of the chart whose KubeSpawner expects numbers.
const NUMBERS: ChartVersion = ChartVersion::new(1, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.version < NUMBERS {
        return;
    }
    for key in ["limit", "guarantee"] {
        let of_chart = hub.get(&format!("singleuser.cpu.{key}"));
        findings.extend(of_chart.and_then(|value| string_cores(cx, &format!("cpu.{key}"), value)));
    }
    for settings in profiles::overrides(hub) {
        for key in ["cpu_limit", "cpu_guarantee"] {
            let value = settings.get(key);
            findings.extend(value.and_then(|value| string_cores(cx, key, value)));
        }
    }
}

/// Returns the finding about a string where a number of cores is expected.
fn string_cores(cx: &Context<'_>, key: &str, value: &Value) -> Option<Diagnostic> {
    let Content::String(text) = &value.content else {
        return None;
    };
    let message = format!("`{key}` is a string: KubeSpawner expects a number of cores");
    let cores = match text.strip_suffix('m') {
        Some(milli) => milli.parse::<f64>().ok().map(|milli| milli / 1000.0),
        None => text.parse().ok(),
    };
    let cores = cores.filter(|cores| cores.is_finite());
    let help = match cores {
        Some(cores) => format!("use `{cores}` without quotes"),
        None => "use a number: `0.5` is half a core".to_owned(),
    };
    let finding = Diagnostic::new(&CODE, message).at(value.set.value, "a string").help(help);
    Some(match cores {
        Some(cores) => with_number(cx, finding, value, cores),
        None => finding,
    })
}

/// Adds a fix that replaces the string with the number, an integer if it is whole.
fn with_number(cx: &Context<'_>, finding: Diagnostic, value: &Value, cores: f64) -> Diagnostic {
    let text = cores.to_string();
    let whole = text.parse().ok().map(|whole: i64| Json::from(whole));
    let edits = fixes::replace_scalar(cx, value, whole.unwrap_or_else(|| Json::from(cores)));
    fixes::safe_fix(finding, format!("replace it with `{text}`"), edits)
}
