//! stub
#[derive(Debug, Clone, PartialEq)]
pub enum Value { Null, Bool(bool), Number(serde_json::Number), String(String), Sequence(Vec<Value>), Mapping(Vec<(String, Value)>) }
#[derive(Debug, Clone, Copy)]
pub struct Layout { pub indent: usize, pub map_step: usize, pub seq_step: usize, pub eol: &'static str }
impl From<&str> for Value { fn from(s: &str) -> Self { Value::String(s.into()) } }
impl From<String> for Value { fn from(s: String) -> Self { Value::String(s) } }
impl From<i64> for Value { fn from(s: i64) -> Self { Value::Number(s.into()) } }
impl From<Vec<Value>> for Value { fn from(s: Vec<Value>) -> Self { Value::Sequence(s) } }
impl Value {
    pub fn map<K: Into<String>, const N: usize>(pairs: [(K, Value); N]) -> Self { Value::Mapping(pairs.into_iter().map(|(k,v)|(k.into(),v)).collect()) }
    pub fn write_json(&self, out: &mut String) { match self {
        Value::Null => out.push_str("null"), Value::Bool(b) => out.push_str(&b.to_string()), Value::Number(n) => out.push_str(&n.to_string()),
        Value::String(s) => out.push_str(&super::quote::json_text(s)),
        Value::Sequence(v) => { out.push('['); for (i,x) in v.iter().enumerate() { if i>0 {out.push_str(", ")} x.write_json(out);} out.push(']') }
        Value::Mapping(v) => { out.push('{'); for (i,(k,x)) in v.iter().enumerate() { if i>0 {out.push_str(", ")} out.push_str(&super::quote::json_text(k)); out.push_str(": "); x.write_json(out);} out.push('}') }
    } }
    pub fn write_block(&self, out: &mut String, l: Layout) { self.lines(out, l, false) }
    fn lines(&self, out: &mut String, l: Layout, mut first: bool) { match self {
        Value::Mapping(v) => for (k,x) in v { if !first { out.push_str(&" ".repeat(l.indent)); } first=false; out.push_str(k); out.push(':'); match x {
            Value::Mapping(m) if !m.is_empty() => { out.push_str(l.eol); x.lines(out, Layout{indent:l.indent+l.map_step,..l}, false) }
            Value::Sequence(m) if !m.is_empty() => { out.push_str(l.eol); x.lines(out, Layout{indent:l.indent+l.seq_step,..l}, false) }
            Value::String(s) => { out.push(' '); out.push_str(&super::quote::block_scalar_text(s)); out.push_str(l.eol) }
            _ => { out.push(' '); x.write_json(out); out.push_str(l.eol) } } },
        Value::Sequence(v) => for x in v { out.push_str(&" ".repeat(l.indent)); out.push_str("- "); match x {
            Value::Mapping(m) if !m.is_empty() => x.lines(out, Layout{indent:l.indent+2,..l}, true),
            Value::String(s) => { out.push_str(&super::quote::block_scalar_text(s)); out.push_str(l.eol) }
            _ => { x.write_json(out); out.push_str(l.eol) } } },
        _ => {}
    } }
}
