//! The table of units: spellings and what is written for them. Signs and prefixes are those of the SI Brochure (9th edition)
//! and of trade, words those of answers.

/// How a spelling stands: without prefixes, as a sign with prefixes (`mm`), or as a word with prefixes (`millimetre`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Whole,
    Sign,
    Word,
}
use Use::{Sign, Whole, Word};

/// Prefixes of the metric system: sign and word.
#[rustfmt::skip]
pub(super) const PREFIXES: [(&str, &str); 13] = [
    ("k", "kilo"), ("m", "milli"), ("c", "centi"), ("M", "mega"), ("G", "giga"), ("T", "tera"), ("P", "peta"),
    ("μ", "micro"), ("n", "nano"), ("p", "pico"), ("f", "femto"), ("d", "deci"), ("h", "hecto"),
];

/// Spellings in the singular, by bytes. In signs case decides (`Nm` is a torque, `nm` a length); of a sign that nothing
/// else is like, the usual slips of case are here (`KM`). Nothing is written for what is dropped.
#[rustfmt::skip]
const UNITS: [(&str, &str, Use); 250] = [
    ("\"", "in", Whole), ("%", "", Whole), ("A", "A", Sign), ("A.D", "AD", Whole), ("AD", "AD", Whole), ("Ah", "A*h", Sign),
    ("B", "B", Sign), ("B.C", "BC", Whole), ("B.C.E", "BC", Whole), ("BC", "BC", Whole), ("BCE", "BC", Whole),
    ("Bps", "B/s", Sign), ("Bq", "Bq", Sign), ("C", "C", Sign), ("C.E", "AD", Whole), ("CE", "AD", Whole),
    ("CHF", "CHF", Whole), ("CM", "cm", Whole), ("CNY", "CNY", Whole), ("Cal", "kcal", Whole), ("EUR", "EUR", Whole),
    ("F", "F", Sign), ("FT", "ft", Whole), ("Ft", "ft", Whole), ("GBP", "GBP", Whole), ("GPM", "gal/min", Whole),
    ("Gal", "gal", Whole), ("Gy", "Gy", Sign), ("H", "H", Sign), ("HZ", "Hz", Whole), ("Hz", "Hz", Sign),
    ("INR", "INR", Whole), ("J", "J", Sign), ("JPY", "JPY", Whole), ("Js", "J*s", Sign), ("K", "K", Sign),
    ("KB", "kB", Whole), ("KG", "kg", Whole), ("KHZ", "kHz", Whole), ("KHz", "kHz", Whole), ("KM", "km", Whole),
    ("KRW", "KRW", Whole), ("Kb", "kb", Whole), ("Kg", "kg", Whole), ("Khz", "kHz", Whole), ("Km", "km", Whole),
    ("L", "L", Sign), ("LB", "lb", Whole), ("Lb", "lb", Whole), ("M", "M", Sign), ("N", "N", Sign), ("Nm", "N*m", Sign),
    ("OZ", "oz", Whole), ("Oz", "oz", Whole), ("Pa", "Pa", Sign), ("Pas", "Pa*s", Sign), ("RMB", "CNY", Whole),
    ("RUB", "RUB", Whole), ("S", "S", Sign), ("Sv", "Sv", Sign), ("T", "T", Sign), ("USD", "", Whole), ("V", "V", Sign),
    ("VA", "VA", Sign), ("W", "W", Sign), ("Wb", "Wb", Sign), ("Wh", "Wh", Sign), ("acre", "acre", Whole),
    ("american dollar", "", Whole), ("amp", "A", Word), ("ampere", "A", Word), ("atm", "atm", Whole),
    ("atmosphere", "atm", Whole), ("b", "b", Sign), ("bar", "bar", Sign), ("becquerel", "Bq", Word), ("bit", "bit", Sign),
    ("bps", "b/s", Sign), ("british pound", "GBP", Whole), ("buck", "", Whole), ("byte", "B", Word), ("cal", "cal", Sign),
    ("calorie", "cal", Word), ("candela", "cd", Whole), ("cc", "mL", Whole), ("cd", "cd", Whole), ("celsius", "°C", Whole),
    ("cent", "cent", Whole), ("chf", "CHF", Whole), ("cny", "CNY", Whole), ("coulomb", "C", Word), ("day", "day", Whole),
    ("days", "day", Whole), ("deg", "", Whole), ("deg C", "°C", Whole), ("deg F", "°F", Whole), ("deg c", "°C", Whole),
    ("deg f", "°F", Whole), ("degree", "", Whole), ("degree C", "°C", Whole), ("degree F", "°F", Whole),
    ("degree c", "°C", Whole), ("degree celsius", "°C", Whole), ("degree f", "°F", Whole),
    ("degree fahrenheit", "°F", Whole), ("degrees C", "°C", Whole), ("degrees F", "°F", Whole), ("degrees c", "°C", Whole),
    ("degrees celsius", "°C", Whole), ("degrees centigrade", "°C", Whole), ("degrees f", "°F", Whole),
    ("degrees fahrenheit", "°F", Whole), ("dollar", "", Whole), ("eV", "eV", Sign), ("electron volt", "eV", Word),
    ("electronvolt", "eV", Word), ("eur", "EUR", Whole), ("euro", "EUR", Whole), ("fahrenheit", "°F", Whole),
    ("farad", "F", Word), ("feet", "ft", Whole), ("foot", "ft", Whole), ("franc", "CHF", Whole), ("ft", "ft", Whole),
    ("g", "g", Sign), ("gal", "gal", Whole), ("gal/min", "gal/min", Whole), ("gallon", "gal", Whole), ("gbp", "GBP", Whole),
    ("gpm", "gal/min", Whole), ("gram", "g", Word), ("gramme", "g", Word), ("gray", "Gy", Word), ("h", "h", Whole),
    ("ha", "ha", Whole), ("hectare", "ha", Whole), ("henry", "H", Word), ("hertz", "Hz", Word), ("hour", "h", Whole),
    ("hr", "h", Whole), ("hrs", "h", Whole), ("hz", "Hz", Whole), ("in", "in", Whole), ("inch", "in", Whole),
    ("inche", "in", Whole), ("inr", "INR", Whole), ("joule", "J", Word), ("jpy", "JPY", Whole), ("kat", "kat", Sign),
    ("katal", "kat", Word), ("kelvin", "K", Word), ("khz", "kHz", Whole), ("km/h", "km/h", Whole), ("kmh", "km/h", Whole),
    ("kmph", "km/h", Whole), ("kph", "km/h", Whole), ("krw", "KRW", Whole), ("l", "L", Whole), ("lb", "lb", Whole),
    ("lbs", "lb", Whole), ("liter", "L", Word), ("litre", "L", Word), ("lm", "lm", Sign), ("lumen", "lm", Word),
    ("lux", "lx", Whole), ("lx", "lx", Whole), ("m", "m", Sign), ("meter", "m", Word), ("metre", "m", Word),
    ("metric ton", "t", Whole), ("mho", "S", Word), ("mi", "mi", Whole), ("mile", "mi", Whole),
    ("mile per hour", "mph", Whole), ("miles per hour", "mph", Whole), ("min", "min", Whole), ("mins", "min", Whole),
    ("minute", "min", Whole), ("ml", "mL", Whole), ("mo", "month", Whole), ("mol", "mol", Sign), ("molar", "M", Word),
    ("mole", "mol", Word), ("month", "month", Whole), ("mph", "mph", Whole), ("newton", "N", Word), ("ohm", "Ω", Word),
    ("ounce", "oz", Whole), ("oz", "oz", Whole), ("pascal", "Pa", Word), ("pct", "", Whole), ("per cent", "", Whole),
    ("percent", "", Whole), ("pound", "lb", Whole), ("pound sterling", "GBP", Whole), ("pounds sterling", "GBP", Whole),
    ("qt", "qt", Whole), ("quart", "qt", Whole), ("rad", "rad", Whole), ("radian", "rad", Whole),
    ("revolution per minute", "rpm", Whole), ("revolutions per minute", "rpm", Whole), ("rmb", "CNY", Whole),
    ("rouble", "RUB", Whole), ("rpm", "rpm", Whole), ("rub", "RUB", Whole), ("ruble", "RUB", Whole),
    ("rupee", "INR", Whole), ("s", "s", Sign), ("sec", "s", Word), ("second", "s", Word), ("siemen", "S", Word),
    ("siemens", "S", Word), ("sievert", "Sv", Word), ("t", "t", Whole), ("tesla", "T", Word), ("ton", "ton", Whole),
    ("tonne", "t", Whole), ("u.s. dollar", "", Whole), ("us dollar", "", Whole), ("usd", "", Whole), ("volt", "V", Word),
    ("volt-ampere", "VA", Word), ("watt", "W", Word), ("watt hour", "Wh", Word), ("watt-hour", "Wh", Word),
    ("watthour", "Wh", Word), ("weber", "Wb", Word), ("week", "week", Whole), ("wk", "week", Whole), ("wks", "week", Whole),
    ("won", "KRW", Whole), ("yard", "yd", Whole), ("yd", "yd", Whole), ("year", "year", Whole), ("yen", "JPY", Whole),
    ("yr", "year", Whole), ("yrs", "year", Whole), ("yuan", "CNY", Whole), ("¢", "cent", Whole), ("£", "GBP", Whole),
    ("¥", "JPY", Whole), ("°", "", Whole), ("°C", "°C", Whole), ("°F", "°F", Whole), ("Ω", "Ω", Sign), ("₩", "KRW", Whole),
    ("€", "EUR", Whole), ("₹", "INR", Whole), ("₽", "RUB", Whole),
];

/// The symbol of a spelling, and its use.
pub(super) fn find(spelling: &str) -> Option<(&'static str, Use)> {
    let at = UNITS.binary_search_by(|(known, ..)| (*known).cmp(spelling)).ok()?;
    UNITS.get(at).map(|(_, symbol, kind)| (*symbol, *kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(UNITS.is_sorted_by(|a, b| a.0 < b.0));
    }

    /// A unit's symbol reads as itself.
    #[test]
    fn symbols_are_their_own() {
        for (spelling, symbol, _) in UNITS {
            let of = |unit: &str| crate::vote::normalise(&format!("7 {unit}")).into_owned();
            assert_eq!(of(spelling), of(symbol), "{spelling}");
        }
    }
}
