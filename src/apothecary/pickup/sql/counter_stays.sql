-- Logbook, bound book, refused sales and certificates are append-only.

CREATE OR REPLACE FUNCTION counter_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;
CREATE TRIGGER counter_sale_stays BEFORE UPDATE OR DELETE ON pickup_countersale
    FOR EACH ROW EXECUTE FUNCTION counter_is_append_only();
CREATE TRIGGER counter_line_stays BEFORE UPDATE OR DELETE ON pickup_counterline
    FOR EACH ROW EXECUTE FUNCTION counter_is_append_only();
CREATE TRIGGER counter_refusal_stays BEFORE UPDATE OR DELETE ON pickup_counterrefusal
    FOR EACH ROW EXECUTE FUNCTION counter_is_append_only();
CREATE TRIGGER counter_certificate_stays BEFORE UPDATE OR DELETE ON pickup_countercertificate
    FOR EACH ROW EXECUTE FUNCTION counter_is_append_only();
