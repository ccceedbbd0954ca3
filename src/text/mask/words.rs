//! Credentials in the words of shell commands and broken lines: after a flag, in a truncated mapping, after a tab.

use std::ops::Range;

use memchr::memmem;

use super::{count, names};

pub(super) fn hide(text: &str, hidden: &mut Vec<Range<usize>>) {
    hide_behind_flags(text, hidden);
    hide_behind_short_flags(text, hidden);
    hide_values_beside_names(text, hidden);
    hide_behind_tabs(text, hidden);
}

/// Hides the argument after a flag named like a credential: `--token X`, `["--token", "X"]`, and `- --token` with `- X`
/// on the next line. Assignments with `=` are found elsewhere.
fn hide_behind_flags(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in memmem::find_iter(bytes, "--") {
        let begins = at == 0
            || matches!(
                bytes[at - 1],
                b' ' | b'\t' | b'"' | b'\'' | b'[' | b',' | b'\n'
            );
        let name = at + 2;
        let length = count(&bytes[name..], |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
        });
        if !begins || !names::is_credential(&text[name..name + length]) {
            continue;
        }
        let flag_end = name + length;
        let start = next_argument(bytes, flag_end);
        let rest = &bytes[start..];
        let length = match bytes[start - 1] {
            quote @ (b'"' | b'\'') => count(rest, |byte| byte != quote && byte != b'\n'),
            _ if bytes[flag_end..start].contains(&b'\n') => count(rest, |byte| byte != b'\n'),
            _ => argument_length(rest),
        };
        let end = start + length;
        if is_block_header(&bytes[start..end]) {
            hidden.push(end..block_end(text, start));
        } else if start > flag_end && !is_flag(&bytes[start..end]) {
            hidden.push(start..end);
        }
    }
}

/// Returns whether the scalar of an item is below this: `|`, `>-`, `|2+`.
fn is_block_header(argument: &[u8]) -> bool {
    let is_indicator = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-');
    matches!(argument.trim_ascii_end(), [b'|' | b'>', rest @ ..] if rest.iter().all(is_indicator))
}

/// Returns the end of the lines that are indented more than the line of `at`.
fn block_end(text: &str, at: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let column = indent(&text[start..]);
    let mut lines = text[at..].split_inclusive('\n');
    let mut end = at + lines.next().map_or(0, str::len);
    for line in lines {
        if !line.trim().is_empty() && indent(line) <= column {
            break;
        }
        end += line.len();
    }
    end
}

/// Returns whether an argument is the next flag: `--verbose`, `--user=a`, `-v`. A secret can start with a dash too.
fn is_flag(argument: &[u8]) -> bool {
    let is_letter = |byte: &u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    };
    match argument {
        b"--" => true,
        [b'-', b'-', name @ ..] => {
            let name = name.split(|byte| *byte == b'=').next().unwrap_or(name);
            !name.is_empty() && name.iter().all(is_letter)
        }
        [b'-', letter] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Programs that accept a password after a short flag, and that flag. `-u` has `user:password`.
const SHORT_FLAGS: [(&str, &str); 15] = [
    ("curl", "-u"),
    ("curl", "--user"),
    ("curl", "--proxy-user"),
    ("mysql", "-p"),
    ("mysqldump", "-p"),
    ("mysqladmin", "-p"),
    ("mariadb", "-p"),
    ("mongosh", "-p"),
    ("mongo", "-p"),
    ("sshpass", "-p"),
    ("login", "-p"),
    ("redis-cli", "-a"),
    ("ldapsearch", "-w"),
    ("smbclient", "-U"),
    ("sqlcmd", "-P"),
];

/// Hides the argument after a short flag of the programs in [`SHORT_FLAGS`], on the same line or, item by item, on the
/// lines after the program.
fn hide_behind_short_flags(text: &str, hidden: &mut Vec<Range<usize>>) {
    for program in SHORT_FLAGS.iter().map(|(program, _)| *program) {
        let is_letter = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric);
        let mut done = 0;
        for at in memmem::find_iter(text.as_bytes(), program) {
            let end = at + program.len();
            let is_word = !is_letter(end) && !at.checked_sub(1).is_some_and(is_letter);
            if at >= done && is_word {
                done = end + command_length(&text[end..]);
                hide_flags_of(program, text, end..done, hidden);
            }
        }
    }
}

/// Returns the length of a command after its program: to the end of the line, or over the following list items.
fn command_length(rest: &str) -> usize {
    const MOST_LINES: usize = 20;
    let mut length = 0;
    for (number, line) in rest.split_inclusive('\n').take(MOST_LINES).enumerate() {
        let is_item =
            line.trim_start().starts_with('-') || line.trim_start().starts_with(['"', '\'']);
        let goes_on = number == 0 || is_item || rest[..length].trim_end().ends_with('\\');
        if !goes_on {
            break;
        }
        length += line.len();
    }
    length
}

fn hide_flags_of(program: &str, text: &str, range: Range<usize>, hidden: &mut Vec<Range<usize>>) {
    let bytes = &text.as_bytes()[..range.end];
    for (_, flag) in SHORT_FLAGS.iter().filter(|(known, _)| *known == program) {
        for found in memmem::find_iter(&bytes[range.clone()], flag) {
            let at = range.start + found;
            let before = bytes[at - 1];
            let end = at + flag.len();
            let is_glued = flag.len() == 2 && bytes.get(end).is_some_and(|byte| is_argument(*byte));
            let begins =
                before.is_ascii_whitespace() || matches!(before, b'"' | b'\'' | b',' | b'[');
            if !begins {
                continue;
            }
            let start = if is_glued {
                end
            } else {
                next_argument(bytes, end)
            };
            let is_flag = !is_glued && (start == end || bytes.get(start) == Some(&b'-'));
            if !is_flag {
                let length = argument_length(&bytes[start..]);
                hidden.push(start..start + length);
            }
        }
    }
}

fn is_argument(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b',' | b']')
}

/// Returns where the argument after a flag begins: after quotes, a comma, or the dash of the next line.
fn next_argument(bytes: &[u8], flag_end: usize) -> usize {
    let is_quote = |byte| matches!(byte, b'"' | b'\'');
    let is_blank = |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let mut at = flag_end + count(&bytes[flag_end..], is_quote);
    at += count(&bytes[at..], is_blank);
    at += count(&bytes[at..], |byte| byte == b',');
    at += count(&bytes[at..], is_blank);
    let is_item = bytes[flag_end..at].contains(&b'\n') && bytes[at..].starts_with(b"- ");
    if is_item {
        at += 1;
        at += count(&bytes[at..], |byte| byte == b' ');
    }
    at + count(&bytes[at..], is_quote)
}

fn argument_length(rest: &[u8]) -> usize {
    count(rest, is_argument)
}

/// Hides `value` after a `name` on one line, as a variable in flow style has them, anywhere: the line with the parent
/// may be the broken one.
fn hide_values_beside_names(text: &str, hidden: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in memmem::find_iter(bytes, "value:") {
        let line = text[..at].rfind('\n').unwrap_or_default();
        // A longer line is hardly written by a person; the scan stays linear.
        let near = text.floor_char_boundary(at.saturating_sub(FAR)).max(line);
        if !text[near..at].contains("name:") {
            continue;
        }
        let value = at + "value:".len();
        let start = value + count(&bytes[value..], |byte| byte == b' ');
        let length = match bytes.get(start) {
            Some(quote @ (b'"' | b'\'')) => {
                1 + count(&bytes[start + 1..], |byte| byte != *quote && byte != b'\n')
            }
            _ => count(&bytes[start..], |byte| {
                !matches!(byte, b',' | b'}' | b']' | b'\n')
            }),
        };
        hidden.push(start..start + length);
    }
}

/// The most bytes between `name` and `value`.
const FAR: usize = 400;

/// Hides what follows a tab at the start of a line: YAML does not allow such indentation, so it is unknown what the
/// line belongs to.
fn hide_behind_tabs(text: &str, hidden: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']);
        if content.starts_with('\t') && !content.trim_start().starts_with('#') {
            let value = content.find(": ").map_or(0, |colon| colon + 2);
            let blanks = content[value..].len() - content[value..].trim_start().len();
            hidden.push(start + value + blanks..start + content.len());
        }
        start += line.len();
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(mask(text), expected);
    }

    #[test]
    fn the_argument_of_a_flag_is_hidden() {
        check(
            "args: [a, \"--token\", \"x1\", b]\n",
            "args: [a, \"--token\", \"**\", b]\n",
        );
        check("args: [--password, x1]\n", "args: [--password, **]\n");
        check(
            "args:\n  - --api-key\n  - x1\n  - y\n",
            "args:\n  - --api-key\n  - **\n  - y\n",
        );
        check("- \"--token\"\n- 'x1'\n", "- \"--token\"\n- '**'\n");
        check(
            "run --password x1 --verbose\n",
            "run --password ** --verbose\n",
        );
    }

    #[test]
    fn the_argument_of_a_short_flag_is_hidden() {
        check("curl -u me:x1 https://a", "curl -u ***** https://a");
        check("curl --user me:x1 -k", "curl --user ***** -k");
        check("mysql -uroot -px1 db", "mysql -uroot -p** db");
        check(
            "command: [mysql, -p, x1, db]\n",
            "command: [mysql, -p, **, db]\n",
        );
        check(
            "command:\n- mysql\n- -uroot\n- -px1\n- db\nports: -p80\n",
            "command:\n- mysql\n- -uroot\n- -p**\n- db\nports: -p80\n",
        );
        check(
            "docker login -u me -p x1\nmkdir -p a/b\n",
            "docker login -u me -p **\nmkdir -p a/b\n",
        );
        check("mysql -p db2\n", "mysql -p ***\n");
    }

    #[test]
    fn an_argument_in_a_block_scalar_is_hidden_with_all_its_lines() {
        check(
            "args:\n  - --token\n  - |\n    x1\n\n    y1\n  - b\n",
            "args:\n  - --token\n  - |\n******\n\n******\n  - b\n",
        );
        check(
            "- --token\n- >-\n  x1\n- b\n",
            "- --token\n- >-\n****\n- b\n",
        );
        check("- --token\n- |", "- --token\n- |");
        check("- --token\n- x1 y\n- b\n", "- --token\n- ****\n- b\n");
    }

    #[test]
    fn a_secret_may_look_like_a_flag() {
        check("run --token --aB1 y\n", "run --token ***** y\n");
    }

    #[test]
    fn other_flags_are_left() {
        for text in [
            "run --token -- x1\n",
            "run --token -v x1\n",
            "args:\n- --token\n",
            "mycurl -u me:x1\n",
            "curls -u me:x1\n",
            "curl --username me\n",
            "args: [--token, --verbose, x]\n",
            "args: [\"--token-path\", \"/var/run/token\"]\n",
            "args: [--verbose, x]\n",
            "---\na: 1\n",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn a_value_beside_a_name_is_hidden_wherever_it_stands() {
        check(
            "env: \"[{name: A, value: x1}]\n",
            "env: ***********************\n",
        );
        check(
            "- {name: \"A, value: \"x1\"}\n",
            "- {name: \"A, value: ***\"}\n",
        );
        check("- {key: a, value: b}\n", "- {key: a, value: b}\n");
        let far = format!("- {{name: A, b: {}, value: x1}}\n", "\u{e4}".repeat(200));
        check(&far, &far);
    }

    #[test]
    fn behind_a_tab_nothing_is_shown_but_the_key() {
        check("a:\n\tb: x1\n", "a:\n\tb: **\n");
        check("\tx1\nb: c\n", "\t**\nb: c\n");
        check("a: |\n\tx1 y\n", "a: |\n\t****\n");
        check("a: |\n  \tx1\n\t# c\n", "a: |\n  \tx1\n\t# c\n");
    }
}
