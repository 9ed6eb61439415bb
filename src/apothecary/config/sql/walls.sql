-- Row-level security: a connection sees the rows of the pharmacy it stands in, no others.
-- Every table with a pharmacy_id gets the same wall; people, sessions, licences and partners
-- are how a connection finds out where it stands, so they have none.
CREATE OR REPLACE FUNCTION raise_walls() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_table regclass;
    v_count integer := 0;
BEGIN
    FOR v_table IN
        SELECT c.oid::regclass FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'pharmacy_id'
        WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped
          AND c.relname NOT LIKE 'staff\_%'
          AND NOT EXISTS (SELECT 1 FROM pg_policy p
                          WHERE p.polrelid = c.oid AND p.polname = 'one_pharmacy')
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format(
            'CREATE POLICY one_pharmacy ON %s USING (pharmacy_id = '
            'nullif(current_setting(''apothecary.pharmacy'', true), '''')::bigint)', v_table);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;

SELECT raise_walls();
