-- What the control plane shows and does: assets and what they contain, findings and what people say
-- about them, jobs, approvals, notifications. Times are microseconds since the epoch.

CREATE TABLE asset (
    realm       {text} NOT NULL,
    asset       {text} NOT NULL,
    kind        {text} NOT NULL,
    owner       {text},
    description {text} NOT NULL,
    first_seen  {int} NOT NULL,
    last_seen   {int} NOT NULL,
    PRIMARY KEY (realm, asset)
) {rowless};
CREATE INDEX asset_by_owner ON asset (realm, owner, asset);

CREATE TABLE component (
    realm     {text} NOT NULL,
    purl      {text} NOT NULL,
    ecosystem {text} NOT NULL,
    name      {text} NOT NULL,
    version   {text} NOT NULL,
    PRIMARY KEY (realm, purl)
) {rowless};
CREATE INDEX component_by_package ON component (realm, ecosystem, name, purl);

CREATE TABLE subject_component (
    realm   {text} NOT NULL,
    subject {bytes} NOT NULL,
    purl    {text} NOT NULL,
    PRIMARY KEY (realm, subject, purl),
    FOREIGN KEY (realm, purl) REFERENCES component (realm, purl)
) {rowless};
CREATE INDEX subject_component_by_purl ON subject_component (realm, purl, subject);

-- The current findings of an asset. Severities are ranks, so that they sort: 0 is unknown, 5 is
-- critical. What is said about a finding lies in triage and outlives it.
CREATE TABLE finding (
    realm      {text} NOT NULL,
    asset      {text} NOT NULL,
    id         {text} NOT NULL,
    rule       {text} NOT NULL,
    kind       {text} NOT NULL,
    severity   {int} NOT NULL,
    title      {text} NOT NULL,
    package    {text},
    fixed      {text},
    place      {text} NOT NULL,
    state      {text} NOT NULL,
    owner      {text},
    due_at     {int},
    first_seen {int} NOT NULL,
    last_seen  {int} NOT NULL,
    detail     {text} NOT NULL,
    PRIMARY KEY (realm, asset, id)
);
CREATE INDEX finding_by_severity ON finding (realm, severity, asset, id);
CREATE INDEX finding_by_state ON finding (realm, state, severity, asset, id);
CREATE INDEX finding_by_owner ON finding (realm, owner, severity, asset, id);
CREATE INDEX finding_by_package ON finding (realm, package, asset, id);
CREATE INDEX finding_by_due ON finding (realm, due_at, asset, id) WHERE due_at IS NOT NULL;

CREATE TABLE triage (
    realm         {text} NOT NULL,
    asset         {text} NOT NULL,
    finding       {text} NOT NULL,
    state         {text} NOT NULL,
    assignee      {text},
    reason        {text} NOT NULL,
    justification {text},
    expires_at    {int},
    due_at        {int},
    made_by       {text} NOT NULL,
    made_at       {int} NOT NULL,
    PRIMARY KEY (realm, asset, finding)
);
CREATE INDEX triage_by_assignee ON triage (realm, assignee, asset, finding);
CREATE INDEX triage_by_expiry ON triage (realm, expires_at) WHERE expires_at IS NOT NULL;

-- Every word about a finding there ever was; only added to.
CREATE TABLE triage_event (
    number        {serial},
    realm         {text} NOT NULL,
    asset         {text} NOT NULL,
    finding       {text} NOT NULL,
    state         {text} NOT NULL,
    assignee      {text},
    reason        {text} NOT NULL,
    justification {text},
    expires_at    {int},
    due_at        {int},
    made_by       {text} NOT NULL,
    made_at       {int} NOT NULL
);
CREATE INDEX triage_event_by_finding ON triage_event (realm, asset, finding, number);

CREATE TABLE comment (
    number  {serial},
    realm   {text} NOT NULL,
    asset   {text} NOT NULL,
    finding {text} NOT NULL,
    body    {text} NOT NULL,
    made_by {text} NOT NULL,
    made_at {int} NOT NULL
);
CREATE INDEX comment_by_finding ON comment (realm, asset, finding, number);

CREATE TABLE job (
    number       {serial},
    realm        {text} NOT NULL,
    kind         {text} NOT NULL,
    key          {text} NOT NULL,
    payload      {text} NOT NULL,
    run_at       {int} NOT NULL,
    attempts     {int} NOT NULL,
    lease_holder {text},
    lease_until  {int},
    done_at      {int},
    error        {text}
);
CREATE UNIQUE INDEX job_open ON job (realm, kind, key) WHERE done_at IS NULL;
CREATE INDEX job_due ON job (kind, run_at, number) WHERE done_at IS NULL;

CREATE TABLE approval_request (
    realm        {text} NOT NULL,
    id           {text} NOT NULL,
    gate         {text} NOT NULL,
    asset        {text} NOT NULL,
    subject      {bytes} NOT NULL,
    decision     {bytes} NOT NULL,
    policy       {bytes} NOT NULL,
    facts        {text} NOT NULL,
    needed       {int} NOT NULL,
    requested_by {text} NOT NULL,
    reason       {text} NOT NULL,
    requested_at {int} NOT NULL,
    expires_at   {int} NOT NULL,
    state        {text} NOT NULL,
    PRIMARY KEY (realm, id)
);
CREATE INDEX approval_request_by_state ON approval_request (realm, state, expires_at, id);
CREATE INDEX approval_request_by_asset ON approval_request (realm, asset, requested_at);

CREATE TABLE approval (
    realm     {text} NOT NULL,
    request   {text} NOT NULL,
    principal {text} NOT NULL,
    statement {bytes} NOT NULL,
    verdict   {text} NOT NULL,
    made_at   {int} NOT NULL,
    PRIMARY KEY (realm, request, principal),
    FOREIGN KEY (realm, request) REFERENCES approval_request (realm, id)
);

CREATE TABLE notification (
    number     {serial},
    realm      {text} NOT NULL,
    id         {text} NOT NULL,
    kind       {text} NOT NULL,
    target     {text} NOT NULL,
    payload    {text} NOT NULL,
    state      {text} NOT NULL,
    attempts   {int} NOT NULL,
    next_at    {int} NOT NULL,
    last_error {text},
    UNIQUE (realm, id)
);
CREATE INDEX notification_due ON notification (next_at, number) WHERE state = 'waiting';
CREATE INDEX notification_by_state ON notification (realm, state, number);

CREATE TABLE subscription (
    realm      {text} NOT NULL,
    id         {text} NOT NULL,
    kind       {text} NOT NULL,
    address    {text} NOT NULL,
    secret     {bytes},
    routes     {text} NOT NULL,
    created_by {text} NOT NULL,
    active     {int} NOT NULL,
    PRIMARY KEY (realm, id)
);
