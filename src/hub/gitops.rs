//! Values of a hub in the objects by which a tool in the cluster installs its chart: a `HelmRelease` of Flux, an
//! `Application` of Argo CD or an `ApplicationSet` that makes several of them, a `HelmChart` of the helm-controller of k3s.

use std::ops::Range;

use super::around::version_inside;
use super::chart::NAME;
use super::locate;
use crate::diag::Diagnostic;
use crate::k8s::{self, Kinds, Object};
use crate::text::{SourceId, Sources, Span};
use crate::values::{self, Content, Helm, Map, SetKind, Value};
use crate::yaml::{self, NodeRef, ScalarStyle};

/// The groups of these objects; a text that names none of them has none.
const GROUPS: [&str; 3] = ["helm.toolkit.fluxcd.io", "argoproj.io", "helm.cattle.io"];

/// The values that an object gives a release with a hub.
#[derive(Debug)]
pub struct Inline {
    /// The values. What is written as a mapping or as a block of text stands where it is written; other
    /// texts are sources of their own.
    pub values: Value,
    /// The keys that lead to those of the z2jh chart.
    pub hub: Vec<String>,
    /// The version of that chart, where the object says it.
    pub version: Option<String>,
    /// Where values stand in the manifest.
    pub inside: Vec<Inside>,
}

/// Where values stand in a file that holds more than them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// The bytes that are a document with the values in it.
    pub document: Range<usize>,
    /// The mapping there that is the values.
    pub values: Span,
}

/// The values of hubs in a stream of manifests, and what cannot be read of them.
pub fn inline_values(sources: &mut Sources, source: SourceId) -> (Vec<Inline>, Vec<Diagnostic>) {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    let text = sources.get(source).text();
    if !GROUPS.iter().any(|group| text.contains(group)) {
        return (found, errors);
    }
    let text = text.to_owned();
    let release = k8s::Manifests::read(source, &text, &Kinds::default());
    let documents = release.all_documents();
    for object in documents.objects(&release) {
        for given in given(&object) {
            let mut reader = InlineReader {
                sources,
                source,
                document: release.parts[object.part].range.clone(),
                title: object.title(),
                inside: Vec::new(),
            };
            let (values, broken) = reader.values(&given.layers);
            if let Some(hub) = given.hub(&values) {
                let version = given.version();
                let version = if hub.is_empty() {
                    version
                } else {
                    let inside = version.and_then(|it| version_inside(given.name(), &it));
                    inside.map(str::to_owned)
                };
                errors.extend(broken);
                found.push(Inline {
                    values,
                    hub,
                    version,
                    inside: reader.inside,
                });
            }
        }
    }
    (found, errors)
}

/// Whether a finding is about a value that is filled in before the cluster sees it, by Flux (`postBuild`) or by an
/// `ApplicationSet`: what it will be, `${NAME}` and `{{name}}` do not say.
pub fn is_filled_in(sources: &Sources, finding: &Diagnostic) -> bool {
    let text = finding.span().map(|span| sources.slice(span));
    let is_template = |text: &str| ["${", "{{"].iter().any(|mark| text.contains(mark));
    text.is_some_and(|text| is_template(text) && !text.contains('\n'))
}

/// What an object says of a chart and its values.
#[derive(Default)]
struct Given<'d> {
    /// The name of the chart, or its address; nothing where it is a folder in Git, which may hold any.
    chart: Option<&'d str>,
    /// Where the chart comes from.
    repository: &'d str,
    version: Option<&'d str>,
    /// The values, the later ones over those before.
    layers: Vec<GitOpsLayer<'d>>,
}

enum GitOpsLayer<'d> {
    Mapping(NodeRef<'d>),
    Text(NodeRef<'d>),
    /// What Helm gets by `--set`: `a.b=c`.
    Argument(SetKind, String),
}

fn given<'d>(object: &Object<'d>) -> Vec<Given<'d>> {
    let Some(spec) = object.node.get("spec") else {
        return Vec::new();
    };
    match (object.gvk.group.as_str(), object.gvk.kind.as_str()) {
        ("helm.toolkit.fluxcd.io", "HelmRelease") => vec![flux(spec)],
        ("argoproj.io", "Application") => applications(spec),
        ("argoproj.io", "ApplicationSet") => {
            let template = spec.get_path(&["template", "spec"]);
            template.map(applications).unwrap_or_default()
        }
        ("helm.cattle.io", "HelmChart") => vec![k3s(spec)],
        _ => Vec::new(),
    }
}

fn text_at<'d>(node: NodeRef<'d>, path: &[&str]) -> Option<&'d str> {
    node.get_path(path)?.text()
}

fn flux(spec: NodeRef<'_>) -> Given<'_> {
    let of_chart = |path: &[&str]| text_at(spec.get_path(&["chart", "spec"])?, path);
    let kind = of_chart(&["sourceRef", "kind"]).unwrap_or("HelmRepository");
    Given {
        chart: of_chart(&["chart"]).filter(|_| kind == "HelmRepository"),
        repository: of_chart(&["sourceRef", "name"]).unwrap_or_default(),
        version: of_chart(&["version"]),
        layers: spec
            .get("values")
            .map(GitOpsLayer::Mapping)
            .into_iter()
            .collect(),
    }
}

fn applications(spec: NodeRef<'_>) -> Vec<Given<'_>> {
    let several = spec.get("sources").into_iter().flat_map(NodeRef::items);
    let sources = spec.get("source").into_iter().chain(several);
    sources.map(argo).collect()
}

/// `valuesObject` takes the place of `values`, and parameters are laid over either.
fn argo(source: NodeRef<'_>) -> Given<'_> {
    let helm = |key: &str| source.get_path(&["helm", key]);
    let values = match helm("valuesObject").filter(|values| values.is_mapping()) {
        Some(mapping) => Some(GitOpsLayer::Mapping(mapping)),
        None => helm("values").map(GitOpsLayer::Text),
    };
    let parameters = helm("parameters").into_iter().flat_map(NodeRef::items);
    let parameters = parameters.filter_map(|parameter| {
        let value = text_at(parameter, &["value"]).unwrap_or_default();
        let kind = match text_at(parameter, &["forceString"]) {
            Some("true") => SetKind::String,
            _ => SetKind::Typed,
        };
        let argument = argument(text_at(parameter, &["name"])?, value);
        Some(GitOpsLayer::Argument(kind, argument))
    });
    let chart = text_at(source, &["chart"]);
    Given {
        chart,
        repository: text_at(source, &["repoURL"]).unwrap_or_default(),
        // Of a repository in Git it is a branch.
        version: chart.and(text_at(source, &["targetRevision"])),
        layers: values.into_iter().chain(parameters).collect(),
    }
}

fn k3s(spec: NodeRef<'_>) -> Given<'_> {
    let text = spec.get("valuesContent").map(GitOpsLayer::Text);
    let mapping = spec.get("values").filter(|values| values.is_mapping());
    let arguments = spec.get("set").into_iter().flat_map(NodeRef::entries);
    let arguments = arguments.filter_map(|(key, value)| {
        let text = value.resolve().text()?;
        // A text goes by `--set-string` unless it is one of these words.
        let is_typed = matches!(text, "true" | "false" | "null" | "nil")
            || !matches!(value.scalar(), Some(yaml::Scalar::String(_)));
        let kind = if is_typed {
            SetKind::Typed
        } else {
            SetKind::String
        };
        Some(GitOpsLayer::Argument(kind, argument(key.text()?, text)))
    });
    let layers = text.into_iter().chain(mapping.map(GitOpsLayer::Mapping));
    Given {
        chart: text_at(spec, &["chart"]),
        repository: text_at(spec, &["repo"]).unwrap_or_default(),
        version: text_at(spec, &["version"]),
        layers: layers.chain(arguments).collect(),
    }
}

/// Helm parts arguments at commas, which belong to the value here.
fn argument(name: &str, value: &str) -> String {
    let is_list = value.starts_with('{');
    let value = if is_list {
        value.to_owned()
    } else {
        value.replace(',', "\\,")
    };
    format!("{name}={value}")
}

impl Given<'_> {
    /// The keys that lead to the values of z2jh; nothing where there is no sign of it.
    fn hub(&self, values: &Value) -> Option<Vec<String>> {
        if self.layers.is_empty() || self.is_namesake() {
            return None;
        }
        if self.is_z2jh() {
            return Some(Vec::new());
        }
        let path = locate(values)?;
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let found = values.get_path(&keys)?;
        // Other charts have a `proxy` and an `ingress`, too.
        let is_hub = keys.last() == Some(&NAME)
            || ["singleuser", "prePuller"]
                .iter()
                .any(|key| found.get(key).is_some());
        is_hub.then_some(path)
    }

    /// Bitnami has a chart of the same name.
    fn is_namesake(&self) -> bool {
        let chart = self.chart.unwrap_or_default();
        self.repository.contains("bitnami") || chart.contains("bitnami")
    }

    /// Whether the chart is z2jh by its name.
    fn is_z2jh(&self) -> bool {
        let name = self.name();
        !self.chart.unwrap_or_default().starts_with(['.', '/'])
            && (name == NAME || archive_version(name).is_some())
    }

    fn name(&self) -> &str {
        self.chart
            .unwrap_or_default()
            .rsplit('/')
            .next()
            .unwrap_or_default()
    }

    /// The version, where it is one and no range of several.
    fn version(&self) -> Option<String> {
        let version = self.version.or(archive_version(self.name()))?;
        let is_range = version.contains(['>', '<', '|', ' ', '*']);
        (!is_range).then(|| version.to_owned())
    }
}

/// The version in `jupyterhub-4.3.1.tgz`.
fn archive_version(name: &str) -> Option<&str> {
    name.strip_prefix(NAME)?
        .strip_prefix('-')?
        .strip_suffix(".tgz")
}

/// Reads the values of one object.
struct InlineReader<'r> {
    sources: &'r mut Sources,
    source: SourceId,
    /// The object's document.
    document: Range<usize>,
    title: String,
    /// Where the values that were read stand.
    inside: Vec<Inside>,
}

impl InlineReader<'_> {
    fn values(&mut self, layers: &[GitOpsLayer<'_>]) -> (Value, Vec<Diagnostic>) {
        // Where no chart is at hand, what the root stands in is taken for the defaults of one.
        let nowhere = self.sources.add_built_in("values", String::new());
        let nowhere = Span::new(nowhere, 0..0);
        let mut values = Value::new(Content::map(Map::default()), None, nowhere);
        let mut errors = Vec::new();
        for layer in layers {
            match layer {
                // What is no mapping or has no JSON the cluster refuses.
                GitOpsLayer::Mapping(node) => {
                    if let Some(over) = self.mapping(self.document.clone(), *node) {
                        values::lay_over(&mut values, over);
                    }
                }
                GitOpsLayer::Text(node) => match self.text(*node) {
                    Ok(over) => values::lay_over(&mut values, over),
                    Err(error) => errors.push(error),
                },
                GitOpsLayer::Argument(kind, argument) => {
                    errors.extend(self.argument(&mut values, *kind, argument));
                }
            }
        }
        (values, errors)
    }

    /// The values in a document of the source.
    fn mapping(&mut self, document: Range<usize>, node: NodeRef<'_>) -> Option<Value> {
        let read = Value::read(self.source, document.start, node).ok();
        let values = read.filter(Value::is_map)?;
        let inside = Inside {
            document,
            values: values.set.value,
        };
        self.inside.push(inside);
        Some(values)
    }

    /// A text, in its place where that says the same, else on its own.
    fn text(&mut self, node: NodeRef<'_>) -> Result<Value, Diagnostic> {
        let text = node.text().unwrap_or_default();
        if let Some(values) = self.in_place(node, text) {
            return Ok(values);
        }
        let name = self.name("values");
        let source = self.sources.add_inside(self.source, name, text.to_owned());
        values::read(source, text, Helm::Four)
    }

    /// The lines of a block are the text but for their indentation, and to YAML that is mostly the same.
    fn in_place(&mut self, node: NodeRef<'_>, text: &str) -> Option<Value> {
        let lines = block_lines(node, text)?;
        let written = yaml::parse(&node.document().text[lines.clone()]).ok()?;
        let meant = yaml::parse(text).ok()?;
        let (written, meant) = (written.root()?, meant.root()?);
        let is_same = yaml::to_json(written).ok()? == yaml::to_json(meant).ok()?;
        let start = self.document.start;
        let document = start + lines.start..start + lines.end;
        is_same.then(|| self.mapping(document, written))?
    }

    fn argument(&mut self, values: &mut Value, kind: SetKind, text: &str) -> Option<Diagnostic> {
        let name = self.name("a parameter");
        let source = self.sources.add_inside(self.source, name, text.to_owned());
        let mut no_file = |_: &str| Err("there are no files".to_owned());
        values::set(values, kind, Helm::Four, source, text, &mut no_file).err()
    }

    fn name(&self, what: &str) -> String {
        let file = self.sources.get(self.source).name();
        format!("{file}, {what} of {}", self.title)
    }
}

/// The lines of a block scalar in the text of its document, ending as what they mean ends.
fn block_lines(node: NodeRef<'_>, text: &str) -> Option<Range<usize>> {
    let scalar = node.resolve();
    let yaml::NodeContent::Scalar {
        style: ScalarStyle::Block,
        ..
    } = scalar.node().content
    else {
        return None;
    };
    let range = scalar.range();
    let written = &node.document().text[range.clone()];
    let head = written.find('\n')? + 1;
    let body = written[head..].trim_end_matches(['\r', '\n', ' ']);
    let is_ended = text.ends_with('\n');
    let end = body.len()
        + written[head + body.len()..]
            .find('\n')
            .filter(|_| is_ended)
            .map_or(0, |at| at + 1);
    Some(range.start + head..range.start + head + end)
}
