//! Ids, currencies, fingerprints and personal data: what is kept is what was given, and is inert.
#![no_main]

use guanxi_core::{
    Currency, Email, EventKind, FactId, Fingerprint, PersonName, Phone, SubjectId, Version, is_inert,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(text) = guanxi_fuzz::text(bytes) else { return };
    macro_rules! ids {
        ($($name:ident)*) => {$(
            match $name::new(text) {
                Ok(id) => assert!(id.as_str() == text && is_inert(text) && text.chars().count() <= $name::MAX_CHARS),
                Err(error) => assert!(is_inert(&error.to_string())),
            }
        )*};
    }
    ids!(SubjectId FactId EventKind Version);
    match text.parse::<Currency>() {
        Ok(currency) => assert_eq!(currency.code(), text),
        Err(error) => assert!(is_inert(&error.to_string())),
    }
    if let Ok(fingerprint) = Fingerprint::try_from(text.to_owned()) {
        assert_eq!(fingerprint.to_string(), text);
    }
    let _ = (
        Email::new(text),
        Phone::new(text),
        PersonName::new(text).map(|name| assert!(is_inert(name.reveal()))),
    );
});
