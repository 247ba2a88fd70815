use minutebook_governance::Sealable;

/// The text; nothing where it is sealed.
pub(in crate::service) fn clear(text: &Sealable) -> String {
    match text {
        Sealable::Clear(text) => text.clone(),
        Sealable::Sealed(_seal) => String::new(),
    }
}
