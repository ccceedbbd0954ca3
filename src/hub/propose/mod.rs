//! The policy that `dunnage init` proposes for a stream of manifests.

mod additions;
mod sight;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::k8s::{Kinds, Object, Workload};
use crate::policy;
use crate::text::Sources;
use crate::yaml::{Scalar, quote, scalar};
use additions::ProposedAdditions;
use sight::{Group, ProposedPool, Sight};

/// Returns a policy with comments: a row for each group of workloads in a release, or the rows that fit most hubs
/// if there are no objects.
pub fn propose(objects: &[Object<'_>]) -> String {
    if objects.is_empty() {
        return Proposal::default().text();
    }
    let kinds = Kinds::default();
    let workloads: Vec<Workload<'_>> =
        objects.iter().flat_map(|object| Workload::all(object, &kinds)).collect();
    let mut proposal = Proposal::of(Sight::of(objects, &workloads, &kinds));
    proposal.additions = ProposedAdditions::of(objects, &proposal.pools);
    let matched = proposal.matched(&workloads);
    // Helm 3 and a live manifest contain no hooks, so a row of hooks gets no `expect`.
    let visible = workloads.into_iter();
    let visible: Vec<Workload<'_>> =
        visible.filter(|workload| !workload.object.is_hook()).collect();
    let visible = proposal.matched(&visible);
    proposal.only(&matched, &visible).text()
}

/// The names of the pools for services and for users.
const CORE: &str = "core";
const USER: &str = "user";

/// A row of the proposal.
struct ProposedRow {
    comment: Vec<String>,
    name: String,
    /// The conditions in flow style; empty for all workloads.
    criteria: String,
    pool: String,
    /// Further keys, such as `matchNodePurpose: ignore`.
    more: &'static str,
    expect: Option<String>,
}

/// The parts of a proposed policy.
struct Proposal {
    pools: Vec<ProposedPool>,
    rows: Vec<ProposedRow>,
    classes: Vec<String>,
    templates: Vec<String>,
    notes: Vec<String>,
    additions: ProposedAdditions,
}

impl Default for Proposal {
    fn default() -> Self {
        Self::of(Sight {
            has_hub: true,
            ..Sight::default()
        })
    }
}

impl Proposal {
    fn of(sight: Sight) -> Self {
        let mut rows = Vec::new();
        if sight.has_hub {
            rows.extend(hub_rows());
        }
        rows.extend(sight.placed.into_iter().map(|(pool, group)| group_row(group, &pool)));
        rows.extend(agents_row(&sight.agents, &sight.agent_kinds));
        rows.extend(sight.charts.into_iter().map(|group| group_row(group, CORE)));
        rows.push(ProposedRow {
            comment: Vec::new(),
            name: "everything else".to_owned(),
            criteria: String::new(),
            pool: CORE.to_owned(),
            more: "",
            expect: None,
        });
        Self {
            pools: sight.pools,
            rows,
            classes: sight.classes,
            templates: sight.templates,
            notes: sight.notes,
            additions: ProposedAdditions::default(),
        }
    }

    /// Returns the number of templates that each row matches.
    fn matched(&self, workloads: &[Workload<'_>]) -> Vec<usize> {
        let text = self.text();
        let source = Sources::default().add("proposal", String::new());
        let (policy, problems) = policy::read(source, &text);
        let policy =
            policy.unwrap_or_else(|| panic!("a proposal is a policy: {problems:?}\n{text}"));
        let mut matched = vec![0; policy.rows.len()];
        for workload in workloads {
            if let Some(row) = policy.row_for(workload, None) {
                matched[row] += 1;
            }
        }
        matched
    }

    /// Removes rows that match nothing, except the last one, and adds `expect` to rows that name their chart and
    /// match more than hooks.
    fn only(mut self, matched: &[usize], visible: &[usize]) -> Self {
        let last = self.rows.len() - 1;
        let mut index = 0;
        self.rows.retain_mut(|row| {
            let (count, is_last) = (matched[index], index == last);
            let names_chart = row.criteria.starts_with("{chart: ");
            if names_chart && visible[index] > 0 && row.pool != "none" {
                row.expect = Some("1+".to_owned());
            }
            index += 1;
            count > 0 || is_last
        });
        self
    }

    fn text(&self) -> String {
        let mut text = String::new();
        text.push_str(HEAD);
        let more = self.pools.iter().chain(&self.additions.pools);
        for pool in [core(), user()].iter().chain(more) {
            push_pool(&mut text, pool);
        }
        text.push_str("\n# The first matching row applies. `dunnage render --diff` shows the result.\nworkloads:\n");
        for row in &self.rows {
            push_row(&mut text, row);
        }
        text.push_str(&self.additions.text());
        if !self.classes.is_empty() {
            let classes: Vec<String> =
                self.classes.iter().map(|class| quote::json_text(class)).collect();
            text.push_str("\n# Priority classes that this release uses and does not create.\n");
            writeln!(
                text,
                "priorityClasses:\n  existing: [{}]",
                classes.join(", ")
            )
            .expect("a string takes it");
        }
        if !self.templates.is_empty() {
            text.push_str(GUESSES);
            for entry in &self.templates {
                writeln!(text, "#  - {entry}").expect("a string takes it");
            }
        }
        for note in &self.notes {
            text.push('\n');
            push_comment(&mut text, "", note);
        }
        text
    }
}

const HEAD: &str = "\
# yaml-language-server: $schema=dunnage.schema.json
# A dunnage policy, proposed by `dunnage init`. The line above enables completion in editors; write the
# schema with `dunnage schema > dunnage.schema.json`.
version: 1

# Node pools. Replace the labels and taints with those of your cluster.
pools:
";

/// The heading of guessed `templates` entries. They are comments because only the custom resource definition tells
/// which fields exist.
const GUESSES: &str = "
# Unknown kinds that seem to have pods. Check the paths in the custom resource definition, then remove the
# `#`. `path: []` leaves the pods of a kind unchanged.
#templates:
";

fn core() -> ProposedPool {
    ProposedPool {
        name: CORE.to_owned(),
        comment: "Services: the hub, the proxy and all other workloads that are not for users."
            .to_owned(),
        labels: vec![("hub.jupyter.org/node-purpose".to_owned(), CORE.to_owned())],
        taints: vec!["hub.jupyter.org/dedicated=core:NoSchedule".to_owned()],
    }
}

fn user() -> ProposedPool {
    ProposedPool {
        name: USER.to_owned(),
        comment: "User servers, and the pods that prepare their nodes.".to_owned(),
        labels: vec![("hub.jupyter.org/node-purpose".to_owned(), USER.to_owned())],
        taints: vec!["hub.jupyter.org/dedicated=user:NoSchedule".to_owned()],
    }
}

/// Returns the rows for the pods of z2jh, as in the built-in policy.
fn hub_rows() -> [ProposedRow; 2] {
    let row = |comment: &str, name: &str, criteria: &str, pool: &str, more| ProposedRow {
        comment: vec![comment.to_owned()],
        name: name.to_owned(),
        criteria: criteria.to_owned(),
        pool: pool.to_owned(),
        more,
        expect: None,
    };
    [
        row(
            "User placeholders keep free seats; image pullers pull the images in advance.",
            "user placeholders and image pullers",
            "{kind: [StatefulSet, DaemonSet], labels: {component: [user-placeholder, continuous-image-puller, hook-image-puller]}}",
            USER,
            "",
        ),
        row(
            "The Job that waits for the image pullers; the chart gives it tolerations only.",
            "the wait for image pullers",
            "{kind: Job, labels: {component: image-puller}}",
            CORE,
            "matchNodePurpose: ignore",
        ),
    ]
}

fn group_row(group: Group, pool: &str) -> ProposedRow {
    ProposedRow {
        comment: vec![listed(&group.objects)],
        name: group.name,
        criteria: group.criteria,
        pool: pool.to_owned(),
        more: "",
        expect: None,
    }
}

/// Returns a row that leaves node agents unchanged. Rows without a kind do not match them, so this row is
/// documentation.
fn agents_row(agents: &[String], kinds: &BTreeSet<String>) -> Option<ProposedRow> {
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let kind = match &kinds[..] {
        [] => return None,
        [kind] => (*kind).to_owned(),
        kinds => format!("[{}]", kinds.join(", ")),
    };
    Some(ProposedRow {
        comment: vec![
            "Node agents run on every node and are left unchanged.".to_owned(),
            listed(agents),
        ],
        name: "node agents".to_owned(),
        criteria: format!("{{kind: {kind}}}"),
        pool: "none".to_owned(),
        more: "",
        expect: None,
    })
}

/// Returns a short list: `Deployment/a, Deployment/b and 3 more`.
fn listed(objects: &[String]) -> String {
    const MOST: usize = 4;
    let shown = objects[..objects.len().min(MOST)].join(", ");
    match objects.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn push_pool(text: &mut String, pool: &ProposedPool) {
    push_comment(text, "  ", &pool.comment);
    let labels = pool.labels.iter().map(|(key, value)| {
        format!(
            "{}: {}",
            quote::block_scalar_text(key),
            quote::json_text(value)
        )
    });
    let taints = pool.taints.iter().map(|taint| quote::json_text(taint));
    writeln!(text, "  {}:", words(&pool.name)).expect("a string takes it");
    writeln!(
        text,
        "    labels: {{{}}}",
        labels.collect::<Vec<_>>().join(", ")
    )
    .expect("a string takes it");
    writeln!(
        text,
        "    taints: [{}]",
        taints.collect::<Vec<_>>().join(", ")
    )
    .expect("a string takes it");
}

fn push_row(text: &mut String, row: &ProposedRow) {
    for comment in &row.comment {
        push_comment(text, "  ", comment);
    }
    writeln!(text, "  - name: {}", words(&row.name)).expect("a string takes it");
    if !row.criteria.is_empty() {
        writeln!(text, "    match: {}", row.criteria).expect("a string takes it");
    }
    writeln!(text, "    pool: {}", words(&row.pool)).expect("a string takes it");
    if !row.more.is_empty() {
        writeln!(text, "    {}", row.more).expect("a string takes it");
    }
    if let Some(expect) = &row.expect {
        writeln!(text, "    expect: {expect}").expect("a string takes it");
    }
}

/// Returns a string as YAML, without quotes if it consists of plain words.
fn words(text: &str) -> Cow<'_, str> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ' || letter == '-';
    let is_text = matches!(scalar::resolve_plain(text), Scalar::String(_));
    if is_text
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(is_plain)
        && !text.ends_with(' ')
    {
        return Cow::Borrowed(text);
    }
    quote::block_scalar_text(text)
}

/// Appends a wrapped comment. Line breaks in it become spaces, so that all of it stays a comment.
fn push_comment(text: &mut String, indent: &str, comment: &str) {
    const WIDTH: usize = 100;
    // A YAML line break would end the comment.
    let is_break = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let clean: String = comment
        .chars()
        .map(|letter| if is_break(letter) { ' ' } else { letter })
        .collect();
    let mut line = String::new();
    for word in clean.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.chars().count() + word.chars().count() >= WIDTH {
            writeln!(text, "{indent}#{line}").expect("a string takes it");
            line.clear();
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(text, "{indent}#{line}").expect("a string takes it");
}
