CREATE TABLE passkey (
    id              {bytes} NOT NULL PRIMARY KEY,
    realm           {text} NOT NULL,
    person          {text} NOT NULL,
    handle          {bytes} NOT NULL,
    key             {bytes} NOT NULL,
    sign_count      {int} NOT NULL,
    backup_eligible {int} NOT NULL,
    backed_up       {int} NOT NULL,
    aaguid          {bytes} NOT NULL,
    name            {text} NOT NULL,
    created_at      {int} NOT NULL,
    last_used_at    {int},
    suspect         {int} NOT NULL,
    FOREIGN KEY (realm, person) REFERENCES person (realm, id)
) {rowless};
CREATE INDEX passkey_by_person ON passkey (realm, person);

-- Challenges that were sent, by their digest.
CREATE TABLE challenge (
    digest     {bytes} NOT NULL PRIMARY KEY,
    realm      {text} NOT NULL,
    purpose    {text} NOT NULL,
    person     {text},
    browser    {bytes} NOT NULL,
    expires_at {int} NOT NULL
) {rowless};
