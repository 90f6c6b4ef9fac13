DROP TABLE search_positions;
DROP TABLE search_slices;
DROP TABLE search_entries;
DROP TABLE search_terms;
