CREATE TABLE service_token (
    id           {text} NOT NULL PRIMARY KEY,
    digest       {bytes} NOT NULL UNIQUE,
    realm        {text} NOT NULL,
    name         {text} NOT NULL,
    owner        {text} NOT NULL,
    assets       {text} NOT NULL,
    scopes       {text} NOT NULL,
    created_at   {int} NOT NULL,
    expires_at   {int} NOT NULL,
    last_used_at {int},
    revoked_at   {int},
    FOREIGN KEY (realm, owner) REFERENCES person (realm, id)
) {rowless};
CREATE INDEX service_token_by_owner ON service_token (realm, owner);
