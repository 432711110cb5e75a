guanxi_core::define_id! {
    /// The name of a script, such as `first_contact`.
    pub struct ScriptId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a slot of a script, such as `contact`; what is filled in is never part of it.
    pub struct SlotId(code, 64);
}
