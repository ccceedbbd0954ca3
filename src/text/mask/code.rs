//! Hides literals in code: Python above all, and languages with similar assignments (shell, INI, TOML, JSON in running
//! text).

use std::ops::Range;

use memchr::{memchr2_iter, memmem};

use super::verdict::Cover;
use super::{LONGEST_NAME, count, names};

pub(super) fn hide(text: &str, hidden: &mut Vec<Range<usize>>) {
    hide_assignments(text, hidden);
    hide_arguments(text, hidden);
    hide_updates(text, hidden);
}

/// Hides what follows the name of a credential in running text: `--token=x`, `password = "x"`, and a key where no key
/// belongs.
fn hide_assignments(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in memchr2_iter(b'=', b':', bytes) {
        if at < done {
            continue;
        }
        let found = if bytes[at] == b'=' {
            assigned(text, at)
        } else {
            beside_colon(text, at).map(|value| (value, Cover::Settings))
        };
        if let Some((value, cover)) = found
            && cover.hides(&text[value.clone()])
        {
            done = value.end;
            hidden.push(value);
        }
    }
}

/// Returns the range that an equals sign assigns to a credential or an environment variable.
fn assigned(text: &str, at: usize) -> Option<(Range<usize>, Cover)> {
    let bytes = text.as_bytes();
    let operators = bytes[..at].iter().rev().take(2);
    let operators = operators.take_while(|byte| matches!(byte, b'+' | b'|' | b':' | b'!' | b'='));
    let target = at - operators.count();
    let is_comparison =
        bytes.get(at + 1) == Some(&b'=') || (target < at && matches!(bytes[at - 1], b'=' | b'!'));
    let start = at
        + 1
        + count(&bytes[at + 1..], |byte| {
            matches!(byte, b'=' | b'>' | b' ' | b'\t')
        });
    let starts_literal = bytes.get(start).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'\\'));
    if is_comparison {
        let is_secret = starts_literal && names::is_credential(name_before(text, target));
        let literal = start..start + literal_length(&bytes[start..]);
        return is_secret.then_some((literal, Cover::Settings));
    }
    let line = line_start(text, target);
    let is_alone = is_statement(&text[line..target]);
    let targets = &text[line..target];
    let is_credential = names::is_credential(name_before(text, target))
        || (is_alone
            && targets.split(',').any(|one| names::is_credential(name_before(one, one.len()))));
    let cover = if is_credential {
        Cover::Settings
    } else if is_environment(text, target, &bytes[start..]) {
        Cover::Texts
    } else {
        return None;
    };
    let is_spaced = matches!(bytes.get(at + 1), Some(b' ' | b'\t'));
    let length = if is_alone {
        expression_length(&bytes[start..], false)
    } else if is_spaced || starts_literal || is_prefixed_literal(&bytes[start..]) {
        expression_length(&bytes[start..], true)
    } else {
        word_length(&bytes[start..])
    };
    Some((start..start + length, cover))
}

/// Returns the range that a colon and a space assign to a credential, in a mapping that YAML does not read as one.
fn beside_colon(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_quoted = at > 0 && matches!(bytes[at - 1], b'"' | b'\'');
    let is_pair = match bytes.get(at + 1).copied().unwrap_or(b'\n') {
        b' ' | b'\t' => true,
        byte => is_quoted && matches!(byte, b'"' | b'\'' | b'\\'),
    };
    if !is_pair || !names::is_credential(name_before(text, at)) {
        return None;
    }
    let start = at + 1 + count(&bytes[at + 1..], |byte| matches!(byte, b' ' | b'\t'));
    let rest = &bytes[start..];
    match rest.first() {
        // A collection or a block scalar; its content is judged by its own keys.
        Some(b'{' | b'[' | b'|' | b'>' | b'&' | b'!') => None,
        _ => Some(start..start + pair_length(rest)),
    }
}

/// Returns the name before a sign: `c.X.client_secret`, `"token"`, `os.environ["TOKEN"]`.
fn name_before(text: &str, end: usize) -> &str {
    let bytes = text.as_bytes();
    let floor = end.saturating_sub(LONGEST_NAME);
    let gap = bytes[floor..end]
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b']' | b')' | b'\\'))
        .count();
    let end = end - gap;
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = bytes[floor..end].iter().rev().take_while(is_part).count();
    &text[end - length..end]
}

/// Returns whether an assignment sets environment variables: one of them (`os.environ["X"] = ...`), or all of them
/// (`c.KubeSpawner.environment = {...}`).
fn is_environment(text: &str, end: usize, value: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let floor = end.saturating_sub(LONGEST_NAME);
    let before = &bytes[floor..end];
    let is_last = |end| {
        let last = name_before(text, end).rsplit('.').next();
        last.is_some_and(names::is_environment)
    };
    if !before.trim_ascii_end().ends_with(b"]") {
        return is_last(end) && starts_value(value) || is_in_environment(path_before(text, end));
    }
    memchr::memrchr(b'[', before).is_some_and(|open| is_last(floor + open))
}

/// Returns whether a path of `--set` leads into environment variables, or into the content of a file: `hub.extraEnv.A`,
/// `hub.extraFiles.a.stringData`.
fn is_in_environment(path: &str) -> bool {
    let mut above = path.rsplit(['.', '[']).skip(1);
    match path.rsplit('.').next() {
        Some("stringData") => true,
        Some(last) if names::is_naming(last) => false,
        last => {
            let is_data = |key: &str| matches!(key, "data" | "binaryData");
            let has_data = last.is_some_and(is_data) || path.split('.').any(is_data);
            above.any(|key| {
                names::is_environment(key)
                    || key == "stringData"
                    || (has_data && key == "extraFiles")
            })
        }
    }
}

/// Returns the path of keys before a sign, with its indices.
fn path_before(text: &str, end: usize) -> &str {
    let floor = end.saturating_sub(LONGEST_NAME);
    let is_part = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']')
    };
    let length = text.as_bytes()[floor..end].iter().rev().take_while(is_part).count();
    &text[end - length..end]
}

/// Returns whether a value can be an environment, which is a collection; in shells and file formats `env` is an
/// ordinary word.
fn starts_value(value: &[u8]) -> bool {
    matches!(value.first(), Some(b'{' | b'\\')) || is_prefixed_literal(value) || is_call(value)
}

fn is_call(rest: &[u8]) -> bool {
    let name = count(rest, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
    });
    rest.get(name) == Some(&b'(')
}

/// Returns whether a literal with a prefix starts here: `f"..."`, `rb'...'`.
fn is_prefixed_literal(rest: &[u8]) -> bool {
    let prefix = count(rest, |byte| {
        matches!(byte.to_ascii_lowercase(), b'f' | b'r' | b'b' | b'u')
    });
    prefix <= 2 && matches!(rest.get(prefix), Some(b'"' | b'\''))
}

fn line_start(text: &str, at: usize) -> usize {
    const FAR: usize = 400;
    let floor = at.saturating_sub(FAR);
    let bytes = &text.as_bytes()[floor..at];
    let newline = memchr::memrchr(b'\n', bytes).map(|newline| floor + newline + 1);
    newline.unwrap_or_else(|| text.ceil_char_boundary(floor))
}

/// Returns whether only a target is before the sign, so that all of the line is its value.
fn is_statement(target: &str) -> bool {
    let target = target.trim();
    let target = ["export ", "set ", "ENV ", "ARG ", "local "]
        .iter()
        .find_map(|word| target.strip_prefix(word))
        .unwrap_or(target);
    target.split(',').all(|one| {
        let base = one.split('[').next().unwrap_or_default().trim();
        !base.is_empty()
            && !base.starts_with('-')
            && !base.contains(['(', '{', '"', '\'', ' ', ':', '?', '&', '/', '#', '`', '='])
    })
}

/// Returns the length of an expression: to the end of its line, across brackets, triple quotes and backslashes; also to
/// a comma if it is one of several arguments.
fn expression_length(rest: &[u8], is_argument: bool) -> usize {
    let (mut at, mut depth) = (0_usize, 0_usize);
    while at < rest.len() {
        match rest[at] {
            b'"' | b'\'' => {
                at += literal_length(&rest[at..]);
                continue;
            }
            b'\\' if rest[at + 1..].starts_with(b"\r\n") => at += 2,
            b'\\' => at += 1,
            b'#' if at > 0 && rest[at - 1].is_ascii_whitespace() => {
                at += count(&rest[at..], |byte| byte != b'\n');
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' | b',' | b';' if depth == 0 && is_argument => break,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    let length = at.min(rest.len());
    rest[..length].trim_ascii_end().len()
}

/// Returns the length of a literal with its quotes, including triple and escaped quotes; one that does not close ends
/// with its line.
fn literal_length(rest: &[u8]) -> usize {
    let slashes = count(rest, |byte| byte == b'\\');
    let Some(&quote) = rest.get(slashes) else {
        return rest.len();
    };
    let open = slashes + 1;
    let triple = [quote; 3];
    if slashes == 0 && rest.starts_with(&triple) {
        return memmem::find(&rest[3..], &triple).map_or(rest.len(), |length| length + 6);
    }
    let mut at = open;
    while at < rest.len() && rest[at] != b'\n' {
        match rest[at] {
            b'\\' if slashes == 0 => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    at.min(rest.len())
}

/// Returns the length of a value after a colon: a literal and those joined to it, or the text before the end of the
/// line, a comma or a closing bracket.
fn pair_length(rest: &[u8]) -> usize {
    let mut at = 0;
    let mut depth = 0_usize;
    while at < rest.len() {
        let begins_literal = at == 0
            || matches!(
                rest[at - 1],
                b' ' | b'\t' | b'(' | b'[' | b',' | b'=' | b'+' | b'\\'
            )
            || (at <= 2 && is_prefixed_literal(rest));
        match rest[at] {
            b'"' | b'\'' if begins_literal => {
                at += literal_length(&rest[at..]);
                let gap = count(&rest[at..], |byte| matches!(byte, b' ' | b'\t'));
                let next = rest.get(at + gap);
                if depth == 0 && !matches!(next, Some(b'"' | b'\'' | b'+' | b'%')) {
                    return at;
                }
                continue;
            }
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'\n' | b'\r' => break,
            b',' | b'}' | b']' | b'"' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    at.min(rest.len())
}

/// Returns the length of an unquoted word; a comma after a backslash is part of it, as in `--set a=b\,c`.
fn word_length(rest: &[u8]) -> usize {
    let ends = |(at, byte): (usize, &u8)| match byte {
        b',' => at == 0 || rest[at - 1] != b'\\',
        byte => byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'&' | b';'),
    };
    rest.iter().enumerate().position(ends).unwrap_or(rest.len())
}

/// Calls whose second argument is the value of an environment variable.
const ENVIRONMENT_CALLS: [&str; 5] = [
    "environ.get",
    "environ.setdefault",
    "environ.pop",
    "getenv",
    "putenv",
];

/// Hides the argument after a name: `os.environ.get("X", "...")`, `setattr(c.X, "client_secret", "...")`.
fn hide_arguments(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for comma in memchr::memchr_iter(b',', bytes) {
        if comma < done || !names_argument(text, comma) {
            continue;
        }
        let start = comma + 1 + count(&bytes[comma + 1..], |byte| byte.is_ascii_whitespace());
        let length = expression_length(&bytes[start..], true);
        done = start + length;
        hidden.push(start..done);
    }
}

/// Returns whether the argument before a comma is the name of a credential or an environment variable.
fn names_argument(text: &str, comma: usize) -> bool {
    let bytes = text.as_bytes();
    let Some(&quote @ (b'"' | b'\'')) = comma.checked_sub(1).map(|before| &bytes[before]) else {
        return false;
    };
    let name = name_before(text, comma);
    let Some(open) = (comma - 1).checked_sub(name.len() + 1) else {
        return false;
    };
    if name.is_empty() || bytes[open] != quote {
        return false;
    }
    let before = text[line_start(text, open)..open].trim_end();
    let before = before.trim_end_matches('\\');
    let is_of_environment = before
        .strip_suffix('(')
        .is_some_and(|call| ENVIRONMENT_CALLS.iter().any(|known| call.ends_with(known)));
    is_of_environment
        || (names::is_credential(name) && (before.ends_with('(') || before.contains("setattr(")))
}

/// Hides the arguments of `environ.update(...)` and `environment.update(...)`.
fn hide_updates(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in memmem::find_iter(bytes, ".update(") {
        let name = name_before(text, at);
        let is_secret = name
            .rsplit('.')
            .next()
            .is_some_and(|last| names::is_environment(last) || names::is_credential(last));
        if at < done || !is_secret {
            continue;
        }
        let start = at + ".update(".len();
        // The bracket is already open: the expression ends where it closes.
        let length = expression_length(&bytes[start - 1..], true) - 1;
        done = start + length;
        hidden.push(start..done);
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask;

    /// Checks what is shown of a script in the values of a hub: no `ZQ`, and each of `shown`.
    #[track_caller]
    fn check(script: &str, shown: &[&str]) {
        let lines: Vec<String> = script.lines().map(|line| format!("      {line}\n")).collect();
        let text = format!(
            "hub:\n  extraConfig:\n    a: |\n{}  next: visible\n",
            lines.concat()
        );
        for text in [text, script.to_owned() + "\n# visible\n"] {
            let masked = mask(&text);
            assert!(!masked.contains("ZQ"), "{masked}");
            for part in shown.iter().chain(&["visible"]) {
                assert!(masked.contains(part), "{part}: {masked}");
            }
        }
    }

    #[test]
    fn assignments() {
        check(
            "c.X.client_secret = \"ZQ1\"\nc.X.scope = ['openid']",
            &["openid"],
        );
        check("c.X.client_secret=\"ZQ1 ZQ2\"", &["client_secret"]);
        check("client_secret: str = \"ZQ1\"", &[]);
        check("token += 'ZQ1' 'ZQ2'", &[]);
        check("a, token = 'x', 'ZQ1'", &[]);
        check("if password == \"ZQ1\": pass", &["if password =="]);
        check("x = dict(token=\"ZQ1\", user=\"me\")", &["user=\"me\""]);
        check("x = f(token = str(\"ZQ1\"), user=\"me\")", &["user=\"me\""]);
        check("token = ZQ1 ZQ2\nother = shown", &["shown"]);
        check("export DB_PASSWORD=ZQ1\nexport LEVEL=shown", &["shown"]);
    }

    #[test]
    fn literals_of_every_sort() {
        check("token = f\"ZQ1{x}\"\nlevel = 'shown'", &["shown"]);
        check("token = rb'ZQ1'", &[]);
        check("token = '''ZQ1\n  ZQ2\n'''\nlevel = 'shown'", &["shown"]);
        check("token = \\\n  \"ZQ1\"\nlevel = 'shown'", &["shown"]);
        check(
            "token = (\n  \"ZQ1\"  # it's\n  \"ZQ2\"\n)\nlevel = 'shown'",
            &["shown"],
        );
        check("token = str(\"ZQ1\") + 'ZQ2' if x else \"ZQ3\"", &[]);
        check("token = \"a\\\"ZQ1\"", &[]);
        check("token = base64.b64decode(\"ZQ1\").decode()", &[]);
    }

    #[test]
    fn dictionaries() {
        check(
            "x = {\"client_secret\": \"ZQ1\", \"user\": \"me\"}",
            &["me"],
        );
        check("x = {'token': f'ZQ1', 'user': 'me'}", &["me"]);
        check("x = {'token': str('ZQ1', 'ZQ2'), 'user': 'me'}", &["me"]);
        check(
            "x = {\n  'token': 'ZQ1' 'ZQ2',\n  'user': 'me',\n}",
            &["me"],
        );
        check("x = {\n  'token':\n    'ZQ1',\n}", &[]);
        check("x = {\"token\": os.environ.get('A', \"ZQ1\")}", &[]);
        check("h = {\"Authorization\": \"Bearer ZQ1\"}", &[]);
    }

    #[test]
    fn environment_variables() {
        check(
            "os.environ[\"AWS_SECRET_ACCESS_KEY\"] = \"ZQ7sekrit\"",
            &["AWS_SECRET_ACCESS_KEY"],
        );
        check("os.environ['ANY'] = 'ZQ1'", &["ANY"]);
        check("c.X.y = os.environ.get(\"K\", \"ZQ1\")", &["K"]);
        check("c.X.y = os.getenv('K', 'ZQ1')", &["K"]);
        check("os.environ.setdefault('K', 'ZQ1')", &["K"]);
        check("os.environ.update({'K': 'ZQ1'})", &["update("]);
        check("os.environ.update(K='ZQ1', L=\"ZQ2\")", &["update("]);
        check(
            "c.KubeSpawner.environment = {'K': 'ZQ1', 'L': 'ZQ2'}",
            &["environment = "],
        );
        check(
            "c.KubeSpawner.environment = {\n  'K': 'ZQ1',\n}\nx = 1",
            &["x = 1"],
        );
        check("c.KubeSpawner.environment['K'] = lambda s: 'ZQ1'", &["'K'"]);
        check("c.KubeSpawner.environment.update({'K': 'ZQ1'})", &[]);
    }

    #[test]
    fn paths_of_options() {
        for (text, expected) in [
            (
                "hub.b=c,hub.extraEnv.A=x1,hub.d=e",
                "hub.b=c,hub.extraEnv.A=**,hub.d=e",
            ),
            ("hub.extraEnv.A=x1,hub.b=c", "hub.extraEnv.A=**********"),
            ("hub.extraEnv.DEBUG=on", "hub.extraEnv.DEBUG=on"),
            ("hub.extraEnv.A=x\\,1", "hub.extraEnv.A=****"),
            ("env[0].value=x1", "env[0].value=**"),
            ("env[0].name=x1", "env[0].name=x1"),
            (
                "hub.extraFiles.a.stringData=x1",
                "hub.extraFiles.a.stringData=**",
            ),
            ("hub.extraFiles.a.data.b=x1", "hub.extraFiles.a.data.b=**"),
            ("hub.cookieSecret=x1", "hub.cookieSecret=**"),
            ("hub.extraEnv={\"A\":\"x1\"}", "hub.extraEnv=**********"),
        ] {
            assert_eq!(mask(text), expected);
        }
    }

    #[test]
    fn names_as_arguments() {
        check("setattr(c.X, 'client_secret', 'ZQ1')", &["client_secret"]);
        check("config.set(\"password\", \"ZQ1\")", &["password"]);
    }

    #[test]
    fn code_without_credentials_is_shown() {
        let text = "hub:\n  extraConfig:\n    a: |\n      c.KubeSpawner.image = \"example.org/a:1\"\n      if spawner.user.name == 'a':\n          spawner.mem_limit = '2G'\n      x = {'user': 'me', \"b\": [1, 2]}\n      print(\"a\", 'b')\n";
        assert_eq!(mask(text), text);
    }
}
