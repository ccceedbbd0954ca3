use super::Affinity;
use super::path::Reached;
use super::shape::{Fields, PodField, Shape};
use crate::yaml::{Edit, NodeRef, Value};

/// The fields of a pod spec, wherever they are in an object.
#[derive(Debug, Clone)]
pub struct PodSpec<'d> {
    /// An existing mapping.
    base: NodeRef<'d>,
    /// Keys from `base` to the mapping with the fields; empty unless it must be created.
    prefix: Vec<String>,
    fields: &'static Fields,
    inherited: Vec<Inherited<'d>>,
}

/// Fields that apply if the pod spec does not set them.
#[derive(Debug, Clone)]
pub(super) struct Inherited<'d> {
    /// The path of their place.
    pub(super) path: String,
    pub(super) spec: PodSpec<'d>,
    pub(super) fields: &'static [PodField],
}

impl<'d> PodSpec<'d> {
    /// Returns the pod spec of a place; `None` if the place has none.
    pub(super) fn at(place: Reached<'d>, shape: &'static Shape) -> Option<Self> {
        let is_there = place.missing.is_empty();
        let spec = is_there.then(|| place.node.get_path(shape.spec)).flatten();
        let (base, prefix) = match spec.filter(|spec| spec.is_mapping()) {
            Some(spec) => (spec, Vec::new()),
            None if is_there && !shape.may_be_missing => return None,
            None => {
                let mut prefix = place.missing;
                prefix.extend(shape.spec.iter().map(|&key| key.to_owned()));
                (place.node, prefix)
            }
        };
        Some(Self {
            base,
            prefix,
            fields: &shape.fields,
            inherited: Vec::new(),
        })
    }

    pub(super) fn inheriting(self, inherited: Vec<Inherited<'d>>) -> Self {
        Self { inherited, ..self }
    }

    /// Returns the mapping with the fields, or the one in which it would be created.
    pub fn node(&self) -> NodeRef<'d> {
        self.base
    }

    /// Returns whether objects of the kind have the field.
    pub fn has(&self, field: PodField) -> bool {
        self.fields.path(field).is_some()
    }

    /// Returns an edit that sets a value at keys below a field; `None` if the kind does not have the field.
    pub fn put(&self, field: PodField, below: &[&str], value: Value) -> Option<Edit> {
        let path = [&self.path(field)?, below].concat();
        Some(Edit::put_path(self.base, &path, value))
    }

    /// Returns an edit that appends values to the list at keys below a field; `None` if the kind does not have the
    /// field.
    pub fn extend(&self, field: PodField, below: &[&str], values: Vec<Value>) -> Option<Edit> {
        let path = [&self.path(field)?, below].concat();
        Some(Edit::extend_path(self.base, &path, values))
    }

    /// Returns the value of the field here.
    pub fn own(&self, field: PodField) -> Option<NodeRef<'d>> {
        self.base.get_path(&self.path(field)?)
    }

    /// Returns the keys from [`node`](Self::node) to a field.
    fn path(&self, field: PodField) -> Option<Vec<&str>> {
        let prefix = self.prefix.iter().map(String::as_str);
        let keys = self.fields.path(field)?.iter().copied();
        Some(prefix.chain(keys).collect())
    }

    /// Returns the value that applies: the field here, or the inherited one.
    pub fn get(&self, field: PodField) -> Option<NodeRef<'d>> {
        match self.source(field) {
            Some(from) if self.setting(field).is_none() => from.spec.own(field),
            _ => self.own(field),
        }
    }

    /// Returns the path of the place that the field is inherited from: the nearest one that sets it, otherwise the last
    /// one. `None` if it is set here, or cannot be inherited.
    pub fn inherits(&self, field: PodField) -> Option<&str> {
        self.source(field)
            .filter(|_| self.setting(field).is_none())
            .map(|from| from.path.as_str())
    }

    /// Returns the inherited value, if it is not empty. An `affinity` is inherited as a whole, with or without a node
    /// affinity in it.
    pub fn inherited(&self, field: PodField) -> Option<NodeRef<'d>> {
        let from = self.source(field).filter(|_| self.setting(field).is_none())?;
        from.spec.setting(field)
    }

    /// Returns the requirements of the pod spec for its node.
    pub fn affinity(&self) -> Affinity {
        Affinity::of(
            self.get(PodField::NodeSelector),
            self.get(PodField::NodeAffinity),
        )
    }

    fn source(&self, field: PodField) -> Option<&Inherited<'d>> {
        let mut from = self.inherited.iter().filter(|from| from.fields.contains(&field));
        let last = from.clone().next_back();
        from.find(|from| from.spec.setting(field).is_some()).or(last)
    }

    /// Returns the node that sets the field here: an empty list, mapping or name sets nothing, but an `affinity`
    /// without a node affinity does.
    fn setting(&self, field: PodField) -> Option<NodeRef<'d>> {
        let path = self.path(field)?;
        let is_affinity = field == PodField::NodeAffinity;
        let path = match &path[..] {
            [path @ .., "nodeAffinity"] if path.last() == Some(&"affinity") => path,
            path => path,
        };
        let node = self.base.get_path(path).filter(|node| !node.is_null())?;
        let is_empty = node.pairs().is_empty()
            && node.items().next().is_none()
            && node.text().is_none_or(str::is_empty);
        (is_affinity || !is_empty).then_some(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::{Kinds, Manifests, Workload};
    use crate::text::Sources;
    use crate::yaml::{Document, edit};

    /// What `of` says of the last pod spec in an object.
    fn last<T>(text: &str, of: impl Fn(&PodSpec<'_>, &Document<'_>) -> T) -> T {
        let kinds = Kinds::default();
        let source = Sources::default().add("a", String::new());
        let release = Manifests::read(source, text, &kinds);
        let documents = release.all_documents();
        let objects = documents.objects(&release);
        let (_, document) = documents.readable().next().expect("a document");
        let mut workloads = Workload::all(&objects[0], &kinds);
        of(
            &workloads.pop().expect("a workload").template.spec,
            document,
        )
    }

    fn deployment(spec: &str) -> String {
        format!("apiVersion: apps/v1\nkind: Deployment\nspec: {{template: {{spec: {spec}}}}}\n")
    }

    /// A Kafka whose brokers have this template.
    fn kafka(template: &str) -> String {
        format!(
            "apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nspec: {{kafka: {{template: {template}}}}}\n"
        )
    }

    /// A step of a workflow.
    fn step(workflow: &str, step: &str) -> String {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {{{workflow}, templates: [{step}]}}\n"
        )
    }

    /// The text after an edit, without the lines before `spec`.
    #[track_caller]
    fn check_edit(text: &str, edit: impl Fn(&PodSpec<'_>) -> Option<Edit>, expected: &str) {
        let new = last(text, |spec, document| {
            let edit = edit(spec).expect("the kind has the field");
            edit::apply(document, &[edit]).expect("an edit")
        });
        let spec = new.lines().last().expect("a line");
        assert_eq!(spec, expected);
    }

    #[test]
    fn edits_create_what_is_missing_on_the_way() {
        let name = |spec: &PodSpec<'_>| spec.put(PodField::PriorityClassName, &[], "p".into());
        check_edit(
            &deployment("{a: b}"),
            name,
            r#"spec: {template: {spec: {a: b, "priorityClassName": "p"}}}"#,
        );
        check_edit(
            &kafka("{}"),
            name,
            r#"spec: {kafka: {template: {"pod": {"priorityClassName": "p"}}}}"#,
        );
        let term =
            |spec: &PodSpec<'_>| spec.extend(PodField::NodeAffinity, &["terms"], vec!["t".into()]);
        check_edit(
            &deployment("{affinity: {nodeAffinity: {terms: [s]}}}"),
            term,
            r#"spec: {template: {spec: {affinity: {nodeAffinity: {terms: [s, "t"]}}}}}"#,
        );
        check_edit(
            &kafka("{pod: {a: b}}"),
            term,
            r#"spec: {kafka: {template: {pod: {a: b, "affinity": {"nodeAffinity": {"terms": ["t"]}}}}}}"#,
        );
    }

    #[test]
    fn a_kind_may_lack_a_field() {
        last(
            &kafka("{pod: {nodeSelector: {a: b}, tolerations: [t]}}"),
            |spec, _| {
                assert!(spec.has(PodField::Tolerations) && !spec.has(PodField::NodeSelector));
                assert!(spec.own(PodField::Tolerations).is_some());
                assert!(spec.own(PodField::NodeSelector).is_none());
                assert!(spec.put(PodField::NodeSelector, &[], "p".into()).is_none());
                assert!(spec.extend(PodField::NodeSelector, &[], Vec::new()).is_none());
            },
        );
    }

    #[test]
    fn the_node_is_the_mapping_that_holds_the_fields() {
        let node = |text: &str| {
            last(text, |spec, document| {
                document.text[spec.node().range()].to_owned()
            })
        };
        assert_eq!(node(&deployment("{a: b}")), "{a: b}");
        assert_eq!(node(&kafka("{pod: {a: b}}")), "{a: b}");
        assert_eq!(node(&kafka("{c: d}")), "{c: d}");
    }

    /// Where a field of a step comes from, and what it brings.
    #[track_caller]
    fn check_inherits(
        workflow: &str,
        own: &str,
        field: PodField,
        from: Option<&str>,
        brings: Option<&str>,
    ) {
        let text = step(workflow, own);
        last(&text, |spec, document| {
            let text = |node: NodeRef<'_>| document.text[node.range()].to_owned();
            assert_eq!(spec.inherits(field), from, "{own} in {workflow}");
            let brought = spec.inherited(field).map(text);
            assert_eq!(brought.as_deref(), brings, "{own} in {workflow}");
        });
    }

    #[test]
    fn what_is_not_set_here_comes_from_the_nearest_place_that_sets_it() {
        let selector = PodField::NodeSelector;
        let (all, defaults) = (
            "nodeSelector: {w: w}",
            "templateDefaults: {nodeSelector: {d: d}}",
        );
        let both = format!("{all}, {defaults}");
        check_inherits(all, "{name: s}", selector, Some("spec"), Some("{w: w}"));
        let nearest = Some("spec.templateDefaults");
        check_inherits(&both, "{name: s}", selector, nearest, Some("{d: d}"));
        check_inherits(
            &both,
            "{nodeSelector: {}}",
            selector,
            nearest,
            Some("{d: d}"),
        );
        check_inherits(
            &both,
            "{nodeSelector: ~}",
            selector,
            nearest,
            Some("{d: d}"),
        );
        check_inherits(&both, "{nodeSelector: {o: o}}", selector, None, None);
        // Nobody sets it: the last would be asked.
        check_inherits("a: b", "{name: s}", selector, Some("spec"), None);
        check_inherits(&both, "{name: s}", PodField::NodeName, None, None);
        let tolerations = PodField::Tolerations;
        let list = "tolerations: [t]";
        check_inherits(
            list,
            "{tolerations: []}",
            tolerations,
            Some("spec"),
            Some("[t]"),
        );
        check_inherits(list, "{tolerations: [o]}", tolerations, None, None);
        let name = "podPriorityClassName: p";
        let class = PodField::PriorityClassName;
        check_inherits(
            name,
            "{priorityClassName: ''}",
            class,
            Some("spec"),
            Some("p"),
        );
        check_inherits(name, "{priorityClassName: o}", class, None, None);
    }

    /// An `affinity` replaces the inherited one whole.
    #[test]
    fn an_affinity_without_a_node_affinity_sets_it_too() {
        let affinity = PodField::NodeAffinity;
        let workflow = "affinity: {nodeAffinity: {w: w}}";
        let whole = Some("{nodeAffinity: {w: w}}");
        check_inherits(workflow, "{name: s}", affinity, Some("spec"), whole);
        check_inherits(workflow, "{affinity: ~}", affinity, Some("spec"), whole);
        check_inherits(workflow, "{affinity: {}}", affinity, None, None);
        check_inherits(
            workflow,
            "{affinity: {podAffinity: {}}}",
            affinity,
            None,
            None,
        );
        let of = |own: &str| {
            last(&step(workflow, own), |spec, document| {
                let node = spec.get(affinity);
                node.map(|node| document.text[node.range()].to_owned())
            })
        };
        assert_eq!(of("{name: s}").as_deref(), Some("{w: w}"));
        assert_eq!(of("{affinity: {podAffinity: {}}}"), None);
        assert_eq!(
            of("{affinity: {nodeAffinity: {o: o}}}").as_deref(),
            Some("{o: o}")
        );
    }

    #[test]
    fn a_placement_may_have_no_affinity_around_it() {
        let text = "apiVersion: ceph.rook.io/v1\nkind: CephNFS\nspec: {server: {placement: {nodeAffinity: {}}}}\n";
        last(text, |spec, _| {
            assert!(spec.own(PodField::NodeAffinity).is_some());
            assert_eq!(spec.affinity(), Affinity::default());
        });
        let demands = deployment(
            "{nodeSelector: {a: b}, affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}}",
        );
        last(&demands, |spec, _| {
            let affinity = spec.affinity();
            assert_eq!(
                affinity.node_selector.get("a").map(String::as_str),
                Some("b")
            );
            assert_eq!(affinity.required, Some(Vec::new()));
        });
    }
}
