//! The classes that `hub.config` can configure: those of JupyterHub and of authenticators in the hub image of each
//! chart version, with their traits (recorded by `scripts/record-classes`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::traits::{Trait, Traits};
use super::{ChartVersion, Hub, profiles};
use crate::values::{Content, Value};

/// The classes in the hub image of one chart version.
#[derive(Debug, Deserialize)]
pub struct Classes {
    /// Short names for `authenticator_class`, in lower case, with their classes.
    #[serde(borrow)]
    authenticators: BTreeMap<&'static str, &'static str>,
    #[serde(borrow, rename = "classes")]
    by_name: BTreeMap<&'static str, HubClass>,
    /// The keys of an entry of `JupyterHub.services`.
    #[serde(borrow)]
    service: Vec<&'static str>,
}

/// A class that can be a section of `hub.config`.
#[derive(Debug, Deserialize)]
struct HubClass {
    /// Its base classes, the nearest first.
    #[serde(borrow)]
    parents: Vec<&'static str>,
    /// The traits that it adds or overrides.
    #[serde(borrow)]
    traits: BTreeMap<&'static str, Trait>,
}

/// The recorded classes, each with the first chart version that has them.
static RECORDED: [RecordedClasses; 5] = [
    RecordedClasses::new(
        ChartVersion::new(0, 0),
        include_str!("../../schemas/jupyterhub/1.2.json"),
    ),
    RecordedClasses::new(
        ChartVersion::new(2, 0),
        include_str!("../../schemas/jupyterhub/2.0.json"),
    ),
    RecordedClasses::new(
        ChartVersion::new(3, 0),
        include_str!("../../schemas/jupyterhub/3.3.json"),
    ),
    RecordedClasses::new(
        ChartVersion::new(4, 0),
        include_str!("../../schemas/jupyterhub/4.0.json"),
    ),
    RecordedClasses::new(
        ChartVersion::new(4, 3),
        include_str!("../../schemas/jupyterhub/4.3.json"),
    ),
];

struct RecordedClasses {
    since: ChartVersion,
    text: &'static str,
    read: OnceLock<Classes>,
}

impl RecordedClasses {
    const fn new(since: ChartVersion, text: &'static str) -> Self {
        let read = OnceLock::new();
        Self { since, text, read }
    }

    fn classes(&'static self) -> &'static Classes {
        self.read
            .get_or_init(|| serde_json::from_str(self.text).expect("a test reads all of them"))
    }
}

/// Packages with authenticators in the hub image. The classes of other packages are unknown.
const PACKAGES: [&str; 9] = [
    "jupyterhub",
    "oauthenticator",
    "ldapauthenticator",
    "nativeauthenticator",
    "ltiauthenticator",
    "tmpauthenticator",
    "firstuseauthenticator",
    "hmacauthenticator",
    "nullauthenticator",
];

/// The class that `authenticator_class` selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticatorClass<'c> {
    /// A class of the hub image.
    Known(&'c str),
    /// A class of another package, which may have any trait.
    Other,
    /// No class of the hub image.
    Missing,
}

impl Classes {
    /// Returns the classes in the hub image of a chart version.
    pub fn of(chart: ChartVersion) -> &'static Self {
        let known = RECORDED.iter().rev().find(|known| known.since <= chart);
        known.unwrap_or(&RECORDED[0]).classes()
    }

    /// Returns the classes that a hub can have: those of its version, or of every version, the newest first, if the
    /// version is not given.
    pub fn possible(hub: &Hub<'_>) -> Vec<&'static Self> {
        if hub.is_version_known {
            return vec![Self::of(hub.version)];
        }
        RECORDED.iter().rev().map(RecordedClasses::classes).collect()
    }

    /// Returns the first later chart version whose classes fulfil a condition.
    pub fn first_after(
        chart: ChartVersion,
        holds: impl Fn(&'static Self) -> bool,
    ) -> Option<ChartVersion> {
        let mut later = RECORDED.iter().filter(|known| known.since > chart);
        later.find(|known| holds(known.classes())).map(|known| known.since)
    }

    /// Returns the class that a value of `authenticator_class` selects. JupyterHub compares short names in lower case.
    pub fn authenticator(&self, name: &str) -> AuthenticatorClass<'_> {
        if let Some(class) = self.authenticators.get(name.to_lowercase().as_str()) {
            return AuthenticatorClass::Known(class);
        }
        let Some((package, rest)) = name.split_once('.') else {
            return AuthenticatorClass::Missing;
        };
        let class = rest.rsplit('.').next().unwrap_or(rest);
        match self.by_name.get_key_value(class) {
            Some((class, _)) if PACKAGES.contains(&package) => AuthenticatorClass::Known(class),
            None if PACKAGES.contains(&package) && self.class_like(class).is_some() => {
                AuthenticatorClass::Missing
            }
            _ => AuthenticatorClass::Other,
        }
    }

    /// Returns the class whose name differs only in case.
    pub fn class_like(&self, name: &str) -> Option<&str> {
        let mut names = self.by_name.keys();
        names.find(|class| class.eq_ignore_ascii_case(name) && **class != name).copied()
    }

    /// Returns the short names of authenticators.
    pub fn authenticator_names(&self) -> impl Iterator<Item = &str> {
        self.authenticators.keys().copied()
    }

    /// Returns the keys that a service can have.
    pub fn service_keys(&self) -> impl Iterator<Item = &str> {
        self.service.iter().copied()
    }

    /// Whether a section can set a trait: a class that reads the section has the trait.
    pub fn has(&self, section: &str, name: &str) -> bool {
        let mut readers = self.names().filter(|class| self.inherits(class, section));
        self.by_name.contains_key(section)
            && readers.any(|class| self.trait_of(class, name).is_some())
    }

    /// Returns the names of all classes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().copied()
    }

    /// Whether a class is an authenticator or a base class of all authenticators.
    fn is_of_authenticators(&self, name: &str) -> bool {
        self.inherits(name, "Authenticator") || self.inherits("Authenticator", name)
    }

    /// Whether a class is another class or inherits from it.
    fn inherits(&self, name: &str, from: &str) -> bool {
        let class = self.by_name.get(name);
        name == from || class.is_some_and(|class| class.parents.contains(&from))
    }

    /// Returns a trait of a class or of its base classes.
    fn trait_of(&self, class: &str, name: &str) -> Option<&Trait> {
        let class = self.by_name.get(class)?;
        let parents = class.parents.iter().filter_map(|parent| self.by_name.get(*parent));
        std::iter::once(class).chain(parents).find_map(|class| class.traits.get(name))
    }
}

/// A section of `hub.config` and the classes that read it in one version of the hub image.
#[derive(Debug)]
pub struct Section {
    readers: Readers,
}

#[derive(Debug)]
enum Readers {
    /// Recorded classes.
    Classes(&'static Classes, Vec<&'static str>),
    /// KubeSpawner.
    Spawner(&'static Traits),
}

impl Section {
    /// Returns the readers of a section in each version that the hub can have; `None` if an unrecorded class may read
    /// it.
    pub fn readers(hub: &Hub<'_>, name: &str) -> Option<Vec<Self>> {
        if matches!(name, "KubeSpawner" | "Spawner") {
            if profiles::has_own_spawner(hub) {
                return None;
            }
            let readers = if hub.is_version_known {
                vec![Traits::of(hub.version)]
            } else {
                Traits::every().collect()
            };
            let readers = readers.into_iter().map(Readers::Spawner);
            return Some(readers.map(|readers| Self { readers }).collect());
        }
        let all = Classes::possible(hub).into_iter();
        let readers = all.filter(|classes| classes.by_name.contains_key(name));
        let readers: Option<Vec<Self>> = readers
            .map(|classes| Some(Self::in_version(classes, name, selected(hub, classes)?)))
            .collect();
        readers.filter(|readers| !readers.is_empty())
    }

    /// Returns the section in one version. The selected authenticator reads the sections of its base classes, with
    /// all of its traits; other classes read the other sections.
    fn in_version(
        classes: &'static Classes,
        name: &str,
        selected: AuthenticatorClass<'static>,
    ) -> Self {
        let below = classes.names().filter(|class| classes.inherits(class, name));
        let below: Vec<&'static str> = below.collect();
        let names = match selected {
            AuthenticatorClass::Known(class)
                if classes.is_of_authenticators(name) && classes.inherits(class, name) =>
            {
                vec![class]
            }
            _ => below,
        };
        let readers = Readers::Classes(classes, names);
        Self { readers }
    }

    /// Returns the traits of this name, one for each class that reads the section and has it.
    pub fn traits<'s>(&'s self, name: &str) -> Vec<&'s Trait> {
        match &self.readers {
            Readers::Classes(classes, names) => {
                names.iter().filter_map(|class| classes.trait_of(class, name)).collect()
            }
            Readers::Spawner(traits) => traits.get(name).into_iter().collect(),
        }
    }

    /// Returns the names of all traits that the section can set.
    pub fn names(&self) -> Vec<&str> {
        match &self.readers {
            Readers::Spawner(traits) => traits.names().collect(),
            Readers::Classes(classes, names) => {
                let own = names.iter().filter_map(|name| classes.by_name.get(*name));
                let parents = own.clone().flat_map(|class| &class.parents);
                let parents = parents.filter_map(|parent| classes.by_name.get(*parent));
                let traits = own.chain(parents).flat_map(|class| class.traits.keys());
                traits.copied().collect()
            }
        }
    }

    /// Returns the other sections that can set a trait of this name.
    pub fn homes(&self, name: &str) -> Vec<&str> {
        match &self.readers {
            Readers::Spawner(_) => Vec::new(),
            Readers::Classes(classes, _) => {
                let has =
                    classes.by_name.iter().filter(|(_, class)| class.traits.contains_key(name));
                has.map(|(class, _)| *class).collect()
            }
        }
    }
}

/// The key that selects the authenticator.
pub const AUTHENTICATOR_CLASS: &str = "hub.config.JupyterHub.authenticator_class";

/// Returns the authenticator class that the values select; `None` if a class of another package, or Python code, may
/// be used.
fn selected(hub: &Hub<'_>, classes: &'static Classes) -> Option<AuthenticatorClass<'static>> {
    if hub.code_may_set("authenticator_class") {
        return None;
    }
    let value = hub.get(AUTHENTICATOR_CLASS).map(|value| &value.content);
    match value {
        Some(Content::String(name)) => match classes.authenticator(name) {
            AuthenticatorClass::Other => None,
            known => Some(known),
        },
        Some(Content::Encrypted(..)) => None,
        _ => Some(AuthenticatorClass::Missing),
    }
}

/// Returns the settings of `hub.config` that a layer of the release sets: section, trait and value.
pub fn settings<'v>(hub: &Hub<'v>) -> Vec<(&'v str, &'v str, &'v Value)> {
    let sections = hub.entries("hub.config");
    let settings = sections.flat_map(|(section, value)| {
        let entries = value.as_map().into_iter().flat_map(|map| &map.entries);
        entries.map(move |(name, value)| (section.as_str(), name.as_str(), value))
    });
    // A name with a capital first letter is a nested section.
    settings
        .filter(|(_, name, value)| {
            let is_section = name.starts_with(|c: char| c.is_ascii_uppercase());
            !is_section && !value.is_null() && !hub.is_default(value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_is_read_and_its_parents_are_recorded() {
        for known in &RECORDED {
            let classes = known.classes();
            assert!(classes.names().count() > 20);
            for class in classes.by_name.values() {
                assert!(class.parents.iter().all(|it| classes.by_name.contains_key(it)));
            }
            let named = classes.authenticators.values();
            assert!(named.into_iter().all(|it| classes.by_name.contains_key(it)));
        }
    }

    #[test]
    fn authenticators_have_short_names_and_paths() {
        let classes = Classes::of(ChartVersion::new(4, 4));
        let known = AuthenticatorClass::Known;
        for (name, class) in [
            ("github", known("GitHubOAuthenticator")),
            ("GitHub", known("GitHubOAuthenticator")),
            ("dummy", known("DummyAuthenticator")),
            (
                "ltiauthenticator.lti13.auth.LTI13Authenticator",
                known("LTI13Authenticator"),
            ),
            (
                "oauthenticator.github.GithubOAuthenticator",
                AuthenticatorClass::Missing,
            ),
            ("mine.TeamAuthenticator", AuthenticatorClass::Other),
            (
                "oauthenticator.GitHubOAuthenticator",
                known("GitHubOAuthenticator"),
            ),
            (
                "oauthenticator.new.NewOAuthenticator",
                AuthenticatorClass::Other,
            ),
            ("githubb", AuthenticatorClass::Missing),
        ] {
            assert_eq!(classes.authenticator(name), class, "{name}");
        }
    }

    #[test]
    fn a_chart_has_the_classes_of_its_image() {
        let has = |minor, class, name| Classes::of(minor).trait_of(class, name).is_some();
        let (old, new) = (ChartVersion::new(3, 3), ChartVersion::new(4, 4));
        assert!(!has(old, "Authenticator", "allow_all") && has(new, "Authenticator", "allow_all"));
        assert!(has(old, "GitHubOAuthenticator", "allow_all"));
        assert!(has(new, "GitHubOAuthenticator", "admin_users"));
    }
}
