//! The descriptions of messages and questions: what stands in `proto/`, comments and the options of `shown.proto` included.
//! By them a message is gone through by somebody who does not know it.

mod codec;
pub(crate) use codec::DescribedCodec;

use crate::proto::{Argument, Asked, DESCRIPTORS, Shown};
use prost::{DecodeError, Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor, Value,
};
use std::sync::LazyLock;

/// The package that is ours.
const PACKAGE: &str = "minutebook.v1";

/// Everything that is described. It is this program's own: a test sees that it can be read.
static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).unwrap_or_default());

static SHOWN: LazyLock<Option<ExtensionDescriptor>> = LazyLock::new(|| extension("shown"));
static ARGUMENT: LazyLock<Option<ExtensionDescriptor>> = LazyLock::new(|| extension("argument"));
static ASKED: LazyLock<Option<ExtensionDescriptor>> = LazyLock::new(|| extension("asked"));

fn extension(name: &str) -> Option<ExtensionDescriptor> {
    let full_name = format!("{PACKAGE}.{name}");
    POOL.all_extensions().find(|extension| extension.full_name() == full_name)
}

/// The services of `minutebook.v1`.
pub fn services() -> impl Iterator<Item = ServiceDescriptor> {
    POOL.services().filter(|service| service.package_name() == PACKAGE)
}

/// The questions that are asked by their description, in the order of `proto/`.
pub fn questions() -> impl Iterator<Item = (MethodDescriptor, Asked)> {
    let methods = services().flat_map(|service| service.methods().collect::<Vec<_>>());
    methods.filter_map(|method| Some((asked(&method)?, method))).map(|(asked, method)| (method, asked))
}

/// A question of the register, by its name.
pub fn register_question(name: &str) -> Option<MethodDescriptor> {
    let register = services().find(|service| service.name() == "RegisterService")?;
    register.methods().find(|method| method.name() == name)
}

/// The messages of `minutebook.v1`.
pub fn messages() -> impl Iterator<Item = MessageDescriptor> {
    POOL.all_messages().filter(|message| message.package_name() == PACKAGE)
}

/// Why a message can't be gone through.
#[derive(Debug, thiserror::Error)]
pub enum Undescribed {
    /// `proto/` has no such message.
    #[error("{0} is not described")]
    Unknown(&'static str),
    /// It is no message of its kind.
    #[error(transparent)]
    Malformed(#[from] DecodeError),
}

/// A message with its description.
///
/// # Errors
/// [`Undescribed`] for one that `proto/` does not have.
pub fn described<M: Message + Name>(message: &M) -> Result<DynamicMessage, Undescribed> {
    let descriptor = POOL.get_message_by_name(&M::full_name()).ok_or(Undescribed::Unknown(M::NAME))?;
    Ok(DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())?)
}

/// How a member of an answer is shown, where people see it.
pub fn shown(field: &FieldDescriptor) -> Option<Shown> {
    option(&field.options(), SHOWN.as_ref())
}

/// How a member of a request is given, where people give it.
pub fn argument(field: &FieldDescriptor) -> Option<Argument> {
    option(&field.options(), ARGUMENT.as_ref())
}

/// How a question is asked on the command line, where it is asked by its description.
pub fn asked(method: &MethodDescriptor) -> Option<Asked> {
    option(&method.options(), ASKED.as_ref())
}

fn option<O: Message + Default>(
    options: &DynamicMessage,
    extension: Option<&ExtensionDescriptor>,
) -> Option<O> {
    let extension = extension.filter(|extension| options.has_extension(extension))?;
    match &*options.get_extension(extension) {
        Value::Message(option) => option.transcode_to().ok(),
        _ => None,
    }
}

/// The comment on a method, in one paragraph.
pub fn comment_on_method(method: &MethodDescriptor) -> String {
    comment(&method.parent_file(), method.path())
}

/// The comment on a member, in one paragraph.
pub fn comment_on_field(field: &FieldDescriptor) -> String {
    comment(&field.parent_message().parent_file(), field.path())
}

/// The comment on a message, in one paragraph.
#[cfg(test)]
fn comment_on_message(message: &MessageDescriptor) -> String {
    comment(&message.parent_file(), message.path())
}

fn comment(file: &FileDescriptor, path: &[i32]) -> String {
    let written = file.file_descriptor_proto().source_code_info.as_ref();
    let at = written.and_then(|written| written.location.iter().find(|location| location.path == path));
    let words = at.map_or("", |at| at.leading_comments());
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod lint;
#[cfg(test)]
mod manual;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto;

    #[test]
    fn everything_is_described_with_its_comments_and_its_options() {
        assert!(SHOWN.is_some() && ARGUMENT.is_some() && ASKED.is_some());
        let register = services().find(|service| service.name() == "RegisterService").unwrap();
        let question = register.methods().find(|method| method.name() == "ListMeetings").unwrap();
        assert_eq!(asked(&question).unwrap().command, "meetings");
        assert!(comment_on_method(&question).starts_with("The meetings of a body"));
        let body = question.input().get_field_by_name("body").unwrap();
        assert!(argument(&body).is_some() && comment_on_field(&body).starts_with("The body"));
        let meetings = question.output().get_field_by_name("meetings").unwrap();
        assert!(shown(&meetings).is_some() && argument(&meetings).is_none());
        let answer = described(&proto::Meeting { title: "A".to_owned(), ..Default::default() }).unwrap();
        assert_eq!(*answer.get_field_by_name("title").unwrap(), Value::String("A".to_owned()));
    }
}
