//! What a service manager needs: the units and the container name flags and variables that there are, and a server tells
//! when it is ready, that it lives, and that it stops.

use crate::room::Room;
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Longer than anything here should take: a test that waits so long has failed.
const TOO_LONG: Duration = Duration::from_secs(20);

fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(packaging(name)).unwrap()
}

const UNITS: [&str; 2] = ["minutebook.service", "minutebook-witness.service"];

#[test]
fn units_and_container_name_what_the_program_has() {
    let room = Room::new();
    let keys =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")).unwrap();
    let mut named = 0;
    for file in UNITS.into_iter().chain(["Containerfile"]) {
        let text = text(file);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for variable in words.filter(|word| word.starts_with("MINUTEBOOK_") && *word != "MINUTEBOOK_CONFIG") {
            assert!(keys.contains(&format!("`{variable}`")), "{file}: {variable}");
            named += 1;
        }
        for line in text.lines().filter(|line| line.starts_with("Exec")) {
            let arguments = line.split_once("/usr/bin/minutebook ").unwrap().1;
            let help = [arguments.split(' ').collect::<Vec<_>>(), vec!["--help"]].concat();
            room.ok(&help);
            named += 1;
        }
    }
    assert!(named > 15, "{named}");
    let container = text("Containerfile");
    for needed in ["--locked", "USER 7419", "ENTRYPOINT [\"/usr/bin/minutebook\"]", "CMD [\"serve\"]"] {
        assert!(container.contains(needed), "{needed}");
    }
    room.ok(&["serve", "--help"]);
}

/// systemd copies a credential once, at the start: what is read again while a server runs is read where it is renewed and revoked.
#[test]
fn what_is_renewed_or_revoked_is_no_credential() {
    let unit = text("minutebook.service");
    let credentials: Vec<_> = unit.lines().filter(|line| line.contains("LoadCredential=")).collect();
    assert_eq!(credentials, ["LoadCredential=log-key:/etc/minutebook/log-key.pem"]);
    for (variable, place) in [
        ("MINUTEBOOK_TLS_CERTIFICATE", "/etc/minutebook/tls-certificate.pem"),
        ("MINUTEBOOK_TLS_KEY", "/etc/minutebook/tls-key.pem"),
        ("MINUTEBOOK_TOKENS_FILE", "%S/minutebook/tokens"),
    ] {
        assert!(unit.contains(&format!("Environment={variable}={place}\n")), "{variable}");
    }
    // They are a user's own, so it is one that stays.
    let users = text("minutebook.sysusers");
    assert!(unit.contains("\nUser=minutebook\n") && users.contains("\nu minutebook - "), "{users}");
    assert!(!unit.contains("\nDynamicUser="), "nobody could give a file to it");
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operator.md")).unwrap();
    for named in [
        "/etc/minutebook/tls-certificate.pem",
        "/var/lib/minutebook/tokens",
        "/var/lib/minutebook/book/log-key-2.pem",
    ] {
        assert!(page.contains(named), "{named}");
    }
}

#[test]
fn systemd_takes_the_units() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        let asked = std::env::var("MINUTEBOOK_TEST_ALL").is_ok_and(|value| value == "1");
        assert!(!asked, "MINUTEBOOK_TEST_ALL=1, and systemd-analyze is not installed");
        println!("skipped: systemd-analyze is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for unit in UNITS {
        let path = dir.path().join(unit);
        // The program is not installed where the unit has it.
        fs::write(&path, text(unit).replace("/usr/bin/minutebook", env!("CARGO_BIN_EXE_minutebook")))
            .unwrap();
        let said = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output().unwrap();
        let told = String::from_utf8(said.stderr).unwrap();
        assert!(said.status.success() && !told.contains(unit), "{unit}: {told}");
        // What is misspelt is told, so that the silence above means something.
        fs::write(&path, text(unit).replace("NoNewPrivileges=yes", "NoNewPriviledges=yes")).unwrap();
        let said = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output().unwrap();
        assert!(String::from_utf8(said.stderr).unwrap().contains("NoNewPriviledges"));
    }
}

#[test]
fn a_service_manager_is_told_when_a_server_is_ready_lives_and_stops() {
    let mut room = Room::new();
    room.init("book");
    let path = room.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(TOO_LONG)).unwrap();
    let hear = || {
        let mut heard = [0; 4096];
        let length = socket.recv(&mut heard).expect("something is told in time");
        String::from_utf8(heard[..length].to_vec()).unwrap()
    };
    // A watchdog is for the process that is named, and only the shell that becomes it knows which that is.
    let line = "export WATCHDOG_PID=$$ && exec minutebook serve --dir book --listen 127.0.0.1:0";
    let mut command = room.shell(line);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "100000");
    room.start(command);
    assert_eq!(hear().trim(), "READY=1");
    for _time in 0..3 {
        assert_eq!(hear().trim(), "WATCHDOG=1");
    }
    room.stop();
    let mut last = hear();
    while last.trim() == "WATCHDOG=1" {
        last = hear();
    }
    assert_eq!(last.trim(), "STOPPING=1");
}
