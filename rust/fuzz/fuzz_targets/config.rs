//! The reader of configuration files, on any bytes: a configuration that makes a governor, or an error that names the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rheostat_config::{Config, decode};

fuzz_target!(|data: &[u8]| {
    match decode(data, "x.toml").and_then(|text| Config::read(text, "x.toml")) {
        Ok(config) => {
            let governor = config.governor().and_then(|builder| builder.build());
            assert!(governor.is_ok(), "{governor:?}");
        }
        Err(error) => assert!(error.to_string().starts_with("x.toml"), "{error}"),
    }
});
