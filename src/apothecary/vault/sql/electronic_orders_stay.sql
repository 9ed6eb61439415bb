-- An electronic order stays as it was signed; what came on it is undone, never changed.

CREATE OR REPLACE FUNCTION vault_csosorder_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.number <> NEW.number OR
        OLD.answer IS NOT NULL AND OLD.answer IS DISTINCT FROM NEW.answer OR
        OLD.state <> 'being written' AND
        (OLD.purchaser_name, OLD.purchaser_address, OLD.purchaser_dea, OLD.supplier_name,
         OLD.supplier_address, OLD.supplier_dea, OLD.signed_on, OLD.signed_at,
         OLD.signed_by_id, OLD.signed_by_name, OLD.signed_as, OLD.power_id,
         OLD.certificate_id, OLD.raw)
        IS DISTINCT FROM
        (NEW.purchaser_name, NEW.purchaser_address, NEW.purchaser_dea, NEW.supplier_name,
         NEW.supplier_address, NEW.supplier_dea, NEW.signed_on, NEW.signed_at,
         NEW.signed_by_id, NEW.signed_by_name, NEW.signed_as, NEW.power_id,
         NEW.certificate_id, NEW.raw)
    THEN
        RAISE EXCEPTION 'order % is a record: % refused', OLD.number, TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_csosorder_stays BEFORE UPDATE OR DELETE ON vault_csosorder
    FOR EACH ROW EXECUTE FUNCTION vault_csosorder_stays();

-- A line follows its order: written and taken off before the signature, only void after it.
CREATE OR REPLACE FUNCTION vault_csosline_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    being_written boolean;
BEGIN
    SELECT o.state = 'being written' INTO being_written FROM vault_csosorder o
    WHERE o.id = CASE WHEN TG_OP = 'INSERT' THEN NEW.order_id ELSE OLD.order_id END;
    IF TG_OP = 'UPDATE' AND OLD.void_on IS NULL AND NEW.void_on IS NOT NULL AND
        (OLD.order_id, OLD.number, OLD.package_id, OLD.packages, OLD.package_size, OLD.ndc,
         OLD.item_name, OLD.strength, OLD.form, OLD.schedule) IS NOT DISTINCT FROM
        (NEW.order_id, NEW.number, NEW.package_id, NEW.packages, NEW.package_size, NEW.ndc,
         NEW.item_name, NEW.strength, NEW.form, NEW.schedule) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' OR being_written IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'an item of an order is a record: % refused', TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER vault_csosline_stays
    BEFORE INSERT OR UPDATE OR DELETE ON vault_csosline
    FOR EACH ROW EXECUTE FUNCTION vault_csosline_stays();

CREATE OR REPLACE FUNCTION vault_csosreceipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL OR
        (OLD.line_id, OLD.key, OLD.package_id, OLD.packages, OLD.received_on,
         OLD.received_at, OLD.by_id, OLD.witness_id) IS DISTINCT FROM
        (NEW.line_id, NEW.key, NEW.package_id, NEW.packages, NEW.received_on,
         NEW.received_at, NEW.by_id, NEW.witness_id) THEN
        RAISE EXCEPTION 'a receipt on an order is a record: % refused', TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_csosreceipt_stays BEFORE UPDATE OR DELETE ON vault_csosreceipt
    FOR EACH ROW EXECUTE FUNCTION vault_csosreceipt_stays();

-- A certificate is ended and reported, never exchanged.
CREATE OR REPLACE FUNCTION vault_csoscertificate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
        OR (OLD.person_id, OLD.pem, OLD.fingerprint, OLD.serial, OLD.subject, OLD.issuer,
            OLD.dea, OLD.schedules, OLD.said, OLD.valid_from, OLD.valid_until)
        IS DISTINCT FROM
           (NEW.person_id, NEW.pem, NEW.fingerprint, NEW.serial, NEW.subject, NEW.issuer,
            NEW.dea, NEW.schedules, NEW.said, NEW.valid_from, NEW.valid_until) THEN
        RAISE EXCEPTION 'certificate % is a record: % refused', OLD.serial, TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_csoscertificate_stays BEFORE UPDATE OR DELETE ON vault_csoscertificate
    FOR EACH ROW EXECUTE FUNCTION vault_csoscertificate_stays();
