use super::*;
use crate::diag::{Code, TextEdit};
use crate::hub::{ChartCache, Release, ReleaseInput, ReleaseSpec};
use crate::lint::Run;
use crate::policy::Facts;
use crate::text::{Sources, Span};
use crate::values::{self, Helm, Map};

pub(in crate::lint) static CODE: Code = Code::error("TS001", "a-test", "a value is wrong");

/// What lint sees of values files that lie one over the other.
pub(in crate::lint) struct Case {
    pub(super) sources: Sources,
    shared: ChartCache,
    release: Release,
    facts: Facts,
}

impl Case {
    pub(in crate::lint) fn new(files: &[(&str, &str)]) -> Self {
        let mut sources = Sources::default();
        let nowhere = Span::new(sources.add_built_in("values", String::new()), 0..0);
        let mut merged = Value::new(Content::map(Map::default()), None, nowhere);
        for (name, text) in files {
            let text = (*text).to_owned();
            let source = if name.starts_with("--") {
                sources.add_built_in(*name, text)
            } else {
                sources.add(*name, text)
            };
            let text = sources.get(source).text();
            let layer = values::read(source, text, Helm::Four).expect("values");
            values::lay_over(&mut merged, layer);
        }
        let parts = ReleaseInput {
            chart: None,
            values: merged,
            helm: Helm::Four,
            version: None,
            hub: None,
            inside: Vec::new(),
            is_partial: false,
        };
        let mut shared = ChartCache::default();
        let (plan, _) = ReleaseSpec::new(&mut sources, &mut shared, parts);
        let release = Release::new(plan).expect("values");
        let facts = Facts::default();
        Self {
            sources,
            shared,
            release,
            facts,
        }
    }

    pub(in crate::lint) fn context(&self) -> Context<'_> {
        let run = Run {
            sources: &self.sources,
            shared: &self.shared,
            facts: &self.facts,
            pools: &[],
            has_hints: true,
        };
        let hub = self.release.hub(&self.sources).expect("a hub");
        run.context(Box::leak(Box::new(hub)), Box::leak(Box::default()))
    }

    /// The edits, unless they would not read back as they were meant.
    pub(super) fn proven(cx: &Context<'_>, edits: Edits) -> Edits {
        let edits = edits.filter(|edits| !edits.is_empty())?;
        let finding = Diagnostic::new(&CODE, "");
        let mut findings = [safe_fix(finding, "", Some(edits))];
        cx.documents.prove(&mut findings);
        let [finding] = findings;
        finding.fix.map(|fix| fix.edits)
    }

    /// The files with the edits done.
    pub(super) fn files(&self, edits: &[TextEdit]) -> Vec<String> {
        let files = self.sources.iter().skip(1);
        let new = files.map(|(id, source)| {
            let mut own: Vec<&TextEdit> = edits.iter().filter(|it| it.span.source == id).collect();
            own.sort_by_key(|edit| edit.span);
            let mut text = source.text().to_owned();
            for edit in own.into_iter().rev() {
                text.replace_range(edit.span.range(), &edit.text);
            }
            text
        });
        new.collect()
    }
}

/// What becomes of one file; `None` where there is no remedy.
#[track_caller]
fn check(text: &str, remedy: impl Fn(&Context<'_>) -> Edits, expected: Option<&str>) {
    let case = Case::new(&[("prod.yaml", text)]);
    let cx = case.context();
    let edits = Case::proven(&cx, remedy(&cx));
    let new = edits.map(|edits| case.files(&edits).swap_remove(0));
    assert_eq!(new.as_deref(), expected);
}

fn replaced(path: &str, new: &'static str) -> impl Fn(&Context<'_>) -> Edits {
    move |cx| replace_scalar(cx, cx.hub.get(path)?, new)
}

const LIMIT: &str = "singleuser.memory.limit";
pub(super) const ENABLED: &str = "scheduling.podPriority.enabled";
pub(super) const REPLICAS: &str = "scheduling.userPlaceholder.replicas";

#[test]
fn a_scalar_keeps_its_quotes_and_comments() {
    let limit = || replaced(LIMIT, "512M");
    for (old, new) in [
        ("512Mi", "512M"),
        ("'512Mi'", "'512M'"),
        ("\"512Mi\"  # why", "\"512M\"  # why"),
    ] {
        let file = |value: &str| format!("singleuser:\n    memory: # a\n        limit: {value}\n");
        check(&file(old), limit(), Some(&file(new)));
        let flow = |value: &str| format!("singleuser: {{memory: {{limit: {value}\n}}}}\r\n");
        let [old, new] = [old, new].map(|value| flow(value.split(' ').next().unwrap()));
        check(&old, limit(), Some(&new));
    }
    let anchored = "singleuser:\n  memory: {limit: &a 1Gi, guarantee: *a}\n";
    check(anchored, limit(), None);
    check(
        anchored,
        replaced("singleuser.memory.guarantee", "1G"),
        None,
    );
    let merged = "singleuser:\n  memory: {<<: *a}\nx: &a {limit: 1Gi}\n";
    let merged = merged.split_inclusive('\n').collect::<Vec<_>>();
    let merged = [merged[2], merged[0], merged[1]].concat();
    check(&merged, limit(), None);
    check(
        "singleuser:\n  memory:\n    limit: 1Gi\nsops: {version: 3.9.0}\n",
        limit(),
        None,
    );
}

#[test]
fn a_number_becomes_its_text() {
    check(
        "singleuser:\n  image: {tag: 16.10} # v\n",
        |cx| quote(cx, cx.hub.get("singleuser.image.tag")?),
        Some("singleuser:\n  image: {tag: \"16.10\"} # v\n"),
    );
    check(
        "singleuser:\n  image: {tag: '16.10'}\n",
        |cx| quote(cx, cx.hub.get("singleuser.image.tag")?),
        None,
    );
}

#[test]
fn a_key_goes_with_its_line_and_its_comment() {
    let gone = |cx: &Context<'_>| remove(cx, cx.hub.get("hub.replicas")?);
    check(
        "hub:\n  # x\n  db: {}\n\n  # two\n  replicas: 2 # for safety\nproxy: {}\n",
        gone,
        Some("hub:\n  # x\n  db: {}\n\nproxy: {}\n"),
    );
    check(
        "hub:\n  replicas: 2\ncull: {}\n",
        gone,
        Some("hub: {}\ncull: {}\n"),
    );
    check(
        "hub: {db: {}, replicas: 2}\r\n",
        gone,
        Some("hub: {db: {}}\r\n"),
    );
    check(
        "hub:\n  db: {}\n  replicas: 2",
        gone,
        Some("hub:\n  db: {}"),
    );
}

#[test]
fn a_key_goes_in_every_layer_or_in_none() {
    let gone = |cx: &Context<'_>| remove(cx, cx.hub.get("hub.replicas")?);
    let common = ("common.yaml", "hub: {replicas: 3, db: {}}\n");
    let prod = (
        "prod.yaml",
        "---\nhub:\n  replicas: 2\n  x: 1\n---\ncull: {}\n",
    );
    let case = Case::new(&[common, prod]);
    let edits = gone(&case.context()).expect("a remedy");
    let expected = ["hub: {db: {}}\n", "---\nhub:\n  x: 1\n---\ncull: {}\n"];
    assert_eq!(case.files(&edits)[..2], expected);
    let case = Case::new(&[("--set-json", "hub: {replicas: 3}\n"), prod]);
    assert_eq!(gone(&case.context()), None);
    let whole = |cx: &Context<'_>| remove(cx, cx.hub.get("hub")?);
    assert_eq!(whole(&Case::new(&[common, prod]).context()), None);
}

#[test]
fn a_value_is_set_where_it_stands_or_beside_another() {
    let on = |cx: &Context<'_>| set(cx, ENABLED, true, REPLICAS);
    check(
        "scheduling:\n  podPriority: {enabled: false} # off\n  userPlaceholder: {replicas: 3}\n",
        on,
        Some(
            "scheduling:\n  podPriority: {enabled: true} # off\n  userPlaceholder: {replicas: 3}\n",
        ),
    );
    check(
        "jupyterhub:\n    scheduling:\n        userPlaceholder:\n            replicas: 3\n    cull: {}\n",
        on,
        Some(
            "jupyterhub:\n    scheduling:\n        userPlaceholder:\n            replicas: 3\n        podPriority:\n            enabled: true\n    cull: {}\n",
        ),
    );
    check(
        "scheduling: {userPlaceholder: {replicas: 3}}",
        on,
        Some("scheduling: {userPlaceholder: {replicas: 3}, \"podPriority\": {\"enabled\": true}}"),
    );
    check(
        "scheduling: {podPriority: null, userPlaceholder: {replicas: 3}}",
        on,
        None,
    );
    let common = (
        "common.yaml",
        "scheduling:\n  podPriority:\n    enabled: false\n",
    );
    let prod = (
        "prod.yaml",
        "scheduling:\n  userPlaceholder: {replicas: 3}\n",
    );
    let case = Case::new(&[common, prod]);
    let files = case.files(&on(&case.context()).expect("a remedy"));
    assert_eq!(files[0], common.1.replace("false", "true"));
    assert_eq!(files[1], prod.1);
    let case = Case::new(&[("--set-json", prod.1), ("a.yaml", "cull: {}\n")]);
    assert_eq!(on(&case.context()), None);
}

#[test]
fn lists_grow_keys_move_and_get_other_names() {
    check(
        "singleuser:\n  extraTolerations: # t\n    - key: a\n    # end\n  x: 1\n",
        |cx| {
            let list = cx.hub.get("singleuser.extraTolerations")?;
            append(cx, list, vec![serde_json::json!({"key": "b"})])
        },
        Some(
            "singleuser:\n  extraTolerations: # t\n    - key: a\n    # end\n    - key: b\n  x: 1\n",
        ),
    );
    check(
        "hub:\n  Db: # d\n    url: x\n",
        |cx| rename_key(cx, cx.hub.get("hub.Db")?, "db"),
        Some("hub:\n  db: # d\n    url: x\n"),
    );
    check(
        "hub:\n  Db: {}\n  db: {}\n",
        |cx| rename_key(cx, cx.hub.get("hub.Db")?, "db"),
        None,
    );
    let moved = |cx: &Context<'_>| move_key(cx, "hub.config.JupyterHub.x", "hub.x");
    check(
        "hub:\n  config:\n    JupyterHub:\n      x: [1, {a: b}]\n  db: {}\n",
        moved,
        Some("hub:\n  config:\n    JupyterHub: {}\n  db: {}\n  x:\n  - 1\n  - a: b\n"),
    );
    check(
        "hub:\n  config:\n    JupyterHub:\n      x: 1 # why\n",
        moved,
        None,
    );
    check("hub: {config: {JupyterHub: {x: 1}}, x: 2}\n", moved, None);
}

#[test]
fn keys_are_put_beside_a_value() {
    let raised = |cx: &Context<'_>| {
        let limit = cx.hub.get(LIMIT)?;
        let keys: [(&[&str], Json); 2] = [(&["limit"], "2G".into()), (&["a", "b.c"], 1.into())];
        beside(cx, limit, &keys)
    };
    check(
        "singleuser:\n  memory:\n    limit: 1G # l\n  x: 1\n",
        raised,
        Some("singleuser:\n  memory:\n    limit: \"2G\" # l\n    a:\n      b.c: 1\n  x: 1\n"),
    );
    let shared = "x: &m {limit: 1G}\nsingleuser:\n  memory: *m\n";
    check(shared, raised, None);
}

#[test]
fn a_value_is_set_where_the_nearest_is() {
    let on = |cx: &Context<'_>| set_near(cx, ENABLED, true);
    let hub = ("hub.yaml", "hub: {}\n");
    let scheduling = ("scheduling.yaml", "scheduling:\n  userScheduler: {}\n");
    let case = Case::new(&[hub, scheduling]);
    let files = case.files(&on(&case.context()).expect("a remedy"));
    assert_eq!(files[0], hub.1);
    let set = "scheduling:\n  userScheduler: {}\n  podPriority:\n    enabled: true\n";
    assert_eq!(files[1], set);
    check(
        "hub: {}\n",
        on,
        Some("hub: {}\nscheduling:\n  podPriority:\n    enabled: true\n"),
    );
}

#[test]
fn a_value_goes_into_a_mapping_near_it() {
    let into = |cx: &Context<'_>| {
        let holder = *cx.hub.profiles().first()?;
        transfer(cx, holder.get("x")?, holder, &["over", "w"])
    };
    let profile = |text: &str| format!("singleuser:\n  profileList:\n    - a: 1\n{text}");
    check(
        &profile("      x: 2\n"),
        into,
        Some(&profile("      over:\n        w: 2\n")),
    );
    check(
        &profile("      x: 2\n      over:\n        z: 3\n"),
        into,
        Some(&profile("      over:\n        z: 3\n        w: 2\n")),
    );
    check(&profile("      x: 2\n      over: {w: 3}\n"), into, None);
    check(&profile("      x: {b: 1} # why\n"), into, None);
}

#[test]
fn lists_become_mappings_by_names() {
    let moved =
        |cx: &Context<'_>| move_by_name(cx, "hub.config.JupyterHub.services", "hub.services");
    let list = |text: &str| format!("hub:\n  config:\n    JupyterHub:\n      services: {text}\n");
    check(
        &list("[{name: a, url: x}, {url: z, name: b}]"),
        moved,
        Some(
            "hub:\n  config:\n    JupyterHub: {}\n  services:\n    a:\n      url: x\n    b:\n      url: z\n",
        ),
    );
    for text in [
        "[{url: x}]",
        "[{name: a}, {name: a}]",
        "[a]",
        "[]",
        "{a: {}}",
    ] {
        check(&list(text), moved, None);
    }
}

#[test]
fn a_key_is_quoted() {
    let quoted = |cx: &Context<'_>| {
        let labels = cx.hub.get("singleuser.extraLabels")?;
        rename_key(cx, labels.get("true")?, "on")
    };
    let labels = |text: &str| format!("singleuser:\n  extraLabels: {{{text}}}\n");
    check(&labels("on: a"), quoted, Some(&labels("\"on\": a")));
    check(&labels("\"on\": a, on: b"), quoted, None);
    check(&labels("on: b, \"on\": a"), quoted, None);
}

#[test]
fn a_value_goes_to_several_places_in_each_file_that_sets_it() {
    let spread = |cx: &Context<'_>| {
        scatter(cx, "proxy.nodeSelector", |value| {
            let places = ["proxy.chp.nodeSelector", "proxy.traefik.nodeSelector"];
            Some(places.map(|path| (split(path), value.clone())).to_vec())
        })
    };
    let case = Case::new(&[
        (
            "common.yaml",
            "proxy:\n  nodeSelector:\n    a.b/c: core\n  chp:\n    resources: {}\n",
        ),
        (
            "prod.yaml",
            "proxy: {nodeSelector: {zone: b}, secretToken: x}\n",
        ),
    ]);
    let edits = spread(&case.context()).expect("a remedy");
    assert_eq!(
        case.files(&edits)[..2],
        [
            "proxy:\n  chp:\n    resources: {}\n    nodeSelector:\n      a.b/c: core\n  traefik:\n    nodeSelector:\n      a.b/c: core\n",
            "proxy: {secretToken: x, \"chp\": {\"nodeSelector\": {\"zone\": \"b\"}}, \"traefik\": {\"nodeSelector\": {\"zone\": \"b\"}}}\n",
        ]
    );
    for taken in [
        "proxy: {nodeSelector: {a: b}, chp: {nodeSelector: {a: c}}}\n",
        "proxy: {nodeSelector: {a: b}, traefik: null}\n",
        "proxy:\n  nodeSelector:\n    a: b # where the disks are\n  x: 1\n",
        "x: &x {a: b}\nproxy: {nodeSelector: *x}\nsops: {}\n",
    ] {
        check(taken, spread, None);
    }
    let option = Case::new(&[
        ("--set-json", "proxy: {nodeSelector: {a: b}}\n"),
        ("prod.yaml", "proxy: {secretToken: x}\n"),
    ]);
    assert_eq!(spread(&option.context()), None);
}

#[test]
fn a_key_that_stays_in_its_mapping_keeps_its_place() {
    check(
        "hub: {}\nrbac:\n  # by policy\n  enabled: false # since May\n",
        |cx| move_key(cx, "rbac.enabled", "rbac.create"),
        Some("hub: {}\nrbac:\n  # by policy\n  create: false # since May\n"),
    );
    check(
        "hub:\n  old: 'yes'\n",
        |cx| {
            scatter(cx, "hub.old", |_| {
                let places = [("hub.new", false.into()), ("cull.x", 1.into())];
                let place = |(path, value): (&str, Json)| (split(path), value.into());
                Some(places.map(place).to_vec())
            })
        },
        Some("hub:\n  new: false\ncull:\n  x: 1\n"),
    );
}

#[test]
fn values_are_added_to_the_file_of_another() {
    let added = |cx: &Context<'_>| {
        let places = ["hub.config.A.x", "hub.config.A.z", "hub.db.upgrade"];
        let place = |path| (split(path), yaml::Value::Bool(true));
        add(cx, cx.hub.get("hub.db")?, places.map(place).to_vec())
    };
    check(
        "hub:\n  db:\n    type: other # own\n",
        added,
        Some(
            "hub:\n  db:\n    type: other # own\n    upgrade: true\n  config:\n    A:\n      x: true\n      z: true\n",
        ),
    );
    check("hub:\n  db: {upgrade: false}\n", added, None);
}
