//! stub
use std::borrow::Cow;
pub fn json_text(v: &str) -> String { serde_json::to_string(v).unwrap() }
pub fn block_scalar_text(v: &str) -> Cow<'_, str> {
    if !v.is_empty() && v.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-:".contains(&b)) && matches!(super::scalar::resolve_plain(v), super::scalar::Scalar::String(_)) { v.into() } else { json_text(v).into() }
}
