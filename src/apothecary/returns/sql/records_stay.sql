-- What was destroyed, thrown away and credited stays as it was written down.

CREATE OR REPLACE FUNCTION returns_records_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is a record that stays: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;
CREATE TRIGGER destruction_stays BEFORE UPDATE OR DELETE ON returns_destruction
    FOR EACH ROW EXECUTE FUNCTION returns_records_stay();
CREATE TRIGGER destroyed_line_stays BEFORE UPDATE OR DELETE ON returns_destroyedline
    FOR EACH ROW EXECUTE FUNCTION returns_records_stay();
CREATE TRIGGER discarded_stays BEFORE UPDATE OR DELETE ON returns_discarded
    FOR EACH ROW EXECUTE FUNCTION returns_records_stay();
CREATE TRIGGER credit_stays BEFORE DELETE ON returns_credit
    FOR EACH ROW EXECUTE FUNCTION returns_records_stay();
CREATE TRIGGER credit_line_stays BEFORE UPDATE OR DELETE ON returns_creditline
    FOR EACH ROW EXECUTE FUNCTION returns_records_stay();
