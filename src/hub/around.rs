//! Published charts around z2jh: which version of z2jh each of their versions contains.

/// A version of `daskhub`: year or major, month or minor, patch.
type DaskhubVersion = (u32, u32, u32);

/// The first version of `daskhub` that contains each version of z2jh, from the `dependencies` in the index of the
/// repository `helm.dask.org`.
const DASKHUB: &[(DaskhubVersion, &str)] = &[
    ((4, 4, 1), "0.9.1"),
    ((4, 5, 4), "0.10.2"),
    ((4, 5, 6), "0.10.6"),
    ((4, 5, 7), "0.11.1"),
    ((2021, 6, 1), "1.0.1"),
    ((2021, 7, 2), "1.1.1"),
    ((2021, 8, 0), "1.1.2"),
    ((2021, 9, 1), "1.1.3"),
    ((2021, 11, 0), "1.2.0"),
];

/// The last version of `daskhub` whose dependencies are known.
const LAST: DaskhubVersion = (2022, 8, 0);

/// The first build of `binderhub` that contains each version of z2jh, from the `dependencies` in the index of the
/// repository `hub.jupyter.org/helm-chart`. The number is that of commits: 509 of `0.2.0-n509.hc028fda`.
const BINDERHUB: &[(u32, &str)] = &[(348, "0.9.0"), (458, "0.10.6"), (509, "0.11.1")];

/// The last build of `binderhub` whose dependencies are known.
const LAST_BUILD: u32 = 523;

/// Returns the version of z2jh in this version of a chart; `None` for a chart, a range or a version that is not known.
pub(super) fn version_inside(chart: &str, version: &str) -> Option<&'static str> {
    match chart {
        "daskhub" => inside(DASKHUB, read_version(version)?, LAST),
        "binderhub" => {
            let build = version.strip_prefix("0.2.0-n")?.split('.').next()?;
            inside(BINDERHUB, build.parse().ok()?, LAST_BUILD)
        }
        _ => None,
    }
}

fn inside<V: PartialOrd + Copy>(
    known: &[(V, &'static str)],
    version: V,
    last: V,
) -> Option<&'static str> {
    let mut newest_first = known.iter().rev().filter(|_| version <= last);
    let (_, inside) = newest_first.find(|(since, _)| *since <= version)?;
    Some(inside)
}

fn read_version(version: &str) -> Option<DaskhubVersion> {
    let mut numbers = version.trim_start_matches(['v', '=']).splitn(3, '.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::version_inside;

    #[test]
    fn only_a_known_version_of_a_known_chart_tells_what_is_inside() {
        let cases = [
            ("daskhub", "4.5.7", Some("0.11.1")),
            ("daskhub", "2021.6.0", Some("0.11.1")),
            ("daskhub", "2021.7.1", Some("1.0.1")),
            ("daskhub", "2021.8.1", Some("1.1.2")),
            ("daskhub", "v2022.8.0", Some("1.2.0")),
            ("daskhub", "2022.8.1", None),
            ("daskhub", "4.0.0", None),
            ("daskhub", "2022.x", None),
            ("daskhub", "^2021.7.2", None),
            ("binderhub", "2021.7.2", None),
            ("binderhub", "0.2.0-n347.h8a9d4ca", None),
            ("binderhub", "0.2.0-n454.h97fb8c3", Some("0.9.0")),
            ("binderhub", "0.2.0-n509.hc028fda", Some("0.11.1")),
            ("binderhub", "0.2.0-n524.h854be18", None),
            ("jupyterhub", "4.5.7", None),
        ];
        for (chart, version, inside) in cases {
            assert_eq!(version_inside(chart, version), inside, "{chart} {version}");
        }
    }
}
