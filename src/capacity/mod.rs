//! Capacity of a node pool: what fits on a node, how many seats a lead time needs, and what they cost. Pure: everything
//! that is known comes in as arguments, and the same arguments give the same numbers on every platform.

pub mod arithmetic;
pub mod counts;
pub mod delay;
pub mod demand;
mod draws;
pub mod nodes;
pub mod resources;
pub mod simulate;
