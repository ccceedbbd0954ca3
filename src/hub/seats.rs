//! Seats: the resources that the scheduler reserves for a user server or a user placeholder.

use std::collections::BTreeMap;

use super::profiles::{self, SpawnerSettings};
use super::{Hub, bytes};
use crate::k8s::syntax;
use crate::values::{Content, Value};

const PLACEHOLDER: &str = "scheduling.userPlaceholder.resources";

/// The requests of a pod.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seat {
    /// Cores.
    pub cpu: f64,
    /// Bytes.
    pub memory: f64,
    /// Other resources by name, such as `nvidia.com/gpu`.
    pub others: BTreeMap<String, f64>,
}

/// A server that a user can start, with its seat.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// The name in messages: `` the profile `Large` ``.
    pub title: String,
    /// Its requests.
    pub seat: Seat,
}

/// Returns the servers that users can start, in the order of the profiles. Servers with unknown requests, such as
/// encrypted ones, are left out.
pub fn servers(hub: &Hub<'_>) -> Vec<Server> {
    let servers = profiles::effective(hub).iter().filter_map(|settings| {
        Some(Server {
            title: settings.title.clone(),
            seat: of(settings)?,
        })
    });
    servers.collect()
}

/// Returns the seat of a server: its guarantees, or its limits, which Kubernetes uses as requests. `None` if an
/// amount is unknown.
pub fn of(settings: &SpawnerSettings<'_>) -> Option<Seat> {
    let read =
        |guarantee, limit| request(settings, guarantee, limit).map_or(Some(0.0), bytes::amount);
    let mut others = BTreeMap::new();
    for name in ["extra_resource_limits", "extra_resource_guarantees"] {
        for (name, value) in settings.entries(name) {
            others.insert(name.clone(), quantity(value)?);
        }
    }
    Some(Seat {
        cpu: read("cpu_guarantee", "cpu_limit")?,
        memory: read("mem_guarantee", "mem_limit")?,
        others,
    })
}

/// Returns the amount that a server requests: its guarantee, else its limit.
pub fn request<'s>(
    settings: &'s SpawnerSettings<'_>,
    guarantee: &str,
    limit: &str,
) -> Option<&'s Value> {
    let of = |name: &str| settings.get(name).filter(|value| !is_nothing(value));
    of(guarantee).or_else(|| of(limit))
}

/// Returns the first amount of a profile that differs from the one that the chart copies from `singleuser` to
/// placeholders; `None` if all are equal or unknown.
pub fn differing<'s>(
    base: &'s SpawnerSettings<'_>,
    profile: &'s SpawnerSettings<'_>,
) -> Option<&'s Value> {
    let is_known = |value: &Value| !matches!(value.content, Content::Encrypted(..));
    let pairs = [
        ("mem_guarantee", "mem_limit"),
        ("cpu_guarantee", "cpu_limit"),
    ];
    pairs.into_iter().find_map(|(guarantee, limit)| {
        let held = request(base, guarantee, limit);
        let taken = request(profile, guarantee, limit);
        let is_other = held.and_then(bytes::amount) != taken.and_then(bytes::amount);
        let both = || held.into_iter().chain(taken);
        let amount = taken.or(profile.explicit(guarantee));
        amount.filter(|_| is_other && both().all(is_known))
    })
}

/// Whether the seat of the default profile is that of `singleuser`. True without profiles.
pub fn is_default_of_singleuser(hub: &Hub<'_>) -> bool {
    let base = profiles::base(hub);
    let default = profiles::default_profile(hub, profiles::effective(hub));
    default.is_none_or(|default| differing(&base, default).is_none())
}

/// Whether an amount is zero.
pub fn is_nothing(amount: &Value) -> bool {
    bytes::amount(amount) == Some(0.0)
}

/// Whether placeholders have their own resources. If not, the chart copies those of `singleuser`.
pub fn has_own_placeholder(hub: &Hub<'_>) -> bool {
    let own = hub.get(PLACEHOLDER).and_then(Value::as_map);
    own.is_some_and(|map| !map.entries.is_empty())
}

/// Returns the seat of a placeholder. Kubernetes reads its amounts: `1G` is 10^9 bytes here, and 2^30 bytes for a
/// server. `None` if an amount is unknown.
pub fn placeholder(hub: &Hub<'_>) -> Option<Seat> {
    let amounts = if has_own_placeholder(hub) {
        let resources = hub.get(PLACEHOLDER)?;
        let of = |kind: &str| resources.get(kind).and_then(Value::as_map);
        let limits = of("limits").into_iter();
        let all = limits.chain(of("requests")).flat_map(|map| &map.entries);
        all.map(|(name, value)| (name.as_str(), value)).collect()
    } else {
        let base = profiles::base(hub);
        return of_base(&base);
    };
    from_amounts(amounts)
}

/// Returns the seat that the chart copies from `singleuser` (`templates/_helpers.tpl`, `jupyterhub.resources`).
fn of_base(base: &SpawnerSettings<'_>) -> Option<Seat> {
    let pairs = [
        ("cpu", "cpu_guarantee", "cpu_limit"),
        ("memory", "mem_guarantee", "mem_limit"),
    ];
    let amounts = pairs
        .iter()
        .filter_map(|(name, guarantee, limit)| Some((*name, request(base, guarantee, limit)?)));
    let others = ["extra_resource_limits", "extra_resource_guarantees"].into_iter();
    let others = others.flat_map(|name| base.entries(name));
    let others = others.map(|(name, value)| (name.as_str(), value));
    from_amounts(amounts.chain(others).collect())
}

fn from_amounts(amounts: Vec<(&str, &Value)>) -> Option<Seat> {
    let mut seat = Seat::default();
    for (name, value) in amounts {
        let amount = quantity(value)?;
        match name {
            "cpu" => seat.cpu = amount,
            "memory" => seat.memory = amount,
            name => {
                seat.others.insert(name.to_owned(), amount);
            }
        }
    }
    Some(seat)
}

/// Returns an amount as Kubernetes reads it.
fn quantity(value: &Value) -> Option<f64> {
    match &value.content {
        Content::Number(number) => number.as_f64(),
        Content::String(text) => syntax::quantity(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::tests::with_hub;

    const GI: f64 = 1024.0 * 1024.0 * 1024.0;

    #[test]
    fn a_server_takes_its_guarantee_or_its_limit() {
        let text = "
singleuser:
  cpu: {limit: 2}
  memory: {guarantee: 2G, limit: 4G}
  profileList:
    - display_name: Small
    - display_name: GPU
      kubespawner_override:
        mem_guarantee: 16G
        extra_resource_limits: {nvidia.com/gpu: '1'}
";
        let seats = with_hub("4.4", text, servers);
        let seats: Vec<_> = seats.iter().map(|it| (&*it.title, it.seat.memory)).collect();
        assert_eq!(
            seats,
            [
                ("the profile `Small`", 2.0 * GI),
                ("the profile `GPU`", 16.0 * GI)
            ]
        );
        let gpu = with_hub("4.4", text, |hub| servers(hub).remove(1).seat);
        let expected = Seat {
            cpu: 2.0,
            memory: 16.0 * GI,
            others: [("nvidia.com/gpu".to_owned(), 1.0)].into(),
        };
        assert_eq!(gpu, expected);
    }

    #[test]
    fn kubernetes_reads_the_amounts_of_a_placeholder() {
        let memory = |text| with_hub("4.4", text, |hub| placeholder(hub).map(|seat| seat.memory));
        let inherited = "singleuser: {memory: {guarantee: 1G}}";
        assert_eq!(memory(inherited), Some(1e9));
        let own = "scheduling: {userPlaceholder: {resources: {requests: {memory: 1Gi}, limits: {memory: 2Gi}}}}";
        assert_eq!(memory(own), Some(GI));
        let limited = "scheduling: {userPlaceholder: {resources: {limits: {memory: 2Gi}}}}";
        assert_eq!(memory(limited), Some(2.0 * GI));
        let encrypted =
            "singleuser: {memory: {guarantee: 'ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]'}}";
        assert_eq!(memory(encrypted), None);
    }
}
