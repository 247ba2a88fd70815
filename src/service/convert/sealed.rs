use crate::proto;
use crate::proto::text::Text;
use minutebook_governance::Sealable;

/// The text; nothing where it is sealed.
pub(in crate::service) fn clear(text: &Sealable) -> String {
    match text {
        Sealable::Clear(text) => text.clone(),
        Sealable::Sealed(_seal) => String::new(),
    }
}

/// The text, or the digest that commits to it.
pub(in crate::service) fn text(said: &Sealable) -> proto::Text {
    let text = match said {
        Sealable::Clear(text) => Text::Clear(text.clone()),
        Sealable::Sealed(seal) => Text::Sealed(seal.sealed.to_string()),
    };
    proto::Text { text: Some(text) }
}
