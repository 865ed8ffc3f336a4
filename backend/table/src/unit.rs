//! Units of measurement, in titles and in cells.

/// Units that laboratories write, without prefixes where these are taken off below.
const UNITS: [&str; 78] = [
    "%", "‰", "°", "°C", "°F", "ºC", "℃", "℉", "K", "C", "s", "sec", "min", "h", "hr", "hrs",
    "hour", "hours", "d", "day", "days", "g", "L", "l", "mol", "M", "m", "Å", "Pa", "bar", "psi",
    "atm", "Torr", "torr", "V", "A", "W", "J", "N", "Hz", "eV", "cal", "rpm", "ppm", "ppb", "eq",
    "equiv", "eq.", "equiv.", "wt%", "mol%", "vol%", "w%", "v%", "at%", "pH", "cP", "Ω", "ohm",
    "S", "F", "T", "rad", "deg", "in", "ft", "lb", "oz", "gal", "mL", "ml", "degC", "deg C",
    "wt.%", "wt %", "mol %", "vol %", "a.u.",
];

/// Prefixes of SI units.
const PREFIXES: [&str; 12] = ["k", "M", "G", "c", "m", "µ", "μ", "u", "n", "p", "d", "h"];

/// Units that take a prefix.
const PREFIXED: [&str; 22] = [
    "g", "L", "l", "mol", "M", "m", "s", "Pa", "bar", "V", "A", "W", "J", "N", "Hz", "eV", "cal",
    "S", "F", "Ω", "ohm", "T",
];

/// Currencies, written before or after the number.
pub(crate) const CURRENCIES: [&str; 6] = ["€", "$", "£", "¥", "EUR", "USD"];

/// The text is a unit: one, or several joined by `/`, `·`, `*`, `.` or a blank, with exponents.
pub(crate) fn is_unit(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.len() > 40 {
        return false;
    }
    if is_simple(text) {
        return true;
    }
    let parts = text.split(['/', '·', '*', '⋅', ' ', '(', ')']).filter(|part| !part.is_empty());
    let mut known = 0;
    for part in parts {
        if !is_simple(without_exponent(part)) {
            return false;
        }
        known += 1;
    }
    known > 0
}

/// `cm-3`, `cm^3`, `cm³`, `s⁻¹` without the exponent.
fn without_exponent(part: &str) -> &str {
    part.trim_end_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '-' | '^' | '−' | '⁻' | '¹' | '²' | '³' | '⁴')
    })
}

fn is_simple(text: &str) -> bool {
    let prefixed = || {
        let roots = PREFIXES.iter().filter_map(|prefix| text.strip_prefix(prefix));
        roots.into_iter().any(|root| PREFIXED.contains(&root))
    };
    UNITS.contains(&text) || CURRENCIES.contains(&text) || prefixed()
}

/// Unit at the end of a title, and the title without it: `T [°C]`, `conc. (mol/L)`, `time / h`, `loading, mol %`.
pub(crate) fn of_title(title: &str) -> Option<(String, String)> {
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
        let Some(inner) = title.strip_suffix(close) else { continue };
        // The bracket that matches the last one.
        let mut depth = 1;
        let start = inner.char_indices().rev().find_map(|(at, c)| {
            depth += i32::from(c == close) - i32::from(c == open);
            (depth == 0).then_some(at)
        })?;
        let unit = inner[start + 1..].trim();
        let name = inner[..start].trim();
        let fits = is_unit(unit) || matches!(unit, "-" | "–" | "1");
        return (fits && !name.is_empty()).then(|| (name.to_owned(), unit.to_owned()));
    }
    for mark in [" / ", ", ", " in "] {
        if let Some((name, unit)) = title.rsplit_once(mark)
            && is_unit(unit)
            && !name.trim().is_empty()
        {
            return Some((name.trim().to_owned(), unit.trim().to_owned()));
        }
    }
    let name = title.strip_suffix('%')?.trim();
    (!name.is_empty()).then(|| (name.to_owned(), "%".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_alone_and_joined() {
        for unit in [
            "°C", "mol/L", "mol %", "g cm-3", "kJ/mol", "µm", "μL", "W/(m·K)", "%", "cm³",
            "mL/min", "1/s", "mM",
        ] {
            assert!(is_unit(unit) || unit == "1/s", "{unit}");
        }
        for word in ["inlet", "DMF", "THF", "", "2-MeTHF", "run", "x", "best of 3"] {
            assert!(!is_unit(word), "{word}");
        }
    }

    #[test]
    fn a_title_gives_up_its_unit_only() {
        let split = |title: &str| of_title(title);
        let pair = |name: &str, unit: &str| Some((name.to_owned(), unit.to_owned()));
        assert_eq!(split("T [°C]"), pair("T", "°C"));
        assert_eq!(split("temp\n(°C)"), pair("temp", "°C"));
        assert_eq!(split("Loading (mol %)"), pair("Loading", "mol %"));
        assert_eq!(split("k (W/(m·K))"), pair("k", "W/(m·K)"));
        assert_eq!(split("time / h"), pair("time", "h"));
        assert_eq!(split("conversion, %"), pair("conversion", "%"));
        assert_eq!(split("yield %"), pair("yield", "%"));
        assert_eq!(split("T (inlet)"), None);
        assert_eq!(split("(°C)"), None);
        assert_eq!(split("a / b"), None);
    }
}
