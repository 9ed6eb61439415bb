-- A Form 222 stays as it was signed; what came on it is undone, never changed or deleted.

CREATE OR REPLACE FUNCTION vault_form222_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.serial <> NEW.serial OR OLD.state <> 'being written' AND
        (OLD.purchaser_name, OLD.purchaser_address, OLD.purchaser_dea, OLD.supplier_name,
         OLD.supplier_address, OLD.supplier_dea, OLD.lines_completed, OLD.signed_on,
         OLD.signed_at, OLD.signed_by_id, OLD.signed_by_name, OLD.signed_as, OLD.power_id,
         OLD.taken_over_on, OLD.taken_over_by_id, OLD.taken_over_because)
        IS DISTINCT FROM
        (NEW.purchaser_name, NEW.purchaser_address, NEW.purchaser_dea, NEW.supplier_name,
         NEW.supplier_address, NEW.supplier_dea, NEW.lines_completed, NEW.signed_on,
         NEW.signed_at, NEW.signed_by_id, NEW.signed_by_name, NEW.signed_as, NEW.power_id,
         NEW.taken_over_on, NEW.taken_over_by_id, NEW.taken_over_because)
    THEN
        RAISE EXCEPTION 'form % is a record: % refused', OLD.serial, TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_form222_stays BEFORE UPDATE OR DELETE ON vault_form222
    FOR EACH ROW EXECUTE FUNCTION vault_form222_stays();

-- A line follows its form: written and taken off before the signature, only void after it.
CREATE OR REPLACE FUNCTION vault_form222_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    being_written boolean;
BEGIN
    SELECT f.state = 'being written' INTO being_written FROM vault_form222 f
    WHERE f.id = CASE WHEN TG_OP = 'INSERT' THEN NEW.form_id ELSE OLD.form_id END;
    IF TG_OP = 'UPDATE' AND OLD.void_on IS NULL AND NEW.void_on IS NOT NULL AND
        (OLD.form_id, OLD.number, OLD.package_id, OLD.packages, OLD.package_size,
         OLD.item_name, OLD.came_before) IS NOT DISTINCT FROM
        (NEW.form_id, NEW.number, NEW.package_id, NEW.packages, NEW.package_size,
         NEW.item_name, NEW.came_before) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' OR being_written IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'a line of a form is a record: % refused', TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER vault_form222_line_stays
    BEFORE INSERT OR UPDATE OR DELETE ON vault_form222line
    FOR EACH ROW EXECUTE FUNCTION vault_form222_line_stays();

CREATE OR REPLACE FUNCTION vault_form222_receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL OR
        (OLD.line_id, OLD.key, OLD.package_id, OLD.packages, OLD.received_on,
         OLD.received_at, OLD.by_id, OLD.witness_id) IS DISTINCT FROM
        (NEW.line_id, NEW.key, NEW.package_id, NEW.packages, NEW.received_on,
         NEW.received_at, NEW.by_id, NEW.witness_id) THEN
        RAISE EXCEPTION 'a receipt on a form is a record: % refused', TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_form222_receipt_stays BEFORE UPDATE OR DELETE ON vault_form222receipt
    FOR EACH ROW EXECUTE FUNCTION vault_form222_receipt_stays();
