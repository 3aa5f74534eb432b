-- One key per case (and per row of words that has no case yet), wrapped by the root key.
-- Deleting a row here makes every copy of those words unreadable, old backups included.
CREATE TABLE case_key (
    id TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL
);
