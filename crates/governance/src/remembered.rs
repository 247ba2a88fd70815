//! What was worked out of each key and holds until somebody's authority changes: who signs is asked of every act, and
//! changes with few.

use minutebook_log::PublicKey;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Of how many keys something is remembered; where there are more it begins anew.
const KEYS_MAX: usize = 4096;

/// Answers about keys, all of them of records that tell the same of authority. A clone shares what is remembered; whoever
/// hears of something that changes authority goes on with [`KeyAnswers::default`], and leaves what others have.
#[derive(Clone, Default)]
pub(crate) struct KeyAnswers(Arc<Mutex<Answers>>);

/// What was answered about a key, by the type of the answer.
type Answers = HashMap<(TypeId, PublicKey), Arc<dyn Any + Send + Sync>>;

impl KeyAnswers {
    /// What was worked out of a key.
    pub(crate) fn get<T: Any + Send + Sync>(&self, key: PublicKey) -> Option<Arc<T>> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = answers.get(&(TypeId::of::<T>(), key)).cloned();
        drop(answers);
        found?.downcast().ok()
    }

    /// Remembers what was worked out of a key.
    pub(crate) fn put<T: Any + Send + Sync>(&self, key: PublicKey, answer: Arc<T>) {
        // Whoever panicked has left answers that are whole.
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= KEYS_MAX {
            answers.clear();
        }
        answers.insert((TypeId::of::<T>(), key), answer);
    }
}

impl fmt::Debug for KeyAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyAnswers")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> PublicKey {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        PublicKey::from_bytes(bytes)
    }

    #[test]
    fn what_is_remembered_is_of_its_key_and_type_and_bounded() {
        let remembered = KeyAnswers::default();
        remembered.put(key(1), Arc::new("one"));
        assert_eq!(remembered.clone().get::<&str>(key(1)).as_deref(), Some(&"one"));
        assert_eq!(remembered.get::<u8>(key(1)), None, "of another type");
        assert_eq!(remembered.get::<&str>(key(2)), None, "of another key");
        (0..KEYS_MAX).for_each(|number| remembered.put(key(number), Arc::new(number)));
        assert_eq!(remembered.get::<&str>(key(1)), None, "it began anew");
        assert_eq!(remembered.get::<usize>(key(KEYS_MAX - 1)).as_deref(), Some(&(KEYS_MAX - 1)));
        assert!(remembered.0.lock().unwrap().len() <= KEYS_MAX);
    }
}
