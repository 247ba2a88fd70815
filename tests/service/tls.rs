//! TLS: what is believed, what is refused, certificates that change while the server runs, and callers who show theirs.

use crate::support::{House, decision, message, refusal};
use hyper_util::service::TowerToHyperService;
use minutebook::client::memory::Memory;
use minutebook::client::{Client, ClientError, ServerReach};
use minutebook::doors::{Doors, Ending, Limits, Strangers, Tls, TlsFiles};
use minutebook::ledger::{Ledger, SystemClock};
use minutebook::proto::AppendEventRequest;
use minutebook::proto::log_service_server::LogServiceServer;
use minutebook::proto::proof_service_server::ProofServiceServer;
use minutebook::service::{Log, Proof};
use minutebook_store::SledEngine;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tonic::Code;
use tonic::service::Routes;

/// An authority, and the folder of what it issues.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    dir: TempDir,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, dir }
    }

    fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// Issues a certificate for a name, into two files.
    fn issue(&self, name: &str, certificate: &Path, key: &Path) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let pair = KeyPair::generate().unwrap();
        let issued = params.signed_by(&pair, &self.issuer).unwrap();
        std::fs::write(certificate, issued.pem()).unwrap();
        std::fs::write(key, pair.serialize_pem()).unwrap();
    }

    /// Certificate and key of a name.
    fn papers(&self, name: &str) -> (PathBuf, PathBuf) {
        let file = |ending: &str| self.dir.path().join(format!("{name}{ending}"));
        let (certificate, key) = (file(".pem"), file("-key.pem"));
        self.issue(name, &certificate, &key);
        (certificate, key)
    }

    fn files(&self, client_ca: Option<PathBuf>, strangers: Strangers) -> TlsFiles {
        let (certificate, key) = self.papers("localhost");
        TlsFiles { certificate, key, client_ca, strangers }
    }
}

/// How one reaches who has a certificate of this authority.
fn believing(authority: &Authority) -> ServerReach {
    ServerReach { ca: Some(authority.ca()), ..ServerReach::default() }
}

async fn reach(server: &str, reach: &ServerReach) -> Result<Client, ClientError> {
    let state = tempfile::tempdir().unwrap();
    let mut client = Client::reach(server, reach, Memory::at(state.path())).await?;
    client.ledger().await?;
    Ok(client)
}

async fn serve(tls: &Arc<Tls>) -> (House, crate::support::Cast, Ending, String) {
    let tls = Arc::clone(tls);
    let doors = |listener| Doors::new(listener, Limits::default()).with_tls(tls);
    let (house, cast, _room, ending) = House::behind_doors(doors).await;
    let url = format!("https://localhost:{}", house.address.port());
    (house, cast, ending, url)
}

#[tokio::test]
async fn who_is_believed_is_answered_and_nobody_else() {
    let authority = Authority::new("the hospital's authority");
    let tls = Arc::new(Tls::open(authority.files(None, Strangers::StayOut)).unwrap());
    let (house, _cast, _ending, url) = serve(&tls).await;
    assert!(reach(&url, &believing(&authority)).await.is_ok());
    let refused = [
        (reach(&url, &ServerReach::default()).await, "name it with --ca FILE"),
        (reach(&url, &believing(&Authority::new("somebody else's authority"))).await, ""),
        (reach(&format!("https://{}", house.address), &believing(&authority)).await, "for another name"),
        (reach(&format!("http://{}", house.address), &ServerReach::default()).await, "no Minutebook server"),
    ];
    for (outcome, told) in refused {
        let refused = outcome.map(|_reached| ()).expect_err("not believed");
        let kind = if told.starts_with("no ") { "unreachable" } else { "insecure" };
        assert_eq!(refused.to_json()["kind"], kind, "{refused}");
        assert!(refused.to_string().contains(told) && !refused.to_string().contains("Issuer"), "{refused}");
    }
}

#[tokio::test]
async fn what_is_to_be_secret_is_never_said_in_the_clear() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let heard = tokio::spawn(async move {
        let (mut stream, _from) = listener.accept().await.unwrap();
        let mut first = [0; 3];
        stream.read_exact(&mut first).await.unwrap();
        first
    });
    let authority = Authority::new("an authority");
    assert!(reach(&url, &believing(&authority)).await.is_err());
    // A TLS handshake record, and no HTTP.
    assert_eq!(heard.await.unwrap()[..2], [22, 3]);
}

#[tokio::test]
async fn a_certificate_is_replaced_while_the_server_runs() {
    let (old, new) = (Authority::new("the old authority"), Authority::new("the new authority"));
    let files = old.files(None, Strangers::StayOut);
    let tls = Arc::new(Tls::open(files.clone()).unwrap());
    let (_house, _cast, _ending, url) = serve(&tls).await;
    let mut early = reach(&url, &believing(&old)).await.unwrap();
    assert!(!tls.reload().unwrap(), "nothing has changed");
    // 2100: what is issued here holds for longer than anybody.
    assert!(tls.expires().unwrap() > 4_102_444_800);
    new.issue("localhost", &files.certificate, &files.key);
    assert!(tls.reload().unwrap());
    assert!(reach(&url, &believing(&new)).await.is_ok());
    assert!(reach(&url, &believing(&old)).await.is_err());
    assert!(early.ledger().await.is_ok(), "connections that there were stay");
    // Half a file, as whoever replaces it in place leaves for a moment.
    std::fs::write(&files.certificate, "-----BEGIN CERTIFICATE-----\n").unwrap();
    assert!(tls.reload().is_err());
    assert!(reach(&url, &believing(&new)).await.is_ok(), "what there was is served");
}

#[tokio::test]
async fn callers_are_asked_for_their_certificates() {
    let authority = Authority::new("an authority");
    let known = ServerReach { identity: Some(authority.papers("secretary")), ..believing(&authority) };
    let forger = Authority::new("a forger");
    let forged = ServerReach { identity: Some(forger.papers("secretary")), ..believing(&authority) };

    let tls = Tls::open(authority.files(Some(authority.ca()), Strangers::StayOut)).unwrap();
    let (_house, _cast, _ending, url) = serve(&Arc::new(tls)).await;
    assert!(reach(&url, &known).await.is_ok());
    // It is asked more than once: what is heard first, the alert or the end of the connection, is chance.
    for _time in 0..5 {
        let refused = reach(&url, &believing(&authority))
            .await
            .map(|_in| ())
            .expect_err("nobody without one is let in");
        assert_eq!(refused.to_json()["kind"], "insecure", "{refused}");
        let said = refused.to_string();
        assert!(
            said.contains(&url) && said.contains("it asks for a certificate, and none was shown"),
            "{said}"
        );
        assert!(said.contains("--certificate FILE and --certificate-key FILE"), "{said}");
        let refused = reach(&url, &forged).await.map(|_in| ()).expect_err("a forged one is none");
        assert!(!refused.to_string().contains("Start one"), "{refused}");
    }

    let tls = Tls::open(authority.files(Some(authority.ca()), Strangers::MayRead)).unwrap();
    let (house, cast, _ending, url) = serve(&Arc::new(tls)).await;
    let event = decision(&cast.secretary, "body/04K", "2019-07-04").signed(&house.ledger);
    let append = AppendEventRequest { signed_event: Some(message(&event)) };
    let mut reader = reach(&url, &believing(&authority)).await.unwrap();
    let refused = refusal(&reader.log.append_event(append.clone()).await.unwrap_err());
    assert_eq!((refused.0, refused.1.as_str()), (Code::PermissionDenied, "CERTIFICATE_NEEDED"));
    let mut writer = reach(&url, &known).await.unwrap();
    assert!(writer.log.append_event(append).await.is_ok());
    assert!(reach(&url, &forged).await.is_err(), "a forged one is worse than none");
}

#[tokio::test]
async fn a_silent_handshake_is_waited_for_no_longer_than_a_call() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let authority = Authority::new("an authority");
    let hasty = ServerReach { call_max: Duration::from_millis(500), ..believing(&authority) };
    let begun = std::time::Instant::now();
    let refused = reach(&url, &hasty).await.map(|_in| ()).expect_err("nobody answers");
    assert!(refused.to_string().contains("nothing was said within 0.5 s"), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_silent_handshake_is_ended() {
    let authority = Authority::new("an authority");
    let tls = Arc::new(Tls::open(authority.files(None, Strangers::StayOut)).unwrap());
    let limits = Limits { handshake: Duration::from_millis(200), ..Limits::default() };
    let doors = |listener| Doors::new(listener, limits).with_tls(tls);
    let (house, _cast, _room, _ending) = House::behind_doors(doors).await;
    let mut silent = crate::stranger::Stranger::saying(house.address, &[22, 3]).await;
    let closed = tokio::time::timeout(Duration::from_secs(20), crate::stranger::is_closed(&mut silent)).await;
    assert!(closed.is_ok());
}

#[tokio::test]
async fn a_server_is_found_behind_a_path() {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let dir = house.stop().await;
    let engine = SledEngine::open(&dir.path().join("ledger")).unwrap();
    let ledger = Ledger::open(engine, SystemClock::new(), crate::support::key(9)).await.unwrap();
    let proof = ProofServiceServer::new(Proof::new(Arc::clone(ledger.reader()), None));
    let services = Routes::new(LogServiceServer::new(Log::new(ledger.clone()))).add_service(proof);
    let proxy = axum::Router::new().nest("/minutes/book", services.into_axum_router().reset_fallback());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let doors = Doors::new(listener, Limits::default());
    tokio::spawn(doors.serve(TowerToHyperService::new(proxy), Ending::default()));
    assert!(reach(&format!("http://{address}/minutes/book/"), &ServerReach::default()).await.is_ok());
    assert!(reach(&format!("http://{address}"), &ServerReach::default()).await.is_err());
    ledger.close().await;
}

#[test]
fn files_that_are_no_papers_are_said_so() {
    let authority = Authority::new("an authority");
    let good = authority.files(None, Strangers::StayOut);
    let open = |files: TlsFiles| Tls::open(files).unwrap_err().to_string();
    let missing = TlsFiles { certificate: "nowhere.pem".into(), ..good.clone() };
    assert!(open(missing).contains("nowhere.pem can't be read"));
    let swapped = TlsFiles { certificate: good.key.clone(), key: good.certificate.clone(), ..good.clone() };
    assert!(open(swapped).contains("has no certificate as PEM"));
    let (_other, key) = authority.papers("other");
    assert!(open(TlsFiles { key, ..good }).contains("can't be used for TLS"));
}

#[tokio::test]
async fn files_that_are_mistaken_for_others_are_named() {
    let authority = Authority::new("an authority");
    let tls = Arc::new(Tls::open(authority.files(None, Strangers::StayOut)).unwrap());
    let (_house, _cast, _ending, url) = serve(&tls).await;
    let (certificate, key) = authority.papers("one");
    let (_other, other_key) = authority.papers("other");
    std::fs::write(authority.dir.path().join("empty.pem"), "").unwrap();
    let said = async |ca: PathBuf, identity: Option<(PathBuf, PathBuf)>| {
        let how = ServerReach { ca: Some(ca), identity, ..ServerReach::default() };
        reach(&url, &how).await.map(drop).map_err(|error| error.to_string())
    };
    for ca in [key.clone(), authority.dir.path().join("empty.pem")] {
        let told = said(ca.clone(), None).await.unwrap_err();
        assert!(told.contains("has no certificate") && told.contains(&*ca.to_string_lossy()), "{told}");
    }
    let told = said(authority.ca(), Some((certificate.clone(), other_key))).await.unwrap_err();
    assert!(told.contains("other-key.pem is not the private key of the certificate in"), "{told}");
    assert_eq!(said(authority.ca(), Some((certificate, key))).await, Ok(()));
    // In the clear it answers nothing but that it speaks TLS.
    let told = reach(&url.replace("https", "http"), &ServerReach::default()).await.unwrap_err();
    assert!(
        matches!(told, ClientError::Unreachable { .. }) && told.to_string().contains("https://"),
        "{told}"
    );
}
