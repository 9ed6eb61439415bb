-- What a pharmacist said of a red flag is never changed.

CREATE TRIGGER vault_flag_look_stays BEFORE UPDATE OR DELETE ON vault_flaglook
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();
