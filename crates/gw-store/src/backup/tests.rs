use gw_core::{Digest, Realm, Time};

use super::*;
use crate::db::Database;
use crate::table::{component, job};
use crate::testing::databases;

/// Something in several tables, in more than one page.
async fn fill(db: &Database) {
    let realm = Realm::local();
    let components: Vec<_> = (0..700)
        .map(|n| component::Component {
            purl: format!("pkg:npm/a{n}@1"),
            ecosystem: "npm".to_owned(),
            name: format!("ä'{n}"),
            version: "1".to_owned(),
        })
        .collect();
    for subject in 0..3_u8 {
        let subject = Digest::of(&[subject]);
        component::put(db, &realm, &subject, &components)
            .await
            .unwrap();
    }
    add_job(db, "a").await;
    add_job(db, "b").await;
    let update = "UPDATE change SET seq = 41";
    db.query(update).run().await.unwrap();
}

async fn add_job(db: &Database, key: &str) {
    let new = job::NewJob {
        kind: "k",
        key,
        payload: "{}",
        run_at: Time::UNIX_EPOCH,
    };
    assert!(job::add(db, &Realm::local(), new).await.unwrap());
}

/// What is in the tables, as one text.
async fn all(db: &Database) -> String {
    let mut all = String::new();
    for (sql, columns) in [
        (
            "SELECT purl, ecosystem, name, version FROM component ORDER BY purl",
            4,
        ),
        (
            "SELECT purl FROM subject_component ORDER BY subject, purl",
            1,
        ),
        (
            "SELECT key, payload, error, lease_holder FROM job ORDER BY number",
            4,
        ),
        ("SELECT CAST(number AS TEXT) FROM job ORDER BY number", 1),
        ("SELECT CAST(seq AS TEXT) FROM change", 1),
    ] {
        for row in db.query(sql).all().await.unwrap() {
            for column in 0..columns {
                let text: Option<String> = row.get(column).unwrap();
                all += &format!("{text:?} ");
            }
            all.push('\n');
        }
    }
    all
}

#[tokio::test]
async fn what_was_backed_up_comes_back_on_every_backend() {
    let folder = tempfile::tempdir().unwrap();
    for from in databases().await {
        let source = from.open().await;
        fill(&source).await;
        let path = folder.path().join(format!("{:?}", from.backend));
        let written = backup(&source, &path).await.unwrap();
        assert_eq!(written, 700 + 3 * 700 + 2 + 1);
        assert!(matches!(
            backup(&source, &path).await,
            Err(BackupError::File { .. })
        ));
        for to in databases().await {
            let target = Database::open(&to.address).await.unwrap();
            let read = restore(&target, &path).await.unwrap();
            assert_eq!(read, written, "{:?} {:?}", from.backend, to.backend);
            assert_eq!(all(&target).await, all(&source).await);
            assert!(matches!(
                restore(&target, &path).await,
                Err(BackupError::NotEmpty)
            ));
            // New rows have new numbers.
            add_job(&target, "c").await;
            let job = "SELECT number FROM job WHERE key = 'c'";
            let number = target.query(job).scalar::<i64>().await.unwrap();
            assert_eq!(number, Some(3));
            target.close().await;
        }
        source.close().await;
    }
}

#[tokio::test]
async fn damaged_files_are_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let source = Database::in_memory().await.unwrap();
    source.migrate().await.unwrap();
    fill(&source).await;
    let path = folder.path().join("good");
    backup(&source, &path).await.unwrap();
    let good = std::fs::read(&path).unwrap();
    let bad = folder.path().join("bad");
    let target = Database::in_memory().await.unwrap();
    let refused = async |bytes: &[u8]| {
        std::fs::write(&bad, bytes).unwrap();
        let error = restore(&target, &bad).await.unwrap_err();
        assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
    };
    refused(b"").await;
    refused(b"something else that is longer").await;
    for length in (0..good.len()).step_by(good.len() / 50 + 1) {
        refused(&good[..length]).await;
    }
    for at in (0..good.len()).step_by(good.len() / 50 + 1) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&bad, &bytes).unwrap();
        // A bit of the stream that means nothing may be another; the digest vouches for the rest.
        if let Err(error) = super::read::check(&bad) {
            assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
        } else {
            assert!(at < 64, "{at} was not noticed");
        }
    }
    // Nothing was written by all that.
    assert!(restore(&target, &path).await.is_ok());
}

#[tokio::test]
async fn a_newer_programs_backup_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newer");
    let source = Database::in_memory().await.unwrap();
    source.migrate().await.unwrap();
    let insert = "INSERT INTO migration (number, name) VALUES (99, 'later')";
    source.query(insert).run().await.unwrap();
    assert!(matches!(
        backup(&source, &path).await,
        Err(BackupError::TooNew { found: 99, .. })
    ));
    write::tests::only_steps(&path, &[1, 99]);
    let target = Database::in_memory().await.unwrap();
    assert!(matches!(
        restore(&target, &path).await,
        Err(BackupError::TooNew { found: 99, .. })
    ));
}
