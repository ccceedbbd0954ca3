//! Which pools pull each image, and what requests it.

use std::collections::BTreeSet;

use super::size::needs_image;
use crate::hub::{HubImage, StoredHub, images_of_servers, unknown_images, user_servers};
use crate::policy::{AddedPool, ExtraImage, Policy};

/// The images of a hub and of a policy.
#[derive(Debug, Default)]
pub struct ImageList {
    /// Each image once, in the order of the hub's values, then by key.
    pub images: Vec<ListedImage>,
    /// What else can start images.
    pub unknown: Vec<String>,
}

/// An image that image pullers pull.
#[derive(Debug)]
pub struct ListedImage {
    /// `quay.io/team/tool:v3`
    pub reference: String,
    /// The pools whose nodes need it.
    pub pools: BTreeSet<String>,
    /// What requests it.
    pub requests: Vec<ImageRequest>,
}

/// What requests an image.
#[derive(Debug)]
pub enum ImageRequest {
    /// The values of the hub.
    Hub(HubImage),
    /// The policy.
    Policy(ExtraImage),
}

/// Lists the images of the hub's values and of the policy. The pools are those with an image puller in `additions`, or
/// all pools of a policy without one.
pub fn list_images(policy: &Policy, hub: Option<&StoredHub>) -> ImageList {
    let mut list = ImageList::default();
    let entries = policy.additions.iter().flat_map(|entry| &entry.pools);
    let added: Vec<&AddedPool> = entries.filter(|pool| pool.parts.continuous.is_some()).collect();
    let mut pools: Vec<usize> = added.iter().map(|pool| pool.pool).collect();
    if pools.is_empty() {
        pools = (0..policy.pools.len()).collect();
    }
    if let Some(stored) = hub {
        let hub = stored.hub();
        let servers = user_servers(&hub);
        for (image, users) in images_of_servers(&hub, &servers) {
            let of_image = pools.iter().map(|&pool| policy.pool(pool));
            let of_image = of_image.filter(|pool| needs_image(pool, &servers, &users));
            let names = of_image.map(|pool| pool.name.value.clone()).collect();
            list.add(image.image.clone(), names, ImageRequest::Hub(image));
        }
        list.unknown = unknown_images(&hub);
    }
    let name = |pool: usize| policy.pool(pool).name.value.clone();
    for image in &policy.extra_images {
        let names = pools.iter().map(|&pool| name(pool)).collect();
        list.add(
            image.reference(),
            names,
            ImageRequest::Policy(image.clone()),
        );
    }
    for pool in added {
        for image in &pool.parts.images {
            let names = BTreeSet::from([name(pool.pool)]);
            list.add(
                image.reference(),
                names,
                ImageRequest::Policy(image.clone()),
            );
        }
    }
    list
}

impl ImageList {
    fn add(&mut self, reference: String, pools: BTreeSet<String>, request: ImageRequest) {
        let known = self.images.iter_mut().find(|image| image.reference == reference);
        let Some(known) = known else {
            let requests = vec![request];
            return self.images.push(ListedImage {
                reference,
                pools,
                requests,
            });
        };
        known.pools.extend(pools);
        let is_known = known.requests.iter().any(|known| known.is_same(&request));
        if !is_known {
            known.requests.push(request);
        }
    }
}

impl ImageRequest {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Policy(one), Self::Policy(other)) => one.key.span == other.key.span,
            (Self::Hub(one), Self::Hub(other)) => one == other,
            _ => false,
        }
    }
}
