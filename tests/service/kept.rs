//! The checkpoints that a published log keeps, listed over gRPC in pages.

use crate::support::{self, House};
use minutebook::ledger::{KeyRing, Ledger, SystemClock};
use minutebook::proto::proof_service_client::ProofServiceClient;
use minutebook::proto::{ListKeptCheckpointsRequest, ListKeptCheckpointsResponse};
use minutebook::published::{Folder, Publisher};
use minutebook_log::{LogKey, PublishedPath, TreeSize};
use minutebook_store::SledEngine;
use std::fs;
use std::path::PathBuf;
use tonic::Code;
use tonic::transport::Channel;

/// A house whose folder keeps the log's checkpoints of these sizes, and the folder.
async fn keeping(sizes: &[u64]) -> (House, ProofServiceClient<Channel>, PathBuf) {
    let (house, _cast) = House::with_cast("re-enactment").await;
    let dir = house.stop().await;
    let (folder, key) = (dir.path().join("ledger"), support::key(9));
    let log = LogKey::new(support::ORIGIN.parse().unwrap(), key);
    let ring = KeyRing::new(vec![support::key(9)]);
    let opened = Ledger::open(SledEngine::open(&folder).unwrap(), SystemClock::new(), ring).await.unwrap();
    let published = folder.join("published");
    let publisher = Publisher::open(&published, &opened).await.unwrap();
    let kept = Folder::open(&published).unwrap();
    for size in sizes.iter().copied().map(TreeSize) {
        let note = log.sign(opened.reader().known().tree().head_at(size).unwrap());
        kept.write(&[(PublishedPath::Witnessed(size), note.encode().into_bytes())]).unwrap();
    }
    let house = House::serve_with(dir, opened, publisher).await;
    let proof = ProofServiceClient::new(house.channel.clone());
    (house, proof, published)
}

fn paths(page: &ListKeptCheckpointsResponse) -> Vec<&str> {
    page.checkpoints.iter().map(|kept| kept.path.as_str()).collect()
}

#[tokio::test]
async fn what_is_kept_is_listed_in_pages_by_size() {
    let (house, mut proof, _folder) = keeping(&[6, 3, 5, 2]).await;
    let mut list = async |page_size, page_token: &str| {
        let request = ListKeptCheckpointsRequest { page_size, page_token: page_token.to_owned() };
        proof.list_kept_checkpoints(request).await.map(tonic::Response::into_inner)
    };
    let all = ["witnessed/002", "witnessed/003", "witnessed/005", "witnessed/006"];
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

#[tokio::test]
async fn what_its_file_no_longer_is_is_not_listed_as_kept() {
    let (house, mut proof, folder) = keeping(&[2, 3]).await;
    let file = folder.join("witnessed/003");
    let whole = fs::read(&file).unwrap();
    for at in [0, whole.len() / 2, whole.len() - 3] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&file, &damaged).unwrap();
        let refused = proof.list_kept_checkpoints(ListKeptCheckpointsRequest::default()).await.unwrap_err();
        assert_eq!(refused.code(), Code::Internal, "{refused}");
    }
    fs::write(&file, &whole).unwrap();
    let listed = proof.list_kept_checkpoints(ListKeptCheckpointsRequest::default()).await.unwrap();
    assert_eq!(paths(listed.get_ref()), ["witnessed/002", "witnessed/003"]);
    drop(house.stop().await);
}
