//! Where results appear, and that they appear together or not at all.

use std::fs;

use crate::run::{Folder, HEADER, refused, run, run_on, stdout_of};

/// The line on standard error of a command that could not write a result.
fn unwritten(arguments: &[&str]) -> String {
    let output = run(arguments);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), complaint.matches('\n').count()), (Some(1), 1), "{complaint}");
    complaint.trim_end().to_owned()
}

#[test]
fn two_results_cannot_be_one_file_by_any_spelling() {
    let folder = Folder::new();
    fs::create_dir(folder.path("sub")).unwrap();
    let picture = folder.name("both.svg");
    for spelling in ["both.svg", "./both.svg", "sub/../both.svg"] {
        let said = refused(&run(&["--picture", &picture, "--output", &folder.name(spelling)]));
        assert!(said.ends_with("both.svg: cannot be both --output and --picture"), "{said}");
    }
    assert_eq!(folder.files(), ["sub"]);
}

#[cfg(unix)]
#[test]
fn two_results_cannot_be_one_file_by_links() {
    let folder = Folder::new();
    let file = folder.file("file.svg", "old");
    fs::hard_link(&file, folder.path("hard.svg")).unwrap();
    std::os::unix::fs::symlink("file.svg", folder.path("link.svg")).unwrap();
    std::os::unix::fs::symlink("new.svg", folder.path("dangling.svg")).unwrap();
    for (output, picture) in [("file", "hard"), ("link", "hard"), ("file", "link"), ("new", "dangling")] {
        let [output, picture] = [output, picture].map(|name| folder.name(&format!("{name}.svg")));
        let said = refused(&run(&["--output", &output, "--picture", &picture]));
        assert!(said.ends_with("cannot be both --output and --picture"), "{said}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"old");
    assert_eq!(folder.files(), ["dangling.svg", "file.svg", "hard.svg", "link.svg"]);
}

#[test]
fn a_result_cannot_be_what_is_read() {
    let folder = Folder::new();
    let table = folder.file("rois.svg", format!("{HEADER}0,0,0,9,9,1,1\n"));
    for result in ["--output", "--picture"] {
        let said = refused(&run(&[&table, result, &folder.name("./rois.svg")]));
        assert!(said.ends_with(&format!("cannot be both {result} and the table")), "{said}");
        let photo = format!("0={table}");
        let arguments = ["--picture", &folder.name("hard.svg"), "--image", &photo, result, &table];
        let said = refused(&run(if result == "--output" { &arguments } else { &arguments[2..] }));
        assert!(said.ends_with(&format!("cannot be both {result} and --image")), "{said}");
    }
    assert_eq!(fs::read_to_string(&table).unwrap(), format!("{HEADER}0,0,0,9,9,1,1\n"));
    assert_eq!(folder.files(), ["rois.svg"]);
}

#[cfg(unix)]
#[test]
fn redirected_streams_are_compared_too() {
    use std::fs::File;

    let folder = Folder::new();
    let table = folder.file("rois.svg", format!("{HEADER}0,0,0,9,9,1,1\n"));
    let from =
        |arguments: &[&str]| crate::run::mine(arguments).stdin(File::open(&table).unwrap()).output().unwrap();
    let said = refused(&from(&["-", "--picture", &table]));
    assert!(said.ends_with("cannot be both --picture and the table"), "{said}");
    let output = crate::run::mine(&["--picture", &folder.name("out.svg")])
        .stdout(File::create(folder.path("out.svg")).unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "error: standard output: cannot be both standard output and --picture\n");
    stdout_of(from(&["-", "--picture", &folder.name("hard.svg")]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_fails_leaves_the_other_unpublished() {
    let folder = Folder::new();
    let (new, old) = (folder.name("new.svg"), folder.file("old.svg", "old"));
    for picture in [&new, &old] {
        let said = unwritten(&["--picture", picture, "--output", "/dev/full"]);
        assert!(said.contains("/dev/full: No space left"), "{said}");
        assert_eq!(folder.files(), ["old.svg"]);
        assert_eq!(fs::read(&old).unwrap(), b"old");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_leaves_the_picture_unpublished() {
    let folder = Folder::new();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = crate::run::mine(&["--picture", &folder.name("new.svg")]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(folder.files().is_empty());
}

#[test]
fn a_reader_that_is_gone_does_not_keep_the_picture_back() {
    let folder = Folder::new();
    let picture = folder.name("new.svg");
    let mut child =
        crate::run::mine(&["--no-nms", "--batch-size", "2000", "--format", "csv", "--picture", &picture])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(folder.files(), ["new.svg"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_leads_to_its_target_and_a_loop_nowhere() {
    let folder = Folder::new();
    let link = |target: &str, name: &str| std::os::unix::fs::symlink(target, folder.path(name)).unwrap();
    link("target.csv", "dangling.csv");
    link("b.csv", "a.csv");
    link("a.csv", "b.csv");
    link("no/such/folder.csv", "far.csv");
    stdout_of(run(&["--format", "csv", "--output", &folder.name("dangling.csv")]));
    assert!(fs::read_to_string(folder.path("target.csv")).unwrap().starts_with("image_id,"));
    assert!(folder.path("dangling.csv").is_symlink());
    for name in ["a.csv", "far.csv"] {
        let said = unwritten(&["--output", &folder.name(name)]);
        assert!(said.contains(&format!("{name}: ")), "{said}");
        assert!(folder.path(name).is_symlink());
    }
    assert_eq!(folder.files(), ["a.csv", "b.csv", "dangling.csv", "far.csv", "target.csv"]);
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_refused_and_permissions_are_kept() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let file = folder.file("hard.csv", "old");
    let set = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    set(0o444);
    let said = unwritten(&["--output", &file]);
    assert!(said.ends_with("hard.csv: the file is read-only"), "{said}");
    assert_eq!(fs::read(&file).unwrap(), b"old");
    for mode in [0o600, 0o640, 0o664] {
        set(mode);
        stdout_of(run(&["--output", &file]));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, mode);
    }
    assert_eq!(folder.files(), ["hard.csv"]);
}

#[test]
fn a_folder_is_no_result() {
    let folder = Folder::new();
    for name in ["", "new/", "no/such/file.csv"] {
        unwritten(&["--output", &folder.name(name)]);
    }
    assert!(folder.files().is_empty());
}

/// Standard output takes 64 KB and then blocks, as nobody reads it: so the picture is written but not published.
#[cfg(target_os = "linux")] // whose `env` resets signals
#[test]
fn a_signal_leaves_nothing_behind() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};

    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let folder = Folder::new();
        let picture = folder.file("hard.svg", "old");
        fs::set_permissions(&picture, fs::Permissions::from_mode(0o600)).unwrap();
        let arguments = ["--format", "csv", "--no-nms", "--batch-size", "2000", "--picture", &picture];
        // Whoever runs the tests may ignore a signal, which a child would, too.
        let mine = crate::run::mine(&arguments);
        let mut child = Command::new("env");
        child.arg("--default-signal=INT,TERM,HUP").arg(mine.get_program()).args(mine.get_args());
        let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
        let part = loop {
            let part = folder.files().into_iter().find(|name| name.ends_with(".part"));
            match part.map(|name| folder.path(&name)).and_then(|path| fs::metadata(path).ok()) {
                Some(part) if part.len() > 100_000 => break part,
                _ => std::thread::sleep(core::time::Duration::from_millis(5)),
            }
            assert!(child.try_wait().unwrap().is_none(), "it waits for a reader");
        };
        assert_eq!(part.permissions().mode() & 0o077, 0);
        // Blocked in writing, it may still have been about to handle signals.
        let killed = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(killed.unwrap().success());
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(folder.files(), ["hard.svg"]);
        assert_eq!(fs::read(&picture).unwrap(), b"old");
    }
}

#[test]
fn hostile_names_are_escaped_wherever_a_terminal_shows_them() {
    let hostile = "a\u{1b}[2J\u{202e}\u{2028}\u{9b}m\u{7}";
    let rows = format!("{hostile},0,0,9,9,{hostile},1\n");
    let table = format!("{HEADER}{rows}");
    let folder = Folder::new();
    let is_clean =
        |text: &str| !text.chars().any(|c| c.is_control() && c != '\n' || "\u{202e}\u{2028}".contains(c));
    let file = folder.file("\u{1b}[2J\u{202e}.csv", &table);
    let shown = stdout_of(run(&[&file]));
    assert!(is_clean(&shown) && shown.contains("a\\u{1b}[2J\\u{202e}\\u{2028}\\u{9b}m\\u{7}"), "{shown}");
    let picture = folder.name("hard.svg");
    stdout_of(run(&[&file, "--picture", &picture]));
    let drawing = fs::read_to_string(&picture).unwrap();
    assert!(is_clean(&drawing) && drawing.contains("image a\\u{1b}[2J\\u{202e}"), "{drawing}");
    // Of the table, of names of columns, of files and of the command line.
    let refusals = [
        run_on(table.replace(",1\n", &format!(",{hostile}\n")).as_bytes(), &["-"]),
        run_on(format!("{hostile},loss{hostile}\n").as_bytes(), &["-"]),
        run_on(table.as_bytes(), &["-", "--loss-column", hostile]),
        run(&[&folder.name(hostile)]),
        run(&[&file, hostile]),
        run(&["--precision", hostile]),
        run(&["--picture", &picture, "--image", &format!("{hostile}={file}")]),
    ];
    for output in refusals {
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(is_clean(&said) && said.contains("\\u{202e}"), "{said}");
    }
    let table = "image,x1,y1,x2,y2,label,loss,\u{202e}o\na,0,0,9,9,1,1,0\n";
    let overlaps = ["-", "--rule", "ssd", "--overlap-column", "\u{202e}o", "--format", "json"];
    let json = stdout_of(run_on(table.as_bytes(), &overlaps));
    assert!(is_clean(&json) && json.contains("\\u202eo"), "{json}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["overlap_column"], "\u{202e}o");
}
