guanxi_core::define_id! {
    /// The name of a class, such as `a`.
    pub struct ClassId(code, 64);
}
guanxi_core::define_id! {
    /// The name of a segment, such as `champions` or `high_value`.
    pub struct SegmentId(code, 64);
}
