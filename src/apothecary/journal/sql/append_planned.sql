-- One act, one row; the row waits for its seal. In PL/pgSQL, which keeps the plan: a function in
-- plain SQL is planned at every call, and every act of the house calls this one.
CREATE OR REPLACE FUNCTION journal_append(
    p_pharmacy bigint, p_at timestamptz, p_by bigint, p_by_name text, p_station text,
    p_deed text, p_about text, p_about_id bigint, p_details text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_entry bigint;
BEGIN
    INSERT INTO journal_entry
        (pharmacy_id, at, by_id, by_name, station, deed, about, about_id, details)
    VALUES (p_pharmacy, p_at, p_by, p_by_name, p_station,
            p_deed, p_about, p_about_id, p_details)
    RETURNING id INTO v_entry;
    INSERT INTO journal_unsealed (entry_id, pharmacy_id) VALUES (v_entry, p_pharmacy);
    RETURN v_entry;
END $$;
