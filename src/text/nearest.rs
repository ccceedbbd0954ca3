/// The known word that somebody probably meant: the closest one, if it is close enough to be a slip.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    const CLOSE_ENOUGH: f64 = 0.75;
    // No word that people write is longer, and nobody chooses among more.
    const LONGEST: usize = 200;
    const MOST: usize = 1_000;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    known
        .into_iter()
        .filter(|known| known.len() <= LONGEST)
        .take(MOST)
        .map(|known| (strsim::jaro_winkler(&word, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness > CLOSE_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_none() {
        let known = ["pools", "workloads", "prePuller", "priorityClasses"];
        assert_eq!(nearest("workload", known), Some("workloads"));
        assert_eq!(nearest("prepuller", known), Some("prePuller"));
        assert_eq!(nearest("taints", known), None);
        let long = "pools".repeat(1 << 20);
        assert_eq!(nearest(&long, known), None);
        assert_eq!(nearest("pool", [long.as_str(), "pools"]), Some("pools"));
    }
}
