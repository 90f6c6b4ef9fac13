-- Whether one of the two of a direct conversation blocks the other; kept by who blocks and unblocks, so
-- that a send need not look for blocks.
ALTER TABLE conversations ADD COLUMN closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1));
