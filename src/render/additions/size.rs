//! The size of user placeholders: one seat of the policy or of the hub's values, multiplied.

use std::collections::BTreeMap;

use crate::capacity::nodes;
use crate::diag::Diagnostic;
use crate::hub::UserServer;
use crate::k8s::{Fit, quantity, syntax};
use crate::policy::{Pool, SeatResources, Spanned, UserPlaceholder};
use crate::render::codes;
use crate::yaml::Value;

/// The resources of a placeholder, as quantities by resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Size {
    requests: BTreeMap<String, String>,
    limits: BTreeMap<String, String>,
}

impl Size {
    /// Returns the size of the placeholders of a pool. `servers` are the hub's, if its values are known.
    ///
    /// # Errors
    /// If the seat is unknown or larger than a node.
    pub(super) fn of(
        pool: &Pool,
        written: &UserPlaceholder,
        servers: Option<&[UserServer]>,
    ) -> Result<Self, Diagnostic> {
        let seat = match &written.resources {
            Some(resources) => resources.value.clone(),
            None => seat_of_hub(pool, written, servers)?,
        };
        let size = Self::multiplied(&seat, written.seats.value);
        if size.requests.is_empty() {
            return Err(unknown(pool, written, "a seat requests nothing"));
        }
        match size.overflow(pool) {
            Some(error) => Err(error.at(written.span, "these placeholders")),
            None => Ok(size),
        }
    }

    fn multiplied(seat: &SeatResources, seats: u32) -> Self {
        let times = |amounts: &BTreeMap<String, String>| -> BTreeMap<String, String> {
            let amounts = amounts.iter();
            let product = |amount: &String| quantity::times(amount, seats);
            amounts
                .filter_map(|(name, amount)| Some((name.clone(), product(amount)?)))
                .collect()
        };
        let (mut requests, mut limits) = (times(&seat.requests), times(&seat.limits));
        // As the API server does it.
        for (name, amount) in &limits {
            requests.entry(name.clone()).or_insert_with(|| amount.clone());
        }
        // It requires equal limits for resources that cannot be overcommitted.
        let extended = requests.iter().filter(|(name, _)| name.contains('/'));
        limits.extend(extended.map(|(name, amount)| (name.clone(), amount.clone())));
        Self { requests, limits }
    }

    /// Returns the error for a size that no node of the pool has.
    fn overflow(&self, pool: &Pool) -> Option<Diagnostic> {
        for (name, amount) in &self.requests {
            let (wanted, node) = (syntax::quantity(amount)?, allocatable(pool, name));
            let Some(node) =
                node.filter(|node| wanted > syntax::quantity(&node.value).unwrap_or(f64::MAX))
            else {
                continue;
            };
            let message = format!(
                "a user placeholder of pool `{}` requests {name} {amount}, more than a node has \
                 ({}): it never scales up the pool",
                pool.name.value, node.value
            );
            return Some(
                Diagnostic::new(&codes::PLACEHOLDER_TOO_LARGE, message)
                    .at(node.span, "size of a node")
                    .help("set fewer `seats` or smaller `resources`"),
            );
        }
        None
    }

    /// Returns the size in a few words: `cpu 200m, memory 28Gi`.
    pub(super) fn title(&self) -> String {
        listed(&self.requests)
    }

    /// Returns the resources of a container.
    pub(super) fn resources(&self) -> Value {
        let amounts = |amounts: &BTreeMap<String, String>| {
            let amounts = amounts.iter();
            let amount =
                |(name, amount): (&String, &String)| (name.clone(), amount.as_str().into());
            Value::Mapping(amounts.map(amount).collect())
        };
        let mut pairs = vec![("requests".to_owned(), amounts(&self.requests))];
        if !self.limits.is_empty() {
            pairs.push(("limits".to_owned(), amounts(&self.limits)));
        }
        Value::Mapping(pairs)
    }
}

fn listed(amounts: &BTreeMap<String, String>) -> String {
    let amounts = amounts.iter();
    let amounts: Vec<String> = amounts.map(|(name, amount)| format!("{name} {amount}")).collect();
    amounts.join(", ")
}

/// Returns the amount of a resource on a node of the pool, if it is known.
fn allocatable(pool: &Pool, resource: &str) -> Option<Spanned<String>> {
    let written = pool.allocatable.as_ref().and_then(|allocatable| match resource {
        "cpu" => allocatable.cpu.clone(),
        "memory" => allocatable.memory.clone(),
        "pods" => allocatable.pods.clone(),
        _ => None,
    });
    let of_type = || {
        let name = pool.node.as_ref()?;
        let node = nodes::by_name(name).ok()?.allocatable;
        let amount = match resource {
            "cpu" => format!("{}m", node.cpu),
            "memory" => node.memory.to_string(),
            "pods" => node.pods.to_string(),
            _ => return None,
        };
        Some(Spanned::new(amount, name.span))
    };
    written.or_else(of_type)
}

/// Returns the note for placeholders that reserve more seats than a node can have pods.
pub(super) fn more_seats_than_pods(pool: &Pool, written: &UserPlaceholder) -> Option<Diagnostic> {
    let pods = allocatable(pool, "pods")?;
    let most = syntax::quantity(&pods.value)?;
    let seats = written.seats.value;
    (f64::from(seats) > most).then(|| {
        let message = format!(
            "a user placeholder of pool `{}` reserves {seats} seats, but a node runs at most {} pods",
            pool.name.value, pods.value
        );
        Diagnostic::new(&codes::MORE_SEATS_THAN_PODS, message)
            .at(written.seats.span, "seats of one placeholder")
            .at(pods.span, "limits the pods")
            .help("set fewer `seats` and more `replicas`")
    })
}

/// Returns the seat of the user servers that can run in a pool, if all have one size.
fn seat_of_hub(
    pool: &Pool,
    written: &UserPlaceholder,
    servers: Option<&[UserServer]>,
) -> Result<SeatResources, Diagnostic> {
    let Some(servers) = servers else {
        return Err(unknown(
            pool,
            written,
            "the values of the hub are not known",
        ));
    };
    let of_pool = servers_of_pool(pool, servers);
    let mut sizes: BTreeMap<String, (&UserServer, BTreeMap<String, String>)> = BTreeMap::new();
    for server in of_pool {
        let Some(requests) = &server.requests else {
            let why = format!("the requests of {} are not known", server.title);
            return Err(unknown(pool, written, &why));
        };
        let size = listed(requests);
        sizes.entry(size).or_insert_with(|| (server, requests.clone()));
    }
    let mut all = sizes.iter();
    match (all.next(), all.next()) {
        (None, _) => Err(unknown(
            pool,
            written,
            "no user server of the hub can run in it",
        )),
        (Some((_, (_, requests))), None) => Ok(SeatResources {
            requests: requests.clone(),
            limits: BTreeMap::new(),
        }),
        _ => Err(several(pool, written, &sizes)),
    }
}

/// Returns the user servers that can run in a pool; if none surely can, those that perhaps can.
pub(super) fn servers_of_pool<'s>(pool: &Pool, servers: &'s [UserServer]) -> Vec<&'s UserServer> {
    let fit = |server: &UserServer| server.demands.as_ref().map(|demands| pool.fit(demands).0);
    let surely = servers.iter().filter(|server| fit(server) == Some(Fit::Takes));
    let surely: Vec<&UserServer> = surely.collect();
    if !surely.is_empty() {
        return surely;
    }
    let perhaps = servers.iter().filter(|server| !matches!(fit(server), Some(Fit::Refuses(_))));
    perhaps.collect()
}

/// Returns whether an image belongs on the nodes of a pool: a server that uses it can run there, or that is undecided.
/// `users` are indexes of servers.
pub(super) fn needs_image(pool: &Pool, servers: &[UserServer], users: &[usize]) -> bool {
    let is_refused = |user: &usize| {
        let demands = servers[*user].demands.as_ref();
        demands.is_some_and(|demands| matches!(pool.fit(demands).0, Fit::Refuses(_)))
    };
    users.is_empty() || !users.iter().all(is_refused)
}

fn several(
    pool: &Pool,
    written: &UserPlaceholder,
    sizes: &BTreeMap<String, (&UserServer, BTreeMap<String, String>)>,
) -> Diagnostic {
    const MOST: usize = 4;
    let shown = sizes.iter().take(MOST);
    let mut shown: Vec<String> =
        shown.map(|(size, (server, _))| format!("{} ({size})", server.title)).collect();
    if sizes.len() > MOST {
        shown.push(format!("{} more", sizes.len() - MOST));
    }
    let message = format!(
        "the size of user placeholders in pool `{}` is ambiguous: {}",
        pool.name.value,
        shown.join(", ")
    );
    Diagnostic::new(&codes::PLACEHOLDER_SIZE, message)
        .at(written.span, "no `resources`")
        .help("set `resources` of one seat")
}

fn unknown(pool: &Pool, written: &UserPlaceholder, why: &str) -> Diagnostic {
    let message = format!(
        "the size of user placeholders in pool `{}` is unknown: {why}",
        pool.name.value
    );
    Diagnostic::new(&codes::PLACEHOLDER_SIZE, message)
        .at(written.span, "no size")
        .help("set `resources` of one seat, or pass the hub's values with `--values`")
}
