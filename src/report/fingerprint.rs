use crate::diag::Diagnostic;
use crate::text::Sources;

/// Returns a fingerprint that does not change when lines move: the code, the file and the masked line (FNV-1a, 64
/// bits). A hash of a secret would let others guess it.
pub(super) fn fingerprint(sources: &Sources, diagnostic: &Diagnostic) -> u64 {
    let line = diagnostic.span().map(|span| {
        let source = sources.get(span.source);
        let line = source.line_range(source.line_column(span.start).line);
        format!("{}\n{}", source.name(), source.shown(line).trim())
    });
    let all = format!("{}\n{}", diagnostic.code.id, line.unwrap_or_default());
    hash(&all)
}

fn hash(text: &str) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    text.bytes().fold(BASIS, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

/// Returns fingerprints for readers that merge findings with the same fingerprint: repeated ones get another one.
pub(super) fn unique(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<u64> {
    let mut known = std::collections::BTreeSet::new();
    let mut next = |diagnostic: &Diagnostic| {
        let mut fingerprint = fingerprint(sources, diagnostic);
        while !known.insert(fingerprint) {
            fingerprint = hash(&format!("{fingerprint:016x} again"));
        }
        fingerprint
    };
    diagnostics.iter().map(&mut next).collect()
}
