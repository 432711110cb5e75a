//! Label packs: what is read fills every slot without a fault.
#![no_main]

use guanxi_core::Arg;
use guanxi_policy::LabelPack;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(text) = guanxi_fuzz::text(bytes) else { return };
    let Ok(pack) = LabelPack::parse(text) else { return };
    assert!(pack.gaps(&pack).is_empty());
    for (code, text) in pack.iter() {
        let (space, name) = code.split_once('.').unwrap_or(("", code));
        let filled = pack.fill(space, name, &[("a", Arg::Count(1))]);
        assert!(code.split_once('.').is_none() || text.contains("{a}") || filled == text);
    }
});
