DROP FUNCTION list_search_slices(bigint, bigint);
DROP FUNCTION find_search_entries(tsquery, bigint, integer);
DROP TABLE search_positions;
DROP TABLE search_slices;
DROP TABLE search_entries;
