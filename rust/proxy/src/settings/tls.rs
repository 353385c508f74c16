//! TLS for clients: a certificate and its key, from two PEM files that are read again with the configuration.

use crate::tables::TlsTable;
use rheostat::{Error, Result};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Largest PEM file, in bytes.
const MOST: u64 = 1 << 20;

/// The configuration of TLS. TLS 1.2 and 1.3, HTTP/1.1.
#[derive(Debug, Clone)]
pub(crate) struct Tls(pub(crate) Arc<ServerConfig>);

impl Tls {
    pub(super) fn read(table: &TlsTable) -> Result<Self> {
        let wrong = |what: &str, path: &Path, why: &dyn std::fmt::Display| {
            Error::state(format!("tls: {what}: the file {}: {why}", path.display()))
        };
        let (certificate, key) = (&table.certificate, &table.key);
        let pem = contents(certificate).map_err(|error| wrong("certificate", certificate, &error))?;
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
            .collect::<std::result::Result<_, _>>()
            .map_err(|error| wrong("certificate", certificate, &error))?;
        if chain.is_empty() {
            return Err(wrong("certificate", certificate, &"it holds no certificate"));
        }
        let pem = contents(key).map_err(|error| wrong("key", key, &error))?;
        let secret = PrivateKeyDer::from_pem_slice(&pem)
            // The parser's own message may show a part of the file.
            .map_err(|_| wrong("key", key, &"it holds no private key in PEM form"))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
            .map_err(|error| wrong("certificate and key", certificate, &error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

fn contents(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(std::io::Error::other(format!("it is larger than {MOST} bytes")));
    }
    Ok(bytes)
}
