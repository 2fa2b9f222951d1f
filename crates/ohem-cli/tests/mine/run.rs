//! Runs the command.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The header of the small tables of the tests.
pub(crate) const HEADER: &str = "image,x1,y1,x2,y2,label,loss\n";

/// The command `ohem mine`.
pub(crate) fn mine(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ohem"));
    command.arg("mine").args(arguments);
    command
}

/// Runs the command with these arguments.
pub(crate) fn run(arguments: &[&str]) -> Output {
    mine(arguments).stdin(Stdio::null()).output().expect("the command starts")
}

/// Runs the command with these arguments and this standard input.
pub(crate) fn run_on(input: &[u8], arguments: &[&str]) -> Output {
    let mut command = mine(arguments);
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it has a standard input");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("the writer ends").expect("the command reads all of its input");
    output
}

/// Standard output of a command that succeeded without a message.
pub(crate) fn stdout_of(output: Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && complaint.is_empty(), "{complaint}");
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}

/// The warnings of a command that succeeded, without their marks.
pub(crate) fn warnings_of(output: &Output) -> Vec<String> {
    let said = String::from_utf8(output.stderr.clone()).expect("it warns in UTF-8");
    assert!(output.status.success(), "{said}");
    said.lines().map(|line| line.strip_prefix("warning: ").expect("only warnings").to_owned()).collect()
}

/// The JSON object that the command makes of a table. Its warnings are those on standard error.
pub(crate) fn json(table: &str, arguments: &[&str]) -> Value {
    let arguments = [&["-", "--format", "json"], arguments].concat();
    let output = run_on(table.as_bytes(), &arguments);
    let warnings = warnings_of(&output);
    let shown = stdout_of(Output { stderr: Vec::new(), ..output });
    assert_eq!(shown.lines().count(), 1);
    let object: Value = serde_json::from_str(&shown).expect("it is one JSON object");
    if !arguments.contains(&"--quiet") {
        assert_eq!(object["warnings"], serde_json::json!(warnings));
    }
    object
}

/// The selected rows of a JSON object.
pub(crate) fn selected(object: &Value) -> Vec<u64> {
    let selected = object["selected"].as_array().expect("`selected` is an array");
    selected.iter().map(|index| index.as_u64().expect("an index is a whole number")).collect()
}

/// The line on standard error of a command that ended with exit code 2.
pub(crate) fn refused(output: &Output) -> String {
    let complaint = String::from_utf8(output.stderr.clone()).expect("it complains in UTF-8");
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert_eq!(complaint.matches('\n').count(), 1, "{complaint}");
    assert!(complaint.starts_with("error: ") && complaint.ends_with('\n'), "{complaint}");
    assert!(output.stdout.is_empty());
    complaint.trim_end().trim_start_matches("error: ").to_owned()
}

/// A folder for the files of one test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("there is room for a folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A path as an argument.
    pub(crate) fn name(&self, name: &str) -> String {
        text(&self.path(name))
    }

    /// Writes a file and names it.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), content).expect("there is room for a file");
        self.name(name)
    }

    /// The names of all files, hidden ones too.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("the folder is there");
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}
