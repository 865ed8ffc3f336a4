//! What the server answers.

use serde_json::Value;

/// The answer to one GraphQL request.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The response map.
    pub body: Value,
}

/// One entry of `errors`.
#[derive(Debug, Clone)]
pub struct Failure(pub Value);

impl Reply {
    /// The data of a request that went well.
    #[must_use]
    pub fn data(self) -> Value {
        assert!(self.body.get("errors").is_none(), "the request failed: {}", self.body);
        self.body["data"].clone()
    }

    /// The first error of a request that failed.
    #[must_use]
    pub fn error(self) -> Failure {
        assert!(self.body["errors"][0].is_object(), "the request did not fail: {}", self.body);
        Failure(self.body["errors"][0].clone())
    }

    /// Whether it failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.body.get("errors").is_some()
    }
}

impl Failure {
    /// `extensions.code`.
    #[must_use]
    pub fn code(&self) -> &str {
        self.0["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("an error without code: {}", self.0))
    }

    /// A member of `extensions`.
    #[must_use]
    pub fn detail(&self, name: &str) -> &Value {
        &self.0["extensions"][name]
    }

    /// The path of the field that is wrong, as in `parameterSpace.parameters.0.high`.
    #[must_use]
    pub fn path(&self) -> String {
        let segments = self.detail("path").as_array().cloned().unwrap_or_default();
        let words: Vec<_> = segments
            .iter()
            .map(|segment| segment.as_str().map_or_else(|| segment.to_string(), str::to_owned))
            .collect();
        words.join(".")
    }
}
