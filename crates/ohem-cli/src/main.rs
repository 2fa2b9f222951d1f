//! The `ohem` command. All of it is in the library.

fn main() -> std::process::ExitCode {
    ohem_cli::main()
}
