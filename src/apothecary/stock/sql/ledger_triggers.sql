-- Moves and postings stay as they were written.

CREATE OR REPLACE FUNCTION stock_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;

CREATE TRIGGER stock_move_append_only BEFORE UPDATE OR DELETE ON stock_move
    FOR EACH ROW EXECUTE FUNCTION stock_is_append_only();
CREATE TRIGGER stock_move_no_truncate BEFORE TRUNCATE ON stock_move
    FOR EACH STATEMENT EXECUTE FUNCTION stock_is_append_only();
CREATE TRIGGER stock_posting_append_only BEFORE UPDATE OR DELETE ON stock_posting
    FOR EACH ROW EXECUTE FUNCTION stock_is_append_only();
CREATE TRIGGER stock_posting_no_truncate BEFORE TRUNCATE ON stock_posting
    FOR EACH STATEMENT EXECUTE FUNCTION stock_is_append_only();
