//! Which choices of a profile's options are looked at together.

use super::{MERGES, OVERRIDE, SpawnerSettings, choices, default_of, options, title_of};
use crate::hub::Hub;
use crate::values::Value;

/// The most combinations of choices that are looked at in one profile.
const MOST: usize = 64;

/// How the traits begin that change the resources of a server or its place.
const TOGETHER: [&str; 7] = [
    "mem_",
    "cpu_",
    "extra_resource_",
    "node_selector",
    "node_affinity_",
    "tolerations",
    "singleuser_node_selector",
];

/// The options of a profile that have choices, by the order in which they apply.
pub(super) struct OptionChoices<'v>(Vec<Choices<'v>>);

struct Choices<'v> {
    all: Vec<(&'v str, Option<&'v Value>)>,
    default: usize,
    /// Whether they change resources or placement.
    is_together: bool,
}

/// The settings of a profile, those with its default choices first.
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
    own.lay(profile.get(OVERRIDE), merges);
    let of_picks = |picks: Vec<usize>| {
        let mut settings = own.clone();
        let mut named = Vec::new();
        for (option, &pick) in options.0.iter().zip(&picks) {
            let (key, overrides) = option.all[pick];
            settings.lay(overrides, merges);
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
            let together = all.iter().filter_map(|(_, overrides)| *overrides);
            Some(Choices {
                is_together: together.into_iter().any(is_together),
                default: choices(option).position(|(_, choice)| is_chosen(choice))?,
                all,
            })
        });
        Self(with_choices.collect())
    }

    /// How many combinations there are of what changes resources or placement.
    pub(super) fn total(&self) -> usize {
        let counts = self.together().map(|option| option.all.len());
        counts.fold(1, usize::saturating_mul)
    }

    /// How many of them are looked at.
    pub(super) fn checked(&self) -> usize {
        self.total().min(MOST.max(self.alone()))
    }

    /// Those with the defaults and those with one choice alone.
    fn alone(&self) -> usize {
        self.together()
            .fold(1, |count, option| count + option.all.len() - 1)
    }

    fn together(&self) -> impl Iterator<Item = &Choices<'v>> {
        self.0.iter().filter(|option| option.is_together)
    }

    /// Which choice of each option: the defaults, then each other choice alone, then the combinations.
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
        let more = self.checked() - self.alone();
        let combined = (0..self.total()).map(|number| self.combination(number, &defaults));
        all.extend(combined.filter(is_new).take(more));
        all
    }

    /// One of the combinations by its number: a number whose digits are the choices.
    fn combination(&self, number: usize, defaults: &[usize]) -> Vec<usize> {
        let mut rest = number;
        let mut picks = defaults.to_vec();
        for (pick, option) in picks.iter_mut().zip(&self.0) {
            if option.is_together {
                *pick = rest % option.all.len();
                rest /= option.all.len();
            }
        }
        picks
    }
}

fn is_together(overrides: &Value) -> bool {
    super::entries(Some(overrides)).any(|(name, _)| {
        let begins = |start: &&str| name.starts_with(*start);
        TOGETHER.iter().any(begins)
    })
}
