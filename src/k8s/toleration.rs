//! What the API server refuses of a toleration (`ValidateTolerations`).

use super::{Effect, Toleration};
use crate::text::nearest;

/// A toleration as it is written, in a manifest or in values; a field that is not known is not there.
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
    /// Whether there are `tolerationSeconds`.
    pub has_seconds: bool,
}

/// Why the API server refuses a toleration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TolerationFlaw {
    /// The field that is wrong, or missing.
    pub field: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
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
    /// The first reason why the API server refuses it.
    pub fn flaw(&self) -> Option<TolerationFlaw> {
        let operator = self.operator.unwrap_or_default();
        let exists = operator == "Exists";
        if exists && self.value.is_some_and(|value| !value.is_empty()) {
            let message = "a toleration with `operator: Exists` has no value";
            let help = "take `value` away, or write `operator: Equal`";
            return Some(TolerationFlaw::new("value", message, help));
        }
        if self.key.unwrap_or_default().is_empty() && !exists {
            let message = "a toleration without a key has to say `operator: Exists`";
            return Some(TolerationFlaw::new(
                "operator",
                message,
                "name the taint's key",
            ));
        }
        operator_flaw(operator)
            .or_else(|| self.effect_flaw())
            .or_else(|| {
                let is_misplaced = self.has_seconds && self.effect != Some("NoExecute");
                let message = "`tolerationSeconds` goes with `effect: NoExecute` alone";
                let help = "take it away, or write `effect: NoExecute`";
                is_misplaced.then(|| TolerationFlaw::new("tolerationSeconds", message, help))
            })
    }

    fn effect_flaw(&self) -> Option<TolerationFlaw> {
        let names = Effect::ALL.map(Effect::as_str);
        let effect = self.effect.filter(|effect| !effect.is_empty())?;
        if names.contains(&effect) {
            return None;
        }
        let help = match Effect::meant(effect) {
            Some(meant) => format!("write `{}`", meant.as_str()),
            None => format!("it can be {}", names.join(", ")),
        };
        let message = format!("`{effect}` is not an effect of a taint");
        Some(TolerationFlaw::new("effect", message, help))
    }
}

fn operator_flaw(operator: &str) -> Option<TolerationFlaw> {
    if operator.is_empty() || Toleration::OPERATORS.contains(&operator) {
        return None;
    }
    let meant = nearest(operator, Toleration::OPERATORS);
    let help = match meant {
        Some(meant) => format!("write `{meant}`"),
        None => "it can be `Equal` or `Exists`".to_owned(),
    };
    let message = format!("`{operator}` is not an operator of a toleration");
    Some(TolerationFlaw::new("operator", message, help))
}
