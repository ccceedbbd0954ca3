use std::fmt;
use std::str::FromStr;

use crate::yaml::{NodeRef, Scalar};

/// The effect of a taint on pods that do not tolerate it (`core/v1` `TaintEffect`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// New pods are not scheduled.
    NoSchedule,
    /// New pods are scheduled elsewhere if possible.
    PreferNoSchedule,
    /// Running pods are evicted.
    NoExecute,
}

impl Effect {
    pub(super) const ALL: [Effect; 3] = [
        Effect::NoSchedule,
        Effect::PreferNoSchedule,
        Effect::NoExecute,
    ];

    /// Returns the name in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::NoSchedule => "NoSchedule",
            Effect::PreferNoSchedule => "PreferNoSchedule",
            Effect::NoExecute => "NoExecute",
        }
    }

    /// Returns the effect for another spelling, such as `NO_SCHEDULE`.
    pub fn meant(text: &str) -> Option<Self> {
        let plain = text.replace('_', "");
        let is_meant = |effect: &Self| effect.as_str().eq_ignore_ascii_case(&plain);
        Self::ALL.into_iter().find(is_meant)
    }
}

/// A taint as kubectl writes it: `key=value:Effect` or `key:Effect`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taint {
    /// A label-like key.
    pub key: String,
    /// The value; empty if the taint has none.
    pub value: String,
    /// The effect.
    pub effect: Effect,
}

/// The reason why a string is not a taint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaintError {
    /// It has no `:Effect`.
    #[error("a taint must end with `:NoSchedule`, `:PreferNoSchedule` or `:NoExecute`")]
    NoEffect,
    /// The effect is not one of the three.
    #[error("`{0}` is not a taint effect")]
    UnknownEffect(String),
    /// The key before the effect is missing.
    #[error("a taint needs a key")]
    NoKey,
}

impl FromStr for Taint {
    type Err = TaintError;

    fn from_str(text: &str) -> Result<Self, TaintError> {
        let (rest, effect) = text.rsplit_once(':').ok_or(TaintError::NoEffect)?;
        let effect = Effect::ALL.into_iter().find(|known| known.as_str() == effect);
        let effect = effect.ok_or_else(|| {
            TaintError::UnknownEffect(text.rsplit(':').next().unwrap_or_default().to_owned())
        })?;
        let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
        if key.is_empty() {
            return Err(TaintError::NoKey);
        }
        Ok(Self {
            key: key.to_owned(),
            value: value.to_owned(),
            effect,
        })
    }
}

impl fmt::Display for Taint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, effect } = self;
        let equals = if value.is_empty() { "" } else { "=" };
        write!(f, "{key}{equals}{value}:{}", effect.as_str())
    }
}

/// How a toleration compares (`core/v1` `TolerationOperator`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operator {
    /// `Equal`, and the empty operator, which means the same.
    Equal,
    /// Any value.
    Exists,
    /// `Lt`, `Gt` or an operator of a later version; it tolerates no taint of a policy.
    Other(String),
}

/// A toleration of a pod spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toleration {
    /// The key of the taint; empty (with `Exists`) for every taint.
    pub key: String,
    /// How the value is compared.
    pub operator: Operator,
    /// The value of the taint; empty with `Exists`.
    pub value: String,
    /// `None` for every effect.
    pub effect: Option<Effect>,
    /// Seconds until eviction, as written.
    pub seconds: Option<String>,
    /// Whether it tolerates nothing, because the API server rejects it: its effect is not one of the three, or a field
    /// is not a string.
    pub is_malformed: bool,
}

impl Toleration {
    /// The operators that some version of Kubernetes has; `Lt` and `Gt` need a feature gate.
    pub(super) const OPERATORS: [&'static str; 4] = ["Equal", "Exists", "Lt", "Gt"];

    /// Returns the toleration of exactly one taint, as z2jh writes it.
    pub fn of(taint: &Taint) -> Self {
        let operator = if taint.value.is_empty() {
            Operator::Exists
        } else {
            Operator::Equal
        };
        Self {
            key: taint.key.clone(),
            operator,
            value: taint.value.clone(),
            effect: Some(taint.effect),
            seconds: None,
            is_malformed: false,
        }
    }

    /// Reads an item of `tolerations`; fields that are missing or null are empty.
    pub fn read(node: NodeRef<'_>) -> Self {
        let field = |key| node.get(key).filter(|value| !value.is_null());
        let text = |key| field(key).and_then(NodeRef::text).unwrap_or_default();
        let operator = match text("operator") {
            "" | "Equal" => Operator::Equal,
            "Exists" => Operator::Exists,
            other => Operator::Other(other.to_owned()),
        };
        let effect = text("effect");
        let known = Effect::ALL.into_iter().find(|known| known.as_str() == effect);
        let mut strings = ["key", "operator", "value", "effect"].into_iter();
        let is_no_string =
            strings.any(|key| field(key).is_some_and(|value| value.as_str().is_none()));
        let seconds = node
            .get("tolerationSeconds")
            .filter(|seconds| !matches!(seconds.scalar(), None | Some(Scalar::Null)));
        Self {
            key: text("key").to_owned(),
            operator,
            value: text("value").to_owned(),
            effect: known,
            seconds: seconds.and_then(NodeRef::text).map(str::to_owned),
            is_malformed: !node.is_mapping()
                || is_no_string
                || !effect.is_empty() && known.is_none(),
        }
    }

    /// Returns whether a pod with this toleration tolerates the taint permanently: kube-scheduler's `ToleratesTaint`,
    /// for which an empty key is every key, even with `Equal` (the API server rejects such a pod). With
    /// `tolerationSeconds`, a `NoExecute` taint is tolerated only for a time, but it still counts: a second toleration
    /// would not extend it, because the smallest number of seconds is used.
    pub fn tolerates(&self, taint: &Taint) -> bool {
        let effect = self.effect.is_none_or(|effect| effect == taint.effect);
        let key = self.key.is_empty() || self.key == taint.key;
        let value = match self.operator {
            Operator::Exists => true,
            Operator::Equal => self.value == taint.value,
            Operator::Other(_) => false,
        };
        !self.is_malformed && effect && key && value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[track_caller]
    fn check_tolerates(toleration: &str, taint: &str, expected: bool) {
        let document = yaml::parse(toleration).expect("YAML");
        let toleration = Toleration::read(document.root().expect("a root"));
        assert_eq!(
            toleration.tolerates(&taint.parse().expect("a taint")),
            expected,
            "{toleration:?}"
        );
    }

    #[test]
    fn a_taint_is_read_as_kubectl_writes_it() {
        let taint: Taint = "hub.jupyter.org/dedicated=core:NoSchedule".parse().expect("a taint");
        assert_eq!(
            (taint.key.as_str(), taint.value.as_str()),
            ("hub.jupyter.org/dedicated", "core")
        );
        assert_eq!(
            taint.to_string(),
            "hub.jupyter.org/dedicated=core:NoSchedule"
        );
        assert_eq!(
            "a:NoExecute".parse::<Taint>().expect("a taint").to_string(),
            "a:NoExecute"
        );
        assert_eq!("a=b".parse::<Taint>(), Err(TaintError::NoEffect));
        assert_eq!(
            "a=b:noSchedule".parse::<Taint>(),
            Err(TaintError::UnknownEffect("noSchedule".into()))
        );
        assert_eq!(":NoSchedule".parse::<Taint>(), Err(TaintError::NoKey));
    }

    #[test]
    fn seconds_are_kept_as_they_are_written() {
        let seconds = |written: &str| {
            let document = yaml::parse(written).expect("YAML");
            Toleration::read(document.root().expect("a root")).seconds
        };
        let written = "{operator: Exists, tolerationSeconds: 0x1e}";
        assert_eq!(seconds(written).as_deref(), Some("0x1e"));
        assert_eq!(seconds("{operator: Exists, tolerationSeconds: ~}"), None);
        assert_eq!(seconds("{operator: Exists}"), None);
    }

    #[test]
    fn the_empty_operator_is_equal() {
        check_tolerates(
            "{key: a, value: b, effect: NoSchedule}",
            "a=b:NoSchedule",
            true,
        );
        check_tolerates("{key: a, operator: '', value: b}", "a=b:NoSchedule", true);
        check_tolerates(
            "{key: a, operator: Equal, value: c}",
            "a=b:NoSchedule",
            false,
        );
        check_tolerates("{key: a, operator: ~, value: b}", "a=b:NoSchedule", true);
    }

    #[test]
    fn exists_and_empty_fields_cover_more() {
        check_tolerates("{operator: Exists}", "a=b:NoSchedule", true);
        check_tolerates(
            "{operator: Exists, effect: NoExecute}",
            "a=b:NoSchedule",
            false,
        );
        check_tolerates("{key: a, operator: Exists}", "a=b:NoExecute", true);
        check_tolerates("{key: '', value: b}", "a=b:NoSchedule", true);
        check_tolerates("{key: '', value: c}", "a=b:NoSchedule", false);
        check_tolerates(
            "{key: a, operator: Gt, value: '1'}",
            "a=2:NoSchedule",
            false,
        );
    }

    #[test]
    fn what_the_api_server_refuses_covers_nothing() {
        for toleration in [
            "{operator: Exists, effect: NoSchedul}",
            "{operator: Exists, effect: noSchedule}",
            "{operator: Exists, effect: NO_SCHEDULE}",
            "{operator: Exists, effect: 1}",
            "{operator: Exists, effect: {}}",
            "{operator: Exists, effect: [NoSchedule]}",
            "{operator: exists}",
            "{operator: Exist}",
            "{operator: [Exists]}",
            "{operator: Exists, key: [a]}",
            "{operator: Exists, key: 1}",
            "{key: a, value: true}",
            "{key: a, operator: Equals, value: b}",
            "Exists",
        ] {
            check_tolerates(toleration, "a=true:NoSchedule", false);
            check_tolerates(toleration, "a=b:NoSchedule", false);
        }
        check_tolerates("{operator: Exists, effect: ''}", "a=b:NoSchedule", true);
        check_tolerates(
            "{operator: Exists, effect: ~, key: }",
            "a=b:NoSchedule",
            true,
        );
    }
}
