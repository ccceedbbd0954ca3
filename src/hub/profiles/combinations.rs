//! The combinations of a profile's choices that are checked.

use super::{MERGES, OVERRIDE, SpawnerSettings, choices, default_of, options, title_of};
use crate::hub::Hub;
use crate::values::Value;

/// The most combinations of choices that are checked in one profile.
const MOST: usize = 64;

/// Prefixes of the traits that change resources or placement of a server.
const COMBINED_TRAITS: [&str; 7] = [
    "mem_",
    "cpu_",
    "extra_resource_",
    "node_selector",
    "node_affinity_",
    "tolerations",
    "singleuser_node_selector",
];

/// The options of a profile that have choices, in the order in which they apply.
pub(super) struct OptionChoices<'v>(Vec<Choices<'v>>);

/// The choices of one option.
struct Choices<'v> {
    /// The key and the override of each choice.
    all: Vec<(&'v str, Option<&'v Value>)>,
    /// The index of the default choice.
    default: usize,
    /// Whether a choice changes resources or placement, so that choices are combined with those of other options.
    is_combined: bool,
}

/// Returns the settings of a profile, those with its default choices first.
pub(super) fn settings<'v>(
    hub: &Hub<'v>,
    base: &SpawnerSettings<'v>,
    profile: &'v Value,
) -> Vec<SpawnerSettings<'v>> {
    let merges = hub.version >= MERGES;
    let options = OptionChoices::of(hub, profile);
    let mut own = base.clone();
    own.title = title_of(profile);
    own.profile = Some(profile);
    own.apply(profile.get(OVERRIDE), merges);
    let of_picks = |picks: Vec<usize>| {
        let mut settings = own.clone();
        let mut named = Vec::new();
        for (option, &pick) in options.0.iter().zip(&picks) {
            let (key, overrides) = option.all[pick];
            settings.apply(overrides, merges);
            if pick != option.default {
                named.push(format!("`{key}`"));
            }
        }
        if !named.is_empty() {
            settings.title = format!("{} with {}", own.title, named.join(" and "));
        }
        settings
    };
    options.picks().into_iter().map(of_picks).collect()
}

impl<'v> OptionChoices<'v> {
    pub(super) fn of(hub: &Hub<'_>, profile: &'v Value) -> Self {
        let with_choices = options(profile).filter_map(|(_, option)| {
            let default = default_of(hub, choices(option).map(|(_, choice)| choice))?;
            let is_chosen = |choice: &Value| std::ptr::eq(choice, default);
            let all = choices(option).map(|(key, choice)| (key.as_str(), choice.get(OVERRIDE)));
            let all: Vec<_> = all.collect();
            let overridden = all.iter().filter_map(|(_, overrides)| *overrides);
            Some(Choices {
                is_combined: overridden.into_iter().any(changes_placement_or_resources),
                default: choices(option).position(|(_, choice)| is_chosen(choice))?,
                all,
            })
        });
        Self(with_choices.collect())
    }

    /// Returns the number of combinations of choices that change resources or placement.
    pub(super) fn total(&self) -> usize {
        let counts = self.combined().map(|option| option.all.len());
        counts.fold(1, usize::saturating_mul)
    }

    /// Returns the number of combinations that are checked.
    pub(super) fn checked(&self) -> usize {
        self.total().min(MOST.max(self.single()))
    }

    /// Returns the number of combinations with at most one choice that is no default.
    fn single(&self) -> usize {
        self.combined().fold(1, |count, option| count + option.all.len() - 1)
    }

    /// Returns the options that are combined.
    fn combined(&self) -> impl Iterator<Item = &Choices<'v>> {
        self.0.iter().filter(|option| option.is_combined)
    }

    /// Returns the index of the choice of each option: the defaults, then each other choice alone, then combinations.
    fn picks(&self) -> Vec<Vec<usize>> {
        let defaults: Vec<usize> = self.0.iter().map(|option| option.default).collect();
        let mut all = vec![defaults.clone()];
        for (index, option) in self.0.iter().enumerate() {
            for pick in (0..option.all.len()).filter(|pick| *pick != option.default) {
                let mut picks = defaults.clone();
                picks[index] = pick;
                all.push(picks);
            }
        }
        let is_new = |picks: &Vec<usize>| {
            let differing = picks.iter().zip(&defaults);
            differing.filter(|(pick, default)| pick != default).count() > 1
        };
        let more = self.checked() - self.single();
        let combinations = (0..self.total()).map(|number| self.combination(number, &defaults));
        all.extend(combinations.filter(is_new).take(more));
        all
    }

    /// Returns a combination by its number, whose digits are the choices.
    fn combination(&self, number: usize, defaults: &[usize]) -> Vec<usize> {
        let mut rest = number;
        let mut picks = defaults.to_vec();
        for (pick, option) in picks.iter_mut().zip(&self.0) {
            if option.is_combined {
                *pick = rest % option.all.len();
                rest /= option.all.len();
            }
        }
        picks
    }
}

/// Whether overrides change resources or placement.
fn changes_placement_or_resources(overrides: &Value) -> bool {
    super::entries(Some(overrides)).any(|(name, _)| {
        let begins = |start: &&str| name.starts_with(*start);
        COMBINED_TRAITS.iter().any(begins)
    })
}
