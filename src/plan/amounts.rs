//! Amounts of CPU, memory and pods as options write them: `cpu=8,memory=64Gi,pods=110`.

use crate::capacity::resources::Resources;
use crate::capacity::simulate::PodRequest;
use crate::hub::bytes;
use crate::k8s::syntax;

/// No node has more cores than this.
const MOST_CORES: f64 = 100_000.0;

/// No node has more memory than this: a pebibyte.
const MOST_MEMORY: f64 = 1_125_899_906_842_624.0;

/// No node has more pods than this.
const MOST_PODS: f64 = 10_000.0;

/// Amounts of which some may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    /// Thousandths of a core.
    pub cpu: Option<u64>,
    /// Bytes.
    pub memory: Option<u64>,
    /// Pods.
    pub pods: Option<u64>,
}

/// Who reads the amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// Kubernetes: `G` is 10^9.
    Kubernetes,
    /// JupyterHub: `G` is 2^30.
    Hub,
}

impl Amounts {
    /// Reads amounts; zero is none of them.
    pub(super) fn read(text: &str, notation: Notation, names: &[&str]) -> Result<Self, String> {
        let mut amounts = Self::default();
        for part in text.split(',') {
            let example = "write amounts like `cpu=8,memory=64Gi`";
            let (name, amount) = part.split_once('=').ok_or_else(|| example.to_owned())?;
            let (name, amount) = (name.trim(), amount.trim());
            if !names.contains(&name) {
                return Err(format!("`{name}` is not one of {}", names.join(", ")));
            }
            let number = read_amount(amount, notation);
            let number = number.ok_or_else(|| format!("`{amount}` is not an amount of {name}"))?;
            if number <= 0.0 || !number.is_finite() {
                return Err(format!("`{part}` must be more than 0"));
            }
            let most = match name {
                "cpu" => MOST_CORES,
                "memory" => MOST_MEMORY,
                _ => MOST_PODS,
            };
            if number > most {
                return Err(format!("`{part}` is more than any node has"));
            }
            match name {
                "cpu" => amounts.cpu = Some(whole(number * 1000.0)),
                "memory" => amounts.memory = Some(whole(number)),
                _ => amounts.pods = Some(whole(number)),
            }
        }
        Ok(amounts)
    }

    /// What a pod requests.
    pub(super) fn request(self) -> PodRequest {
        PodRequest {
            cpu: self.cpu,
            memory: self.memory,
        }
    }

    /// The amounts, where a missing one is 0.
    pub(super) fn resources(self) -> Resources {
        Resources {
            cpu: self.cpu.unwrap_or_default(),
            memory: self.memory.unwrap_or_default(),
            pods: self.pods.unwrap_or_default(),
        }
    }
}

/// An amount of memory or cores.
pub(super) fn read_amount(text: &str, notation: Notation) -> Option<f64> {
    let number = || text.parse::<f64>().ok().filter(|_| !text.contains(['n', 'N']));
    match notation {
        Notation::Kubernetes => syntax::quantity(text),
        Notation::Hub => bytes::parse(text).or_else(number),
    }
}

/// The nearest whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an amount, which is not negative"
)]
pub(super) fn whole(number: f64) -> u64 {
    number.max(0.0).round() as u64
}

/// A whole number as one with fractions.
#[expect(clippy::cast_precision_loss, reason = "a number of pods or an amount")]
pub(super) fn real(number: u64) -> f64 {
    number as f64
}

/// An amount of memory as Kubernetes writes it, with at most one decimal.
pub(super) fn memory(bytes: u64) -> String {
    for (unit, size) in [("Gi", 1_u64 << 30), ("Mi", 1 << 20)] {
        if bytes >= size {
            return format!("{}{unit}", decimal(real(bytes) / real(size)));
        }
    }
    format!("{bytes}")
}

/// A number with one decimal, or none where it is whole.
pub(super) fn decimal(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A request as an option writes it.
pub(super) fn request(request: PodRequest) -> String {
    let cpu = request.cpu.map(|cpu| match cpu % 1000 {
        0 => format!("cpu={}", cpu / 1000),
        _ => format!("cpu={cpu}m"),
    });
    let memory = request.memory.map(|bytes| format!("memory={}", memory(bytes)));
    let parts: Vec<String> = cpu.into_iter().chain(memory).collect();
    if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hub_and_kubernetes_read_g_differently() {
        let names = ["cpu", "memory"];
        let hub = Amounts::read("cpu=0.05,memory=1G", Notation::Hub, &names);
        let hub = hub.expect("amounts");
        assert_eq!((hub.cpu, hub.memory), (Some(50), Some(1 << 30)));
        let kubernetes = Amounts::read("cpu=50m,memory=1G", Notation::Kubernetes, &names);
        let kubernetes = kubernetes.expect("amounts");
        assert_eq!(
            (kubernetes.cpu, kubernetes.memory),
            (Some(50), Some(1_000_000_000))
        );
    }

    #[test]
    fn an_amount_is_more_than_nothing() {
        for text in [
            "cpu=0",
            "memory=-1G",
            "memory=inf",
            "gpu=1",
            "cpu",
            "memory=lots",
            "memory=nan",
            "memory=9999999T",
        ] {
            let names = ["cpu", "memory"];
            assert!(
                Amounts::read(text, Notation::Hub, &names).is_err(),
                "{text}"
            );
            assert!(
                Amounts::read(text, Notation::Kubernetes, &names).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn amounts_are_written_short() {
        assert_eq!(memory(32 << 30), "32Gi");
        assert_eq!(memory(1_000_000_000), "953.7Mi");
        let small = PodRequest {
            cpu: Some(50),
            memory: Some(512 << 20),
        };
        assert_eq!(request(small), "cpu=50m,memory=512Mi");
    }
}
