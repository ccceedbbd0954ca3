use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

mod lines;
mod scripts;

/// Checks what is shown of `text`: `expected` is the text with each hidden run as one `*`.
#[track_caller]
fn check_masked(text: &str, expected: &str) {
    let masked = mask(text);
    let mut shown = String::new();
    for letter in masked.chars() {
        if letter != '*' || !shown.ends_with('*') {
            shown.push(letter);
        }
    }
    assert_eq!(shown, expected);
    assert_eq!(masked.len(), text.len());
}

#[track_caller]
fn check_shown(text: &str) {
    assert_eq!(mask(text), text);
}

#[test]
fn data_of_a_secret() {
    check_masked(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: hub\ntype: Opaque\ndata:\n  a: eA==\n  b: |\n    line one\n\n    c: line two\nstringData:\n  \"d\": 'plain'\nimmutable: true\n",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: hub\ntype: Opaque\ndata:\n  a: *\n  b: |\n    *\n\n    *\nstringData:\n  \"d\": *\nimmutable: true\n",
    );
}

#[test]
fn kind_may_come_last_and_counts_for_its_document_only() {
    check_masked(
        "kind: ConfigMap\ndata:\n  a: shown\n---\nstringData:\n  a: x\nkind: \"Secret\" # why\n--- # next\ndata: {a: shown}\n",
        "kind: ConfigMap\ndata:\n  a: shown\n---\nstringData:\n  a: *\nkind: \"Secret\" # why\n--- # next\ndata: {a: shown}\n",
    );
}

#[test]
fn a_line_of_dashes_and_letters_separates_no_documents() {
    check_masked(
        "data:\n  a: x1\n-----X\nkind: Secret\n",
        "data:\n  a: *\n*\nkind: Secret\n",
    );
}

#[test]
fn marks_and_directives_are_no_data() {
    check_masked(
        "kind: Secret\nstringData:\n  a: b\n...\n%YAML 1.2\n---\nkind: A\n",
        "kind: Secret\nstringData:\n  a: *\n...\n%YAML 1.2\n---\nkind: A\n",
    );
}

#[test]
fn data_in_brackets() {
    check_masked(
        "{\"kind\":\"Secret\",\"data\":{\"a\":\"eA==\",\"b\":\"eQ==\"},\"type\":\"Opaque\"}",
        "{\"kind\":\"Secret\",\"data\":{\"a\":*,\"b\":*},\"type\":\"Opaque\"}",
    );
    check_masked(
        "kind: Secret\ndata: {a: eA==, b: eQ==}\n",
        "kind: Secret\ndata: {a: *, b: *}\n",
    );
    check_masked(
        "{\n  \"kind\": \"Secret\",\n  \"data\": {\n    \"a\": \"eA==\"\n  }\n}\n",
        "{\n  \"kind\": \"Secret\",\n  \"data\": {\n    \"a\": *\n  }\n}\n",
    );
    check_masked(
        "kind: Secret\ndata: {\na: eA==\n}\n",
        "kind: Secret\ndata: {\na: *\n}\n",
    );
}

#[test]
fn comments_and_quotes_in_brackets() {
    check_masked(
        "a: {b: c, # it's } here\n  password: x}\nd: e\n",
        "a: {b: c, # it's } here\n  password: *}\nd: e\n",
    );
    check_masked(
        "extraEnv: {A: x # it's\n }\nd: e\n",
        "extraEnv: {A: * # it's\n }\nd: e\n",
    );
    check_masked("a: {password: x#y, b: c}\n", "a: {password: *, b: c}\n");
    check_masked(
        "a: {b: it's, password: x}\nd: e\n",
        "a: {b: it's, password: *}\nd: e\n",
    );
    check_masked(
        "a: {credentials: user: x, b: c}\n",
        "a: {credentials: *, b: *}\n",
    );
    for scalar in ["it's", "x#y"] {
        check_masked(
            &format!("password: {{a: {scalar}}}\nd: efg\n"),
            "password: {a: *}\nd: efg\n",
        );
    }
    check_masked(
        "extraEnv: {name: x, type: z}\n",
        "extraEnv: {name: *, type: *}\n",
    );
}

#[test]
fn data_that_does_not_parse() {
    check_masked(
        "kind: Secret\ndata: {a: eA==\nstringData:\n  b: \"eQ==\n  rest\n",
        "kind: Secret\ndata: {a: *\nstringData:\n  b: *\n  *\n",
    );
    check_masked(
        "kind: Secret\nstringData:\n  a: \"one\ntwo: three\"\n",
        "kind: Secret\nstringData:\n  a: *\n*\n",
    );
    check_masked(
        "kind: Secret\nstringData:\n  a: |\nlost indentation\n",
        "kind: Secret\nstringData:\n  a: |\n*\n",
    );
    check_masked(
        "kind: Secret\ndata:\n\ta: eA==\n",
        "kind: Secret\ndata:\n\ta: *\n",
    );
    check_masked(
        "kind: Secret\ndata:\n  a: one\n    b: two\n",
        "kind: Secret\ndata:\n  a: *\n    *\n",
    );
}

#[test]
fn anchors_and_tags_hide_nothing_from_us() {
    check_masked(
        "kind: Secret\ndata: &d\n  a: !!str eA==\n",
        "kind: Secret\ndata: &d\n  a: !!str *\n",
    );
}

#[test]
fn values_of_environment_variables() {
    check_masked(
        "env:\n- name: A\n  value: x\n- name: B\n  valueFrom:\n    secretKeyRef:\n      name: s\n      key: k\n- value: \"true\"\n  name: C\nports: []\n",
        "env:\n- name: A\n  value: *\n- name: B\n  valueFrom:\n    secretKeyRef:\n      name: s\n      key: k\n- value: \"true\"\n  name: C\nports: []\n",
    );
    check_masked(
        "env: [{name: A, value: x y}, {name: B}]\n",
        "env: [{name: A, value: *}, {name: B}]\n",
    );
    check_masked(
        "extraEnv:\n  HUB_URL: x\n  OTHER:\n    value: >-\n      y\n",
        "extraEnv:\n  HUB_URL: *\n  OTHER:\n    value: >-\n      *\n",
    );
    check_masked(
        "\"env\":[{\"name\":\"A\",\"value\":\"x\"}]",
        "\"env\":[{\"name\":\"A\",\"value\":*}]",
    );
}

#[test]
fn keys_that_name_credentials() {
    check_masked(
        "hub:\n  cookieSecret: abc\n  db:\n    PASSWORD: 12 # old\n",
        "hub:\n  cookieSecret: *\n  db:\n    PASSWORD: *\n",
    );
    check_masked(
        "CryptKeeper:\n  keys:\n  - one\n  - two\n",
        "CryptKeeper:\n  keys:\n  - *\n  - *\n",
    );
    check_masked(
        "api-key: |-\n  one\n  two\nnext: 1\n",
        "api-key: |-\n  *\n  *\nnext: 1\n",
    );
    check_masked(
        "{client_secret: a, user: b, apiTokens: [c, d]}",
        "{client_secret: *, user: b, apiTokens: [*, *]}",
    );
    check_masked(
        "credentials:\n  user: u\n  enabled: true\n",
        "credentials:\n  user: *\n  enabled: true\n",
    );
}

#[test]
fn credentials_in_running_text() {
    check_masked(
        "args: [--token=abc, --user=me]\n",
        "args: [--token=*, --user=me]\n",
    );
    check_masked(
        "config.py: |\n  c.Hub.api_token = \"abc\"\n  if token == 'x': pass\n",
        "config.py: |\n  c.Hub.api_token = *\n  if token == *: pass\n",
    );
    check_masked("oops: my password: abc\n", "oops: my password: *\n");
}

#[test]
fn settings_are_hidden_only_where_their_key_names_a_credential() {
    check_masked(
        "env: {DEBUG: on, PORT: 8080, LEVEL: '3', ID: 123456, API_TOKEN: 1234, DB_PASSWORD: off}\n",
        "env: {DEBUG: on, PORT: 8080, LEVEL: '3', ID: *, API_TOKEN: *, DB_PASSWORD: *}\n",
    );
    check_masked(
        "extraEnv:\n  DEBUG: on\n  PORT: 8080\n  API_TOKEN: 1234\n  NONE: null\n  key: abc\n",
        "extraEnv:\n  DEBUG: on\n  PORT: 8080\n  API_TOKEN: *\n  NONE: null\n  key: *\n",
    );
    check_masked(
        "env:\n- name: PIN_TOKEN\n  value: \"1234\"\n- value: 1234\n  name: DB_PASSWORD\n- {value: 12, name: SALT}\n- {name: SALT, value: 12}\n",
        "env:\n- name: PIN_TOKEN\n  value: *\n- value: *\n  name: DB_PASSWORD\n- {value: *, name: SALT}\n- {name: SALT, value: *}\n",
    );
    check_masked(
        "auth: {type: github, key: abc}\nencryption:\n  key: 12\nwebhook:\n  url: abc\n  enabled: true\n",
        "auth: {type: github, key: *}\nencryption:\n  key: *\nwebhook:\n  url: *\n  enabled: true\n",
    );
}

#[test]
fn what_stands_around_a_value_gives_it_its_meaning() {
    check_masked(
        "x:\n  name: DB_PASSWORD\n  value: 12\ny:\n  name: LEVEL\n  value: 12\n",
        "x:\n  name: DB_PASSWORD\n  value: *\ny:\n  name: LEVEL\n  value: 12\n",
    );
    check_masked(
        "x:\n  name: DB_PASSWORD\n  y:\n    value: 12\n",
        "x:\n  name: DB_PASSWORD\n  y:\n    value: 12\n",
    );
    check_masked(
        "env:\n- value: |\n    x\n  name: DB_PASSWORD\n- value: ''\n  name: SALT\n",
        "env:\n- value: |\n    *\n  name: DB_PASSWORD\n- value: ''\n  name: SALT\n",
    );
    check_masked(
        "webhook:\n- url: abc\nhub:\n- url: abc\n",
        "webhook:\n- url: *\nhub:\n- url: abc\n",
    );
}

#[test]
fn files_of_a_hub() {
    check_masked(
        "hub:\n  extraFiles:\n    a:\n      mountPath: /a\n      stringData: |\n        one\n        two: 3\n      mode: 0644\nsingleuser:\n  extraFiles: {b: {data: {c: d}, binaryData: e, mode: 420}}\n",
        "hub:\n  extraFiles:\n    a:\n      mountPath: /a\n      stringData: |\n        *\n        *\n      mode: 0644\nsingleuser:\n  extraFiles: {b: {data: {c: *}, binaryData: *, mode: 420}}\n",
    );
}

#[test]
fn a_block_that_hides_has_no_end_while_its_document_does_not_parse() {
    check_masked(
        "kind: Secret\nmetadata: {name: s}\nstringData:\n  tls.key: first\nsecond\n  token-file: third\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: shown\n",
        "kind: Secret\nmetadata: {name: s}\nstringData:\n  tls.key: *\n*\n  *\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: shown\n",
    );
    check_masked(
        "kind: Secret\nstringData:\n  a: |\n    one\ntwo: x\n  key: three\n",
        "kind: Secret\nstringData:\n  a: |\n    *\n*\n  *\n",
    );
    check_masked(
        "hub:\n  extraEnv:\n    A: first\n second: x\n  db:\n    type: sqlite\n    upgrade: true\n# note: x\n",
        "hub:\n  extraEnv:\n    A: *\n *\n  db:\n    type: sqlite\n    upgrade: true\n# note: *\n",
    );
    check_masked(
        "hub:\n  cookieSecret: |\n    one\ntwo\n  name: three\n  level: four\n",
        "hub:\n  cookieSecret: |\n    *\n*\n  *\n  *\n",
    );
    // Nothing in the text tells that the document does not parse, but whoever parsed it does.
    let text = "kind: Secret\nstringData:\n  a: one\nb: two\n---\nb: three\n";
    assert_eq!(masked(text, &[]).len(), 1);
    let hidden = masked(text, &[20]);
    let hidden: Vec<&str> = hidden.into_iter().map(|range| &text[range]).collect();
    assert_eq!(hidden, ["one", "b: two"]);
}

#[test]
fn an_error_breaks_the_documents_that_it_touches() {
    let part = "kind: Secret\nstringData:\n  a: one\nb: two\n";
    let text = format!("{part}---\n{part}");
    let hidden = |at: usize| masked(&text, &[at]).len();
    assert_eq!(masked(&text, &[]).len(), 2);
    // Only in a document that is broken, a line below its data is hidden too.
    assert_eq!(hidden(part.len() - 1), 3);
    assert_eq!(hidden(part.len()), 4);
    assert_eq!(hidden(part.len() + 1), 3);
}

#[test]
fn a_line_that_yaml_cannot_have_breaks_its_document() {
    check_masked(
        "kind: Secret\nstringData:\n  a: |\n    one\n  b: \"x\" y\nrest: z\n",
        "kind: Secret\nstringData:\n  a: |\n    *\n  b: *\n*\n",
    );
    check_masked(
        "hub:\n  password: one\n    b: two\nnext: abc\n",
        "hub:\n  password: *\n    *\nnext: *\n",
    );
    check_masked(
        "hub:\n  cookieSecret: one\ntwo\nnext: abc\n",
        "hub:\n  cookieSecret: *\n*\nnext: *\n",
    );
    check_masked("kind: Secret\n}\nx\n", "kind: Secret\n}\n*\n");
    check_masked(
        "kind: Secret\nmetadata:\n  name: a\n    b\n",
        "kind: Secret\nmetadata:\n  name: a\n    *\n",
    );
    check_masked(
        "kind: Secret\nstringData:\n  a:\n    one\n    two: x\n",
        "kind: Secret\nstringData:\n  a:\n    *\n    *\n",
    );
    check_masked(
        "hub:\n  password: \"one\n  b: c\nnext: abc\n",
        "hub:\n  password: *\n  b: *\nnext: *\n",
    );
    // A scalar may go over several lines.
    check_masked(
        "hub:\n  password: \"one\n    two\"\nnext: abc\n",
        "hub:\n  password: *\n*\nnext: abc\n",
    );
    check_masked(
        "hub:\n  password: one\n    two\nnext: abc\n",
        "hub:\n  password: *\n    *\nnext: abc\n",
    );
    check_masked(
        "kind: Secret\nmetadata:\n  finalizers:\n  - hub\ndata:\n  a: b\n",
        "kind: Secret\nmetadata:\n  finalizers:\n  - hub\ndata:\n  a: *\n",
    );
    // An item that begins in the next line is none.
    check_masked(
        "env:\n-\n  name: A\n  value: x\n-\n  name: B\nother:\n  level: c\n",
        "env:\n-\n  name: A\n  value: *\n-\n  name: B\nother:\n  level: c\n",
    );
}

#[test]
fn documents_in_quotes() {
    check_masked(
        "{\"values.yaml\": \"hub:\\n  extraEnv:\\n    A: x\\n\", \"b\": \"a\\n\\\"b\\\"\"}",
        "{\"values.yaml\": *, \"b\": \"a\\n\\\"b\\\"\"}",
    );
    check_masked(
        "values: \"{\\\"env\\\": {\\\"A\\\": \\\"x\\\"}}\"\nnext: 1\n",
        "values: *\nnext: 1\n",
    );
}

#[test]
fn names_that_only_refer() {
    check_shown(
        "imagePullSecrets:\n- name: pull\nautomountServiceAccountToken: false\nvolumes:\n- secret:\n    secretName: hub\n    items:\n    - key: a\n      path: b\n\
         - projected:\n    sources:\n    - serviceAccountToken:\n        expirationSeconds: 3607\n        path: token\nexistingSecret: hub\n\
         args:\n- --metrics-auth-token-path=/run/x\ntoken: ''\nsecretToken: null\npassword:\n",
    );
}

#[test]
fn scheduling_lines_stay() {
    check_shown(
        "kind: Deployment\nmetadata:\n  labels: {env: prod, app: secret-service}\nspec:\n  tolerations:\n  - key: hub.jupyter.org/dedicated\n    operator: Equal\n    value: core\n    effect: NoSchedule\n\
         \x20 affinity:\n    nodeAffinity:\n      matchExpressions:\n      - key: hub.jupyter.org/node-purpose\n        operator: In\n        values: [core]\n\
         \x20 containers:\n  - image: example.org:5000/secret/token:1.2\n    env:\n    - name: POD\n      valueFrom: {fieldRef: {fieldPath: metadata.name}}\n    resources: {limits: {cpu: 1}}\n\
         \x20   args: ['a', \"b: c\", it's]\n",
    );
}

#[test]
fn passwords_in_urls() {
    check_masked(
        "db: postgres://hub:pa/s:s@db.example.org/hub\n",
        "db: postgres://hub:*@db.example.org/hub\n",
    );
    check_shown("url: http://example.org:8000/a@b\nmail: ssh://git@example.org:22/x\n");
}

#[test]
fn encrypted_values_and_private_keys() {
    check_masked("a: ENC[AES256_GCM,data:x]\n", "a: ENC[*]\n");
    check_masked(
        "x: |\n  -----BEGIN RSA PRIVATE KEY-----\n  abc\n  -----END RSA PRIVATE KEY-----\n  -----BEGIN CERTIFICATE-----\n  abc\n",
        "x: |\n  -----BEGIN RSA PRIVATE KEY-----\n*\n*-----END RSA PRIVATE KEY-----\n  -----BEGIN CERTIFICATE-----\n  abc\n",
    );
    assert_eq!(
        mask_message("`token: x` at a://u:p@h"),
        "`token: x` at a://u:*@h"
    );
}

#[test]
fn hostile_texts_take_no_longer_than_their_length() {
    let size = 1_000_000;
    for unit in [
        "{",
        "- ",
        "a: {",
        "\"",
        "://",
        "://a:",
        "kind:&",
        "ENC[",
        "token: ",
        "token=\"",
        "'",
        "a: \"\n",
        "a: [\n",
        "- - - -\n",
        "-----BEGIN ",
        "xoxb-",
        "9Q~",
        "?key=",
        "hooks.slack.com/services/",
        "token = (",
        "(\"token\",",
        "curl -u ",
        "\\\"",
        "stringData:\n  a: |\n    b\nc\n",
    ] {
        let text = unit.repeat(size / unit.len());
        assert_eq!(mask(&text).len(), text.len(), "{unit}");
    }
}

proptest! {
    #[test]
    fn length_and_newlines_stay(text in "(kind: Secret|data:|env:|password|token| value: |- |\\{|\\}|\\[|\\]|\"|'|: |=|#|\r?\n|  |a|\u{e4}|://|@|,|\\||-----BEGIN PRIVATE KEY-----|---|\\\\){0,60}") {
        let masked = mask(&text);
        prop_assert_eq!(masked.len(), text.len());
        let newlines = |text: &str| text.match_indices(['\n', '\r']).map(|(at, _)| at).collect::<Vec<_>>();
        prop_assert_eq!(newlines(&masked), newlines(&text));
        let ranges = super::masked(&text, &[]);
        prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
    }

    #[test]
    fn no_value_of_a_secret_is_left(values in prop::collection::vec("[a-z:#\\-\"' {}\\[\\],\n\t|>&*!?\\\\]{0,12}HUNTER[a-z:#\\-\"' {}\\[\\],\n\\\\]{0,12}", 1..4), before in prop::bool::ANY) {
        let data: BTreeMap<String, String> = values.into_iter().enumerate().map(|(index, value)| (format!("k{index}"), value)).collect();
        let kind = if before { "akind" } else { "zkind" };
        let object = serde_json::json!({"kind": "Secret", kind: "x", "stringData": data, "zz": {"shown": "visible"}});
        let list = serde_json::json!({"kind": "List", "items": [object.clone()]});
        let env = serde_json::json!({"env": data.values().map(|value| serde_json::json!({"name": "A", "value": value})).collect::<Vec<_>>(), "zz": "visible"});
        for object in [object, list, env] {
            for text in [serde_yaml::to_string(&object).unwrap(), object.to_string(), serde_json::to_string_pretty(&object).unwrap()] {
                let masked = mask(&text);
                prop_assert!(!masked.contains("HUNTER"), "{}", masked);
                prop_assert!(masked.contains("visible"), "{}", masked);
            }
        }
    }
}

#[test]
fn a_line_that_only_some_readers_end_hides_no_secret() {
    for end in ["\r", "\u{85}", "\u{2028}", "\u{2029}"] {
        for text in [
            "kind: ConfigMap\nmetadata: {name: s}|kind: Secret|stringData: [ZQ1\n",
            "hub:\n  image: a|  extraEnv:|    A: ZQ1|  port: 1\n",
            "a: b|password: ZQ1|c: d\n",
        ] {
            let text = text.replace('|', end);
            let shown = mask(&text);
            assert!(!shown.contains("ZQ"), "{text:?}: {shown}");
            assert_eq!(shown.len(), text.len());
        }
    }
}

#[test]
fn what_hides_nothing_is_not_copied() {
    let text = "a: b c";
    let shown = |range: Range<usize>| starred(text, range, &[0..1, 5..6]);
    assert!(matches!(shown(1..5), Cow::Borrowed(": b ")));
    assert!(matches!(shown(2..2), Cow::Borrowed("")));
    assert_eq!(shown(0..6), "*: b *");
    assert_eq!(shown(0..5), "*: b ");
}

#[test]
fn line_feeds_stand_only_where_readers_differ() {
    assert_eq!(with_line_feeds("a\r\nb\n"), None);
    assert_eq!(with_line_feeds("\u{e4}\r\n"), None);
    assert_eq!(with_line_feeds("a\rb\r\n").as_deref(), Some("a\nb\r\n"));
    assert_eq!(with_line_feeds("a\u{85}b").as_deref(), Some("a \nb"));
    assert_eq!(with_line_feeds("a\u{2028}b").as_deref(), Some("a  \nb"));
    assert_eq!(
        with_line_feeds("a\u{2029}\u{e4}").as_deref(),
        Some("a  \n\u{e4}")
    );
}

#[test]
fn items_of_several_lines_are_hidden_whole() {
    for item in [
        "|\n    ZQ1:\n",
        "|-\n\n    #ZQ1\n    ZQ2: a\n",
        "\"ZQ1\n    ZQ2: a\"\n",
    ] {
        let text = format!("proxy:\n  secretToken:\n  - {item}  port: 1\n");
        let shown = mask(&text);
        assert!(!shown.contains("ZQ"), "{text}: {shown}");
        assert!(shown.ends_with("  port: 1\n"), "{text}: {shown}");
    }
}

#[test]
fn a_bracket_in_a_block_scalar_closes_in_it_or_not_at_all() {
    check_masked(
        "args:\n- |-\n  [b\n  'a\nx: c'\"\ndb:\n  pwd: |-\n    [hunter\n    d[\"e\"] f\"]\n",
        "args:\n- |-\n  [b\n  'a\nx: c'\"\ndb:\n  pwd: |-\n    *\n    *\n",
    );
    check_masked(
        "a: |\n  { 'x\npassword: |\n  one\n  two' }\n",
        "a: |\n  { 'x\npassword: |\n  *\n  *\n",
    );
}
