-- A line of the refill log is signed once and otherwise stays; a signature stays.

CREATE OR REPLACE FUNCTION refill_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.signature_id IS NULL AND NEW.signature_id IS NOT NULL
        AND (NEW.pharmacy_id, NEW.fill_id, NEW.by_id, NEW.at, NEW.day)
          = (OLD.pharmacy_id, OLD.fill_id, OLD.by_id, OLD.at, OLD.day) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the refill log is a record: % refused', TG_OP USING ERRCODE = 'AP900';
END $$;
CREATE TRIGGER refill_line_stays BEFORE UPDATE OR DELETE ON prescriptions_dispensedrefill
    FOR EACH ROW EXECUTE FUNCTION refill_line_stays();

CREATE OR REPLACE FUNCTION refill_signature_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signature of refills is a record: % refused', TG_OP
        USING ERRCODE = 'AP900';
END $$;
CREATE TRIGGER refill_signature_stays BEFORE UPDATE OR DELETE ON prescriptions_refillsignature
    FOR EACH ROW EXECUTE FUNCTION refill_signature_stays();
