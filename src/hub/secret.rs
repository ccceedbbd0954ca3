//! The Secret in which z2jh stores the values of the hub.

use crate::k8s::Object;
use crate::yaml::{self, NodeRef};

/// The values in the Secret of a hub (`templates/hub/secret.yaml`).
#[derive(Debug, Clone)]
pub struct HubValues<'d> {
    /// The node with the values.
    pub node: NodeRef<'d>,
    /// The text; `None` if it is not base64 or not UTF-8.
    pub text: Option<String>,
}

impl<'d> HubValues<'d> {
    /// The key of the values in the Secret.
    pub const KEY: &'static str = "values.yaml";

    /// Returns the values of an object; `None` if it is no such Secret. As in the API server, `stringData` overrides
    /// `data`.
    pub fn of(object: &Object<'d>) -> Option<Self> {
        let component = object.node.get_path(&["metadata", "labels", "component"]);
        let is_hub = component.and_then(|component| component.text()) == Some("hub");
        if object.gvk.kind != "Secret" || !is_hub {
            return None;
        }
        let held = |key| object.node.get_path(&[key, Self::KEY]);
        let (node, text) = match (held("stringData"), held("data")) {
            (Some(plain), _) => (plain, plain.text().map(str::to_owned)),
            (None, Some(encoded)) => (encoded, encoded.text().and_then(decode)),
            (None, None) => return None,
        };
        Some(Self { node, text })
    }
}

fn decode(encoded: &str) -> Option<String> {
    let bytes = yaml::decode_base64(encoded.trim())?;
    String::from_utf8(bytes).ok()
}
