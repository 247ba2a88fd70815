//! What people see of answers: how each value reads, by the description of its member (`proto/minutebook/v1/shown.proto`) or
//! in the words that commands have in common; and a whole answer as a sheet, which is laid out as text, HTML, Markdown or CSV.

// From the ground up: a module imports only from those listed before it.
pub mod dates;
pub mod phrases;
pub(crate) mod said;
mod cell;
pub use cell::{Cell, Piece};
mod names;
pub use names::Names;
mod values;
mod columns;
pub use columns::{Columns, json};
mod sheet;
pub use sheet::{Sheet, SheetPart};
mod spreadsheet;
pub use spreadsheet::spreadsheet;
mod whole;
mod minutes;
pub use minutes::minutes_page;
mod calendar;
pub use calendar::due_calendar;
mod called;
pub use called::{Calling, agenda_page, notice_page};
