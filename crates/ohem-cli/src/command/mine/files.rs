//! Refuses a command line by which a result would overwrite another file of the same command line.

use std::io;
use std::path::Path;

use crate::command::args::MineArgs;
use crate::command::failure::Failure;
use crate::command::source::Source;
use crate::command::target::FileId;

/// A file of the command line.
struct Named<'a> {
    /// What an error message calls the file.
    role: &'static str,
    path: &'a Path,
    id: FileId,
}

/// Refuses to write two results into one file, or a result into a file that is read. Files are compared, not their names.
///
/// # Errors
///
/// If a result would overwrite another file.
pub(super) fn check(args: &MineArgs, source: &Source) -> Result<(), Failure> {
    check_all([output(args), picture(args)].into_iter().flatten().collect(), args, source)
}

/// Refuses to write a report into a file that is read.
///
/// # Errors
///
/// If the report would overwrite another file.
pub(crate) fn check_written(args: &MineArgs, source: &Source, report: &Path) -> Result<(), Failure> {
    check_all(Named::new("--html", report).into_iter().collect(), args, source)
}

fn check_all(written: Vec<Named<'_>>, args: &MineArgs, source: &Source) -> Result<(), Failure> {
    let read: Vec<_> = table(source).into_iter().chain(images(args)).chain(truth(args)).collect();
    for (index, result) in written.iter().enumerate() {
        let other = written[index + 1..].iter().chain(&read).find(|other| other.id == result.id);
        if let Some(other) = other {
            let problem = format!("cannot be both {} and {}", result.role, other.role);
            return Err(Failure::input(result.path.display(), problem));
        }
    }
    Ok(())
}

fn output(args: &MineArgs) -> Option<Named<'_>> {
    match args.output.as_deref().filter(|path| path.as_os_str() != "-") {
        Some(path) => Named::new("--output", path),
        None => {
            let id = FileId::of_stream(&io::stdout())?;
            Some(Named { role: "standard output", path: Path::new("standard output"), id })
        }
    }
}

fn picture(args: &MineArgs) -> Option<Named<'_>> {
    args.picture.as_ref().and_then(|picture| Named::new("--picture", &picture.path))
}

fn table(source: &Source) -> Option<Named<'_>> {
    match source {
        Source::File(path) => Named::new("the table", path),
        Source::Standard => {
            let id = FileId::of_stream(&io::stdin())?;
            Some(Named { role: "the table", path: Path::new("standard input"), id })
        }
        Source::Shipped => None,
    }
}

fn truth(args: &MineArgs) -> Option<Named<'_>> {
    args.ground_truth.as_deref().and_then(|path| Named::new("--ground-truth", path))
}

fn images(args: &MineArgs) -> impl Iterator<Item = Named<'_>> {
    args.image.iter().filter_map(|image| Named::new("--image", &image.path))
}

impl<'a> Named<'a> {
    /// `None` if no file can be there.
    fn new(role: &'static str, path: &'a Path) -> Option<Self> {
        Some(Self { role, path, id: FileId::of(path)? })
    }
}
