//! The decision of a key about the values next to and below it, the same for every syntax.

use super::names::{self, Reach, Worth};

/// What is hidden in a collection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Hiding {
    /// Only what the names in it reveal.
    #[default]
    Nothing,
    /// The same, and the content of files in it: below `extraFiles`.
    Files,
    /// Every value except those of keys that name things: below a credential, in an item of an `env` list.
    Values,
    /// Every value: a mapping of environment variables.
    Environment,
    /// Every scalar: the data of a Secret.
    Data,
    /// Every byte: the lines of a hidden scalar.
    Lines,
}

/// Which scalars are hidden.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cover {
    /// None.
    #[default]
    Nothing,
    /// Those that are more than a boolean or a short number.
    Texts,
    /// All but empty ones.
    Settings,
    /// All.
    All,
}

impl Cover {
    /// Returns whether it hides a scalar as it is written.
    pub(super) fn hides(self, scalar: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Texts => names::worth(scalar) == Worth::Text,
            Self::Settings => names::worth(scalar) != Worth::Nothing,
            Self::All => true,
        }
    }
}

/// The decision of one key about the value next to it and the lines below it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Verdict {
    /// What is hidden of a scalar, and of the scalars of a list.
    pub(super) scalar: Cover,
    /// What is hidden in a mapping.
    pub(super) nested: Hiding,
}

impl Verdict {
    const fn new(scalar: Cover, nested: Hiding) -> Self {
        Self { scalar, nested }
    }

    /// Returns the decision of `key`, below the key `parent` in a mapping that hides `outer`.
    pub(super) fn of(key: &str, parent: &str, outer: Hiding, is_secret: bool) -> Self {
        let reach = || names::reach_below(parent, key);
        let own = || match reach() {
            Some(_) => Cover::Settings,
            None => Cover::Texts,
        };
        match outer {
            Hiding::Lines | Hiding::Data => Self::new(Cover::All, outer),
            Hiding::Values if names::is_source(key) => Self::new(Cover::Texts, Hiding::Nothing),
            Hiding::Values if names::is_naming(key) => Self::new(Cover::Nothing, Hiding::Values),
            Hiding::Environment | Hiding::Values => Self::new(own(), Hiding::Values),
            Hiding::Files if matches!(key, "data" | "binaryData") => {
                Self::new(Cover::All, Hiding::Data)
            }
            Hiding::Files | Hiding::Nothing => Self::by_name(key, reach(), outer, is_secret),
        }
    }

    fn by_name(key: &str, reach: Option<Reach>, outer: Hiding, is_secret: bool) -> Self {
        match key {
            "stringData" => return Self::new(Cover::All, Hiding::Data),
            "data" if is_secret => return Self::new(Cover::All, Hiding::Data),
            "extraFiles" => return Self::new(Cover::Nothing, Hiding::Files),
            _ => {}
        }
        match reach {
            _ if names::is_environment(key) => Self::new(Cover::Nothing, Hiding::Environment),
            Some(Reach::Below) => Self::new(Cover::Settings, Hiding::Values),
            Some(Reach::Value) => Self::new(Cover::Settings, outer),
            None => Self::new(Cover::Nothing, outer),
        }
    }

    /// Returns the decision for an item of a list, or for an entry of a mapping before its key is read.
    pub(super) fn of_item(self) -> Self {
        match self.nested {
            Hiding::Environment => Self::new(Cover::Texts, Hiding::Values),
            Hiding::Values => Self::new(self.scalar.max(Cover::Texts), self.nested),
            Hiding::Data | Hiding::Lines => Self::new(Cover::All, self.nested),
            Hiding::Nothing | Hiding::Files => self,
        }
    }
}
