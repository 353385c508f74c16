//! A provider's usage in one form: input with its cached and written parts, output with its reasoning.
//!
//! Providers differ in where they write the counts, in their names, and in what a count includes. The table has all of that; this
//! module walks it. Counts may be whole numbers, floats or numbers in a string. A negative one, a fraction or a text is counted
//! as invalid and left out, and never costs an answer. How reports of one stream are merged is the run's affair
//! ([`rheostat::run::Sample::usage`]).

mod table;

use rheostat::run::Usage;
use rheostat::{Error, Result};
use serde_json::Value;
use table::{
    DIALECTS, Dialect, INPUT_PARTS, KIND_COUNTS, KINDS, MOST_WRAPPED, OUTPUT_PARTS, PARTS, PLACES, WRAPPERS,
};

/// The usage in one response or event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The counts. `input` includes `cached` and `written`, `output` includes `reasoning`.
    pub usage: Usage,
    /// The dialect that was read.
    pub dialect: &'static str,
    /// Counts that cannot be true.
    pub invalid: u32,
}

/// Reads the usage in a response, in events of its stream (JSON, or lines of `data: …`), or in a usage object by itself. None if
/// there is none.
///
/// ```
/// let json = br#"{"usage": {"input_tokens": 4, "cache_read_input_tokens": 2000, "output_tokens": 7}}"#;
/// let report = rheostat_wire::usage::read(json).unwrap();
/// assert_eq!((report.usage.input, report.usage.cached, report.usage.output), (Some(2004), Some(2000), Some(7)));
/// ```
pub fn read(json: &[u8]) -> Option<Report> {
    read_by(json, |dialect, object| has_any(object, dialect.marks))
}

/// Like [`read`], by the fields of one [provider](providers) alone.
///
/// # Errors
/// [`Error::Unknown`] when the table has no such provider.
pub fn read_of(json: &[u8], provider: &str) -> Result<Option<Report>> {
    if !providers().any(|name| name == provider) {
        return Err(Error::unknown("provider", provider, providers()));
    }
    let told = |dialect: &Dialect, object: &Value| {
        let counts = dialect.input.iter().chain(dialect.output);
        dialect.name == provider && counts.into_iter().any(|fields| has_any(object, fields))
    };
    Ok(read_by(json, told))
}

/// The providers in the table, each once.
pub fn providers() -> impl Iterator<Item = &'static str> {
    let names = DIALECTS.iter().map(|dialect| dialect.name);
    names
        .enumerate()
        .filter(|(i, name)| !DIALECTS.iter().take(*i).any(|dialect| dialect.name == *name))
        .map(|(_, name)| name)
}

/// Reads each document of the JSON, and keeps the largest of each count, as they are cumulative.
fn read_by(json: &[u8], fits: impl Fn(&Dialect, &Value) -> bool) -> Option<Report> {
    documents(json).iter().filter_map(|document| read_document(document, &fits)).reduce(|before, report| {
        Report {
            usage: both(before.usage, report.usage, u64::max),
            invalid: before.invalid.saturating_add(report.invalid),
            ..before
        }
    })
}

/// A response, the items of a list of responses (Gemini's stream), or the events of several lines.
fn documents(json: &[u8]) -> Vec<Value> {
    match serde_json::from_slice(json) {
        Ok(Value::Array(items)) => items,
        Ok(value) => vec![value],
        Err(_) => {
            let lines = json.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
            let data = lines.map(|line| line.strip_prefix(b"data:").unwrap_or(line));
            data.filter_map(|line| serde_json::from_slice(line).ok()).collect()
        }
    }
}

/// Reads the nearest object that holds a usage, by the first dialect that fits.
fn read_document(value: &Value, fits: impl Fn(&Dialect, &Value) -> bool) -> Option<Report> {
    let mut level = vec![value];
    for _ in 0..=MOST_WRAPPED {
        if let Some(report) = level.iter().find_map(|value| read_beside(value, &fits)) {
            return Some(report);
        }
        let inner = level.iter().flat_map(|value| WRAPPERS.iter().filter_map(|wrapper| find(value, wrapper)));
        level = inner.filter(|value| value.is_object()).collect();
    }
    None
}

/// Reads the usage that an object holds, and no wrapper in it.
fn read_beside(value: &Value, fits: impl Fn(&Dialect, &Value) -> bool) -> Option<Report> {
    let dialect_of = |object: &Value| DIALECTS.iter().find(|dialect| fits(dialect, object));
    PLACES.iter().find_map(|place| {
        let object = find(value, place).filter(|object| object.is_object() || object.is_array())?;
        if let Some(dialect) = dialect_of(object) {
            return Some(whole(object, dialect));
        }
        // Clients in other languages write the same names in other letters: `InputTokenCount`.
        let object = Some(object).filter(|_| !place.is_empty()).and_then(in_small_letters)?;
        dialect_of(&object).map(|dialect| whole(&object, dialect))
    })
}

/// An object with its names as `input_token_count`; None if it has them so.
fn in_small_letters(object: &Value) -> Option<Value> {
    let members = object.as_object()?;
    let has_capitals = |name: &String| name.bytes().any(|b| b.is_ascii_uppercase());
    members.keys().any(has_capitals).then(|| {
        let renamed = members.iter().map(|(name, value)| {
            let mut small = String::with_capacity(name.len() + 4);
            for (i, c) in name.char_indices() {
                if c.is_ascii_uppercase() && i > 0 {
                    small.push('_');
                }
                small.push(c.to_ascii_lowercase());
            }
            (small, in_small_letters(value).unwrap_or_else(|| value.clone()))
        });
        Value::Object(renamed.collect())
    })
}

/// The report of an object, with those of its parts where they are more.
fn whole(object: &Value, dialect: &Dialect) -> Report {
    let own = Reader { object, invalid: 0 }.read(dialect);
    let parts = find(object, PARTS).and_then(Value::as_array);
    let parts = parts.into_iter().flatten().filter(|part| part.is_object());
    let parts = parts.map(|object| Reader { object, invalid: 0 }.read(dialect));
    let Some(sum) = parts.reduce(|a, b| Report {
        usage: both(a.usage, b.usage, u64::saturating_add),
        invalid: a.invalid.saturating_add(b.invalid),
        ..a
    }) else {
        return own;
    };
    Report { usage: both(own.usage, sum.usage, u64::max), invalid: own.invalid.max(sum.invalid), ..own }
}

/// Two usages as one, count by count.
fn both(a: Usage, b: Usage, join: fn(u64, u64) -> u64) -> Usage {
    let count = |a: Option<u64>, b: Option<u64>| a.zip(b).map(|(a, b)| join(a, b)).or(a).or(b);
    Usage {
        input: count(a.input, b.input),
        cached: count(a.cached, b.cached),
        written: count(a.written, b.written),
        output: count(a.output, b.output),
        reasoning: count(a.reasoning, b.reasoning),
    }
}

/// The value at a path; the path may end at null. A name with dots in it is found, too, also in a list of attributes with their
/// keys and values (OpenTelemetry).
fn find<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let Some((first, rest)) = path.split_once('.') else { return step(value, path) };
    let named = |item: &&Value| item.get("key").and_then(Value::as_str) == Some(path);
    let attribute = || value.as_array()?.iter().find(named)?.get("value")?.as_object()?.values().next();
    let whole = value.get(path).or_else(attribute);
    whole.or_else(|| rest.split('.').try_fold(step(value, first)?, step))
}

fn step<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        _ if name.is_empty() => Some(value),
        Value::Object(fields) => fields.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}

fn has_any(object: &Value, paths: &[&str]) -> bool {
    paths.iter().any(|path| has(object, path))
}

fn has(object: &Value, path: &str) -> bool {
    find(object, path).is_some_and(|value| !value.is_null())
}

struct Reader<'a> {
    object: &'a Value,
    invalid: u32,
}

impl Reader<'_> {
    fn read(mut self, dialect: &Dialect) -> Report {
        let mut usage = Usage {
            input: self.count(dialect.input),
            cached: self.count(dialect.cached),
            written: self.count(dialect.written),
            output: self.count(dialect.output),
            reasoning: self.count(dialect.reasoning),
        };
        let total = dialect.total.and_then(|path| self.number(path));
        if let (Some(total), Some(input), Some(output), Some(reasoning)) =
            (total, usage.input, usage.output, usage.reasoning)
            && reasoning > 0
            && Some(total) == input.checked_add(output).and_then(|sum| sum.checked_add(reasoning))
        {
            // The total shows that reasoning is counted beside the output.
            usage.output = Some(output + reasoning);
        }
        if let (Some(total), Some(input), Some(output)) = (total, usage.input, usage.output)
            && usage.reasoning.unwrap_or(0) == 0
            && let Some(more) = total.checked_sub(input.saturating_add(output)).filter(|more| *more > 0)
        {
            // Gemini behind OpenAI's format says its thoughts in the total alone (discuss.ai.google.dev/t/98760, August 2025). What
            // the cache explains is input that stands apart.
            let (cached, written) = (usage.cached.unwrap_or(0), usage.written.unwrap_or(0));
            if ![cached, written, cached.saturating_add(written)].contains(&more) {
                (usage.output, usage.reasoning) = (Some(output + more), Some(more));
            }
        }
        // Some servers leave a count at zero and fill in its parts alone.
        if usage.input == Some(0) {
            let apart = usage.cached.unwrap_or(0).saturating_add(usage.written.unwrap_or(0));
            usage.input = Some(self.parts(INPUT_PARTS).max(apart));
        }
        if usage.output == Some(0) {
            usage.output = Some(self.parts(OUTPUT_PARTS).max(usage.reasoning.unwrap_or(0)));
        }
        Report { usage, dialect: dialect.name, invalid: self.invalid }
    }

    /// The sum of the parts of a count, by kind: tokens of text, of pictures, of sound.
    fn parts(&self, places: &[&str]) -> u64 {
        let count = |value: &Value| value.as_u64().unwrap_or(0);
        let sum = |value: &Value| match value {
            Value::Array(rows) => {
                let each = rows.iter().flat_map(|row| KIND_COUNTS.iter().filter_map(|name| row.get(name)));
                each.map(count).fold(0, u64::saturating_add)
            }
            value => KINDS.iter().filter_map(|name| value.get(name)).map(count).fold(0, u64::saturating_add),
        };
        places.iter().filter_map(|place| self.object.get(place)).map(sum).max().unwrap_or(0)
    }

    fn count(&mut self, alternatives: &[&[&str]]) -> Option<u64> {
        let sum = alternatives.iter().find(|sum| sum.first().is_some_and(|first| has(self.object, first)))?;
        let parts: Vec<Option<u64>> = sum.iter().map(|path| self.number(path)).collect();
        // Without its first part a sum is not known.
        let first = (*parts.first()?)?;
        Some(parts.iter().skip(1).flatten().fold(first, |sum, part| sum.saturating_add(*part)))
    }

    fn number(&mut self, path: &str) -> Option<u64> {
        let value = find(self.object, path).filter(|value| !value.is_null())?;
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => String::new(),
        };
        let whole =
            |float: f64| (float.fract() == 0.0 && (0.0..1.8e19).contains(&float)).then_some(float as u64);
        let count = text.parse().ok().or_else(|| text.parse().ok().and_then(whole));
        self.invalid += u32::from(count.is_none());
        count
    }
}
