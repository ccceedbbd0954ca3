//! The rules, one file and one page each, by family. A page says why, shows what fails and what passes, and
//! is the rule's test.

mod culling;
mod hub;
mod images;
mod kubernetes;
mod layers;
mod manifests;
mod node_pools;
mod pasted;
mod placeholders;
mod policy;
mod pre_puller;
mod priorities;
mod resources;
mod scheduler;
mod schema;
mod suppressions;
mod syntax;
mod upgrades;

pub(super) use self::kubernetes::refused_value::finding as refused_object;
use super::rule::{Claim, Rule};

/// The rule about manifests that is the least particular one.
pub(super) const REFUSED_FIELD: &str = kubernetes::refused_field::RULE.code.id;

/// All rules, by their codes.
pub static RULES: &[Rule] = &[
    suppressions::no_such_rule::RULE,
    culling::disabled::RULE,
    culling::interval::RULE,
    culling::zero_means_default::RULE,
    culling::deletes_volumes::RULE,
    culling::max_age::RULE,
    culling::kernels_keep_alive::RULE,
    culling::role_clobbered::RULE,
    hub::not_ha::RULE,
    hub::database::RULE,
    hub::singleton_pdb::RULE,
    hub::start_timeout_too_short::RULE,
    hub::spawn_limit_below_burst::RULE,
    hub::activity_at_scale::RULE,
    hub::config_bypasses_chart::RULE,
    hub::ignored_config::RULE,
    hub::unknown_authenticator::RULE,
    hub::unknown_trait::RULE,
    hub::wrong_trait_type::RULE,
    hub::unknown_service_key::RULE,
    images::broken_reference::RULE,
    images::floating_tag::RULE,
    kubernetes::refused_value::RULE,
    kubernetes::refused_field::RULE,
    kubernetes::url_as_host::RULE,
    kubernetes::ingress_host::RULE,
    kubernetes::dangling_mount::RULE,
    kubernetes::dangling_name::RULE,
    kubernetes::relative_mount_path::RULE,
    node_pools::ored_required_affinity::RULE,
    node_pools::profile_replaces_placement::RULE,
    node_pools::tolerates_but_does_not_select::RULE,
    node_pools::dedicated_toleration::RULE,
    node_pools::core_pods_partly_pinned::RULE,
    node_pools::placement_contradiction::RULE,
    node_pools::extra_pod_config_bypass::RULE,
    node_pools::malformed_toleration::RULE,
    node_pools::user_pods_safe_to_evict::RULE,
    node_pools::purpose_without_pool::RULE,
    placeholders::without_priority::RULE,
    placeholders::dead_replicas::RULE,
    placeholders::size_differs::RULE,
    placeholders::unit_drift::RULE,
    placeholders::one_pool_only::RULE,
    policy::misspelled_chart::RULE,
    pre_puller::placeholders_without_puller::RULE,
    pre_puller::misses_tainted_pool::RULE,
    pre_puller::wrong_pool::RULE,
    pre_puller::profile_images_not_pulled::RULE,
    pre_puller::images_not_seen::RULE,
    pre_puller::unused_default_image::RULE,
    pre_puller::too_many_images::RULE,
    pre_puller::hook_can_block::RULE,
    pre_puller::dead_config::RULE,
    priorities::order::RULE,
    priorities::below_cutoff::RULE,
    priorities::global_default::RULE,
    priorities::hook_puller_class_not_yet_there::RULE,
    resources::bad_memory_unit::RULE,
    resources::cpu_not_a_number::RULE,
    resources::guarantee_over_limit::RULE,
    resources::overcommit::RULE,
    resources::limit_without_guarantee::RULE,
    resources::implausible_memory::RULE,
    resources::gpu_limit_missing::RULE,
    resources::combinations_not_all_checked::RULE,
    scheduler::packing_mismatch::RULE,
    scheduler::pinned::RULE,
    scheduler::drain_deadlock::RULE,
    schema::unknown_key::RULE,
    schema::misplaced_key::RULE,
    schema::outside_subchart::RULE,
    schema::removed_key::RULE,
    schema::wrong_type::RULE,
    schema::unknown_override::RULE,
    schema::misplaced_profile_key::RULE,
    schema::ambiguous_default::RULE,
    schema::bad_config_section::RULE,
    schema::pinned_internal_image::RULE,
    schema::missing_key::RULE,
    schema::wrong_override_type::RULE,
    schema::broken_template::RULE,
    schema::metadata_both_ways::RULE,
    schema::unnamed_profile::RULE,
    suppressions::unused::RULE,
    suppressions::expired::RULE,
    suppressions::without_reason::RULE,
    suppressions::malformed::RULE,
    syntax::duplicate_value_key::RULE,
    syntax::null_erases::RULE,
    syntax::number_where_string::RULE,
    syntax::yaml11_boolean::RULE,
    syntax::non_string_scalar::RULE,
    syntax::multi_document::RULE,
    syntax::empty_map::RULE,
    syntax::yaml11_boolean_key::RULE,
    pasted::typographic_quotes::RULE,
    pasted::invisible_character::RULE,
    pasted::placeholder::RULE,
    pasted::missing_space::RULE,
    pasted::helm_header::RULE,
    upgrades::names_change::RULE,
    upgrades::nobody_allowed::RULE,
    upgrades::database_not_upgraded::RULE,
    upgrades::egress_opens::RULE,
    upgrades::default_changes::RULE,
    upgrades::copied_default::RULE,
    upgrades::overrides_merge::RULE,
    layers::dead_override::RULE,
    layers::list_replaced::RULE,
    layers::contradicted_across_files::RULE,
    manifests::core_toleration_missing::RULE,
    manifests::tolerates_without_selecting::RULE,
    manifests::undefined_priority_class::RULE,
    manifests::invalid_priority_class::RULE,
    manifests::puller_misses_pool::RULE,
    manifests::puller_image_drift::RULE,
    manifests::affinity_forbids_packing::RULE,
    manifests::scale_down_blocker::RULE,
    manifests::disruption_budget::RULE,
    manifests::duplicate_key::RULE,
    manifests::non_string::RULE,
    manifests::misnamed_strategy::RULE,
    manifests::malformed_toleration::RULE,
    manifests::unreadable::RULE,
];

/// What claims the violations of a chart's schema, the more particular ones first: the first one that does is the only
/// one that reports it.
pub static VIOLATIONS: &[Claim] = &[
    schema::misplaced_key::check,
    schema::unknown_key::check,
    schema::missing_key::check,
    pasted::missing_space::check,
    syntax::number_where_string::check,
    syntax::yaml11_boolean::check,
    schema::wrong_type::check,
];
