//! The digests by which the page's security policy knows its own script and style.
use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// SHA-256 of a text in base64, as a `sha256-…` source of a Content-Security-Policy wants it.
pub(super) fn sha256_base64(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut encoded = String::new();
    for group in digest.chunks(3) {
        let bits =
            group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for sextet in 0..4 {
            let index = bits >> (18 - 6 * sextet) & 63;
            let letter = ALPHABET.get(index as usize).map_or('A', |letter| char::from(*letter));
            encoded.push(if sextet > group.len() { '=' } else { letter });
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digests of FIPS 180-4's first examples, in base64.
    #[test]
    fn known_digests() {
        assert_eq!(sha256_base64(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(sha256_base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }
}
