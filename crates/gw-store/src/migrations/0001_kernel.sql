-- Every table carries its realm, but for the ledger's outbox, which says nothing about realms.
-- Times are microseconds since the epoch, digests are 32 bytes.

CREATE TABLE statement (
    arrival        INTEGER PRIMARY KEY AUTOINCREMENT,
    realm          TEXT    NOT NULL,
    id             BLOB    NOT NULL,
    predicate_type TEXT    NOT NULL,
    asset          TEXT,
    signers        TEXT    NOT NULL,
    issued_at      INTEGER NOT NULL,
    expires_at     INTEGER,
    received_at    INTEGER NOT NULL,
    envelope       BLOB    NOT NULL,
    salt           BLOB    NOT NULL,
    UNIQUE (realm, id)
);
CREATE INDEX statement_by_type ON statement (realm, predicate_type, arrival);

CREATE TABLE statement_key (
    realm     TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    arrival   INTEGER NOT NULL REFERENCES statement (arrival),
    PRIMARY KEY (realm, key, arrival)
) WITHOUT ROWID;
CREATE INDEX statement_key_by_statement ON statement_key (arrival);

CREATE TABLE fact (
    realm      TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    version    BLOB    NOT NULL,
    change_seq INTEGER NOT NULL,
    PRIMARY KEY (realm, key)
) WITHOUT ROWID;

CREATE TABLE binding (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    realm    TEXT    NOT NULL,
    asset    TEXT    NOT NULL,
    place    TEXT    NOT NULL,
    subject  BLOB    NOT NULL,
    from_at  INTEGER NOT NULL,
    until_at INTEGER
);
CREATE UNIQUE INDEX binding_current ON binding (realm, asset, place) WHERE until_at IS NULL;

CREATE TABLE decision (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    realm     TEXT    NOT NULL,
    id        BLOB    NOT NULL,
    gate      TEXT    NOT NULL,
    asset     TEXT    NOT NULL,
    place     TEXT    NOT NULL,
    subject   BLOB    NOT NULL,
    outcome   TEXT    NOT NULL,
    made_at   INTEGER NOT NULL,
    not_after INTEGER,
    context   BLOB    NOT NULL,
    current   INTEGER NOT NULL
);
CREATE UNIQUE INDEX decision_current ON decision (realm, gate, asset, place) WHERE current = 1;
CREATE INDEX decision_history ON decision (realm, gate, asset, place, number);
CREATE INDEX decision_deadline ON decision (realm, not_after) WHERE current = 1;

-- What each current decision read. Rows of decisions that have been made again are deleted; what
-- those read stands in their statements.
CREATE TABLE dependency (
    realm    TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    decision INTEGER NOT NULL REFERENCES decision (number),
    version  BLOB    NOT NULL,
    PRIMARY KEY (realm, key, decision)
) WITHOUT ROWID;
CREATE INDEX dependency_by_decision ON dependency (decision);

CREATE TABLE blob (
    realm   TEXT NOT NULL,
    digest  BLOB NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (realm, digest)
) WITHOUT ROWID;

CREATE TABLE meta (
    realm TEXT NOT NULL,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (realm, name)
) WITHOUT ROWID;

CREATE TABLE outbox (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    arrival    INTEGER NOT NULL UNIQUE REFERENCES statement (arrival),
    leaf_index INTEGER UNIQUE
);
CREATE INDEX outbox_pending ON outbox (sequence) WHERE leaf_index IS NULL;

CREATE TABLE lease (
    name       TEXT    NOT NULL PRIMARY KEY,
    holder     TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
);

CREATE TABLE change (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
);
INSERT INTO change (one, seq) VALUES (1, 0);
