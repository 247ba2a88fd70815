//! Messages on the wire by their description alone: what asks and answers needs to know none of them.

use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Messages by their description.
pub(crate) struct DescribedCodec {
    /// What comes back.
    answer: MessageDescriptor,
}

impl DescribedCodec {
    /// The one by which a question is asked and answered.
    pub(crate) fn of(question: &MethodDescriptor) -> Self {
        Self { answer: question.output() }
    }
}

impl Codec for DescribedCodec {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = DescribedEncoder;
    type Decoder = DescribedDecoder;

    fn encoder(&mut self) -> Self::Encoder {
        DescribedEncoder
    }

    fn decoder(&mut self) -> Self::Decoder {
        DescribedDecoder(self.answer.clone())
    }
}

pub(crate) struct DescribedEncoder;

impl Encoder for DescribedEncoder {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message.encode(into).map_err(|why| Status::internal(why.to_string()))
    }
}

pub(crate) struct DescribedDecoder(MessageDescriptor);

impl Decoder for DescribedDecoder {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let message = DynamicMessage::decode(self.0.clone(), from);
        message.map(Some).map_err(|why| Status::internal(why.to_string()))
    }
}
