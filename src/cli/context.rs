//! What every command has at hand.

use super::shapes::Shape;
use super::{Global, show};
use crate::client::memory::Memory;
use crate::client::{
    BearerToken, Client, ClientError, KnownLedger, RegisterClient, Rested, ServerReach, harmless,
};
use crate::described::described;
use crate::keyfile::{KeyFileError, Passphrases};
use crate::pages::{Answer, PageAnswer, PageRequest};
use crate::shown::{Names, Sheet, spreadsheet};
use minutebook_log::SecretKey;
use minutebook_verify::page::{Block, ReportPage, Section, Tone};
use minutebook_verify::{to_html, to_markdown};
use prost::{Message, Name};
use prost_reflect::{DynamicMessage, MethodDescriptor};
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::time::Duration;
use tonic::{Response, Status};

/// The server to ask, how to print, and what is remembered.
#[derive(Debug)]
pub(crate) struct Context {
    /// The server's address.
    pub(crate) server: String,
    /// How it is reached.
    pub(crate) reach: ServerReach,
    /// Whether data is printed as JSON.
    pub(crate) json: bool,
    /// In which shape answers are printed that are not JSON.
    pub(crate) shape: Shape,
    /// The bodies that somebody works for, as the context in use says.
    pub(crate) bodies: Vec<String>,
    /// Whether the entries that answers rest on are checked.
    check: bool,
    /// Ends of ledgers, as seen last.
    pub(crate) memory: Memory,
    /// Where the passphrases of keys come from.
    pub(crate) passphrases: Passphrases,
}

impl Context {
    pub(crate) fn new(global: Global, bodies: Vec<String>) -> Result<Self, ClientError> {
        let token = match &global.token_file {
            Some(path) => Some(BearerToken::read(path)?),
            None => std::env::var("MINUTEBOOK_TOKEN").ok().and_then(|token| BearerToken::of(token.into())),
        };
        let reach = ServerReach {
            ca: global.ca,
            identity: global.certificate.zip(global.certificate_key),
            token,
            call_max: Duration::from_secs(global.timeout.into()),
        };
        let passphrases = Passphrases::new(global.passphrase_file, io::stdin().is_terminal());
        Ok(Self {
            passphrases,
            server: global.server,
            reach,
            json: global.json,
            shape: Shape::Text,
            bodies,
            check: global.check,
            memory: Memory::of_user(),
        })
    }

    /// The same, for answers in this shape.
    pub(crate) fn printing(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }

    /// The private key in a file, whose passphrase is asked for where it has one.
    pub(crate) fn key(&self, path: &Path) -> Result<SecretKey, KeyFileError> {
        self.passphrases.open(path)
    }

    /// Connects, and checks that the ledger extends what was seen of it before.
    pub(crate) async fn connect(&self) -> Result<(Client, KnownLedger), ClientError> {
        let mut client = Client::reach(&self.server, &self.reach, self.memory.clone()).await?;
        let known = client.ledger().await?;
        Ok((client, known))
    }

    /// Asks the register a question: `context.ask(RegisterClient::get_body, request)`.
    pub(crate) async fn ask<Q, A: Answer>(
        &self,
        question: impl AsyncFnOnce(&mut RegisterClient, Q) -> Result<Response<A>, Status>,
        request: Q,
    ) -> Result<A, ClientError> {
        let (mut client, known) = self.connect().await?;
        self.one(&mut client, &known, question, request).await
    }

    /// The same through a client that is connected.
    pub(crate) async fn one<Q, A: Message + Name + Default>(
        &self,
        client: &mut Client,
        known: &KnownLedger,
        question: impl AsyncFnOnce(&mut RegisterClient, Q) -> Result<Response<A>, Status>,
        request: Q,
    ) -> Result<A, ClientError> {
        let answer = harmless(question(&mut client.register, request).await?.into_inner())?;
        self.check(client, known, &answer).await?;
        Ok(answer)
    }

    /// Asks a question by its description.
    pub(crate) async fn ask_described(
        &self,
        question: &MethodDescriptor,
        request: DynamicMessage,
    ) -> Result<DynamicMessage, ClientError> {
        let (mut client, known) = self.connect().await?;
        let answer = client.ask(question, request).await?;
        self.check_described(&mut client, &known, &answer).await?;
        Ok(answer)
    }

    /// Asks a question whose answer comes in pages, and puts them together.
    pub(crate) async fn ask_all<Q: PageRequest, A: PageAnswer>(
        &self,
        question: impl AsyncFn(&mut RegisterClient, Q) -> Result<Response<A>, Status>,
        request: Q,
    ) -> Result<A, ClientError> {
        let (mut client, known) = self.connect().await?;
        self.all(&mut client, &known, question, request).await
    }

    /// The same through a client that is connected.
    pub(crate) async fn all<Q: PageRequest, A: PageAnswer>(
        &self,
        client: &mut Client,
        known: &KnownLedger,
        question: impl AsyncFn(&mut RegisterClient, Q) -> Result<Response<A>, Status>,
        request: Q,
    ) -> Result<A, ClientError> {
        let answer = client.all(question, request).await?;
        self.check(client, known, &answer).await?;
        Ok(answer)
    }

    /// Checks the entries that an answer rests on, where that was asked for, and says what was checked.
    async fn check<A: Message + Name>(
        &self,
        client: &mut Client,
        known: &KnownLedger,
        answer: &A,
    ) -> Result<(), ClientError> {
        if !self.check {
            return Ok(());
        }
        let answer = described(answer).map_err(|malformed| ClientError::lies(A::NAME, &malformed))?;
        self.check_described(client, known, &answer).await
    }

    async fn check_described(
        &self,
        client: &mut Client,
        known: &KnownLedger,
        answer: &DynamicMessage,
    ) -> Result<(), ClientError> {
        if !self.check {
            return Ok(());
        }
        let Rested { entries, signatures } = client.check_rested(known, answer).await?;
        if entries == 0 {
            show::say(
                "checked: nothing. The answer names no entry that it rests on, and is the server's word alone",
            );
            return Ok(());
        }
        let (them, they) = if entries == 1 { ("it", "is") } else { ("them", "are") };
        show::say(format!(
            "checked: {} that the answer names {they} in the tree that the log signed, with {}. What follows from {them} is \
             the server's word; minutebook verify replays it",
            show::entries(entries as u64),
            if signatures == 1 {
                "1 signature that holds".to_owned()
            } else {
                format!("{signatures} signatures that hold")
            },
        ));
        Ok(())
    }

    /// Prints an answer: as JSON, or as `show` does, with what it says of itself beneath.
    pub(crate) fn answer<A: Answer>(
        &self,
        answer: &A,
        show: impl FnOnce(&A) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        if self.json {
            return show::json(&show::to_json(answer)?);
        }
        let whole = || described(answer).map_err(|malformed| ClientError::lies(A::NAME, &malformed));
        let page = || {
            let said = answer.answered().map(show::in_words).unwrap_or_default();
            let sheet = Sheet::whole(&whole()?, &asked_words(), &Names::of(answer.answered()));
            anyhow::Ok(sheet.to_page(said))
        };
        match self.shape {
            Shape::Csv => {
                let (titles, rows) = spreadsheet(&whole()?).unwrap_or_default();
                show::csv_of(titles, rows)
            }
            Shape::Html => Ok(show::line(to_html(&page()?).trim_end())?),
            Shape::Markdown => Ok(show::line(to_markdown(&page()?).trim_end())?),
            Shape::Text => {
                show(answer)?;
                Ok(show::answered(answer.answered())?)
            }
        }
    }

    /// Prints a table that is no answer of the register, in whatever shape but text it is asked for; whether it did.
    pub(crate) fn table_in_shape(
        &self,
        titles: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
    ) -> anyhow::Result<bool> {
        let titles: Vec<_> = titles.iter().map(|title| (*title).to_owned()).collect();
        if self.shape == Shape::Csv {
            show::csv_of(titles, rows.collect())?;
            return Ok(true);
        }
        let print = match self.shape {
            Shape::Html => to_html,
            Shape::Markdown => to_markdown,
            Shape::Text | Shape::Csv => return Ok(false),
        };
        let table = Block::Table { heads: titles, rows: rows.collect() };
        let sections = vec![Section { title: String::new(), blocks: vec![table] }];
        let title = asked_words();
        let page = ReportPage { foot: title.clone(), title, lead: Vec::new(), tone: Tone::Plain, sections };
        show::line(print(&page).trim_end())?;
        Ok(true)
    }
}

/// What was asked, as it was typed up to the first flag: the title of a page that has no other.
fn asked_words() -> String {
    let words = std::env::args().skip(1).take_while(|word| !word.starts_with('-'));
    words.collect::<Vec<_>>().join(" ")
}
