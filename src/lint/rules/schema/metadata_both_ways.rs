use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartVersion;
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SM014",
    "cloud-metadata-allowed-and-blocked",
    "`helm upgrade` fails: cloud metadata access is both allowed and blocked",
)
.page(include_str!("metadata_both_ways.md"))
.fix(FixKind::Unsafe);

/// Since this version the chart fails (`NOTES.txt`); before, access was blocked.
const SINCE: ChartVersion = ChartVersion::new(3, 0);

const BLOCK: &str = "singleuser.cloudMetadata.blockWithIptables";
const RULE_OF_POLICY: &str = "singleuser.networkPolicy.egressAllowRules.cloudMetadataServer";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let are_both = [BLOCK, RULE_OF_POLICY].map(|path| hub.flag(path)) == [Some(true); 2];
    if hub.version < SINCE || !are_both {
        return;
    }
    let message = "`helm upgrade` fails: cloud metadata access is both allowed and blocked";
    let finding = Diagnostic::new(&CODE, message).help(format!(
        "set `{BLOCK}: false` to allow access, or remove `cloudMetadataServer` to block it"
    ));
    let places = [
        (RULE_OF_POLICY, "allowed here"),
        (BLOCK, "blocked by iptables"),
    ];
    let edits = fixes::set_near(cx, BLOCK, false);
    let mut finding = hub.at(finding, &places);
    if let Some(versions) = hub.known_before(SINCE) {
        finding.level = Level::Note;
        let help = finding.help.take().unwrap_or_default();
        finding = finding.help(format!(
            "{help}\nz2jh {versions} accepts both: set `--chart-version`"
        ));
    }
    findings.push(fixes::unsafe_fix(
        finding,
        "set `blockWithIptables: false`",
        edits,
    ));
}
