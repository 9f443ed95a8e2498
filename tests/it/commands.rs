//! What the commands say when they cannot do what they are asked to.

use std::fs;
use std::net::TcpListener;
use std::process::Stdio;

use crate::books::raw;
use crate::harness::{Database, Daybook};
use crate::process::{Data, Folder, daybook, has, output};

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named_with_what_to_do() {
    let database = Database::empty().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut command = daybook(&Data::Database(&database));
    command.args(["serve", "--listen", &address]);
    let (code, _, err) = output(command).await;
    assert_eq!(code, Some(1));
    assert!(err.contains(&format!("cannot listen on {address}")) && err.contains("--listen"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_does_not_exist_is_named_with_its_file() {
    let folder = Folder::new("settings");
    fs::create_dir(&folder.0).unwrap();
    let file = folder.0.join("daybook.toml");
    for (text, named) in
        [("listne = \"127.0.0.1:0\"\n", "listne"), ("listen = 8080\n", "listen"), ("listen = \n", "daybook.toml")]
    {
        fs::write(&file, text).unwrap();
        let mut command = daybook(&Data::Folder(&folder));
        command.arg("check").current_dir(&folder.0);
        let (code, _, err) = output(command).await;
        assert_eq!(code, Some(1), "{text}");
        assert!(err.contains("daybook.toml") && err.contains(named), "{text}: {err}");
    }
    assert!(!has(&folder, "postgres"), "nothing is made before the settings are understood");
    // A file that was asked for must be there.
    let mut command = daybook(&Data::Folder(&folder));
    command.args(["check", "--config", "/nowhere/daybook.toml"]);
    let (code, _, err) = output(command).await;
    assert!(code == Some(1) && err.contains("/nowhere/daybook.toml"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signing_key_that_can_be_guessed_is_refused() {
    let database = Database::empty().await;
    let mut command = daybook(&Data::Database(&database));
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("DAYBOOK_SIGNING_KEY", "0123456789012345678901234567890");
    let (code, _, err) = output(command).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("the signing key has 31 characters; give at least 32"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_base_of_a_newer_release_is_refused_and_left_alone() {
    let daybook_in_test = Daybook::start().await;
    let owner = daybook_in_test.owner("shop").await;
    let raw = raw(&daybook_in_test.database, &owner.business).await;
    raw.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')").await.unwrap();
    for arguments in [&["migrate"][..], &["check"], &["serve", "--listen", "127.0.0.1:0"]] {
        let mut command = daybook(&Data::Database(&daybook_in_test.database));
        command.args(arguments);
        let (code, _, err) = output(command).await;
        assert_eq!(code, Some(1), "{arguments:?}");
        assert!(err.contains("migrated by a newer Daybook") && err.contains("20990101000001"), "{arguments:?}: {err}");
    }
    owner.customer("Someone").await;
}

/// Whoever reads what is said may have enough of it, such as `head`.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_nobody_listens_to_ends_as_it_would() {
    let daybook_in_test = Daybook::start().await;
    daybook_in_test.owner("shop").await;
    let export = ["export", "customers", "--business", "shop"];
    for arguments in [&["schema"][..], &["check"], &["migrate"], &["billing", "status"], &export] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = daybook(&Data::Database(&daybook_in_test.database));
        let child = command.args(arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let ended = child.wait_with_output().await.unwrap();
        let complaints = String::from_utf8(ended.stderr).unwrap();
        assert_eq!((ended.status.code(), complaints.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_again_does_nothing_and_at_once_is_done_once() {
    let database = Database::empty().await;
    let migrate = async || {
        let mut command = daybook(&Data::Database(&database));
        command.arg("migrate");
        output(command).await
    };
    let (one, two) = tokio::join!(migrate(), migrate());
    let mut said = [one.1, two.1];
    said.sort();
    assert_eq!((one.0, two.0), (Some(0), Some(0)), "{}{}", one.2, two.2);
    assert!(said[0].ends_with("migrations ran\n"), "{said:?}");
    assert_eq!(said[1], "the data base is up to date\n");
    assert_eq!(migrate().await.1, said[1]);
}
