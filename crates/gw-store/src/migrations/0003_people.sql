-- People of a realm. Nobody's id is ever given to another.
CREATE TABLE person (
    realm      {text} NOT NULL,
    id         {text} NOT NULL,
    name       {text} NOT NULL,
    email      {text},
    state      {text} NOT NULL,
    handle     {bytes} NOT NULL,
    password   {text},
    created_at {int} NOT NULL,
    PRIMARY KEY (realm, id)
) {rowless};
CREATE UNIQUE INDEX person_by_email ON person (realm, email) WHERE email IS NOT NULL;
CREATE INDEX person_by_name ON person (realm, name, id);

CREATE TABLE person_role (
    realm  {text} NOT NULL,
    person {text} NOT NULL,
    role   {text} NOT NULL,
    PRIMARY KEY (realm, person, role),
    FOREIGN KEY (realm, person) REFERENCES person (realm, id)
) {rowless};

-- What providers of single sign-on call people.
CREATE TABLE person_federated (
    realm   {text} NOT NULL,
    issuer  {text} NOT NULL,
    subject {text} NOT NULL,
    person  {text} NOT NULL,
    PRIMARY KEY (realm, issuer, subject),
    FOREIGN KEY (realm, person) REFERENCES person (realm, id)
) {rowless};

-- Links for signing in and invitations, by the digest of their secret.
CREATE TABLE link (
    digest     {bytes} NOT NULL PRIMARY KEY,
    realm      {text} NOT NULL,
    purpose    {text} NOT NULL,
    person     {text},
    email      {text},
    roles      {text} NOT NULL,
    expires_at {int} NOT NULL,
    used_at    {int}
) {rowless};

-- Attempts to sign in, by account and by network address.
CREATE TABLE throttle (
    key           {text} NOT NULL PRIMARY KEY,
    failures      {int} NOT NULL,
    blocked_until {int} NOT NULL,
    last_at       {int} NOT NULL
) {rowless};

-- The number of changes that took something away from somebody. There is one row, or none yet.
CREATE TABLE identity_change (
    one {int} NOT NULL PRIMARY KEY,
    seq {int} NOT NULL
);
