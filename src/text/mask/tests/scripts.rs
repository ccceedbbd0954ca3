//! Assignments, arguments and pairs in scripts, commands and `--set` paths: what is hidden begins and ends with the
//! value.

use super::{check_masked, check_shown};

#[test]
fn a_hidden_value_is_not_read_again() {
    check_masked(
        "x = f(token=\"password = 1\", user=\"me\")\n",
        "x = f(token=*, user=\"me\")\n",
    );
    check_masked(
        "setattr(c.X, \"token\", \"a('password', b\") and d\n",
        "setattr(c.X, \"token\", *) and d\n",
    );
    check_masked(
        "os.environ.update(A=\"x1.env.update(\")\nlevel = 1\n",
        "os.environ.update(*\nlevel = 1\n",
    );
}

#[test]
fn a_hidden_value_can_name_the_next_one() {
    check_masked(
        "x = {\"token\": \"password\": \"x1\"}\n",
        "x = {\"token\": *: *}\n",
    );
    check_masked(
        "setattr(c.X, \"token\", \"password\", \"x1\")\n",
        "setattr(c.X, \"token\", *, *)\n",
    );
}

#[test]
fn a_literal_with_escaped_quotes_ends_at_its_own() {
    check_masked(
        "x = f(token=\"a\\\"x1\", user=\"me\")\n",
        "x = f(token=*, user=\"me\")\n",
    );
    check_masked(
        "x = f(token=\"\\\"x1\", user=\"me\")\n",
        "x = f(token=*, user=\"me\")\n",
    );
    check_masked(
        "x = f(token=\\\"x1\\\", user=\\\"me\\\")\n",
        "x = f(token=*, user=\\\"me\\\")\n",
    );
    check_masked(
        "- if token == \\\"x1\\\" or level == \\\"y\\\": pass\n",
        "- if token == * or level == \\\"y\\\": pass\n",
    );
}

#[test]
fn a_pair_ends_after_its_literals() {
    check_masked(
        "x = {\"token\": f\"x1, x2\", \"user\": \"me\"}\n",
        "x = {\"token\": *, \"user\": \"me\"}\n",
    );
    check_masked(
        "x = {\"token\": \"x1\" \"x2\", \"user\": \"me\"}\n",
        "x = {\"token\": *, \"user\": \"me\"}\n",
    );
    check_masked(
        "x = {\"token\": \"x1\" if user else None, \"user\": \"me\"}\n",
        "x = {\"token\": * if user else None, \"user\": \"me\"}\n",
    );
    // A quote in a word opens no literal.
    check_masked(
        "print(\"the password: x1\")\n",
        "print(\"the password: *\")\n",
    );
}

#[test]
fn a_pair_without_a_blank_is_one_of_two_literals() {
    check_masked(
        "curl -d {\"token\":\"x1\",\"user\":\"me\"}\n",
        "curl -d {\"token\":*,\"user\":\"me\"}\n",
    );
    check_shown("x = {\"token\":TOKEN, \"user\":USER}\n");
}

#[test]
fn a_statement_goes_on_after_a_backslash_and_in_brackets() {
    check_masked(
        "token = \\\r\n  \"x1\"\r\nlevel = 1\r\n",
        "token = *\r\n*\r\nlevel = 1\r\n",
    );
    check_masked(
        "token = \\\n(\n  \"x1\"\n)\nlevel = 1\n",
        "token = *\n*\n*\n*\nlevel = 1\n",
    );
    check_masked(
        "token = (\n  \"x1\"  # ) here\n  \"x2\"\n)\nlevel = 1\n",
        "token = *\n*\n*\n*\nlevel = 1\n",
    );
    check_masked(
        "token = a#(\n  x1)\nlevel = 1\n",
        "token = *\n*\nlevel = 1\n",
    );
    check_masked("token = (x1 #", "token = *");
}

#[test]
fn a_bracket_in_a_comment_after_a_credential_opens_nothing() {
    check_masked(
        "token = \"x1\"  # see (docs\nlevel = 1\n",
        "token = *\nlevel = 1\n",
    );
    check_masked("token = #x1\nlevel = 1\n", "token = *\nlevel = 1\n");
}

#[test]
fn an_option_is_no_statement() {
    check_masked("--token=x1 --user=me\n", "--token=* --user=me\n");
}

#[test]
fn an_environment_is_a_collection() {
    check_shown("args: [--env=prod, -e]\n");
    check_shown("if c.KubeSpawner.environment == {}: pass\n");
    check_shown("c.X.labels.update({\"a\": \"x1\"})\n");
    check_masked(
        "c.KubeSpawner.environment = dict(A=\"x1\")\n",
        "c.KubeSpawner.environment = *\n",
    );
    check_masked(
        "c.KubeSpawner.environment = f\"x1\"\n",
        "c.KubeSpawner.environment = *\n",
    );
    check_masked(
        "f(os.environ.update(A=\"x1\"), level)\n",
        "f(os.environ.update(*, level)\n",
    );
}

#[test]
fn only_a_whole_argument_is_a_name() {
    check_masked(
        "setattr(c.X, \"token\", \"x1\")\n",
        "setattr(c.X, \"token\", *)\n",
    );
    check_shown("setattr(c.X, \"a token\", \"x1\")\n");
    check_shown("os.environ.get(\"\", \"x1\")\n");
}

#[test]
fn paths_of_set_end_at_a_comma() {
    check_masked(
        "helm --set hub.extraEnv.A=x\\,1,hub.b=c\n",
        "helm --set hub.extraEnv.A=*,hub.b=c\n",
    );
    check_shown("hub.config.data=x1");
    check_shown("hub.extraFiles.a.owner=x1");
}
