//! The file's JSON Schema, from the types of its tables.

use crate::tables::{
    CapTable, CeilingTable, LadderTable, LedgerTable, PolicyTable, RulesTable, RungTable, SessionsTable,
    SleepTable,
};
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

/// The whole file.
#[derive(JsonSchema)]
#[allow(dead_code)] // for the schema alone: a file is read table by table, so that errors can name a rung
#[schemars(title = "rheostat configuration", deny_unknown_fields)]
struct File {
    #[schemars(flatten)]
    ladder: LadderTable,
    /// The rungs, lowest first.
    #[schemars(length(min = 1))]
    rung: Vec<RungTable>,
    policy: Option<PolicyTable>,
    ceiling: Option<CeilingTable>,
    rules: Option<RulesTable>,
    /// Bounds on what sessions, tenants and the fleet may spend.
    cap: Option<Vec<CapTable>>,
    ledger: Option<LedgerTable>,
    sessions: Option<SessionsTable>,
    sleep: Option<SleepTable>,
}

/// The JSON Schema of the file, for editors: draft 2020-12.
///
/// ```
/// assert!(rheostat_config::schema().contains("\"Thinking budget, in tokens per sample; 0 if not given.\""));
/// ```
pub fn schema() -> String {
    format!("{:#}", whole())
}

/// The JSON Schema of a file that has tables of a host's own: `T` has a field for each, as for [`Config::read_with`](crate::Config::read_with).
///
/// ```
/// #[derive(schemars::JsonSchema)]
/// struct Own {
///     /// The proxy.
///     proxy: Option<String>,
/// }
/// assert!(rheostat_config::schema_with::<Own>().contains("\"The proxy.\""));
/// ```
pub fn schema_with<T: JsonSchema>() -> String {
    let (mut all, own) = (whole(), of::<T>());
    if let (Some(all), Some(Value::Object(own))) = (all["properties"].as_object_mut(), own.get("properties"))
    {
        // The tables that other hosts read are described by those alone.
        all.extend(own.clone());
    }
    format!("{all:#}")
}

fn whole() -> Value {
    let mut schema = of::<File>();
    // A table of shares says what it is without a kind.
    if let Some(shares) = schema.pointer_mut("/properties/policy/oneOf/0") {
        shares["required"] = json!([]);
    }
    schema
}

fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = SchemaGenerator::new(settings).into_root_schema_for::<T>();
    RecursiveTransform(plain as fn(&mut Schema)).transform(&mut schema);
    schema.to_value()
}

/// Removes what means nothing in TOML: null, and the formats of Rust's numbers.
fn plain(schema: &mut Schema) {
    schema.remove("format");
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [kind] = types.as_slice() {
            let kind = kind.clone();
            schema.insert("type".to_owned(), kind);
        }
    }
    for of in ["anyOf", "oneOf"] {
        let Some(Value::Array(choices)) = schema.get_mut(of) else { continue };
        choices.retain(|choice| choice.get("type") != Some(&json!("null")));
        if let [Value::Object(only)] = choices.as_mut_slice() {
            let only = std::mem::take(only);
            schema.remove(of);
            for (key, value) in only {
                // The field's description is nearer than the type's.
                if schema.get(&key).is_none() {
                    schema.insert(key, value);
                }
            }
        }
    }
}
