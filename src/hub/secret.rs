//! The Secret into which z2jh writes the values of its hub.

use crate::k8s::Object;
use crate::yaml::{self, NodeRef};

/// The values of a hub, where an object is the Secret that holds them (`templates/hub/secret.yaml`).
#[derive(Debug, Clone)]
pub struct HubValues<'d> {
    /// What holds them.
    pub node: NodeRef<'d>,
    /// The text; nothing where it is not base64 of one.
    pub text: Option<String>,
}

impl<'d> HubValues<'d> {
    /// The key under which the Secret has them.
    pub const KEY: &'static str = "values.yaml";

    /// Those of an object; nothing where it is no such Secret. `stringData` counts before `data`, as to the
    /// API server.
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
