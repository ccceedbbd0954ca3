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

/// The known word that a word is a misspelling of: one that differs in a letter, or in two where the word has six or
/// more. Nothing where the word itself is known.
pub fn misspelled<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let most = if word.chars().count() < 6 { 1 } else { 2 };
    let distances = known
        .into_iter()
        .map(|known| (strsim::osa_distance(word, known), known));
    let (distance, meant) = distances.min_by_key(|(distance, _)| *distance)?;
    (1..=most).contains(&distance).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::{misspelled, nearest};

    #[test]
    fn a_misspelling_is_near_and_unknown() {
        let known = ["prometheus", "prometheus-node-exporter", "loki", "grafana"];
        assert_eq!(misspelled("promethues", known), Some("prometheus"));
        assert_eq!(misspelled("graphana", known), Some("grafana"));
        assert_eq!(misspelled("lokki", known), Some("loki"));
        for word in ["prometheus", "alertmanager", "kiko", "prometheus-operator"] {
            assert_eq!(misspelled(word, known), None, "{word}");
        }
        assert_eq!(misspelled("prometheus", []), None);
    }

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
