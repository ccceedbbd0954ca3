//! stub
use std::borrow::Cow;
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'t> { Null, Bool(bool), Int(i64), Uint(u64), Float(f64), String(Cow<'t, str>) }
pub fn resolve_plain(t: &str) -> Scalar<'_> {
    if matches!(t, ""|"~"|"null"|"Null"|"NULL") { return Scalar::Null }
    if matches!(t, "true"|"yes"|"on"|"y") { return Scalar::Bool(true) }
    if matches!(t, "false"|"no"|"off"|"n") { return Scalar::Bool(false) }
    if let Ok(i)=t.parse() { return Scalar::Int(i) }
    if let Ok(i)=t.parse() { return Scalar::Float(i) }
    Scalar::String(t.into())
}
pub fn resolve_tagged<'t>(t: &'t str, _tag: &str) -> Scalar<'t> { Scalar::String(t.into()) }
