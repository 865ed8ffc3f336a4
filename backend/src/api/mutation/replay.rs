//! What tells two calls with the same idempotency key apart.

use std::fmt::{Debug, Write as _};

use async_graphql::{Context, Value};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::wrong;
use crate::{
    api::error::Result,
    task::{IdempotencyKey, Replay},
};

/// The field of every input that carries the key.
const KEY: &str = "idempotencyKey";

/// The key of this call, with the name of the mutation and two fingerprints: of its arguments as they were
/// written, and of what they say (`input`, in the words of the domain), which is the same whether a default
/// is spelt out or left out. Only the first outlives an upgrade of the server.
pub(super) fn of(ctx: &Context<'_>, key: &str, input: &dyn Debug) -> Result<Replay> {
    let key = IdempotencyKey::new(key).map_err(|e| wrong(e.at(KEY)))?;
    let field = ctx.field();
    let mut hash = Sha256::new();
    for (name, value) in field.arguments()? {
        hash.update(name.as_bytes());
        digest(&mut hash, &value);
    }
    let written = URL_SAFE_NO_PAD.encode(hash.finalize());
    let mut meant = Hashed(Sha256::new());
    // A hash takes whatever is written.
    let _ = write!(meant, "{input:?}");
    let meant = URL_SAFE_NO_PAD.encode(meant.0.finalize());
    Ok(Replay { key, mutation: field.name().to_owned(), written, meant })
}

/// A hash of a text that is never held as a whole.
struct Hashed(Sha256);

impl std::fmt::Write for Hashed {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

/// The order of an object's fields does not matter, nor how the value came into the document.
fn digest(hash: &mut Sha256, value: &Value) {
    match value {
        Value::List(items) => {
            hash.update(b"[");
            for item in items {
                digest(hash, item);
                hash.update(b",");
            }
            hash.update(b"]");
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().filter(|(name, _)| *name != KEY).collect();
            fields.sort_by_key(|(name, _)| name.as_str());
            hash.update(b"{");
            for (name, field) in fields {
                hash.update(format!("{name:?}:"));
                digest(hash, field);
                hash.update(b",");
            }
            hash.update(b"}");
        }
        // An enum value is written as a string in variables and as a name in the document.
        Value::Enum(word) => hash.update(format!("{:?}", word.as_str())),
        Value::String(text) => hash.update(format!("{text:?}")),
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) => {
            hash.update(value.to_string());
        }
    }
}
