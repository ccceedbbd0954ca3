//! Recorded versions of the z2jh chart with defaults and schema, for releases without the files of the chart.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic};
use crate::schema::Schema;

/// A given chart version that is unknown.
pub static UNKNOWN_VERSION: Code = Code::error(
    "CL008",
    "unknown-chart-version",
    "unknown version of the z2jh chart",
)
.page(include_str!("unknown_version.md"));

/// The name of the chart.
pub const NAME: &str = "jupyterhub";

/// A version of the z2jh chart without the patch number: keys and defaults depend only on major and minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChartVersion {
    /// The major version.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
}

impl ChartVersion {
    /// Returns the version with these numbers.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// Parses `4.1.3` or `v4.1`; `4` and `4.x` are the last minor version of 4. Returns `None` for any other string,
    /// and for `0.0.1-set.by.chartpress`, the version of a checkout of the chart.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let mut parts = text.split(['.', '-', '+']);
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next().and_then(|minor| minor.parse().ok());
        let version = Self::new(major, minor.unwrap_or(u32::MAX));
        (version != Self::new(0, 0)).then_some(version)
    }

    /// Returns the newest recorded release.
    pub fn newest() -> Self {
        Version::nearest(None).number()
    }

    /// Returns the oldest recorded version.
    pub fn oldest() -> Self {
        VERSIONS[0].number()
    }

    /// Whether the version stands for any minor version: `4.x`.
    pub fn is_any_minor(self) -> bool {
        self.minor == u32::MAX
    }
}

impl fmt::Display for ChartVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor } = self;
        if self.is_any_minor() {
            write!(f, "{major}.x")
        } else {
            write!(f, "{major}.{minor}")
        }
    }
}

/// A recorded version of the chart (`scripts/record-z2jh`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Major and minor: `4.4`.
    pub name: &'static str,
    /// The version of the recorded package: `4.4.0`. It is the tag of the chart's own images.
    pub package: &'static str,
    /// The default values, as JSON.
    pub defaults: &'static str,
    /// The JSON Schema of the values, without descriptions.
    pub schema: &'static str,
}

macro_rules! versions {
    ($($name:literal $package:literal),+ $(,)?) => {
        &[$(Version {
            name: $name,
            package: $package,
            defaults: include_str!(concat!("../../schemas/z2jh/", $name, ".defaults.json")),
            schema: include_str!(concat!("../../schemas/z2jh/", $name, ".schema.json")),
        }),+]
    };
}

/// What is known of a z2jh chart without its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownChart {
    /// The recorded version that is used for it.
    pub version: Version,
    /// The version as given.
    pub given: Option<String>,
    /// Other recorded versions that it may be, or is next to.
    pub others: Vec<Version>,
    /// Whether the version is older than 1.0, the first one with a schema.
    pub is_without_schema: bool,
}

impl KnownChart {
    /// Returns what is known of a given version. A release between two recorded versions, or a development build, may
    /// have the keys of the later one. Without a version it may be any.
    pub fn of(given: Option<&str>) -> Self {
        let version = Version::nearest(given);
        let text = given.map(str::to_owned);
        let is_other = |other: &&Version| other.name != version.name;
        let Some(wanted) = given.and_then(ChartVersion::read) else {
            let others = VERSIONS.iter().filter(is_other).copied().collect();
            return Self {
                version,
                given: text,
                others,
                is_without_schema: false,
            };
        };
        let is_exact = version.number() == wanted;
        let is_release = !given.is_some_and(|given| given.contains("-0.dev"));
        let at = VERSIONS.iter().position(|known| known.name == version.name);
        let next = at.and_then(|at| VERSIONS.get(at + 1));
        let others = next.filter(|_| !(is_exact && is_release));
        Self {
            version,
            given: text,
            others: others.copied().into_iter().collect(),
            is_without_schema: wanted < ChartVersion::new(1, 0),
        }
    }

    /// Returns the default values as JSON, with the image tags of the given package.
    pub fn defaults(&self) -> Cow<'static, str> {
        self.version.defaults_of(self.given.as_deref())
    }

    /// Returns the default values of `version` and of `others`, with the image tags of the given package.
    pub fn all_defaults(&self) -> Vec<Json> {
        let versions = std::iter::once(&self.version).chain(&self.others);
        let texts = versions.map(|version| version.defaults_of(self.given.as_deref()));
        texts
            .map(|text| serde_json::from_str(&text).expect("the recorded defaults are JSON"))
            .collect()
    }

    /// Whether the given package itself is recorded, so all of its defaults are known.
    pub fn is_recorded(&self) -> bool {
        self.given.as_deref().and_then(package) == Some(self.version.package)
    }
}

/// The recorded versions, the oldest first.
pub const VERSIONS: &[Version] = versions!(
    "1.2" "1.2.0",
    "2.0" "2.0.0",
    "3.3" "3.3.8",
    "4.0" "4.0.0",
    "4.2" "4.2.0",
    "4.3" "4.3.5",
    "4.4" "4.4.0",
    "5.0" "5.0.0",
);

/// The tag of images in a checkout of the chart. No registry has it.
pub const UNSET_TAG: &str = "set-by-chartpress";

/// Returns a given version if it names one package, such as `4.3.2` or a development build; `None` for a range or
/// `4.3`.
fn package(given: &str) -> Option<&str> {
    let package = given.trim_start_matches('v');
    let release = package.split_once('-').map_or(package, |(release, _)| release);
    let parts: Vec<&str> = release.split('.').collect();
    let is_whole = parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok());
    (is_whole && ChartVersion::read(package).is_some()).then_some(package)
}

impl Version {
    /// Returns major and minor.
    pub fn number(&self) -> ChartVersion {
        ChartVersion::read(self.name).expect("the name of a known version is one")
    }

    /// Returns the default values as JSON. For a given package, the chart's own images have its version as their tag,
    /// as in every package of the chart.
    fn defaults_of(&self, given: Option<&str>) -> Cow<'static, str> {
        match given.and_then(package) {
            Some(package) if package != self.package => {
                let tag = |version: &str| format!("\"tag\": \"{version}\"");
                Cow::Owned(self.defaults.replace(&tag(self.package), &tag(package)))
            }
            _ => Cow::Borrowed(self.defaults),
        }
    }

    /// Returns the schema, which is compiled on first use.
    pub fn schema(&self) -> &'static Schema {
        static SCHEMAS: [OnceLock<Schema>; VERSIONS.len()] =
            [const { OnceLock::new() }; VERSIONS.len()];
        let at = VERSIONS
            .iter()
            .position(|known| known.name == self.name)
            .expect("a version is one of the table");
        SCHEMAS[at].get_or_init(|| {
            let document = serde_json::from_str(self.schema).expect("the recorded schema is JSON");
            Schema::known(document)
        })
    }

    /// Returns the recorded version that is nearest to a version and not newer. It is the oldest one for older
    /// versions, and the newest release for `None`.
    pub fn nearest(version: Option<&str>) -> Self {
        const NEWEST: usize = VERSIONS.len() - 2;
        let wanted = version.and_then(ChartVersion::read);
        let known = VERSIONS.iter().rev().find(|known| Some(known.number()) <= wanted);
        match wanted {
            None => VERSIONS[NEWEST],
            Some(_) => *known.unwrap_or(&VERSIONS[0]),
        }
    }
}

/// Checks that a given version can be linted with the recorded versions. Versions older than all of them are
/// accepted: they have no schema.
///
/// # Errors
/// If it is not a version of the chart, or newer than all recorded versions.
pub fn check_version(given: &str) -> Result<(), Diagnostic> {
    let newest = VERSIONS.last().expect("a version is known").number();
    let message = match ChartVersion::read(given) {
        None => format!("`{given}` is not a version of the z2jh chart"),
        Some(wanted) if wanted.is_any_minor() && wanted.major == newest.major => return Ok(()),
        Some(wanted) if wanted > newest => {
            format!("z2jh {given} is newer than {newest}, the newest known version")
        }
        Some(_) => return Ok(()),
    };
    let known: Vec<&str> = VERSIONS.iter().map(|version| version.name).collect();
    let help = format!(
        "known versions: {}; a version between two of them is checked as the older one",
        known.join(", ")
    );
    Err(Diagnostic::new(&UNKNOWN_VERSION, message).help(help))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::schema::Schema;

    #[test]
    fn the_schemas_are_those_of_their_drafts() {
        for version in VERSIONS {
            let document: Value = serde_json::from_str(version.schema).expect("JSON");
            assert!(Schema::is_allowed(&document), "{}", version.name);
        }
    }

    #[test]
    fn the_schemas_accept_the_defaults() {
        for version in VERSIONS {
            let document = serde_json::from_str(version.schema).expect("JSON");
            let schema = Schema::compile(document).expect("a schema");
            let defaults: Value = serde_json::from_str(version.defaults).expect("JSON");
            let violations = schema.violations(&defaults);
            assert!(violations.is_empty(), "{}: {violations:#?}", version.name);
        }
    }

    #[test]
    fn the_defaults_are_those_of_packages() {
        for version in VERSIONS {
            assert!(!version.defaults.contains(UNSET_TAG), "{}", version.name);
            assert!(version.package.starts_with(version.name));
            let defaults: Value = serde_json::from_str(version.defaults).expect("JSON");
            for image in [
                "/hub/image",
                "/prePuller/hook/image",
                "/proxy/secretSync/image",
                "/singleuser/image",
                "/singleuser/networkTools/image",
            ] {
                let tag = defaults.pointer(&format!("{image}/tag"));
                assert_eq!(tag, Some(&version.package.into()), "{image}");
            }
        }
    }

    #[test]
    fn the_images_of_a_package_have_its_version_as_their_tag() {
        let tag = |given| {
            let defaults = Version::nearest(given).defaults_of(given);
            let defaults: Value = serde_json::from_str(&defaults).expect("JSON");
            let tag =
                |path: &str| defaults.pointer(path).and_then(Value::as_str).map(str::to_owned);
            (
                tag("/hub/image/tag").expect("a tag"),
                tag("/proxy/chp/image/tag").expect("a tag"),
            )
        };
        let dev = "4.3.3-0.dev.git.7272.h1234567";
        for (given, own) in [
            (None, "4.4.0"),
            (Some("4.3"), "4.3.5"),
            (Some("4.3.x"), "4.3.5"),
            (Some("4.3.2"), "4.3.2"),
            (Some("v4.1.0"), "4.1.0"),
            (Some(dev), dev),
            (Some("0.9.0"), "0.9.0"),
        ] {
            let (of_hub, of_proxy) = tag(given);
            assert_eq!(of_hub, own);
            assert_ne!(of_proxy, own);
        }
    }

    #[test]
    fn a_version_that_nothing_is_known_of_is_refused() {
        for known in [
            "4.4",
            "4.1.3",
            "v4.4.0",
            "3.9",
            "4.x",
            "~4.0",
            "5",
            "5.x",
            "0.9.0",
            "1.2",
            "5.0.0-0.dev.git.7000.h0",
        ] {
            assert_eq!(check_version(known), Ok(()), "{known}");
        }
        for (unknown, message) in [
            ("latest", "`latest` is not a version of the z2jh chart"),
            (
                "0.0.1-set.by.chartpress",
                "`0.0.1-set.by.chartpress` is not a version of the z2jh chart",
            ),
            ("", "`` is not a version of the z2jh chart"),
            (
                "5.1",
                "z2jh 5.1 is newer than 5.0, the newest known version",
            ),
            (
                "9.9.9",
                "z2jh 9.9.9 is newer than 5.0, the newest known version",
            ),
            (
                "6.x",
                "z2jh 6.x is newer than 5.0, the newest known version",
            ),
        ] {
            let error = check_version(unknown).expect_err(unknown);
            assert_eq!((error.code.id, error.message.as_str()), ("CL008", message));
        }
    }

    #[test]
    fn the_nearest_version_is_not_newer() {
        for (version, nearest) in [
            (Some("4.1.3"), "4.0"),
            (Some("4.4.0"), "4.4"),
            (Some("4.x"), "4.4"),
            (Some("~3.0"), "2.0"),
            (Some("0.9.0"), "1.2"),
            (Some("6.0.0"), "5.0"),
            (Some("latest"), "4.4"),
            (None, "4.4"),
        ] {
            assert_eq!(Version::nearest(version).name, nearest, "{version:?}");
        }
    }
}
