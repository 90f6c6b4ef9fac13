ALTER TABLE conversations DROP COLUMN closed;
