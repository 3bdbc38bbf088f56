-- Every table carries its realm, but for the ledger's outbox, which says nothing about realms.
-- Times are microseconds since the epoch, digests are 32 bytes.

CREATE TABLE statement (
    arrival        {serial},
    realm          {text} NOT NULL,
    id             {bytes} NOT NULL,
    predicate_type {text} NOT NULL,
    asset          {text},
    signers        {text} NOT NULL,
    issued_at      {int} NOT NULL,
    expires_at     {int},
    received_at    {int} NOT NULL,
    envelope       {bytes} NOT NULL,
    salt           {bytes} NOT NULL,
    UNIQUE (realm, id)
);
CREATE INDEX statement_by_type ON statement (realm, predicate_type, arrival);

CREATE TABLE statement_key (
    realm     {text} NOT NULL,
    key       {text} NOT NULL,
    arrival   {int} NOT NULL REFERENCES statement (arrival),
    PRIMARY KEY (realm, key, arrival)
) {rowless};
CREATE INDEX statement_key_by_statement ON statement_key (arrival);

CREATE TABLE fact (
    realm      {text} NOT NULL,
    key        {text} NOT NULL,
    version    {bytes} NOT NULL,
    change_seq {int} NOT NULL,
    PRIMARY KEY (realm, key)
) {rowless};

CREATE TABLE binding (
    number   {serial},
    realm    {text} NOT NULL,
    asset    {text} NOT NULL,
    place    {text} NOT NULL,
    subject  {bytes} NOT NULL,
    from_at  {int} NOT NULL,
    until_at {int}
);
CREATE UNIQUE INDEX binding_current ON binding (realm, asset, place) WHERE until_at IS NULL;

CREATE TABLE decision (
    number    {serial},
    realm     {text} NOT NULL,
    id        {bytes} NOT NULL,
    gate      {text} NOT NULL,
    asset     {text} NOT NULL,
    place     {text} NOT NULL,
    subject   {bytes} NOT NULL,
    outcome   {text} NOT NULL,
    made_at   {int} NOT NULL,
    not_after {int},
    context   {bytes} NOT NULL,
    current   {int} NOT NULL
);
CREATE UNIQUE INDEX decision_current ON decision (realm, gate, asset, place) WHERE current = 1;
CREATE INDEX decision_history ON decision (realm, gate, asset, place, number);
CREATE INDEX decision_deadline ON decision (realm, not_after) WHERE current = 1;

-- What each current decision read. Rows of decisions that have been made again are deleted; what
-- those read stands in their statements.
CREATE TABLE dependency (
    realm    {text} NOT NULL,
    key      {text} NOT NULL,
    decision {int} NOT NULL REFERENCES decision (number),
    version  {bytes} NOT NULL,
    PRIMARY KEY (realm, key, decision)
) {rowless};
CREATE INDEX dependency_by_decision ON dependency (decision);

CREATE TABLE blob (
    realm   {text} NOT NULL,
    digest  {bytes} NOT NULL,
    content {bytes} NOT NULL,
    PRIMARY KEY (realm, digest)
) {rowless};

CREATE TABLE meta (
    realm {text} NOT NULL,
    name  {text} NOT NULL,
    value {text} NOT NULL,
    PRIMARY KEY (realm, name)
) {rowless};

CREATE TABLE outbox (
    sequence   {serial},
    arrival    {int} NOT NULL UNIQUE REFERENCES statement (arrival),
    leaf_index {int} UNIQUE
);
CREATE INDEX outbox_pending ON outbox (sequence) WHERE leaf_index IS NULL;

CREATE TABLE lease (
    name       {text} NOT NULL PRIMARY KEY,
    holder     {text} NOT NULL,
    expires_at {int} NOT NULL
);

CREATE TABLE change (
    one {int} NOT NULL PRIMARY KEY CHECK (one = 1),
    seq {int} NOT NULL
);
INSERT INTO change (one, seq) VALUES (1, 0);
