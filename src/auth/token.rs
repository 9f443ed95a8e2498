//! What callers show: access tokens, which are JWTs of 15 minutes (HS256) bound to one sign-in, of a user or a
//! customer, and one business; or API keys, of which the data base knows what they are worth.

use std::path::Path;
use std::sync::Once;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{Seals, secret};
use crate::db::Scope;
use crate::error::{Error, Result};
use crate::id::{BusinessId, CustomerId, SessionId, UserId};

/// How long an access token is valid, in minutes.
const MINUTES: i64 = 15;
const KEY_FILE: &str = "signing.key";

/// What every API key begins with.
pub const KEY_PREFIX: &str = "dbk_";

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A user, since a sign-in.
    User(UserId, SessionId),
    /// Whoever has the API key of this hash.
    ApiKey([u8; 32]),
    /// A customer, since a sign-in by share link.
    Customer(CustomerId, SessionId),
}

/// What a verified token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub subject: Subject,
    /// In which business.
    pub business: BusinessId,
    /// Until when. Of an API key the data base says that.
    pub expires_at: DateTime<Utc>,
}

impl Identity {
    /// Whose rows it can reach.
    pub fn scope(&self) -> Scope {
        match self.subject {
            Subject::User(user, _) => Scope::Business(self.business, Some(user)),
            Subject::ApiKey(_) => Scope::Business(self.business, None),
            Subject::Customer(customer, _) => Scope::Customer(self.business, customer),
        }
    }

    /// The user and their sign-in; an error if it is not a user's.
    pub fn user(&self) -> Result<(UserId, SessionId)> {
        match self.subject {
            Subject::User(user, session) => Ok((user, session)),
            _ => Err(Error::Forbidden("this is for users who signed in with their password".into())),
        }
    }
}

/// Who calls, or why that is not known: said only when the operation needs to know.
pub type Caller = Result<Identity, &'static str>;

/// What a caller without a token is told where they need one.
pub const ANONYMOUS: &str = "sign in first: send the header `Authorization: Bearer …`";
/// What a caller with an old token is told.
pub const EXPIRED: &str = "the access token has expired: refresh the session";

/// What a caller is told whose session was signed out, or whose membership or share link was ended.
pub const ENDED: &str = "this sign-in has ended: sign in again";
/// What a caller is told whose API key is not, or no longer, good.
pub const KEY_ENDED: &str = "this API key is unknown, revoked or expired, or its maker has left: make a new one";

/// The claims of the token; times in seconds since 1970.
#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    sid: String,
    bus: String,
    iat: i64,
    exp: i64,
}

/// Makes and verifies access tokens.
#[derive(Clone)]
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    seals: Seals,
}

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The one that was given is too easy to guess.
    #[error("the signing key has {0} characters; give at least 32, made at random (openssl rand -base64 32)")]
    Short(usize),
    /// The file of the data folder cannot be used.
    #[error("cannot use {0}: {1}")]
    File(String, std::io::Error),
    /// The operating system gave no randomness.
    #[error("{0}")]
    Random(#[from] Error),
}

impl Tokens {
    /// With a key of at least 32 characters.
    pub fn new(key: &str) -> Result<Self, KeyError> {
        if key.len() < 32 {
            return Err(KeyError::Short(key.len()));
        }
        // jsonwebtoken comes with large providers of every algorithm; HS256 is all that is used here.
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            static HS256: CryptoProvider = CryptoProvider {
                signer_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.as_bytes())?)),
                verifier_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.try_get_as_bytes()?)?)),
                key_utils: KeyUtils::new_unimplemented(),
            };
            HS256.install_default().ok();
        });
        Ok(Self {
            encoding: EncodingKey::from_secret(key.as_bytes()),
            decoding: DecodingKey::from_secret(key.as_bytes()),
            seals: Seals::new(key),
        })
    }

    /// With the key of the data folder, which is made at the first start and readable by its owner only.
    pub fn from_data_dir(data_dir: &Path) -> Result<Self, KeyError> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;

        let path = data_dir.join(KEY_FILE);
        let failed = |error| KeyError::File(path.display().to_string(), error);
        let new = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        match new {
            Ok(mut file) => {
                let key = STANDARD.encode(secret::random()?);
                file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        Self::new(std::fs::read_to_string(&path).map_err(failed)?.trim())
    }

    /// What signs addresses, with a key that comes from the same.
    pub fn seals(&self) -> &Seals {
        &self.seals
    }

    /// A token for a sign-in, valid from `now`, and what it says.
    pub fn issue(&self, subject: Subject, business: BusinessId, now: DateTime<Utc>) -> Result<(String, Identity)> {
        let expires_at = now + Duration::minutes(MINUTES);
        let (sub, session) = match subject {
            Subject::User(user, session) => (user.to_string(), session),
            Subject::Customer(customer, session) => (customer.to_string(), session),
            Subject::ApiKey(_) => return Err(Error::internal("an API key is a token of its own")),
        };
        let claims = Claims {
            sub,
            sid: session.to_string(),
            bus: business.to_string(),
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        let token =
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(Error::internal)?;
        Ok((token, Identity { subject, business, expires_at }))
    }

    /// Who a token speaks for, if it is one of ours and has not expired at `now`; else what the caller should do.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Identity, &'static str> {
        if token.starts_with(KEY_PREFIX) {
            let ([business], hash) =
                secret::read_addressed(KEY_PREFIX, token).ok_or("this is not a whole API key: copy all of it")?;
            let (subject, business) = (Subject::ApiKey(hash), BusinessId(business));
            return Ok(Identity { subject, business, expires_at: DateTime::<Utc>::MAX_UTC });
        }
        const WRONG: &str = "the access token is not valid: sign in, or refresh the session";
        let mut validation = Validation::new(Algorithm::HS256);
        // The library would ask the machine's clock; ours is asked below.
        validation.validate_exp = false;
        let token = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).map_err(|_| WRONG)?;
        let claims = token.claims;
        if claims.exp <= now.timestamp() {
            return Err(EXPIRED);
        }
        let session = claims.sid.parse().map_err(|_| WRONG)?;
        let subject = match (claims.sub.parse(), claims.sub.parse()) {
            (Ok(user), _) => Subject::User(user, session),
            (_, Ok(customer)) => Subject::Customer(customer, session),
            _ => return Err(WRONG),
        };
        Ok(Identity {
            subject,
            business: claims.bus.parse().map_err(|_| WRONG)?,
            expires_at: DateTime::from_timestamp(claims.exp, 0).ok_or(WRONG)?,
        })
    }

    /// Who the value of an `Authorization` header speaks for.
    pub fn bearer(&self, header: Option<&str>, now: DateTime<Utc>) -> Caller {
        let Some(header) = header else { return Err(ANONYMOUS) };
        match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => self.verify(token.trim(), now),
            _ => Err("the header `Authorization` must be `Bearer` and an access token or API key"),
        }
    }
}

/// HMAC with SHA-256, as jsonwebtoken wants it.
struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn new(algorithm: Algorithm, key: &[u8]) -> jsonwebtoken::errors::Result<Self> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        Hmac::new_from_slice(key).map(Self).map_err(|_| ErrorKind::InvalidKeyFormat.into())
    }

    fn mac(&self, message: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(message)
    }
}

impl signature::Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.mac(message).finalize().into_bytes().to_vec())
    }
}

impl signature::Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.mac(message).verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_token_is_valid_for_fifteen_minutes_and_only_under_its_key() {
        let clock = Clock::default();
        let now = clock.now();
        let tokens = Tokens::new("0123456789abcdef0123456789abcdef").unwrap();
        let (user, session, business) = (UserId(clock.id()), SessionId(clock.id()), BusinessId(clock.id()));
        let subject = Subject::User(user, session);
        let (token, identity) = tokens.issue(subject, business, now).unwrap();

        let read = tokens.verify(&token, now + Duration::minutes(14)).unwrap();
        assert_eq!((read.subject, read.business), (subject, business));
        let subject = Subject::Customer(CustomerId(clock.id()), session);
        let (of_customer, _) = tokens.issue(subject, business, now).unwrap();
        assert_eq!(tokens.verify(&of_customer, now).unwrap().subject, subject);
        assert_eq!(read.expires_at.timestamp(), identity.expires_at.timestamp());
        assert!(tokens.verify(&token, now + Duration::minutes(15)).is_err());

        let others = Tokens::new("another key that is long enough!!").unwrap();
        assert!(others.verify(&token, now).is_err());
        // A token that names another algorithm, or none, is refused before its signature is looked at.
        let (_, rest) = token.split_once('.').unwrap();
        let none = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        assert!(tokens.verify(&format!("{none}.{rest}"), now).is_err());
        assert!(Tokens::new("short").is_err());
    }
}
