//! Tolerations that the API server rejects (`ValidateTolerations`).

use super::{Effect, Toleration};
use crate::text::nearest;

/// A toleration as written, in a manifest or in values; a field of unknown value is missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct WrittenToleration<'t> {
    /// `key`
    pub key: Option<&'t str>,
    /// `operator`
    pub operator: Option<&'t str>,
    /// `value`
    pub value: Option<&'t str>,
    /// `effect`
    pub effect: Option<&'t str>,
    /// Whether `tolerationSeconds` is set.
    pub has_seconds: bool,
}

/// The reason why the API server rejects a toleration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TolerationFlaw {
    /// The wrong or missing field.
    pub field: &'static str,
    /// The message.
    pub message: String,
    /// The help text.
    pub help: String,
}

impl TolerationFlaw {
    fn new(field: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
            help: help.into(),
        }
    }
}

impl WrittenToleration<'_> {
    /// Returns the first reason why the API server rejects it.
    pub fn flaw(&self) -> Option<TolerationFlaw> {
        let operator = self.operator.unwrap_or_default();
        let exists = operator == "Exists";
        if exists && self.value.is_some_and(|value| !value.is_empty()) {
            let message = "a toleration with `operator: Exists` must not have a `value`";
            let help = "remove `value`, or set `operator: Equal`";
            return Some(TolerationFlaw::new("value", message, help));
        }
        if self.key.unwrap_or_default().is_empty() && !exists {
            let message = "a toleration without `key` must have `operator: Exists`";
            return Some(TolerationFlaw::new(
                "operator",
                message,
                "set `key` to the key of the taint",
            ));
        }
        operator_flaw(operator).or_else(|| self.effect_flaw()).or_else(|| {
            let is_misplaced = self.has_seconds && self.effect != Some("NoExecute");
            let message = "`tolerationSeconds` requires `effect: NoExecute`";
            let help = "remove it, or set `effect: NoExecute`";
            is_misplaced.then(|| TolerationFlaw::new("tolerationSeconds", message, help))
        })
    }

    fn effect_flaw(&self) -> Option<TolerationFlaw> {
        let names = Effect::ALL.map(Effect::as_str);
        let effect = self.effect.filter(|effect| !effect.is_empty())?;
        if names.contains(&effect) {
            return None;
        }
        let meant = Effect::meant(effect).map(Effect::as_str);
        let help = match meant.or_else(|| nearest(effect, names)) {
            Some(meant) => format!("use `{meant}`"),
            None => "use `NoSchedule`, `PreferNoSchedule` or `NoExecute`".to_owned(),
        };
        let message = format!("`{effect}` is not a taint effect: the API server rejects the pods");
        Some(TolerationFlaw::new("effect", message, help))
    }
}

fn operator_flaw(operator: &str) -> Option<TolerationFlaw> {
    if operator.is_empty() || Toleration::OPERATORS.contains(&operator) {
        return None;
    }
    let meant = nearest(operator, Toleration::OPERATORS);
    let help = match meant {
        Some(meant) => format!("use `{meant}`"),
        None => "use `Equal` or `Exists`".to_owned(),
    };
    let message =
        format!("`{operator}` is not a toleration operator: the API server rejects the pods");
    Some(TolerationFlaw::new("operator", message, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Field, message and help of the first flaw.
    #[track_caller]
    fn check(written: WrittenToleration<'_>, expected: Option<(&str, &str, &str)>) {
        let flaw = written.flaw();
        let flaw = flaw.as_ref();
        let flaw = flaw.map(|flaw| (flaw.field, flaw.message.as_str(), flaw.help.as_str()));
        assert_eq!(flaw, expected, "{written:?}");
    }

    fn with_key<'t>(operator: Option<&'t str>, value: Option<&'t str>) -> WrittenToleration<'t> {
        WrittenToleration {
            key: Some("a"),
            operator,
            value,
            ..WrittenToleration::default()
        }
    }

    #[test]
    fn exists_has_no_value() {
        let flaw = (
            "value",
            "a toleration with `operator: Exists` must not have a `value`",
            "remove `value`, or set `operator: Equal`",
        );
        check(with_key(Some("Exists"), Some("b")), Some(flaw));
        check(with_key(Some("Exists"), Some("")), None);
        check(with_key(Some("Exists"), None), None);
        check(with_key(Some("Equal"), Some("b")), None);
        check(with_key(None, Some("b")), None);
    }

    #[test]
    fn only_exists_needs_no_key() {
        let flaw = (
            "operator",
            "a toleration without `key` must have `operator: Exists`",
            "set `key` to the key of the taint",
        );
        for key in [None, Some("")] {
            let written = |operator| WrittenToleration {
                key,
                operator,
                ..WrittenToleration::default()
            };
            check(written(None), Some(flaw));
            check(written(Some("Equal")), Some(flaw));
            check(written(Some("Exists")), None);
        }
    }

    #[test]
    fn operators_are_those_of_some_version() {
        check(with_key(Some(""), None), None);
        check(with_key(Some("Gt"), Some("1")), None);
        let message = "`equals` is not a toleration operator: the API server rejects the pods";
        check(
            with_key(Some("equals"), None),
            Some(("operator", message, "use `Equal`")),
        );
        let message = "`In` is not a toleration operator: the API server rejects the pods";
        check(
            with_key(Some("In"), None),
            Some(("operator", message, "use `Equal` or `Exists`")),
        );
    }

    #[test]
    fn effects_are_those_of_taints() {
        let written = |effect| WrittenToleration {
            effect: Some(effect),
            ..with_key(None, None)
        };
        for effect in ["", "NoSchedule", "PreferNoSchedule", "NoExecute"] {
            check(written(effect), None);
        }
        let message = "`NO_SCHEDULE` is not a taint effect: the API server rejects the pods";
        check(
            written("NO_SCHEDULE"),
            Some(("effect", message, "use `NoSchedule`")),
        );
        let message = "`NoSchedul` is not a taint effect: the API server rejects the pods";
        check(
            written("NoSchedul"),
            Some(("effect", message, "use `NoSchedule`")),
        );
        let help = "use `NoSchedule`, `PreferNoSchedule` or `NoExecute`";
        let message = "`Never` is not a taint effect: the API server rejects the pods";
        check(written("Never"), Some(("effect", message, help)));
    }

    #[test]
    fn seconds_go_with_no_execute() {
        let written = |effect| WrittenToleration {
            effect,
            has_seconds: true,
            ..with_key(None, None)
        };
        check(written(Some("NoExecute")), None);
        let flaw = (
            "tolerationSeconds",
            "`tolerationSeconds` requires `effect: NoExecute`",
            "remove it, or set `effect: NoExecute`",
        );
        check(written(Some("NoSchedule")), Some(flaw));
        check(written(None), Some(flaw));
    }
}
