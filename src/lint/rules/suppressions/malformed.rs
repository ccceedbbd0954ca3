use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, JudgedComment, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Comment(check),
};

static CODE: Code = Code::warning(
    "SP004",
    "malformed-suppression",
    "a comment suppresses a finding until a day that is not a date",
)
.page(include_str!("malformed.md"));

fn check(judged: &JudgedComment<'_>) -> Option<Diagnostic> {
    let until = judged.comment.until.as_ref()?;
    if is_day(&until.text) {
        return None;
    }
    let message = format!("`{}` is not a day", until.text);
    let finding = Diagnostic::new(&CODE, message).at(until.span, "");
    Some(finding.help("write it as `until=2027-01-31`"))
}

/// A day as `2027-01-31`, in which the order of texts is that of days.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_number = |part: &&str| part.chars().all(|c| c.is_ascii_digit());
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let within = |part: &str, most: u8| {
        let number = part.parse::<u8>();
        part.len() == 2 && number.is_ok_and(|number| (1..=most).contains(&number))
    };
    parts.iter().all(is_number) && year.len() == 4 && within(month, 12) && within(day, 31)
}
