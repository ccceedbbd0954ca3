/// Returns the known word that was probably meant: it differs in case, in `_` and `-` only, in one letter, or in two if
/// the word is long. Of several, it is the one with the fewest differences, then one with the same beginning.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    // Longer than any real word, and more words than are worth comparing.
    const LONGEST: usize = 200;
    const MOST: usize = 1_000;
    if word.len() > LONGEST {
        return None;
    }
    let word = plain(word);
    let known = known.into_iter().filter(|known| known.len() <= LONGEST);
    let near = known.take(MOST).filter_map(|known| {
        let other = plain(known);
        let differences = strsim::osa_distance(&word, &other);
        let alike = strsim::jaro_winkler(&word, &other);
        (differences <= most_differences(&word, &other)).then_some((differences, alike, known))
    });
    let nearest = near.min_by(|(fewest, most_alike, _), (differences, alike, _)| {
        fewest.cmp(differences).then(alike.total_cmp(most_alike))
    });
    nearest.map(|(_, _, known)| known)
}

/// Returns a word without differences in spelling conventions.
fn plain(word: &str) -> String {
    let letters = word.chars().filter(|c| !matches!(c, '_' | '-'));
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns the most letters in which a misspelled word may differ; the shorter the words, the fewer.
fn most_differences(one: &str, other: &str) -> usize {
    match one.chars().count().min(other.chars().count()) {
        0..3 => 0,
        3..8 => 1,
        _ => 2,
    }
}

/// Returns the known word that a word misspells: it differs in one letter, or in two if the word has six or more.
/// `None` if the word itself is known.
pub fn misspelled<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let most = if word.chars().count() < 6 { 1 } else { 2 };
    let distances = known.into_iter().map(|known| (strsim::osa_distance(word, known), known));
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
        let keys = ["secretSync", "service", "chp", "traefik", "https"];
        assert_eq!(nearest("securityContext", keys), None);
        assert_eq!(nearest("secret_sync", keys), Some("secretSync"));
        assert_eq!(nearest("trafeik", keys), Some("traefik"));
        assert_eq!(nearest("http", keys), Some("https"));
        assert_eq!(nearest("secret_name", ["servername", "username"]), None);
        assert_eq!(nearest("on", ["no"]), None);
        assert_eq!(nearest("ch", ["chp"]), None);
        assert_eq!(nearest("extraConfigMap", ["extraConfig"]), None);
        assert_eq!(nearest("", [""]), Some(""));
        // Of two that differ as much the one that begins alike.
        assert_eq!(nearest("memry", ["emery", "memory"]), Some("memory"));
        let long = "pools".repeat(1 << 20);
        assert_eq!(nearest(&long, known), None);
        assert_eq!(nearest("pool", [long.as_str(), "pools"]), Some("pools"));
    }
}
