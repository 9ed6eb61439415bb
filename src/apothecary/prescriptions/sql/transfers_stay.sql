-- The record of a transfer stays as it was written down.
-- One that came in is completed until it is entered; one that went out is taken back once.

CREATE OR REPLACE FUNCTION transfer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    back text[] := ARRAY['taken_back_at', 'taken_back_by', 'taken_back_with', 'because'];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.direction = 'in' AND OLD.prescription_id IS NULL AND NEW.direction = 'in' THEN
            RETURN NEW;
        END IF;
        IF OLD.direction = 'out' AND OLD.taken_back_at IS NULL
            AND to_jsonb(OLD) - back = to_jsonb(NEW) - back THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is a record that stays: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;
CREATE TRIGGER transfer_stays BEFORE UPDATE OR DELETE ON prescriptions_transfer
    FOR EACH ROW EXECUTE FUNCTION transfer_stays();
