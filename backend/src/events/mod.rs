//! The live feed over the log. The log in the database is the truth; the feed only saves its
//! subscribers from reading it one by one, and every subscriber falls back to the log whenever it
//! cannot show that it has missed nothing.

mod across;
mod feed;
mod subscription;
mod watch;
mod work;

pub use feed::Feed;
pub use subscription::{EventStream, Since};
pub use work::{Awaited, Waiting, Whose, WorkWatch};
