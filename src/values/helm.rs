/// Which Helm reads the values; they differ in a few places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Helm {
    /// 3.x, as of 3.21.
    Three,
    /// 4.x, as of 4.2.
    Four,
}
