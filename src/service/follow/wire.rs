//! Steps as they travel, with an encoder of their own: what was written once for all who follow is sent as it is.

use super::encoded::delimited;
use crate::proto::{EntryBatch, FollowEntriesRequest, FollowEntriesResponse, follow_entries_response::Step};
use prost::Message as _;
use prost::bytes::{BufMut as _, Bytes};
use tonic::Status;
use tonic::codec::{BufferSettings, Codec, EncodeBuf, Encoder};
use tonic_prost::{ProstCodec, ProstDecoder};

/// The field of a response that is a batch.
const BATCH: u32 = 1;

/// A step that is to be sent.
#[derive(Debug)]
pub(in crate::service) enum Sent {
    /// As it is.
    Step(Box<Step>),
    /// A batch: what all have in common, and what only who receives it has. One behind the other they are the message.
    Batch { shared: Bytes, own: Bytes },
}

impl From<Step> for Sent {
    fn from(step: Step) -> Self {
        Self::Step(Box::new(step))
    }
}

impl Sent {
    /// As a message.
    pub(in crate::service) fn into_message(self) -> Result<FollowEntriesResponse, Status> {
        let step = match self {
            Self::Step(step) => *step,
            Self::Batch { shared, own } => {
                let batch = EntryBatch::decode([shared, own].concat().as_slice());
                Step::Batch(batch.map_err(crate::service::status::internal)?)
            }
        };
        Ok(FollowEntriesResponse { step: Some(step) })
    }
}

/// Reads requests to follow, and writes steps.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::service) struct StepCodec;

impl Codec for StepCodec {
    type Encode = Sent;
    type Decode = FollowEntriesRequest;
    type Encoder = Self;
    type Decoder = ProstDecoder<FollowEntriesRequest>;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstCodec::<FollowEntriesResponse, _>::default().decoder()
    }
}

impl Encoder for StepCodec {
    type Item = Sent;
    type Error = Status;

    fn encode(&mut self, sent: Sent, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        match sent {
            Sent::Step(step) => {
                let message = FollowEntriesResponse { step: Some(*step) };
                message.encode(to).map_err(crate::service::status::internal)
            }
            Sent::Batch { shared, own } => {
                to.reserve(shared.len() + own.len() + 16);
                delimited(BATCH, shared.len() + own.len(), to);
                to.put_slice(&shared);
                to.put_slice(&own);
                Ok(())
            }
        }
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}
