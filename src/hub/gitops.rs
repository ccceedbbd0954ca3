//! Values of a hub in objects that install its chart: a `HelmRelease` of Flux, an `Application` or `ApplicationSet` of
//! Argo CD, a `HelmChart` of the k3s helm-controller.

use std::ops::Range;

use super::around::version_inside;
use super::chart::NAME;
use super::locate;
use crate::diag::Diagnostic;
use crate::k8s::{self, Kinds, Object};
use crate::text::{SourceId, Sources, Span};
use crate::values::{self, Content, Helm, Map, SetKind, Value};
use crate::yaml::{self, NodeRef, ScalarStyle};

/// The API groups of these objects. A text without any of them has no such object.
const GROUPS: [&str; 3] = ["helm.toolkit.fluxcd.io", "argoproj.io", "helm.cattle.io"];

/// The values of a hub in one object.
#[derive(Debug)]
pub struct Inline {
    /// The values. A mapping or a block scalar keeps its spans in the manifest; any other string is a source of its
    /// own.
    pub values: Value,
    /// The keys that lead to the values of the z2jh chart.
    pub hub: Vec<String>,
    /// The version of the z2jh chart, if the object has it.
    pub version: Option<String>,
    /// Where the values are in the manifest.
    pub inside: Vec<Inside>,
}

/// The place of values that are embedded in another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// The byte range of the document with the values.
    pub document: Range<usize>,
    /// The mapping with the values.
    pub values: Span,
}

/// Returns the values of hubs in a stream of manifests, and what is wrong with them.
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
        for declared in declared_charts(&object) {
            let mut reader = InlineReader {
                sources,
                source,
                document: release.parts[object.part].range.clone(),
                title: object.title(),
                inside: Vec::new(),
            };
            let (values, broken) = reader.values(&declared.layers);
            if let Some(hub) = declared.hub(&values) {
                let version = declared.version();
                let version = if hub.is_empty() {
                    version
                } else {
                    let inside = version.and_then(|it| version_inside(declared.name(), &it));
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

/// Whether a finding is about a placeholder such as `${NAME}` or `{{name}}`, which Flux (`postBuild`) or an
/// `ApplicationSet` replaces.
pub fn is_filled_in(sources: &Sources, finding: &Diagnostic) -> bool {
    let text = finding.span().map(|span| sources.slice(span));
    let is_template = |text: &str| ["${", "{{"].iter().any(|mark| text.contains(mark));
    text.is_some_and(|text| is_template(text) && !text.contains('\n'))
}

/// A chart with its values, as an object declares it.
#[derive(Default)]
struct DeclaredChart<'d> {
    /// The name or address of the chart; `None` for a folder in Git, which may have any chart.
    chart: Option<&'d str>,
    /// The repository of the chart.
    repository: &'d str,
    version: Option<&'d str>,
    /// The values; later layers override earlier ones.
    layers: Vec<GitOpsLayer<'d>>,
}

/// A layer of values in an object.
enum GitOpsLayer<'d> {
    /// A mapping in the manifest.
    Mapping(NodeRef<'d>),
    /// A string with YAML.
    Text(NodeRef<'d>),
    /// An argument of a `--set` option: `a.b=c`.
    Argument(SetKind, String),
}

fn declared_charts<'d>(object: &Object<'d>) -> Vec<DeclaredChart<'d>> {
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

fn flux(spec: NodeRef<'_>) -> DeclaredChart<'_> {
    let of_chart = |path: &[&str]| text_at(spec.get_path(&["chart", "spec"])?, path);
    let kind = of_chart(&["sourceRef", "kind"]).unwrap_or("HelmRepository");
    DeclaredChart {
        chart: of_chart(&["chart"]).filter(|_| kind == "HelmRepository"),
        repository: of_chart(&["sourceRef", "name"]).unwrap_or_default(),
        version: of_chart(&["version"]),
        layers: spec.get("values").map(GitOpsLayer::Mapping).into_iter().collect(),
    }
}

fn applications(spec: NodeRef<'_>) -> Vec<DeclaredChart<'_>> {
    let several = spec.get("sources").into_iter().flat_map(NodeRef::items);
    let sources = spec.get("source").into_iter().chain(several);
    sources.map(argo).collect()
}

/// Returns the chart of an Argo CD source. `valuesObject` replaces `values`, and parameters override both.
fn argo(source: NodeRef<'_>) -> DeclaredChart<'_> {
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
    DeclaredChart {
        chart,
        repository: text_at(source, &["repoURL"]).unwrap_or_default(),
        // For a Git repository it is a branch.
        version: chart.and(text_at(source, &["targetRevision"])),
        layers: values.into_iter().chain(parameters).collect(),
    }
}

fn k3s(spec: NodeRef<'_>) -> DeclaredChart<'_> {
    let text = spec.get("valuesContent").map(GitOpsLayer::Text);
    let mapping = spec.get("values").filter(|values| values.is_mapping());
    let arguments = spec.get("set").into_iter().flat_map(NodeRef::entries);
    let arguments = arguments.filter_map(|(key, value)| {
        let text = value.resolve().text()?;
        // The controller uses `--set-string` for strings, except for these.
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
    DeclaredChart {
        chart: text_at(spec, &["chart"]),
        repository: text_at(spec, &["repo"]).unwrap_or_default(),
        version: text_at(spec, &["version"]),
        layers: layers.chain(arguments).collect(),
    }
}

/// Returns the argument of a `--set` option. Commas are escaped: Helm splits arguments at them, but here they are
/// part of the value.
fn argument(name: &str, value: &str) -> String {
    let is_list = value.starts_with('{');
    let value = if is_list {
        value.to_owned()
    } else {
        value.replace(',', "\\,")
    };
    format!("{name}={value}")
}

impl DeclaredChart<'_> {
    /// Returns the keys that lead to the values of z2jh; `None` if nothing shows that it is z2jh.
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
            || ["singleuser", "prePuller"].iter().any(|key| found.get(key).is_some());
        is_hub.then_some(path)
    }

    /// Whether it is the chart of Bitnami, which has the same name.
    fn is_namesake(&self) -> bool {
        let chart = self.chart.unwrap_or_default();
        self.repository.contains("bitnami") || chart.contains("bitnami")
    }

    /// Whether the name of the chart is that of z2jh.
    fn is_z2jh(&self) -> bool {
        let name = self.name();
        !self.chart.unwrap_or_default().starts_with(['.', '/'])
            && (name == NAME || archive_version(name).is_some())
    }

    fn name(&self) -> &str {
        self.chart.unwrap_or_default().rsplit('/').next().unwrap_or_default()
    }

    /// Returns the version, unless it is a range.
    fn version(&self) -> Option<String> {
        let version = self.version.or(archive_version(self.name()))?;
        let is_range = version.contains(['>', '<', '|', ' ', '*']);
        (!is_range).then(|| version.to_owned())
    }
}

/// Returns the version in an archive name such as `jupyterhub-4.3.1.tgz`.
fn archive_version(name: &str) -> Option<&str> {
    name.strip_prefix(NAME)?.strip_prefix('-')?.strip_suffix(".tgz")
}

/// Reads the values of one object.
struct InlineReader<'r> {
    sources: &'r mut Sources,
    source: SourceId,
    /// The byte range of the object's document.
    document: Range<usize>,
    title: String,
    /// Where the values read so far are embedded.
    inside: Vec<Inside>,
}

impl InlineReader<'_> {
    fn values(&mut self, layers: &[GitOpsLayer<'_>]) -> (Value, Vec<Diagnostic>) {
        // Without a chart, the source of the root counts as chart defaults, so it must not be the manifest.
        let nowhere = self.sources.add_built_in("values", String::new());
        let nowhere = Span::new(nowhere, 0..0);
        let mut values = Value::new(Content::map(Map::default()), None, nowhere);
        let mut errors = Vec::new();
        for layer in layers {
            match layer {
                // The cluster rejects anything but a mapping that JSON can represent.
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

    /// Returns the values in a document of the source.
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

    /// Returns the values in a string: with spans in the manifest if possible, else as a source of its own.
    fn text(&mut self, node: NodeRef<'_>) -> Result<Value, Diagnostic> {
        let text = node.text().unwrap_or_default();
        if let Some(values) = self.in_place(node, text) {
            return Ok(values);
        }
        let name = self.name("values");
        let source = self.sources.add_inside(self.source, name, text.to_owned());
        values::read(source, text, Helm::Four)
    }

    /// Returns the values of a block scalar with spans in the manifest. Its lines are the string with more
    /// indentation, which is mostly the same YAML; if not, this returns `None`.
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

/// Returns the range of the lines of a block scalar in the text of its document. The end has a line break if the string
/// has one.
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
