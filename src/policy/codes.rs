//! The codes of findings in a policy.

use crate::diag::Code;

/// The policy is not YAML.
pub static NOT_YAML: Code = Code::error("PO001", "policy-not-yaml", "the policy is not YAML")
    .page(include_str!("codes/not_yaml.md"));

/// The policy is empty, a list or a scalar.
pub static NOT_A_MAPPING: Code = Code::error(
    "PO002",
    "policy-not-a-mapping",
    "the policy is not a mapping",
)
.page(include_str!("codes/not_a_mapping.md"));

/// The policy file has a second YAML document.
pub static SEVERAL_DOCUMENTS: Code = Code::error(
    "PO003",
    "policy-several-documents",
    "the policy file has more than one YAML document",
)
.page(include_str!("codes/several_documents.md"));

/// A key is set twice; YAML readers would ignore one of the values.
pub static DUPLICATE_KEY: Code = Code::error(
    "PO004",
    "policy-duplicate-key",
    "a key is set twice in one mapping of the policy",
)
.page(include_str!("codes/duplicate_key.md"));

/// The policy has endless aliases, keys that are lists, or infinite numbers.
pub static NO_JSON: Code = Code::error(
    "PO005",
    "policy-not-json",
    "the policy cannot be converted to JSON",
)
.page(include_str!("codes/no_json.md"));

/// A key is misspelled or under the wrong parent.
pub static UNKNOWN_KEY: Code =
    Code::error("PO006", "policy-unknown-key", "unknown key in the policy")
        .page(include_str!("codes/unknown_key.md"));

/// A key without a default is missing.
pub static MISSING_KEY: Code = Code::error(
    "PO007",
    "policy-missing-key",
    "a required key of the policy is missing",
)
.page(include_str!("codes/missing_key.md"));

/// A value has another type than its key expects.
pub static WRONG_TYPE: Code = Code::error(
    "PO008",
    "policy-wrong-type",
    "a value in the policy has the wrong type",
)
.page(include_str!("codes/wrong_type.md"));

/// A value has the right type but is not allowed.
pub static WRONG_VALUE: Code = Code::error(
    "PO009",
    "policy-wrong-value",
    "a value in the policy is not allowed for its key",
)
.page(include_str!("codes/wrong_value.md"));

/// The policy uses a part of a later version of dunnage.
pub static NOT_SUPPORTED: Code = Code::error(
    "PO010",
    "policy-not-supported",
    "the policy uses a part that this version of dunnage does not support yet",
)
.page(include_str!("codes/not_supported.md"));

/// The format version is not 1.
pub static WRONG_VERSION: Code = Code::error(
    "PO011",
    "policy-wrong-version",
    "the policy has an unsupported format version",
)
.page(include_str!("codes/wrong_version.md"));

/// A row names a pool that `pools` does not define.
pub static UNDEFINED_POOL: Code = Code::error(
    "PO012",
    "policy-undefined-pool",
    "a row names an undefined pool",
)
.page(include_str!("codes/undefined_pool.md"));

/// A taint is neither `key=value:Effect` nor `key:Effect`.
pub static BAD_TAINT: Code = Code::error(
    "PO013",
    "policy-bad-taint",
    "a taint is not of the form `key=value:Effect`",
)
.page(include_str!("codes/bad_taint.md"));

/// A glob pattern has an unclosed `[`, or three or more `*`.
pub static BAD_GLOB: Code = Code::error(
    "PO014",
    "policy-bad-glob",
    "a glob pattern cannot be parsed",
)
.page(include_str!("codes/bad_glob.md"));

/// The key or the value of a label has characters that Kubernetes does not allow.
pub static BAD_LABEL: Code = Code::error(
    "PO015",
    "policy-bad-label",
    "a label is rejected by the API server",
)
.page(include_str!("codes/bad_label.md"));

/// `expect` is neither a number nor of the form `1+`.
pub static BAD_EXPECT: Code = Code::error("PO016", "policy-bad-expect", "`expect` is not a count")
    .page(include_str!("codes/bad_expect.md"));

/// The name of a priority class is not a DNS subdomain in lower case.
pub static BAD_CLASS: Code = Code::error(
    "PO017",
    "policy-bad-priority-class",
    "a priority class name is rejected by the API server",
)
.page(include_str!("codes/bad_class.md"));

/// A row with `pool: none` also has keys that change workloads.
pub static POOL_NONE_WITH_CHANGES: Code = Code::error(
    "PO018",
    "policy-pool-none-with-changes",
    "a row with `pool: none` also sets keys that change workloads",
)
.page(include_str!("codes/pool_none_with_changes.md"));

/// An image reference is empty or contains whitespace.
pub static BAD_IMAGE: Code = Code::error(
    "PO019",
    "policy-bad-image",
    "an image reference is empty or contains whitespace",
)
.page(include_str!("codes/bad_image.md"));

/// An image is listed twice and pulled once.
pub static DUPLICATE_IMAGE: Code = Code::note(
    "PO020",
    "policy-duplicate-image",
    "an image is listed twice in the policy",
)
.page(include_str!("codes/duplicate_image.md"));

/// A row matches a kind that is not known to have pods.
pub static UNKNOWN_KIND: Code = Code::warning(
    "PO021",
    "policy-unknown-kind",
    "a row matches a kind that is not known to have pods",
)
.page(include_str!("codes/unknown_kind.md"));

/// A row never applies, because the first matching row does.
pub static UNREACHABLE_ROW: Code = Code::warning(
    "PO022",
    "policy-unreachable-row",
    "a row never applies: an earlier row matches the same workloads",
)
.page(include_str!("codes/unreachable_row.md"));

/// An amount is not of the form `2`, `500m` or `60.8Gi`.
pub static BAD_QUANTITY: Code = Code::error(
    "PO023",
    "policy-bad-quantity",
    "an amount is not a Kubernetes quantity",
)
.page(include_str!("codes/bad_quantity.md"));

/// The name of a pool is empty or `none`.
pub static BAD_POOL_NAME: Code = Code::error(
    "PO024",
    "policy-bad-pool-name",
    "the name of a pool is empty or reserved",
)
.page(include_str!("codes/bad_pool_name.md"));

/// A path to a pod template cannot be parsed.
pub static BAD_PATH: Code = Code::error(
    "PO025",
    "policy-bad-path",
    "a path to a pod template cannot be parsed",
)
.page(include_str!("codes/bad_path.md"));

/// A kind is listed twice under `templates`.
pub static DUPLICATE_KIND: Code = Code::error(
    "PO026",
    "policy-duplicate-kind",
    "a kind is listed twice under `templates`",
)
.page(include_str!("codes/duplicate_kind.md"));

/// A duration is not of the form `90s` or `1h30m`.
pub static BAD_DURATION: Code = Code::error(
    "PO027",
    "policy-bad-duration",
    "a duration cannot be parsed",
)
.page(include_str!("codes/bad_duration.md"));

/// Two entries of `lint.releases` have the same name.
pub static DUPLICATE_RELEASE: Code = Code::error(
    "PO028",
    "policy-duplicate-release",
    "two entries of `lint.releases` have the same name",
)
.page(include_str!("codes/duplicate_release.md"));

/// `expect` has no chart and would be checked in the releases of all charts.
pub static EXPECT_WITHOUT_CHART: Code = Code::error(
    "PO029",
    "policy-expect-without-chart",
    "`expect` needs `match.chart`: other releases do not have these workloads",
)
.page(include_str!("codes/expect_without_chart.md"));

/// The node selection of a row contradicts its other keys or its pools.
pub static BAD_SELECTION: Code = Code::error(
    "PO030",
    "policy-bad-node-selection",
    "`nodeSelection` contradicts other keys or the pools of a row",
)
.page(include_str!("codes/bad_selection.md"));

/// An entry of `additions` has no chart and no release.
pub static ADDITION_FOR_ALL: Code = Code::error(
    "PO031",
    "policy-addition-for-all",
    "an entry of `additions` has no chart and no release to match",
)
.page(include_str!("codes/addition_for_all.md"));

/// An earlier entry of `additions` matches the same releases.
pub static UNREACHABLE_ADDITION: Code = Code::error(
    "PO032",
    "policy-unreachable-addition",
    "an entry of `additions` never applies: an earlier entry matches the same releases",
)
.page(include_str!("codes/unreachable_addition.md"));

/// Two entries of `additions` have the same name.
pub static DUPLICATE_ADDITION: Code = Code::error(
    "PO033",
    "policy-duplicate-addition",
    "two entries of `additions` have the same name",
)
.page(include_str!("codes/duplicate_addition.md"));

/// A pool that gets objects has no labels.
pub static POOL_WITHOUT_LABELS: Code = Code::error(
    "PO034",
    "policy-pool-without-labels",
    "a pool of `additions` has no labels: added pods could run on any node",
)
.page(include_str!("codes/pool_without_labels.md"));

/// Placeholders, pullers and users are in the wrong order, or the autoscaler ignores placeholders.
pub static BAD_PRIORITY: Code = Code::error(
    "PO035",
    "policy-bad-priority",
    "placeholder priority is not below the pullers', or is below the autoscaler's cutoff",
)
.page(include_str!("codes/bad_priority.md"));

/// All codes of the policy, sorted by id.
pub static ALL: &[&Code] = &[
    &NOT_YAML,
    &NOT_A_MAPPING,
    &SEVERAL_DOCUMENTS,
    &DUPLICATE_KEY,
    &NO_JSON,
    &UNKNOWN_KEY,
    &MISSING_KEY,
    &WRONG_TYPE,
    &WRONG_VALUE,
    &NOT_SUPPORTED,
    &WRONG_VERSION,
    &UNDEFINED_POOL,
    &BAD_TAINT,
    &BAD_GLOB,
    &BAD_LABEL,
    &BAD_EXPECT,
    &BAD_CLASS,
    &POOL_NONE_WITH_CHANGES,
    &BAD_IMAGE,
    &DUPLICATE_IMAGE,
    &UNKNOWN_KIND,
    &UNREACHABLE_ROW,
    &BAD_QUANTITY,
    &BAD_POOL_NAME,
    &BAD_PATH,
    &DUPLICATE_KIND,
    &BAD_DURATION,
    &DUPLICATE_RELEASE,
    &EXPECT_WITHOUT_CHART,
    &BAD_SELECTION,
    &ADDITION_FOR_ALL,
    &UNREACHABLE_ADDITION,
    &DUPLICATE_ADDITION,
    &POOL_WITHOUT_LABELS,
    &BAD_PRIORITY,
];
