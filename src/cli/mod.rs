//! The command line: a gRPC client, but for what makes a ledger (`init`), keeps it (`serve`), plays one
//! (`demo`) or trusts nobody (`verify --dir`). One file for each command, which holds its whole life.
//!
//! Data goes to standard output, talk to standard error.

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use std::path::PathBuf;

// What commands share, then the commands: from the ground up, a module imports only from those listed before it.
mod columns;
mod guarded;
mod pager;
mod lines;
mod told;
mod table;
mod show;
mod contexts;
mod exit;
mod shapes;
mod context;
mod entry_view;
mod environment;
mod misunderstood;
mod groups;
mod layered;
mod supervised;
mod door;
mod draft_file;
pub use draft_file::SigningDraft;
mod outline;
mod receipt_file;
mod reread;
mod sources;
mod view;
mod called;
mod watched_keys;
mod places;
mod written;
pub use written::read_recorded;
mod judged;
mod witnessing;
mod read_out;
mod sealed_texts;
mod key_news;
mod unsent;
mod writing;
mod already;
mod corrected;
mod resting;
mod registrars;
mod templates;
mod misread;
mod new_ids;
mod skeleton;
mod file_schema;
mod batch;
mod log_keys;
mod key_copies;
mod out_folder;

mod ask;
mod news;
mod bodies;
mod body;
mod changes;
mod commissioners;
mod compare;
mod config;
mod consultation;
mod export;
mod due;
mod findings;
mod governing_body;
mod people;
mod grant;
mod handover;
mod init;
mod commissioner;
mod joint_appointment;
mod key;
mod log;
mod matrix;
mod meeting;
mod minutes;
mod notice;
mod agenda;
mod decisions;
mod delegation;
mod merger;
mod officer;
mod publish;
mod backup;
mod id;
mod desk_pages;
mod receipt;
mod record;
mod repair;
mod restore;
mod drill;
mod doctor;
mod revoke;
mod seal;
mod correct;
mod withdraw;
mod serve;
mod show_entry;
mod sign;
mod submit;
mod token;
mod verify;
mod import;
mod watch;
mod witness;
mod completions;
mod context_kept;
mod man;
mod dispatch;

/// A verifiable minute book: signed governance events in a hash-chained log.
#[derive(Debug, Parser)]
#[command(name = "minutebook", version, after_long_help = exit::HELP, after_help = "More: minutebook help COMMAND")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "General")]
pub(crate) struct Global {
    /// The server to ask.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "MINUTEBOOK_SERVER",
        default_value = "http://127.0.0.1:7419",
        hide_env_values = true
    )]
    pub(crate) server: String,
    /// Whether text is in colours.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colour::Auto, hide_default_value = true)]
    pub(crate) color: Colour,
    /// The authorities, as PEM, by which an https server is believed; else those of this system.
    #[arg(long, global = true, value_name = "FILE", env = "MINUTEBOOK_CA", hide_env_values = true)]
    pub(crate) ca: Option<PathBuf>,
    /// The certificate, as PEM, that is shown to an https server which asks for one.
    #[arg(long, global = true, value_name = "FILE", requires = "certificate_key")]
    pub(crate) certificate: Option<PathBuf>,
    /// That certificate's private key, as PEM.
    #[arg(long, global = true, value_name = "FILE", requires = "certificate")]
    pub(crate) certificate_key: Option<PathBuf>,
    /// The file whose first line is the passphrase of the keys that have one; else it is asked for on a terminal.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "MINUTEBOOK_PASSPHRASE_FILE",
        hide_env_values = true
    )]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The file with the token that is given to a server which asks for one, over https or to this machine alone; else
    /// MINUTEBOOK_TOKEN.
    #[arg(long, global = true, value_name = "FILE", env = "MINUTEBOOK_TOKEN_FILE", hide_env_values = true)]
    pub(crate) token_file: Option<PathBuf>,
    /// How long the server may take to answer a question, in seconds.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) timeout: u32,
    /// Prints data (and errors, on standard error) as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Shows answers as they come, and not through the pager that PAGER names (else less).
    #[arg(long, global = true)]
    pub(crate) no_pager: bool,
    /// Fetches the entries that an answer of the register rests on, and checks each: place, signatures. What is listed and
    /// shown as entries always is.
    #[arg(long, global = true)]
    pub(crate) check: bool,
}

/// Whether text is in colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR says otherwise.
    Auto,
    /// Wherever it goes.
    Always,
    /// Nowhere.
    Never,
}

impl Colour {
    /// Has it so from now on.
    fn set(self) {
        match self {
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

/// How many threads wait for the disk at most: each keeps some of the memory that it had for what it has read.
const BLOCKING_THREADS_MAX: usize = 48;

#[derive(Debug, Subcommand)]
enum Command {
    /// Opens a new ledger in a folder: entry 0, signed by its registrars.
    Init(init::Args),
    /// Serves a ledger over gRPC until it is told to stop.
    Serve(serve::Args),
    /// Checks what a server or a witness would be told, and shows what can be.
    #[command(subcommand)]
    Config(config::Command),
    /// Keeps under a name what you use again and again: a server, key files, bodies.
    #[command(subcommand)]
    Context(context_kept::Command),
    /// Makes tokens by which a server knows its callers.
    #[command(subcommand)]
    Token(token::Command),
    /// Makes keys, shows what they may sign, brings them into the book.
    #[command(subcommand)]
    Key(key::Command),
    /// Makes ids, so that nobody invents one.
    #[command(subcommand)]
    Id(id::Command),
    /// Grants a key the authority to sign.
    Grant(grant::Args),
    /// Ends a grant.
    Revoke(revoke::Args),
    /// Records an event: shows what would be signed, asks, signs, submits.
    Record(record::Args),
    /// Corrects what an entry says: it stays as written, and is known otherwise from here on.
    Correct(correct::Args),
    /// Withdraws an entry: it stays as written, and nothing of it is known from here on.
    Withdraw(withdraw::Args),
    /// Loads files of events, or of bodies and successions: dry run first, then one go.
    Import(import::Args),
    /// Seals texts that are not to be published, and opens what somebody disclosed.
    #[command(subcommand)]
    Seal(seal::Command),
    /// Adds a signature to a draft that several people sign.
    Sign(sign::Args),
    /// Submits a draft that everybody has signed.
    Submit(submit::Args),
    /// Checks receipts, offline, and fetches them.
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Exports the published log into a folder, for auditors and web servers.
    Publish(publish::Args),
    /// Backs a ledger up into a folder, while it runs or at rest.
    Backup(backup::Args),
    /// Restores a ledger from a backup, unless it lacks what is known elsewhere.
    Restore(restore::Args),
    /// Plays a restore of a backup, and compares it with the live log.
    Drill(drill::Args),
    /// Looks at a ledger's folder, touches nothing, and says what is wrong and what mends it.
    Doctor(doctor::Args),
    /// Makes a damaged ledger anew from what is left of it.
    Repair(repair::Args),
    /// Lists entries, newest last.
    Log(log::Args),
    /// Says what is new, in a line for each entry.
    News(news::Args),
    /// Shows one entry: what it says, its text, its findings, what people say of it.
    Show(show_entry::Args),
    /// Shows a body: names, codes, life, area, who came before and after.
    Body(body::Args),
    /// Lists the bodies that are open, or all.
    Bodies(bodies::Args),
    /// Says who commissions for a unit of area.
    Commissioner(commissioner::Args),
    /// Counts the commissioners that are open on given days.
    Commissioners(commissioners::Args),
    /// Says who holds an office of a body.
    Officer(officer::Args),
    /// Lists people, with the offices that each holds or held, of whatever body.
    People(people::Args),
    /// Shows a governing body: who sits on it, held against the law of the day, and its own rules.
    GoverningBody(governing_body::Args),
    /// Shows a delegation, and what was decided under it.
    Delegation(delegation::Args),
    /// Compares two answers of the register: two days, two states of knowledge, or both.
    Compare(compare::Args),
    /// Says what an entry changed in the register.
    Changes(changes::Args),
    /// Shows a joint appointment: what each body says, and who is appointed for which.
    JointAppointment(joint_appointment::Args),
    /// Shows a merger: who takes part, what each decided, what it waits for.
    Merger(merger::Args),
    /// Shows a meeting: items and bodies with quorum, votes, decisions, minutes.
    Meeting(meeting::Args),
    /// Prints the notice of a meeting: who meets, when and where.
    Notice(notice::Args),
    /// Prints the agenda of one part of a meeting.
    Agenda(agenda::Args),
    /// Prints the minutes of a meeting.
    Minutes(minutes::Args),
    /// Lists decisions of a body, a meeting or a merger, with votes.
    Decisions(decisions::Args),
    /// Lists what is due for a body, also as a calendar.
    Due(due::Args),
    /// Says what a secretary who leaves hands over, and how.
    Handover(handover::Args),
    /// Shows a consultation and where it stands.
    Consultation(consultation::Args),
    /// Prints what the book says in the shapes that others read: ODS records, successions.
    #[command(subcommand)]
    Export(export::Command),
    /// Lists the findings: soft rules broken, statements that contradict each other, what is overdue.
    Findings(findings::Args),
    /// Verifies the whole book: chain, signatures, authority, rules.
    Verify(verify::Args),
    /// Follows the book live, checking each entry against the chain.
    Watch(watch::Args),
    /// Witnesses other bodies' logs: signs that they show one history.
    Witness(witness::Args),
    /// Plays the real history of England 2013 to 2025 into a new ledger, shows what it answers, and serves it.
    Demo(crate::demo::Args),
    /// Prints what a shell needs to complete commands and options.
    Completions(completions::Args),
    /// Prints the manual page, or writes one for each command into a folder.
    Man(man::Args),
}

/// All commands: those that are written here, and the questions that are asked by their description.
fn command() -> clap::Command {
    shapes::with_shapes(Cli::command()).subcommands(ask::questions().map(ask::DescribedQuestion::command))
}

/// Runs the command that the arguments name. The exit codes are in `exit.rs`.
pub fn main() -> std::process::ExitCode {
    let contexts = contexts::Contexts::read();
    let used = contexts.and_then(|contexts| Ok(contexts.in_use()?.map(|(_name, used)| used.clone())));
    let mut command = environment::without_empty_variables(command());
    if let Ok(Some(used)) = &used {
        command = contexts::with_defaults(command, used);
    }
    let mut command = groups::grouped(command);
    let mut words: Vec<_> = std::env::args_os().collect();
    // Whoever types nothing else wants to know what there is.
    if words.len() == 1 {
        words.push("help".into());
    }
    let parsed = command.try_get_matches_from_mut(words);
    let wanted = match parsed.and_then(|matches| dispatch::Wanted::of(&matches)) {
        Ok(wanted) => wanted,
        Err(error) => {
            let error = misunderstood::in_fewer_words(error.format(&mut command), &command);
            return exit::unparsed(&error);
        }
    };
    let json = wanted.global().json;
    wanted.global().color.set();
    let bodies = match used {
        Ok(used) => {
            let used = used.unwrap_or_default();
            if used.is_for(Some(&wanted.global().server)) { used.bodies } else { Vec::new() }
        }
        Err(_unread) if wanted.mends_contexts() => Vec::new(),
        Err(unread) => return exit::report(&unread, json),
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.max_blocking_threads(BLOCKING_THREADS_MAX).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit::report(&error.into(), json),
    };
    if wanted.is_to_be_read() && !wanted.global().no_pager {
        pager::start();
    }
    let outcome = runtime.block_on(wanted.run(bodies));
    // Whoever interrupts while he reads means the pager, which goes on.
    let _interrupts = runtime.spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    pager::finish();
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => exit::report(&error, json),
    }
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn the_arguments_fit_together_and_every_command_has_an_example() {
        let mut cli = command();
        cli.build();
        cli.clone().debug_assert();
        let commands = cli.get_subcommands().filter(|command| command.get_name() != "help");
        let leaves = commands.flat_map(|command| {
            let inner: Vec<_> = command.get_subcommands().cloned().collect();
            if inner.is_empty() { vec![command.clone()] } else { inner }
        });
        for mut command in leaves.filter(|command| command.get_name() != "help") {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Example"), "{} has no example:\n{help}", command.get_name());
        }
    }

    #[test]
    fn the_readme_names_every_command() {
        let readme = include_str!("../../README.md");
        for command in command().get_subcommands() {
            assert!(readme.contains(&format!("`{}`", command.get_name())), "{}", command.get_name());
        }
    }
}
