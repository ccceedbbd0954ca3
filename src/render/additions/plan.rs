//! Plans the objects of an entry: what each pool gets, and what the chart already does there.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::added::{AdditionPart, NotAdded};
use super::chart::{ChartClass, ChartFacts, ChartPods};
use super::continuous_puller::{self, Puller};
use super::identity::KnownName;
use super::objects::{Owner, PlannedObject};
use super::size::{self, Size};
use super::user_placeholder::{self, PlaceholderSet};
use super::{choice, node_placeholder, priority_class};
use crate::diag::Diagnostic;
use crate::hub::components::PAUSE_IMAGE;
use crate::hub::{HubImage, StoredHub, UserServer, images_of_servers, user_servers};
use crate::k8s::Fit;
use crate::policy::{AddedPool, PodPriority, Policy, Pool, Spanned};
use crate::render::codes;
use crate::text::Span;

/// What a plan is made from.
pub(super) struct Planner<'a> {
    pub(super) policy: &'a Policy,
    pub(super) owner: Owner<'a>,
    pub(super) namespace: &'a KnownName,
    pub(super) chart: &'a ChartFacts,
    /// The hub of the release, if its values are known.
    pub(super) hub: Option<&'a StoredHub>,
    servers: OnceCell<Vec<UserServer>>,
    images: OnceCell<Vec<(HubImage, Vec<usize>)>>,
}

/// The planned objects, in Helm's order of kinds.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The name of the entry.
    pub(super) entry: Option<String>,
    pub(super) objects: Vec<PlannedObject>,
    pub(super) not_added: Vec<NotAdded>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The classes of added pods, with their values.
    classes: BTreeMap<(AdditionPart, i32), (String, Spanned<i32>)>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        policy: &'a Policy,
        owner: Owner<'a>,
        namespace: &'a KnownName,
        chart: &'a ChartFacts,
        hub: Option<&'a StoredHub>,
    ) -> Self {
        Self {
            policy,
            owner,
            namespace,
            chart,
            hub,
            servers: OnceCell::new(),
            images: OnceCell::new(),
        }
    }

    /// Plans the objects of all pools.
    pub(super) fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        for of_pool in &self.owner.entry.pools {
            let pool = self.policy.pool(of_pool.pool);
            self.plan_puller(&mut plan, pool, of_pool);
            self.plan_users(&mut plan, pool, of_pool);
            self.plan_nodes(&mut plan, pool, of_pool);
        }
        self.note_unpulled(&mut plan);
        self.plan_budget(&mut plan);
        self.plan_classes(&mut plan);
        plan.objects.sort_by_key(|object| order(object.kind));
        plan
    }

    fn plan_puller(&self, plan: &mut Plan, pool: &Pool, of_pool: &AddedPool) {
        let parts = &of_pool.parts;
        let Some(span) = parts.continuous else { return };
        let covering = covering(&self.chart.pullers, pool);
        let of_chart: BTreeSet<&String> = covering.iter().flat_map(|pods| &pods.images).collect();
        let (images, of_hub) = self.images_of(pool, of_pool);
        let wanted = images.len();
        let missing: Vec<(String, String)> =
            images.into_iter().filter(|(_, image)| !of_chart.contains(image)).collect();
        if missing.is_empty() {
            let why = match covering.first() {
                Some(pods) if wanted > 0 => format!("`{}` pulls its images", pods.title),
                Some(pods) => format!("`{}` runs there", pods.title),
                None => "it has no images".to_owned(),
            };
            return plan.leave_out(AdditionPart::Continuous, Some(pool), why);
        }
        let class = self.puller_class(plan, parts.priority.as_ref());
        let secrets = self.pull_secrets(&parts.pull_secrets, of_hub);
        let puller = Puller {
            images: &missing,
            via: parts.via,
            pause: parts.pause.as_deref().unwrap_or(PAUSE_IMAGE),
            class: class.as_deref(),
            pull_secrets: &secrets,
            span,
        };
        let mut object = continuous_puller::object(&self.owner, pool, &puller);
        object.why += &perhaps_covering(self.chart.pullers.iter(), pool);
        plan.objects.push(object);
    }

    /// Returns the images of a pool with names for their containers, each once, and whether images of the hub are among
    /// them.
    fn images_of(&self, pool: &Pool, of_pool: &AddedPool) -> (Vec<(String, String)>, bool) {
        let of_hub = self.hub_images(pool);
        let has_hub = !of_hub.is_empty();
        let extra = self.policy.extra_images.iter().chain(&of_pool.parts.images);
        let extra = extra.map(|image| (image.key.value.clone(), image.reference()));
        let mut seen = BTreeSet::new();
        let mut all: Vec<(String, String)> = of_hub.into_iter().chain(extra).collect();
        all.retain(|(_, image)| seen.insert(image.clone()));
        (all, has_hub)
    }

    /// Returns the images of the hub that user servers in the pool can use.
    fn hub_images(&self, pool: &Pool) -> Vec<(String, String)> {
        let servers = self.servers();
        let images = self.images().iter();
        let images = images.filter(|(_, users)| size::needs_image(pool, servers, users));
        images.map(|(image, _)| (image.name.clone(), image.image.clone())).collect()
    }

    /// Notes images of the hub that no pool of the entry gets, because no user server that uses them can run there.
    fn note_unpulled(&self, plan: &mut Plan) {
        let pools = self.owner.entry.pools.iter();
        let pullers = pools.filter(|pool| pool.parts.continuous.is_some());
        let pools: Vec<&Pool> = pullers.map(|pool| self.policy.pool(pool.pool)).collect();
        if pools.is_empty() || self.hub.is_none() {
            return;
        }
        let pulled: BTreeSet<String> = pools
            .iter()
            .flat_map(|pool| self.hub_images(pool))
            .map(|(_, image)| image)
            .collect();
        let images = self.images().iter().map(|(image, _)| &image.image);
        for image in images.filter(|image| !pulled.contains(*image)) {
            let why = format!("no pool of the entry runs a user server with `{image}`");
            plan.leave_out(AdditionPart::Continuous, None, why);
        }
    }

    fn servers(&self) -> &[UserServer] {
        let read = || self.hub.map(|hub| user_servers(&hub.hub())).unwrap_or_default();
        self.servers.get_or_init(read)
    }

    fn images(&self) -> &[(HubImage, Vec<usize>)] {
        let read = || {
            let of = |hub: &StoredHub| images_of_servers(&hub.hub(), self.servers());
            self.hub.map(of).unwrap_or_default()
        };
        self.images.get_or_init(read)
    }

    fn pull_secrets(&self, written: &[Spanned<String>], of_hub: bool) -> Vec<String> {
        let written = written.iter().map(|secret| &secret.value);
        let of_chart = self.chart.pull_secrets().filter(|_| of_hub);
        let mut secrets: Vec<String> = Vec::new();
        for secret in written.chain(of_chart) {
            if !secrets.contains(secret) {
                secrets.push(secret.clone());
            }
        }
        secrets
    }

    /// Returns the class of a puller: the chart's, otherwise that of the policy.
    fn puller_class(&self, plan: &mut Plan, priority: Option<&PodPriority>) -> Option<String> {
        if let Some(class) = self.chart.puller_class() {
            plan.leave_out_class(AdditionPart::ImagePullerPriority, class);
            return Some(class.name.clone());
        }
        let value = &priority?.puller;
        plan.report(self.above_users("image pullers", value));
        self.own_class(plan, AdditionPart::ImagePullerPriority, value)
    }

    fn own_class(
        &self,
        plan: &mut Plan,
        part: AdditionPart,
        value: &Spanned<i32>,
    ) -> Option<String> {
        let Some(name) = priority_class::name(&self.owner, part, value.value) else {
            let error = choice::unknown("namespace", "--namespace", self.namespace, value.span);
            plan.report(Some(error));
            return None;
        };
        let class = (name.clone(), value.clone());
        plan.classes.entry((part, value.value)).or_insert(class);
        Some(name)
    }

    /// Returns an error unless users have a higher priority.
    fn above_users(&self, pods: &str, value: &Spanned<i32>) -> Option<Diagnostic> {
        let class = self.chart.user_class();
        let users = class.map_or(0, |class| class.value);
        if i64::from(value.value) < users {
            return None;
        }
        let message = format!(
            "user pods cannot evict {pods}: their priority {} is not below that of users ({users})",
            value.value
        );
        let mut error =
            Diagnostic::new(&codes::PRIORITY_ORDER, message).at(value.span, "not below users");
        if let Some(class) = class {
            error = error.at(class.span, "priority of users");
        }
        Some(error.help("use the order placeholders < pullers < users, such as -10, -5 and 0"))
    }

    fn plan_users(&self, plan: &mut Plan, pool: &Pool, of_pool: &AddedPool) {
        let parts = &of_pool.parts;
        let Some(written) = &parts.user_placeholder else {
            return;
        };
        if written.replicas.value == 0 {
            return plan.leave_out(
                AdditionPart::UserPlaceholder,
                Some(pool),
                "`replicas` is 0".to_owned(),
            );
        }
        let of_chart = covering(&self.chart.placeholders, pool);
        if let Some(pods) = of_chart.iter().find(|pods| pods.replicas > 0) {
            let why = format!("`{}` runs there", pods.title);
            return plan.leave_out(AdditionPart::UserPlaceholder, Some(pool), why);
        }
        let servers = self.hub.map(|_| self.servers());
        let size = Size::of(pool, written, servers);
        plan.report(size::more_seats_than_pods(pool, written));
        let class = self.placeholder_class(plan, of_pool);
        let (size, class) = match (size, class) {
            (Ok(size), Some(class)) => (size, class),
            (size, _) => return plan.report(size.err()),
        };
        let secrets = self.pull_secrets(&parts.pull_secrets, false);
        let placeholders = PlaceholderSet {
            written,
            size: &size,
            pause: parts.pause.as_deref().unwrap_or(PAUSE_IMAGE),
            class: &class,
            scheduler: self.chart.scheduler.as_deref(),
            pull_secrets: &secrets,
        };
        let mut object = user_placeholder::object(&self.owner, pool, &placeholders);
        let of_chart = self.chart.placeholders.iter();
        object.why += &perhaps_covering(of_chart.filter(|pods| pods.replicas > 0), pool);
        plan.objects.push(object);
    }

    /// Returns the class of placeholders: the chart's, otherwise that of the policy. Without one they could not be
    /// evicted.
    fn placeholder_class(&self, plan: &mut Plan, of_pool: &AddedPool) -> Option<String> {
        let priority = of_pool.parts.priority.as_ref();
        if let Some(class) = self.chart.placeholder_class() {
            plan.leave_out_class(AdditionPart::UserPlaceholderPriority, class);
            plan.report(self.below_pullers(class, priority));
            return Some(class.name.clone());
        }
        let Some(priority) = priority else {
            let span = of_pool.parts.user_placeholder.as_ref().map(|users| users.span);
            plan.report(Some(without_class(span.unwrap_or(of_pool.span))));
            return None;
        };
        let value = &priority.placeholder;
        plan.report(self.above_users("user placeholders", value));
        self.own_class(plan, AdditionPart::UserPlaceholderPriority, value)
    }

    /// Returns an error if pullers of the policy would not have a higher priority than placeholders of the chart's class.
    fn below_pullers(
        &self,
        class: &ChartClass,
        priority: Option<&PodPriority>,
    ) -> Option<Diagnostic> {
        let puller = &priority?.puller;
        let is_own = self.chart.puller_class().is_none();
        if !is_own || class.value < i64::from(puller.value) {
            return None;
        }
        let message = format!(
            "image pullers ({}) cannot evict user placeholders ({}), which have the class `{}` of the chart",
            puller.value, class.value, class.name
        );
        Some(
            Diagnostic::new(&codes::PRIORITY_ORDER, message)
                .at(puller.span, "priority of pullers")
                .at(class.span, "not lower")
                .help("set a higher `imagePullerPriority`"),
        )
    }

    fn plan_nodes(&self, plan: &mut Plan, pool: &Pool, of_pool: &AddedPool) {
        let parts = &of_pool.parts;
        let Some(written) = &parts.node_placeholder else {
            return;
        };
        if written.replicas.value == 0 {
            return plan.leave_out(
                AdditionPart::NodePlaceholder,
                Some(pool),
                "`replicas` is 0".to_owned(),
            );
        }
        let pause = parts.pause.as_deref().unwrap_or(PAUSE_IMAGE);
        let secrets = self.pull_secrets(&parts.pull_secrets, false);
        let object = node_placeholder::object(&self.owner, pool, written, pause, &secrets);
        plan.objects.push(object);
    }

    fn plan_budget(&self, plan: &mut Plan) {
        let mut placeholders = plan.objects.iter();
        let first = placeholders.find(|object| object.part == AdditionPart::UserPlaceholder);
        let span = first.map(|object| object.span);
        plan.objects
            .extend(span.map(|span| user_placeholder::budget(&self.owner, span)));
    }

    fn plan_classes(&self, plan: &mut Plan) {
        for ((part, _), (name, value)) in std::mem::take(&mut plan.classes) {
            let class = priority_class::object(&self.owner, &name, part, &value);
            plan.objects.push(class);
        }
        let is_enabled = self.owner.entry.pools.iter().any(|pool| pool.parts.priority.is_some());
        for part in [
            AdditionPart::ImagePullerPriority,
            AdditionPart::UserPlaceholderPriority,
        ] {
            let has = |found: AdditionPart| found == part;
            let is_planned = plan.objects.iter().any(|object| has(object.part));
            let is_explained = plan.not_added.iter().any(|left| has(left.part));
            if is_enabled && !is_planned && !is_explained {
                plan.leave_out(part, None, "no added pod needs it".to_owned());
            }
        }
    }
}

impl Plan {
    /// Reports a finding once: several pools can have the same settings of the entry.
    fn report(&mut self, finding: Option<Diagnostic>) {
        let is_new = |finding: &Diagnostic| !self.diagnostics.contains(finding);
        let finding = finding.filter(is_new);
        self.diagnostics.extend(finding);
    }

    fn leave_out(&mut self, part: AdditionPart, pool: Option<&Pool>, why: String) {
        let pool = pool.map(|pool| pool.name.value.clone());
        self.not_added.push(NotAdded { part, pool, why });
    }

    /// Notes once that the chart has the class.
    fn leave_out_class(&mut self, part: AdditionPart, class: &ChartClass) {
        if !self.not_added.iter().any(|left| left.part == part) {
            let why = format!(
                "the chart has `PriorityClass/{}` ({})",
                class.name, class.value
            );
            self.leave_out(part, None, why);
        }
    }
}

/// Returns the pods of the chart that surely run on the nodes of a pool.
fn covering<'c>(all: &'c [ChartPods], pool: &Pool) -> Vec<&'c ChartPods> {
    all.iter().filter(|pods| pool.fit(&pods.demands).0 == Fit::Takes).collect()
}

/// Returns which pods of the chart may also run on the nodes of a pool, for the reason of an added object.
fn perhaps_covering<'c>(mut all: impl Iterator<Item = &'c ChartPods>, pool: &Pool) -> String {
    let found = all.find_map(|pods| match pool.fit(&pods.demands).0 {
        Fit::Depends(labels) => Some((pods, labels)),
        Fit::Takes | Fit::Refuses(_) => None,
    });
    let Some((pods, labels)) = found else {
        return String::new();
    };
    let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
    format!(
        "; `{}` may run there too: the pool does not define {}",
        pods.title,
        labels.join(", ")
    )
}

/// Returns the place of a kind in the order in which Helm installs objects.
fn order(kind: &str) -> usize {
    const ORDER: [&str; 4] = [
        "PriorityClass",
        "PodDisruptionBudget",
        "DaemonSet",
        "StatefulSet",
    ];
    let at = ORDER.iter().position(|known| *known == kind);
    at.expect("every kind of an addition has a place")
}

fn without_class(span: Span) -> Diagnostic {
    let message = "user placeholders could not be evicted: they have no priority class";
    Diagnostic::new(&codes::PLACEHOLDER_WITHOUT_CLASS, message)
        .at(span, "no priority class")
        .help("add `scheduling.podPriority: {}` to the entry")
}
