//! Everything that can be wrong in a policy.

use crate::diag::Code;

/// The text cannot be parsed.
pub static NOT_YAML: Code = Code::error("PO001", "policy-not-yaml", "the policy is not YAML")
    .page(include_str!("codes/not_yaml.md"));

/// The file is empty, a list or a word.
pub static NOT_A_MAPPING: Code = Code::error(
    "PO002",
    "policy-not-a-mapping",
    "the policy holds no keys at its top",
)
.page(include_str!("codes/not_a_mapping.md"));

/// A `---` begins a second policy.
pub static SEVERAL_DOCUMENTS: Code = Code::error(
    "PO003",
    "policy-several-documents",
    "the policy file holds more than one document",
)
.page(include_str!("codes/several_documents.md"));

/// One of the two would be lost without a word.
pub static DUPLICATE_KEY: Code = Code::error(
    "PO004",
    "policy-duplicate-key",
    "a key stands twice in one mapping",
)
.page(include_str!("codes/duplicate_key.md"));

/// Aliases without end, keys that are lists, infinite numbers.
pub static NO_JSON: Code = Code::error(
    "PO005",
    "policy-not-json",
    "the policy has no counterpart in JSON",
)
.page(include_str!("codes/no_json.md"));

/// Misspelled, or under the wrong parent.
pub static UNKNOWN_KEY: Code = Code::error(
    "PO006",
    "policy-unknown-key",
    "a key is not known at its place",
)
.page(include_str!("codes/unknown_key.md"));

/// Something that has no default is left out.
pub static MISSING_KEY: Code = Code::error(
    "PO007",
    "policy-missing-key",
    "a key that has to be there is missing",
)
.page(include_str!("codes/missing_key.md"));

/// A number for a string, a word for a list.
pub static WRONG_TYPE: Code =
    Code::error("PO008", "policy-wrong-type", "a value is of the wrong type")
        .page(include_str!("codes/wrong_type.md"));

/// The type is right, the value is not.
pub static WRONG_VALUE: Code = Code::error(
    "PO009",
    "policy-wrong-value",
    "a value is not one of those allowed",
)
.page(include_str!("codes/wrong_value.md"));

/// A key that a later version reads.
pub static NOT_SUPPORTED: Code = Code::error(
    "PO010",
    "policy-not-supported",
    "the policy uses a section that this version does not know yet",
)
.page(include_str!("codes/not_supported.md"));

/// `version` is not 1.
pub static WRONG_VERSION: Code = Code::error(
    "PO011",
    "policy-wrong-version",
    "the policy is written in another version of the format",
)
.page(include_str!("codes/wrong_version.md"));

/// No pool of this name stands under `pools`.
pub static UNDEFINED_POOL: Code = Code::error(
    "PO012",
    "policy-undefined-pool",
    "a row names a pool that is not defined",
)
.page(include_str!("codes/undefined_pool.md"));

/// Neither `key=value:Effect` nor `key:Effect`.
pub static BAD_TAINT: Code = Code::error(
    "PO013",
    "policy-bad-taint",
    "a taint is not written as kubectl writes it",
)
.page(include_str!("codes/bad_taint.md"));

/// An unclosed `[`, or three and more `*`.
pub static BAD_GLOB: Code = Code::error("PO014", "policy-bad-glob", "a pattern cannot be read")
    .page(include_str!("codes/bad_glob.md"));

/// A key or a value with characters that labels cannot have.
pub static BAD_LABEL: Code = Code::error(
    "PO015",
    "policy-bad-label",
    "Kubernetes refuses a label like this",
)
.page(include_str!("codes/bad_label.md"));

/// Neither `3` nor `1+`.
pub static BAD_EXPECT: Code = Code::error(
    "PO016",
    "policy-bad-expect",
    "an expected count cannot be read",
)
.page(include_str!("codes/bad_expect.md"));

/// Not a DNS subdomain in lower case.
pub static BAD_CLASS: Code = Code::error(
    "PO017",
    "policy-bad-priority-class",
    "Kubernetes refuses a priority class of this name",
)
.page(include_str!("codes/bad_class.md"));

/// `pool: none` beside keys that say what to change.
pub static PLACED_AND_LEFT_ALONE: Code = Code::error(
    "PO018",
    "policy-placed-and-left-alone",
    "a row leaves workloads alone and changes them",
)
.page(include_str!("codes/placed_and_left_alone.md"));

/// Empty, or with blanks in it.
pub static BAD_IMAGE: Code = Code::error(
    "PO019",
    "policy-bad-image",
    "an image reference cannot be one",
)
.page(include_str!("codes/bad_image.md"));

/// It is pulled once.
pub static DUPLICATE_IMAGE: Code = Code::note(
    "PO020",
    "policy-duplicate-image",
    "an image is listed twice",
)
.page(include_str!("codes/duplicate_image.md"));

/// Kinds are matched as they are spelled in manifests.
pub static UNKNOWN_KIND: Code = Code::warning(
    "PO021",
    "policy-unknown-kind",
    "a row asks for a kind that is not known to have pods",
)
.page(include_str!("codes/unknown_kind.md"));

/// The first row that matches decides.
pub static UNREACHABLE_ROW: Code = Code::warning(
    "PO022",
    "policy-unreachable-row",
    "an earlier row takes everything that a row matches",
)
.page(include_str!("codes/unreachable_row.md"));

/// Neither `2`, `500m` nor `60.8Gi`.
pub static BAD_QUANTITY: Code = Code::error(
    "PO023",
    "policy-bad-quantity",
    "an amount is not a quantity of Kubernetes",
)
.page(include_str!("codes/bad_quantity.md"));

/// Empty, or `none`, which means no pool.
pub static BAD_POOL_NAME: Code = Code::error(
    "PO024",
    "policy-bad-pool-name",
    "a pool cannot have this name",
)
.page(include_str!("codes/bad_pool_name.md"));

/// A path to a pod template cannot be read.
pub static BAD_PATH: Code = Code::error(
    "PO025",
    "policy-bad-path",
    "a path to a pod template cannot be read",
)
.page(include_str!("codes/bad_path.md"));

/// A kind has two entries under `templates`.
pub static DUPLICATE_KIND: Code = Code::error(
    "PO026",
    "policy-duplicate-kind",
    "a kind has two entries under `templates`",
)
.page(include_str!("codes/duplicate_kind.md"));

/// Neither `90s` nor `1h30m`.
pub static BAD_DURATION: Code =
    Code::error("PO027", "policy-bad-duration", "a time cannot be read")
        .page(include_str!("codes/bad_duration.md"));

/// Two releases of the linter have one name.
pub static DUPLICATE_RELEASE: Code = Code::error(
    "PO028",
    "policy-duplicate-release",
    "two releases of the linter have one name",
)
.page(include_str!("codes/duplicate_release.md"));

/// It would be counted in the releases of all charts.
pub static EXPECT_WITHOUT_CHART: Code = Code::error(
    "PO029",
    "policy-expect-without-chart",
    "`expect` needs `match.chart`, as other releases do not have these workloads",
)
.page(include_str!("codes/expect_without_chart.md"));

/// A node selector is one mapping of labels that are all required.
pub static BAD_SELECTION: Code = Code::error(
    "PO030",
    "policy-bad-node-selection",
    "a row's node selection contradicts its other keys or its pools",
)
.page(include_str!("codes/bad_selection.md"));

/// Every code of a policy, by id.
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
    &PLACED_AND_LEFT_ALONE,
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
];
