//! Everything that can be asked here, by name: what is counted and told of calls has these names and no other.

use crate::described::services;
use crate::desk::{PAGES as DESK, WRITING};
use crate::doors::{CallKind, Method, Methods};
use prost_reflect::MethodDescriptor;
use std::sync::LazyLock;

/// What the paths over HTTP are called, exactly or by how they begin.
const PAGES: [(&str, &str, CallKind); 8] = [
    ("/checkpoint", "checkpoint", CallKind::Question),
    ("/vkey", "vkey", CallKind::Question),
    ("/tile/", "tile", CallKind::Question),
    ("/witnessed/", "witnessed", CallKind::Question),
    ("/rotated/", "rotated", CallKind::Question),
    ("/verify.html", "verify.html", CallKind::Question),
    ("/healthz", "healthz", CallKind::Probe),
    ("/readyz", "readyz", CallKind::Probe),
];

/// The services beside ours.
const OTHERS: [(&str, &str, CallKind); 3] = [
    ("/metrics", "metrics", CallKind::Question),
    ("/grpc.health.v1.Health/", "Health", CallKind::Probe),
    ("/grpc.reflection.v1.ServerReflection/", "ServerReflection", CallKind::Question),
];

/// The names of the methods of `minutebook.v1`, each with its path.
static NAMES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let methods: Vec<MethodDescriptor> =
        services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    let named = methods.iter().map(|method| {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        (path, method.name().to_owned())
    });
    named.collect()
});

/// All of them.
pub(super) fn methods() -> Methods {
    let kind = |name: &str| if name.starts_with("Append") { CallKind::Append } else { CallKind::Question };
    let own = NAMES.iter().map(|(path, name)| (path.as_str(), Method { name, kind: kind(name) }));
    let pages = PAGES.iter().chain(&OTHERS).map(|(path, name, kind)| (*path, Method { name, kind: *kind }));
    let desk = DESK.iter().map(|(path, name)| (*path, Method { name, kind: CallKind::Question }));
    let writing = WRITING.iter().map(|(path, name)| (*path, Method { name, kind: CallKind::Append }));
    let first = Method { name: "first page", kind: CallKind::Question };
    Methods::of(own.chain(pages).chain(desk).chain(writing)).and("/", first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_name_and_no_other_has_one() {
        let methods = methods();
        let name = |path: &str| (methods.named(path).name, methods.named(path).kind);
        assert_eq!(name("/minutebook.v1.LogService/AppendEvent"), ("AppendEvent", CallKind::Append));
        assert_eq!(name("/minutebook.v1.RegisterService/GetBody"), ("GetBody", CallKind::Question));
        assert_eq!(name("/grpc.health.v1.Health/Check"), ("Health", CallKind::Probe));
        assert_eq!(name("/tile/entries/000"), ("tile", CallKind::Question));
        assert_eq!(name("/readyz"), ("readyz", CallKind::Probe));
        assert_eq!(name("/"), ("first page", CallKind::Question));
        assert_eq!(name("/body/04K"), ("body page", CallKind::Question));
        for path in ["/readyz/", "/minutebook.v1.LogService/Nothing", "/tile", "/x", "/metrics/x", ""] {
            assert_eq!(name(path), ("other", CallKind::Question), "{path}");
        }
        assert!(NAMES.len() > 50);
    }
}
