use std::collections::BTreeMap;

use super::codes;
use super::place::{Findings, PolicyPlace, pairs};
use super::{Spanned, written};
use crate::diag::Diagnostic;

/// An additional image for the image pullers.
#[derive(Debug, Clone)]
pub struct ExtraImage {
    /// Its key under `prePuller.extraImages`; the container is named after it.
    pub key: Spanned<String>,
    /// The image name, without the tag.
    pub name: Spanned<String>,
    /// The image tag.
    pub tag: Spanned<String>,
}

impl ExtraImage {
    /// Returns the image reference: `name:tag`.
    pub fn reference(&self) -> String {
        format!("{}:{}", self.name.value, self.tag.value)
    }
}

/// Checks the extra images and returns them sorted by key, as a Helm template ranges over a map.
pub(super) fn check_extra(
    images: BTreeMap<String, written::Image>,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Vec<ExtraImage> {
    let checked: Vec<ExtraImage> = images
        .into_iter()
        .map(|(key, image)| {
            let here = place.under(&key);
            ExtraImage {
                name: here.under("name").spanned(image.name),
                tag: here.under("tag").spanned(image.tag),
                key: Spanned::new(key.clone(), place.key(&key)),
            }
        })
        .collect();
    for image in &checked {
        for part in [&image.name, &image.tag] {
            findings.extend(flaw(part));
        }
    }
    let references: Vec<_> = checked
        .iter()
        .map(|image| Spanned::new(image.reference(), image.key.span))
        .collect();
    note_duplicates(&references, findings);
    checked
}

/// Checks an image below a key and returns its reference.
pub(super) fn check_one(
    image: written::Image,
    place: PolicyPlace<'_>,
    key: &str,
    findings: &mut Findings,
) -> Option<String> {
    let one = BTreeMap::from([(key.to_owned(), image)]);
    let checked = check_extra(one, place, findings).pop();
    checked.map(|image| image.reference())
}

/// Checks the images of a row.
pub(super) fn check_list(
    images: &[String],
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Vec<Spanned<String>> {
    let images: Vec<_> = pairs(images, place)
        .map(|(image, place)| place.spanned(image.to_owned()))
        .collect();
    findings.extend(images.iter().filter_map(flaw));
    note_duplicates(&images, findings);
    images
}

fn flaw(part: &Spanned<String>) -> Option<Diagnostic> {
    let is_broken =
        part.is_empty() || part.contains(|char: char| char.is_whitespace() || char.is_control());
    let message = format!("`{}` cannot be used in an image reference", part.value);
    is_broken.then(|| {
        Diagnostic::new(&codes::BAD_IMAGE, message).at(part.span, "empty or contains whitespace")
    })
}

fn note_duplicates(images: &[Spanned<String>], findings: &mut Findings) {
    for (index, image) in images.iter().enumerate() {
        if let Some(first) = images[..index].iter().find(|first| first.value == image.value) {
            let message = format!("image `{}` is listed twice", image.value);
            let diagnostic =
                Diagnostic::new(&codes::DUPLICATE_IMAGE, message).at(image.span, "listed again");
            findings
                .push(diagnostic.at(first.span, "first listed here").help("remove one of the two"));
        }
    }
}
