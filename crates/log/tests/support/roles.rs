use minutebook_log::{PublicKey, SecretKey};

/// Somebody who signs in the examples: a role, never a person, with a key that everybody can make again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Role {
    /// What the vectors call it.
    pub(crate) name: &'static str,
    /// All 32 bytes of its key's seed.
    pub(crate) seed: u8,
}

pub(crate) const REGISTRAR_ONE: Role = Role { name: "registrar one", seed: 1 };
pub(crate) const REGISTRAR_TWO: Role = Role { name: "registrar two", seed: 2 };
pub(crate) const NHS_ENGLAND: Role = Role { name: "NHS England", seed: 3 };
pub(crate) const SECRETARY: Role = Role { name: "secretary of 52R", seed: 4 };
pub(crate) const CHECKPOINTS: Role = Role { name: "the log's checkpoints", seed: 9 };

pub(crate) const WITNESS_ONE: Role = Role { name: "witness one", seed: 11 };
pub(crate) const WITNESS_TWO: Role = Role { name: "witness two", seed: 12 };
pub(crate) const WITNESS_THREE: Role = Role { name: "witness three", seed: 13 };
pub(crate) const NEXT_CHECKPOINTS: Role = Role { name: "the log's checkpoints, later", seed: 10 };

/// Everyone in the small book, and those who watch it.
pub(crate) const ROLES: [Role; 9] = [
    REGISTRAR_ONE,
    REGISTRAR_TWO,
    NHS_ENGLAND,
    SECRETARY,
    CHECKPOINTS,
    NEXT_CHECKPOINTS,
    WITNESS_ONE,
    WITNESS_TWO,
    WITNESS_THREE,
];

/// Those who sign checkpoints after checking that they extend the last.
pub(crate) const WITNESSES: [Role; 3] = [WITNESS_ONE, WITNESS_TWO, WITNESS_THREE];

/// Those who together let others in.
pub(crate) const REGISTRARS: [Role; 2] = [REGISTRAR_ONE, REGISTRAR_TWO];

impl Role {
    pub(crate) fn secret(self) -> SecretKey {
        SecretKey::from_seed(&[self.seed; 32])
    }

    pub(crate) fn key(self) -> PublicKey {
        self.secret().public()
    }
}
