//! `dunnage images`: which pools pull which image, and who requests it.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::args::{Format, ImagesOptions};
use crate::cli::session::Session;
use crate::hub;
use crate::project::{ImagesRequest, LoadedImages, load_images};
use crate::render::{ImageRequest, ListedImage, list_images};
use crate::text::Span;

/// The list as programs read it.
#[derive(Serialize)]
struct Listing {
    version: u32,
    images: Vec<ListingImage>,
    /// What else can start images.
    unknown: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListingImage {
    image: String,
    pools: Vec<String>,
    /// Places such as `prod.yaml:12 (singleuser.image)`.
    requested_by: Vec<String>,
}

pub(in crate::cli) fn run(session: &mut Session<'_>, options: &ImagesOptions) -> Exit {
    let request = ImagesRequest {
        file: options.file.clone(),
        policy: options.policy.clone(),
        values: options.values.clone(),
    };
    let loaded = load_images(&mut session.reader, &request);
    session.show_notes();
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(errors) => return session.fail(&errors),
    };
    let session = &*session;
    let list = list_images(&loaded.policy, loaded.hub.as_ref());
    let images = list.images.iter().map(|image| listed(session, &loaded, image));
    let mut listing = Listing {
        version: 1,
        images: images.collect(),
        unknown: list.unknown,
    };
    if loaded.hub.is_none() {
        let unknown = "the values of the hub are not known: pass `--values` or the manifests";
        listing.unknown.push(unknown.to_owned());
    }
    let text = match session.format() {
        Format::Json => {
            let json = serde_json::to_string_pretty(&listing);
            json.expect("strings and numbers always serialize") + "\n"
        }
        Format::JsonLines => {
            let json = serde_json::to_string(&listing);
            json.expect("strings and numbers always serialize") + "\n"
        }
        _ => lines(&listing),
    };
    session.write(&text)
}

fn listed(session: &Session<'_>, loaded: &LoadedImages, image: &ListedImage) -> ListingImage {
    let requests = image.requests.iter();
    ListingImage {
        image: image.reference.clone(),
        pools: image.pools.iter().cloned().collect(),
        requested_by: requests.map(|request| requested(session, loaded, request)).collect(),
    }
}

fn requested(session: &Session<'_>, loaded: &LoadedImages, request: &ImageRequest) -> String {
    let place = |span: Span| {
        let source = session.reader.sources.get(span.source);
        format!("{}:{}", source.name(), source.line_column(span.start).line)
    };
    match request {
        ImageRequest::Policy(image) => place(image.key.span),
        ImageRequest::Hub(image) => {
            let keys = image.keys.join(".");
            let of_file = loaded.values.as_ref();
            let of_file = of_file.and_then(|values| hub::place_of(image, values));
            match of_file.or(loaded.secret) {
                Some(span) => format!("{} ({keys})", place(span)),
                None => format!("default of the chart ({keys})"),
            }
        }
    }
}

fn lines(listing: &Listing) -> String {
    let mut text = String::new();
    for image in &listing.images {
        let pools = if image.pools.is_empty() {
            "no pool".to_owned()
        } else {
            image.pools.join(", ")
        };
        text += &format!("{}\n  pools: {pools}\n", image.image);
        for request in &image.requested_by {
            text += &format!("  by {request}\n");
        }
    }
    for unknown in &listing.unknown {
        text += &format!("unknown: {unknown}\n");
    }
    text
}
