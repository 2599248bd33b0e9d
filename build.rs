//! Builds again when a migration is added: `sqlx::migrate!` alone does not notice.

fn main() {
    #[expect(clippy::print_stdout, reason = "how a build script speaks to cargo")]
    {
        println!("cargo:rerun-if-changed=migrations");
    }
}
