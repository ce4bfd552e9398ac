//! Random numbers that nobody can guess.

/// A number of 128 bits; `None` in a browser without a source of chance.
pub(super) fn random() -> Option<u128> {
    let mut bytes = [0; 16];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(u128::from_be_bytes(bytes))
}
