//! A certificate authority of the emulator's own, made at its start and kept nowhere: its certificate is for the hosts of the
//! real gateway and for this machine.
//!
//! May import from `error`.

use crate::error::StartError;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

const HOSTS: [&str; 5] =
    ["*.api.tcloudbasegateway.com", "*.api.intl.tcloudbasegateway.com", "localhost", "127.0.0.1", "::1"];

/// The acceptor of connections, and the authority's certificate as PEM.
pub(crate) fn acceptor() -> Result<(TlsAcceptor, String), StartError> {
    let wrong = |error: rcgen::Error| StartError::Tls(error.to_string());
    let authority_key = KeyPair::generate().map_err(wrong)?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "cloudrun emulator, not to be trusted elsewhere");
    let root = authority.self_signed(&authority_key).map_err(wrong)?;
    let issuer = Issuer::from_params(&authority, &authority_key);
    let key = KeyPair::generate().map_err(wrong)?;
    let certificate = CertificateParams::new(HOSTS.map(str::to_owned).to_vec())
        .and_then(|params| params.signed_by(&key, &issuer))
        .map_err(wrong)?;
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| StartError::Tls(error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), root.pem()))
}
