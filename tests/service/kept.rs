//! The checkpoints that a published log keeps, listed over gRPC in pages.

use crate::support::{self, House};
use minutebook::ledger::{KeyRing, Ledger, SystemClock};
use minutebook::proto::proof_service_client::ProofServiceClient;
use minutebook::proto::{ListKeptCheckpointsRequest, ListKeptCheckpointsResponse};
use minutebook::published::Publisher;
use minutebook_log::{LogKey, TreeHash, TreeHead, TreeSize};
use minutebook_store::SledEngine;
use std::fs;
use tonic::Code;
use tonic::transport::Channel;

/// A house whose folder keeps these checkpoints.
async fn keeping(paths: &[(&str, u64)]) -> (House, ProofServiceClient<Channel>) {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let dir = house.stop().await;
    let (folder, key) = (dir.path().join("ledger"), support::key(9));
    let log = LogKey::new(support::ORIGIN.parse().unwrap(), key);
    let ring = KeyRing::new(vec![support::key(9)]);
    let opened = Ledger::open(SledEngine::open(&folder).unwrap(), SystemClock::new(), ring).await.unwrap();
    let publisher = Publisher::open(&folder.join("published"), &opened).await.unwrap();
    // After the start, which would find them to be of another history.
    for (path, size) in paths {
        let note = log.sign(TreeHead { size: TreeSize(*size), root: TreeHash::leaf(path.as_bytes()) });
        let place = folder.join("published").join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, note.encode()).unwrap();
    }
    let house = House::serve_with(dir, opened, publisher).await;
    let proof = ProofServiceClient::new(house.channel.clone());
    (house, proof)
}

fn paths(page: &ListKeptCheckpointsResponse) -> Vec<&str> {
    page.checkpoints.iter().map(|kept| kept.path.as_str()).collect()
}

#[tokio::test]
async fn what_is_kept_is_listed_in_pages_by_size() {
    let (house, mut proof) = keeping(&[
        ("witnessed/x001/002", 1002),
        ("witnessed/003", 3),
        ("rotated/003", 3),
        ("rotated/002", 2),
    ])
    .await;
    let mut list = async |page_size, page_token: &str| {
        let request = ListKeptCheckpointsRequest { page_size, page_token: page_token.to_owned() };
        proof.list_kept_checkpoints(request).await.map(tonic::Response::into_inner)
    };
    let all = ["rotated/002", "rotated/003", "witnessed/003", "witnessed/x001/002"];
    let whole = list(0, "").await.unwrap();
    assert_eq!((paths(&whole), whole.next_page_token.as_str()), (all.to_vec(), ""));
    let first = list(3, "").await.unwrap();
    assert_eq!(paths(&first), all[..3]);
    let second = list(3, &first.next_page_token).await.unwrap();
    assert_eq!((paths(&second), second.next_page_token.as_str()), (all[3..].to_vec(), ""));
    assert_eq!(list(4, "").await.unwrap().next_page_token, "", "a full page can be the last");
    for (page_size, token) in [(-1, ""), (0, "2")] {
        assert_eq!(list(page_size, token).await.unwrap_err().code(), Code::InvalidArgument);
    }
    drop(house.stop().await);
}
