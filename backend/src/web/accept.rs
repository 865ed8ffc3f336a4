//! Content negotiation: what the client accepts, with its preferences
//! (<https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1>).

use axum::http::{HeaderMap, header};

/// The media types of a response to a GraphQL request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status code tells whether there is `data`.
    GraphqlResponse,
    /// `application/json`: of clients older than the former. The status code tells little.
    Json,
    /// `text/event-stream`.
    EventStream,
}

/// A media range of the header, with its weight in thousandths.
#[derive(Debug)]
struct Range {
    main: String,
    sub: String,
    quality: u16,
}

/// The header `Accept`.
#[derive(Debug)]
pub(super) struct Accept(Vec<Range>);

impl Accept {
    /// Reads the header. Ranges that are not well-formed are left out; without any, everything is
    /// accepted.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges: Vec<Range> =
            values.flat_map(|value| value.split(',')).filter_map(range).collect();
        if ranges.is_empty() && !headers.contains_key(header::ACCEPT) {
            return Self(vec![Range { main: "*".to_owned(), sub: "*".to_owned(), quality: 1000 }]);
        }
        Self(ranges)
    }

    /// The media type for a query or a mutation; `None` if the client accepts none. Among equals
    /// the newer one wins if the client names it; one that does not (or sends no header) may not
    /// know it. An event stream is only for those who ask for one by name.
    pub(super) fn for_response(&self) -> Option<MediaType> {
        let newer = self.quality("application", "graphql-response+json");
        let is_named = self.0.iter().any(|range| range.sub == "graphql-response+json");
        let offers = [
            (MediaType::GraphqlResponse, if is_named { newer } else { 0 }),
            (MediaType::Json, self.quality("application", "json")),
            (MediaType::EventStream, self.event_stream()),
            (MediaType::GraphqlResponse, newer),
        ];
        let best = offers.iter().map(|(_, quality)| *quality).max().filter(|best| *best > 0)?;
        offers.into_iter().find(|(_, quality)| *quality == best).map(|(offer, _)| offer)
    }

    /// Whether the client asks for an event stream by name: `*/*` comes from clients that would
    /// wait for the end of a response that has none.
    pub(super) fn accepts_event_stream(&self) -> bool {
        self.event_stream() > 0
    }

    /// Whether the client accepts a page, and says so by name: as browsers do when they navigate.
    pub(super) fn accepts_html(&self) -> bool {
        self.named("text", "html") > 0
    }

    fn event_stream(&self) -> u16 {
        self.named("text", "event-stream")
    }

    /// Like [`Self::quality`], for a type that is not meant by `*/*`.
    fn named(&self, main: &str, sub: &str) -> u16 {
        let is_named = self.0.iter().any(|range| range.main == main);
        if is_named { self.quality(main, sub) } else { 0 }
    }

    /// The weight of the most specific range that matches.
    fn quality(&self, main: &str, sub: &str) -> u16 {
        let specificity = |range: &Range| match (&*range.main, &*range.sub) {
            (of, "*") if of == main => Some(1),
            ("*", "*") => Some(0),
            (of, exactly) if of == main && exactly == sub => Some(2),
            _ => None,
        };
        let matching = self.0.iter().filter_map(|range| Some((specificity(range)?, range.quality)));
        matching.max().map_or(0, |(_, quality)| quality)
    }
}

fn range(text: &str) -> Option<Range> {
    let mut parts = text.split(';').map(str::trim);
    let (main, sub) = parts.next()?.split_once('/')?;
    if main.is_empty() || sub.is_empty() {
        return None;
    }
    let weight = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let quality = match weight {
        Some((_, weight)) => thousandths(weight.trim())?,
        None => 1000,
    };
    Some(Range { main: main.to_ascii_lowercase(), sub: sub.to_ascii_lowercase(), quality })
}

/// A weight: 0 to 1, with at most three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accept(value: &'static str) -> Accept {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(value));
        Accept::of(&headers)
    }

    #[test]
    fn the_highest_weight_wins() {
        let gql = Some(MediaType::GraphqlResponse);
        let json = Some(MediaType::Json);
        let stream = Some(MediaType::EventStream);
        for (value, expected) in [
            ("application/graphql-response+json", gql),
            ("application/json", json),
            ("APPLICATION/JSON; charset=utf-8", json),
            ("application/json, application/graphql-response+json", gql),
            ("application/graphql-response+json;q=0.1, application/json;q=1", json),
            ("application/graphql-response+json;q=0.9, application/json; Q=0.901", json),
            ("application/json;q=0, */*;q=0.1", gql),
            ("application/graphql-response+json;q=0, */*", json),
            ("application/*", json),
            ("*/*", json),
            ("text/event-stream", stream),
            ("text/*", stream),
            ("text/event-stream, application/json", json),
            ("text/event-stream, application/json;q=0.9", stream),
            ("text/html", None),
            ("text/html, */*;q=0.8", json),
            ("application/json;q=0", None),
            ("application/json;q=2", None),
            ("application/json;q=0.1234", None),
            ("nonsense", None),
            ("", None),
        ] {
            assert_eq!(accept(value).for_response(), expected, "{value}");
        }
        assert_eq!(Accept::of(&HeaderMap::new()).for_response(), json);
    }

    #[test]
    fn a_stream_must_be_asked_for_by_name() {
        assert!(accept("text/event-stream").accepts_event_stream());
        assert!(accept("*/*, text/event-stream;q=0.1").accepts_event_stream());
        assert!(!accept("*/*").accepts_event_stream());
        assert!(!accept("text/event-stream;q=0, */*").accepts_event_stream());
        assert!(!Accept::of(&HeaderMap::new()).accepts_event_stream());
    }

    #[test]
    fn navigation_is_known_by_html() {
        assert!(accept("text/html,application/xhtml+xml,*/*;q=0.8").accepts_html());
        assert!(!accept("*/*").accepts_html());
    }
}
