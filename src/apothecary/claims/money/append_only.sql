-- What a payer sent and what was posted of it stands: a correction is a line that reverses it.
CREATE OR REPLACE FUNCTION money_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;

CREATE TRIGGER claims_payment_append_only BEFORE UPDATE OR DELETE ON claims_payment
    FOR EACH ROW EXECUTE FUNCTION money_is_append_only();
CREATE TRIGGER claims_payment_no_truncate BEFORE TRUNCATE ON claims_payment
    FOR EACH STATEMENT EXECUTE FUNCTION money_is_append_only();
CREATE TRIGGER claims_remittance_append_only BEFORE UPDATE OR DELETE ON claims_remittance
    FOR EACH ROW EXECUTE FUNCTION money_is_append_only();
CREATE TRIGGER claims_remittance_no_truncate BEFORE TRUNCATE ON claims_remittance
    FOR EACH STATEMENT EXECUTE FUNCTION money_is_append_only();
