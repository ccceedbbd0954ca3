/// Returns the first `max` lines of a report, followed by a line with the number of further lines.
pub fn first_lines(mut text: String, max: usize) -> String {
    let Some(end) = text
        .split_inclusive('\n')
        .take(max)
        .map(str::len)
        .reduce(|sum, length| sum + length)
    else {
        return rest_of(&text, 0);
    };
    let rest = rest_of(&text, end);
    text.truncate(end);
    text + &rest
}

fn rest_of(text: &str, from: usize) -> String {
    match text[from..].lines().count() {
        0 => String::new(),
        1 => "… and 1 more line\n".to_owned(),
        count => format!("… and {count} more lines\n"),
    }
}
