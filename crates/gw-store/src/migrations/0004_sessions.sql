-- Sessions, by the digest of their token.
CREATE TABLE session (
    digest           {bytes} NOT NULL PRIMARY KEY,
    realm            {text} NOT NULL,
    person           {text} NOT NULL,
    created_at       {int} NOT NULL,
    last_used_at     {int} NOT NULL,
    authenticated_at {int} NOT NULL,
    expires_at       {int} NOT NULL,
    idle             {int} NOT NULL,
    passkey          {int} NOT NULL,
    address          {text} NOT NULL,
    agent            {text} NOT NULL,
    FOREIGN KEY (realm, person) REFERENCES person (realm, id)
) {rowless};
CREATE INDEX session_by_person ON session (realm, person);

-- Single sign-ons that are under way, by the digest of their state.
CREATE TABLE sign_in_attempt (
    state      {bytes} NOT NULL PRIMARY KEY,
    browser    {bytes} NOT NULL,
    realm      {text} NOT NULL,
    issuer     {text} NOT NULL,
    key        {text} NOT NULL,
    expires_at {int} NOT NULL
) {rowless};
