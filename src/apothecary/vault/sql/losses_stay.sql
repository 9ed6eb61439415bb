-- A notice and a filed Form 106 are never changed; a loss is never deleted, nor what it names.

CREATE TRIGGER vault_notice_stays BEFORE UPDATE OR DELETE ON vault_lossnotice
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();
CREATE TRIGGER vault_form106_stays BEFORE UPDATE OR DELETE ON vault_form106
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();
CREATE TRIGGER vault_loss_line_stays BEFORE UPDATE OR DELETE ON vault_lossline
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();

CREATE OR REPLACE FUNCTION vault_loss_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.number, OLD.discovered_on, OLD.written_at)
        IS DISTINCT FROM (NEW.number, NEW.discovered_on, NEW.written_at)
        OR OLD.noticed_on IS NOT NULL AND NEW.noticed_on IS DISTINCT FROM OLD.noticed_on
        OR OLD.reported_on IS NOT NULL AND NEW.reported_on IS DISTINCT FROM OLD.reported_on
        OR OLD.in_books_at IS NOT NULL AND NEW.in_books_at IS DISTINCT FROM OLD.in_books_at
    THEN
        RAISE EXCEPTION 'loss % is a record: % refused', OLD.number, TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_loss_stays BEFORE UPDATE OR DELETE ON vault_loss
    FOR EACH ROW EXECUTE FUNCTION vault_loss_stays();
