//! What of an export is in doubt, or stands in no source: no form has a column for it, and none leaves it out.

use crate::proto::Answered;

/// Says of entries which are contested and which somebody inferred, to go behind the source; empty where none is.
pub(super) fn doubts(entries: impl IntoIterator<Item = u64>, answered: &Answered) -> String {
    let entries: Vec<_> = entries.into_iter().collect();
    let contested = answered.contested.iter().map(|it| it.position);
    let inferred = answered.inferences.iter().map(|it| it.position);
    let contested = listed("CONTESTED", contested.filter(|at| entries.contains(at)));
    let inferred = listed("INFERRED", inferred.filter(|at| entries.contains(at)));
    format!("{contested}{inferred}")
}

fn listed(mark: &str, positions: impl Iterator<Item = u64>) -> String {
    let positions: Vec<_> = positions.map(|position| position.to_string()).collect();
    match positions.as_slice() {
        [] => String::new(),
        [one] => format!("; {mark}: entry {one}"),
        several => format!("; {mark}: entries {}", several.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Contested, Inference};

    #[test]
    fn what_is_in_doubt_or_inferred_is_marked_and_nothing_else() {
        let contested = |position| Contested { position, ..Contested::default() };
        let answered = Answered {
            contested: vec![contested(3), contested(5), contested(9)],
            inferences: vec![Inference { position: 5, why: "the map".to_owned() }],
            ..Answered::default()
        };
        assert_eq!(doubts([3, 4, 5], &answered), "; CONTESTED: entries 3 5; INFERRED: entry 5");
        assert_eq!(doubts([9], &answered), "; CONTESTED: entry 9");
        assert_eq!(doubts([4], &answered), "");
    }
}
