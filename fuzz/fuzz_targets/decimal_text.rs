//! Decimals from JSON: what is read survives its own text.
#![no_main]

use guanxi_core::{DecimalText, Money, Score, Share};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    macro_rules! survives {
        ($($name:ty)*) => {$(
            if let Ok(value) = serde_json::from_slice::<$name>(bytes) {
                let text = serde_json::to_string(&value).expect("a value has a text");
                assert_eq!(serde_json::from_str::<$name>(&text).expect("its own text is read"), value);
            }
        )*};
    }
    survives!(DecimalText Money Score Share);
});
