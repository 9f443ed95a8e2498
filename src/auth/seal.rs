//! Seals: what an address says that needs no sign-in, signed, so that nobody can change it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::error::{Error, Result};

/// Signs and verifies what addresses say.
#[derive(Clone)]
pub struct Seals(Hmac<Sha256>);

impl Seals {
    /// With a key of its own, made from the signing key: no seal is an access token, and none a seal.
    pub fn new(signing_key: &str) -> Self {
        let keyed = |key: &[u8]| Hmac::<Sha256>::new_from_slice(key);
        // HMAC takes keys of any length.
        let derived = keyed(signing_key.as_bytes()).map(|mac| mac.chain_update("daybook seal").finalize().into_bytes());
        match derived.and_then(|key| keyed(&key)) {
            Ok(mac) => Self(mac),
            Err(_) => unreachable!("HMAC takes keys of any length"),
        }
    }

    /// What is said for a purpose, as text that is safe in an address. Whoever has it can read it.
    pub fn seal(&self, purpose: &str, said: &impl Serialize) -> Result<String> {
        let said = URL_SAFE_NO_PAD.encode(serde_json::to_vec(said).map_err(Error::internal)?);
        let mac = self.mac(purpose, &said).finalize().into_bytes();
        Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(mac)))
    }

    /// What was sealed for that purpose; nothing if it was changed, or sealed by someone else or for something else.
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        let (said, mac) = sealed.split_once('.')?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        self.mac(purpose, said).verify_slice(&mac).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said).ok()?).ok()
    }

    fn mac(&self, purpose: &str, said: &str) -> Hmac<Sha256> {
        // A purpose has no point in it, nor has what is encoded.
        self.0.clone().chain_update(purpose).chain_update(".").chain_update(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_for_its_purpose_and_key_and_not_if_one_letter_differs() {
        let seals = Seals::new("0123456789abcdef0123456789abcdef");
        let said = (7, "seven".to_owned());
        let sealed = seals.seal("lunch", &said).unwrap();
        assert_eq!(seals.open("lunch", &sealed), Some(said));
        assert_eq!(seals.open::<(i32, String)>("dinner", &sealed), None);
        let others = Seals::new("another key that is long enough!!");
        assert_eq!(others.open::<(i32, String)>("lunch", &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last letter of a text in base 64 may have bits that say nothing, and such texts are refused as well.
            assert_eq!(seals.open::<(i32, String)>("lunch", &changed), None, "{changed}");
        }
        for rubbish in ["", ".", "lunch", &sealed[..sealed.len() - 1], &format!("{sealed}.{sealed}")] {
            assert_eq!(seals.open::<(i32, String)>("lunch", rubbish), None, "{rubbish}");
        }
    }
}
