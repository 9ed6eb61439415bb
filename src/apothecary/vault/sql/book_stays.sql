-- Notes and the log of the vault are append-only; a signed inventory stays as it was signed.

CREATE OR REPLACE FUNCTION vault_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;
CREATE TRIGGER vault_note_stays BEFORE UPDATE OR DELETE ON vault_casenote
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();
CREATE TRIGGER vault_access_stays BEFORE UPDATE OR DELETE ON vault_accessrecord
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();
CREATE TRIGGER vault_clock_stays BEFORE UPDATE OR DELETE ON vault_clockfault
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();

CREATE OR REPLACE FUNCTION vault_inventory_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open' THEN
        RAISE EXCEPTION 'inventory % is a record: % refused', OLD.id, TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_inventory_stays BEFORE UPDATE OR DELETE ON vault_inventory
    FOR EACH ROW EXECUTE FUNCTION vault_inventory_stays();

-- A line follows its inventory: nothing is added to a record, changed in it or taken out.
CREATE OR REPLACE FUNCTION vault_inventory_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT EXISTS (
        SELECT 1 FROM vault_inventory i WHERE i.id = NEW.inventory_id AND i.state = 'open')
        OR TG_OP = 'UPDATE' AND NEW.inventory_id <> OLD.inventory_id THEN
        RAISE EXCEPTION 'a line of an inventory is a record: % refused', TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_inventory_line_stays
    BEFORE INSERT OR UPDATE OR DELETE ON vault_inventoryline
    FOR EACH ROW EXECUTE FUNCTION vault_inventory_line_stays();
