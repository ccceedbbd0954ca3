//! Node types of the clouds: what is allocatable on a node, and how many pods it takes.
//!
//! Memory that the kubelet reserves: EKS 11 MiB per pod + 355 MiB; GKE 25 % of the first 4 GiB, 20 % of the next 4, 10 %
//! of the next 8, 6 % of the next 112, 2 % above, + 100 MiB; AKS before 1.29 the same steps + 750 MiB. CPU on EKS and
//! GKE: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % above.

use super::resources::Resources;
use crate::text::nearest;

const MI: f64 = 1024.0 * 1024.0;
const GI: f64 = 1024.0 * MI;

/// Network interfaces of EKS types, and IPv4 addresses of each (nodeadm of the Amazon EKS AMI, July 2026).
const INTERFACES: &str = include_str!("../../schemas/nodes/eks.txt");

/// A managed Kubernetes service, which decides what is allocatable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Amazon EKS.
    Eks,
    /// Google GKE.
    Gke,
    /// Azure AKS.
    Aks,
}

/// A node type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeType {
    /// `r5.2xlarge`
    pub name: String,
    /// The service that has it.
    pub cloud: Cloud,
    /// What pods can request.
    pub allocatable: Resources,
    /// Whether the memory was measured on a node of this type, and not computed from its name.
    pub is_measured: bool,
}

/// A name that is no node type that dunnage knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownType {
    /// A known type of nearly that name.
    pub near: Option<&'static str>,
}

/// A type whose nodes were measured: `kubectl get node`, August 2026.
struct Measured {
    cloud: Cloud,
    name: &'static str,
    cores: u32,
    /// GiB; the least that was seen.
    allocatable: f64,
    pods: u64,
}

const fn measured(
    cloud: Cloud,
    name: &'static str,
    cores: u32,
    allocatable: f64,
    pods: u64,
) -> Measured {
    Measured {
        cloud,
        name,
        cores,
        allocatable,
        pods,
    }
}

#[rustfmt::skip]
const MEASURED: &[Measured] = &[
    measured(Cloud::Gke, "n2-highmem-2", 2, 12.968, 110),
    measured(Cloud::Gke, "n2-highmem-4", 4, 27.734, 110),
    measured(Cloud::Gke, "n2-highmem-8", 8, 57.27, 110),
    measured(Cloud::Gke, "n2-highmem-16", 16, 116.545, 110),
    measured(Cloud::Gke, "n2-highmem-32", 32, 240.079, 110),
    measured(Cloud::Gke, "n1-standard-2", 2, 5.479, 110),
    measured(Cloud::Gke, "n1-standard-8", 8, 25.885, 110),
    measured(Cloud::Gke, "n1-standard-16", 16, 53.567, 110),
    measured(Cloud::Gke, "n1-standard-32", 32, 109.027, 110),
    measured(Cloud::Gke, "n1-standard-64", 64, 224.448, 110),
    measured(Cloud::Eks, "r5.xlarge", 4, 29.916, 58),
    measured(Cloud::Eks, "r5.2xlarge", 8, 61.041, 58),
    measured(Cloud::Eks, "r5.4xlarge", 16, 121.492, 234),
    measured(Cloud::Eks, "r5.16xlarge", 64, 490.108, 737),
    measured(Cloud::Eks, "r7i.xlarge", 4, 29.847, 58),
    measured(Cloud::Eks, "r7i.4xlarge", 16, 120.93, 234),
    measured(Cloud::Eks, "m5.large", 2, 6.803, 29),
    measured(Cloud::Eks, "m5.xlarge", 4, 14.202, 58),
    measured(Cloud::Eks, "g4dn.xlarge", 4, 14.666, 29),
    measured(Cloud::Eks, "g4dn.2xlarge", 8, 30.227, 29),
    measured(Cloud::Aks, "Standard_E2_v4", 2, 13.321, 30),
    measured(Cloud::Aks, "Standard_E4s_v3", 4, 27.05, 30),
    measured(Cloud::Aks, "Standard_E8s_v3", 8, 56.594, 30),
    measured(Cloud::Aks, "Standard_E8s_v5", 8, 56.581, 30),
];

/// The node type of this name.
///
/// # Errors
/// For a name that is neither measured nor follows the rules of a cloud.
pub fn by_name(name: &str) -> Result<NodeType, UnknownType> {
    if let Some(known) = MEASURED.iter().find(|known| known.name == name) {
        return Ok(NodeType {
            name: name.to_owned(),
            cloud: known.cloud,
            allocatable: Resources {
                cpu: allocatable_cpu(known.cloud, known.cores),
                memory: bytes(known.allocatable * GI),
                pods: known.pods,
            },
            is_measured: true,
        });
    }
    let computed = if name.starts_with("Standard_") {
        of_azure(name)
    } else if name.contains('.') {
        of_amazon(name)
    } else {
        of_google(name)
    };
    let (cloud, cores, nominal, pods) = computed.ok_or_else(|| UnknownType {
        near: nearest(name, names()),
    })?;
    let seen = match cloud {
        Cloud::Eks => 0.969,
        Cloud::Gke => 0.98,
        Cloud::Aks => 0.978,
    };
    Ok(NodeType {
        name: name.to_owned(),
        cloud,
        allocatable: Resources {
            cpu: allocatable_cpu(cloud, cores),
            memory: allocatable_memory(cloud, nominal * seen * GI, pods),
            pods,
        },
        is_measured: false,
    })
}

/// The names of all types that are measured or in the table of interfaces.
pub fn names() -> impl Iterator<Item = &'static str> {
    let interfaces = INTERFACES.lines();
    let of_amazon = interfaces.filter_map(|line| line.split(' ').next());
    MEASURED.iter().map(|known| known.name).chain(of_amazon)
}

/// Memory that pods can request on a node on which the kernel sees `capacity` bytes.
#[expect(clippy::cast_precision_loss, reason = "a number of pods")]
pub fn allocatable_memory(cloud: Cloud, capacity: f64, pods: u64) -> u64 {
    let reserved = match cloud {
        Cloud::Eks => (11.0 * pods as f64 + 355.0) * MI,
        Cloud::Gke => steps(capacity) + 100.0 * MI,
        Cloud::Aks => steps(capacity) + 750.0 * MI,
    };
    bytes(capacity - reserved)
}

/// Thousandths of a core that pods can request on a node with so many cores.
pub fn allocatable_cpu(cloud: Cloud, cores: u32) -> u64 {
    let all = u64::from(cores) * 1000;
    let reserved = match cloud {
        // The service names it for these numbers of cores; in between the next larger one counts.
        Cloud::Aks => match cores {
            0..=1 => 60,
            2 => 100,
            3..=4 => 140,
            5..=8 => 180,
            9..=16 => 260,
            17..=32 => 420,
            _ => 740,
        },
        // 60 for the first core, 10 for the second, 5 for the third and the fourth, 2.5 for each above, rounded up.
        Cloud::Eks | Cloud::Gke => {
            let part = |from: u32, to: u32| u64::from(cores.min(to).saturating_sub(from));
            let tenths =
                600 * part(0, 1) + 100 * part(1, 2) + 50 * part(2, 4) + 25 * part(4, u32::MAX);
            tenths.div_ceil(10)
        }
    };
    all.saturating_sub(reserved)
}

/// What GKE reserves, and AKS before 1.29: a share of each step of the capacity.
fn steps(capacity: f64) -> f64 {
    const STEPS: [(f64, f64); 5] = [
        (4.0, 0.25),
        (4.0, 0.20),
        (8.0, 0.10),
        (112.0, 0.06),
        (f64::INFINITY, 0.02),
    ];
    let mut left = capacity;
    let mut reserved = 0.0;
    for (size, share) in STEPS {
        let part = left.min(size * GI).max(0.0);
        reserved += part * share;
        left -= part;
    }
    reserved
}

/// Cores, nominal GiB and pods of `r5.2xlarge`; nothing for metal and for families whose memory per core varies.
fn of_amazon(name: &str) -> Option<(Cloud, u32, f64, u64)> {
    let (family, size) = name.split_once('.')?;
    let cores = match size {
        "large" => 2,
        "xlarge" => 4,
        size => 4 * size.strip_suffix("xlarge")?.parse::<u32>().ok()?,
    };
    let per_core = match family.chars().next()? {
        'r' => 8.0,
        'm' => 4.0,
        'c' => 2.0,
        _ => return None,
    };
    let mut lines = INTERFACES.lines();
    let line = lines.find(|line| line.split(' ').next() == Some(name))?;
    let mut numbers = line.split(' ').skip(1).map(str::parse::<u64>);
    let (interfaces, addresses) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let pods = interfaces * addresses.saturating_sub(1) + 2;
    Some((Cloud::Eks, cores, f64::from(cores) * per_core, pods))
}

/// Those of `n2-highmem-4`.
fn of_google(name: &str) -> Option<(Cloud, u32, f64, u64)> {
    let mut words = name.split('-');
    let (family, kind, cores) = (words.next()?, words.next()?, words.next()?);
    let cores: u32 = cores.parse().ok()?;
    let is_family = family.len() <= 4 && family.starts_with(|c: char| c.is_ascii_lowercase());
    if words.next().is_some() || !is_family || cores == 0 {
        return None;
    }
    let per_core = match (family, kind) {
        ("n1", "standard") => 3.75,
        ("n1", "highmem") => 6.5,
        ("n1", "highcpu") => 0.9,
        (_, "standard") => 4.0,
        (_, "highmem") => 8.0,
        (_, "highcpu") => 1.0,
        _ => return None,
    };
    Some((Cloud::Gke, cores, f64::from(cores) * per_core, 110))
}

/// Those of `Standard_E4s_v5`.
fn of_azure(name: &str) -> Option<(Cloud, u32, f64, u64)> {
    let rest = name.strip_prefix("Standard_")?;
    let mut letters = rest.chars();
    let per_core = match letters.next()? {
        'E' => 8.0,
        'D' => 4.0,
        'F' => 2.0,
        _ => return None,
    };
    let rest = letters.as_str();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let cores: u32 = rest[..end].parse().ok().filter(|cores| *cores > 0)?;
    Some((Cloud::Aks, cores, f64::from(cores) * per_core, 110))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an amount of memory"
)]
fn bytes(amount: f64) -> u64 {
    amount.max(0.0).floor() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel's capacity in GiB of types that were measured, beside what is allocatable.
    const CAPACITY: &[(&str, f64)] = &[
        ("n2-highmem-2", 15.627),
        ("n2-highmem-4", 31.353),
        ("n2-highmem-8", 62.809),
        ("n2-highmem-16", 125.804),
        ("n2-highmem-32", 251.897),
        ("n1-standard-2", 7.272),
        ("n1-standard-8", 29.384),
        ("n1-standard-16", 58.866),
        ("n1-standard-32", 117.925),
        ("n1-standard-64", 235.947),
        ("r5.xlarge", 30.886),
        ("r5.2xlarge", 62.011),
        ("r5.4xlarge", 124.352),
        ("r5.16xlarge", 498.372),
        ("r7i.xlarge", 30.816),
        ("r7i.4xlarge", 123.79),
        ("m5.large", 7.461),
        ("m5.xlarge", 15.172),
        ("g4dn.xlarge", 15.324),
        ("g4dn.2xlarge", 30.886),
        ("Standard_E2_v4", 15.616),
        ("Standard_E4s_v3", 31.342),
        ("Standard_E8s_v3", 62.806),
        ("Standard_E8s_v5", 62.793),
    ];

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "an amount of memory")]
    fn the_formulas_give_what_was_measured() {
        for (name, capacity) in CAPACITY {
            let node = by_name(name).expect("a measured type");
            let computed = allocatable_memory(node.cloud, capacity * GI, node.allocatable.pods);
            let (computed, seen) = (computed as f64, node.allocatable.memory as f64);
            // A type of AKS that the old formula does not fit.
            let most = if *name == "Standard_E2_v4" {
                0.076
            } else {
                0.008
            };
            assert!(
                (computed / seen - 1.0).abs() < most,
                "{name}: {computed} {seen}"
            );
        }
    }

    #[test]
    fn cores_are_those_of_the_table() {
        for (cloud, cores, allocatable) in [
            (Cloud::Gke, 2, 1930),
            (Cloud::Gke, 4, 3920),
            (Cloud::Gke, 8, 7910),
            (Cloud::Gke, 16, 15890),
            (Cloud::Gke, 32, 31850),
            (Cloud::Gke, 64, 63770),
            (Cloud::Eks, 4, 3920),
            (Cloud::Eks, 8, 7910),
            (Cloud::Eks, 16, 15890),
            (Cloud::Eks, 64, 63770),
            (Cloud::Eks, 2, 1930),
            (Cloud::Aks, 2, 1900),
            (Cloud::Aks, 4, 3860),
            (Cloud::Aks, 8, 7820),
        ] {
            assert_eq!(
                allocatable_cpu(cloud, cores),
                allocatable,
                "{cloud:?} {cores}"
            );
        }
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "an amount of memory")]
    fn a_name_gives_what_a_measured_type_has() {
        for known in MEASURED {
            let computed = match known.cloud {
                Cloud::Eks => of_amazon(known.name),
                Cloud::Gke => of_google(known.name),
                Cloud::Aks => of_azure(known.name),
            };
            let Some((_, cores, nominal, pods)) = computed else {
                // `g4dn` has memory of its own.
                assert!(known.name.starts_with('g'), "{}", known.name);
                continue;
            };
            assert_eq!(cores, known.cores, "{}", known.name);
            if known.cloud != Cloud::Aks {
                assert_eq!(pods, known.pods, "{}", known.name);
                let seen = if known.cloud == Cloud::Eks {
                    0.969
                } else {
                    0.98
                };
                let memory = allocatable_memory(known.cloud, nominal * seen * GI, pods) as f64;
                assert!(
                    (memory / GI / known.allocatable - 1.0).abs() < 0.045,
                    "{}",
                    known.name
                );
            }
        }
    }

    #[test]
    fn a_type_that_was_not_measured_is_computed() {
        let node = by_name("r6i.2xlarge").expect("a type");
        assert_eq!((node.cloud, node.is_measured), (Cloud::Eks, false));
        assert_eq!((node.allocatable.cpu, node.allocatable.pods), (7910, 58));
        let node = by_name("e2-standard-4").expect("a type");
        assert_eq!((node.cloud, node.allocatable.cpu), (Cloud::Gke, 3920));
        let node = by_name("Standard_D8s_v5").expect("a type");
        assert_eq!((node.cloud, node.allocatable.cpu), (Cloud::Aks, 7820));
    }

    #[test]
    fn a_name_that_no_rule_covers_is_refused() {
        for name in [
            "m5.metal",
            "p3.2xlarge",
            "n2-mega-4",
            "Standard_NC6",
            "n1-standard-0",
            "",
            "r5.2xlarg",
        ] {
            assert!(by_name(name).is_err(), "{name}");
        }
    }
}
