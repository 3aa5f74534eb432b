-- Times are epoch seconds, cut to the hour or the day wherever a name says so.
-- A table under "person-keyed" is WITHOUT ROWID on SQLite: its order is the order of a hash.

CREATE TABLE hash_key (
    name TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- person-keyed
CREATE TABLE address (
    tag BYTEA PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- person-keyed
CREATE TABLE wallet (
    id BYTEA PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- `day` only where a row is swept by age. What a youth has on the desk lies under a tag that
-- changes with every act on a case, so that the row near one case is never near another.
-- person-keyed
CREATE TABLE nullifier (
    tag BYTEA PRIMARY KEY,
    day BIGINT,
    sealed BYTEA NOT NULL
);

-- Words that have no case yet. Only a sealed row of their writer knows the id.
CREATE TABLE held (
    id TEXT PRIMARY KEY,
    day BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX held_day ON held (day);

CREATE TABLE region (
    id TEXT PRIMARY KEY,
    parent TEXT,
    name TEXT NOT NULL
);

CREATE TABLE site (
    id TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    employer TEXT NOT NULL,
    headcount BIGINT NOT NULL,
    timing TEXT NOT NULL,
    listed BIGINT NOT NULL,
    code TEXT NOT NULL,
    retention_days BIGINT NOT NULL
);
CREATE UNIQUE INDEX site_name ON site (region, name);

CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    employer TEXT NOT NULL,
    skills TEXT NOT NULL,
    hours TEXT NOT NULL,
    capacity BIGINT NOT NULL,
    language TEXT NOT NULL,
    focus TEXT NOT NULL,
    focus_until BIGINT NOT NULL,
    held TEXT NOT NULL,
    menu TEXT NOT NULL,
    removed BIGINT NOT NULL
);

CREATE TABLE staff_role (
    staff TEXT NOT NULL,
    role TEXT NOT NULL,
    region TEXT NOT NULL,
    site TEXT NOT NULL,
    PRIMARY KEY (staff, role, region, site)
);

CREATE TABLE staff_address (
    tag BYTEA PRIMARY KEY,
    staff TEXT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX staff_address_staff ON staff_address (staff);

CREATE TABLE invite (
    tag BYTEA PRIMARY KEY,
    role TEXT NOT NULL,
    region TEXT NOT NULL,
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    employer TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    expires BIGINT NOT NULL,
    claimed_by BYTEA
);

CREATE TABLE "case" (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner BYTEA NOT NULL UNIQUE,
    region TEXT NOT NULL,
    site TEXT,
    cadre TEXT,
    opened_hour BIGINT NOT NULL,
    answered_hour BIGINT,
    closed_hour BIGINT,
    visible_at BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    route BYTEA NOT NULL,
    counted BYTEA NOT NULL
);
CREATE UNIQUE INDEX case_name ON "case" (cadre, name) WHERE cadre IS NOT NULL;
CREATE INDEX case_open ON "case" (cadre, opened_hour) WHERE closed_hour IS NULL;
CREATE INDEX case_pool ON "case" (region, opened_hour) WHERE closed_hour IS NULL;
CREATE INDEX case_closed ON "case" (closed_hour) WHERE closed_hour IS NOT NULL;

-- person-keyed
CREATE TABLE spent (
    tag BYTEA PRIMARY KEY
);

CREATE TABLE message (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    entry TEXT NOT NULL,
    ord BIGINT NOT NULL,
    side TEXT NOT NULL,
    staff TEXT NOT NULL,
    corrects TEXT NOT NULL,
    visible_at BIGINT NOT NULL,
    sealed BYTEA
);
CREATE INDEX message_case ON message (case_id, ord);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    case_id TEXT,
    staff TEXT,
    lane TEXT NOT NULL,
    ord BIGINT NOT NULL,
    state TEXT NOT NULL,
    due BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    press BYTEA UNIQUE,
    used BIGINT NOT NULL,
    route BYTEA,
    sealed BYTEA NOT NULL
);
CREATE INDEX outbox_due ON outbox (due) WHERE state IN ('ready', 'leased', 'retry', 'ambiguous');
CREATE INDEX outbox_lane ON outbox (lane, ord);
CREATE INDEX outbox_case ON outbox (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX outbox_staff ON outbox (staff) WHERE staff IS NOT NULL;

-- Where a sent message stands on its platform, so that an answer to it names its case.
CREATE TABLE bubble (
    ref BYTEA PRIMARY KEY,
    case_id TEXT,
    outbox TEXT NOT NULL
);
CREATE INDEX bubble_case ON bubble (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX bubble_outbox ON bubble (outbox);

-- person-keyed
CREATE TABLE timer (
    id TEXT PRIMARY KEY,
    case_id TEXT,
    kind TEXT NOT NULL,
    due BIGINT NOT NULL,
    sealed BYTEA
);
CREATE INDEX timer_due ON timer (due);
CREATE UNIQUE INDEX timer_case ON timer (case_id, kind) WHERE case_id IS NOT NULL;

CREATE TABLE seen (
    tag BYTEA PRIMARY KEY,
    day BIGINT NOT NULL
);
CREATE INDEX seen_day ON seen (day);

CREATE TABLE retry_in (
    id TEXT PRIMARY KEY,
    tries BIGINT NOT NULL,
    due BIGINT NOT NULL,
    dead BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX retry_in_due ON retry_in (due) WHERE dead = 0;

CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    hour BIGINT NOT NULL,
    region TEXT NOT NULL,
    staff TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    mac BYTEA NOT NULL
);
