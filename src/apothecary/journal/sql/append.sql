-- The journal only grows: an entry may be written, never changed or taken away.
CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;

CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_seal_append_only BEFORE UPDATE OR DELETE ON journal_seal
    FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_seal_no_truncate BEFORE TRUNCATE ON journal_seal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();

CREATE OR REPLACE FUNCTION journal_append(
    p_pharmacy bigint, p_at timestamptz, p_by bigint, p_by_name text, p_station text,
    p_deed text, p_about text, p_about_id bigint, p_details text
) RETURNS bigint LANGUAGE sql AS $$
    WITH entry AS (
        INSERT INTO journal_entry
            (pharmacy_id, at, by_id, by_name, station, deed, about, about_id, details)
        VALUES (p_pharmacy, p_at, p_by, p_by_name, p_station,
                p_deed, p_about, p_about_id, p_details)
        RETURNING id
    ), waiting AS (
        INSERT INTO journal_unsealed (entry_id, pharmacy_id) SELECT id, p_pharmacy FROM entry
    )
    SELECT id FROM entry
$$;
