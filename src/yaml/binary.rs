//! Base64, as Go decodes it: in `!!binary` scalars and in the data of Secrets.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

/// Go lets the bits that the last letter has left over be anything.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// What `base64.StdEncoding` of Go decodes: line breaks do not count, padding is needed.
pub fn decode_base64(encoded: &str) -> Option<Vec<u8>> {
    let letters: String = encoded.split(['\r', '\n']).collect();
    ENGINE.decode(letters).ok()
}

/// The bytes as text; as in Go's JSON, each byte that is not UTF-8 becomes U+FFFD.
pub(super) fn lossy_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
