DROP FUNCTION append_batch(
  integer, bigint, smallint, bigint, boolean, bigint, bigint[], integer[], bigint[], text[],
  bytea[], bigint[], bigint[], text[]);
