"""What is kept of electronic controlled prescriptions is never changed or deleted."""

from django.db import migrations

TABLES = ("audit", "change", "setting", "clock", "record", "review")
STAYS = "".join(
    f"""
CREATE TRIGGER vault_epcs{each}_stays BEFORE UPDATE OR DELETE ON vault_epcs{each}
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();
"""
    for each in TABLES
) + """
CREATE OR REPLACE FUNCTION vault_epcsincident_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.found_on, OLD.due_on, OLD.what, OLD.written_at,
        OLD.written_by_id) IS DISTINCT FROM (NEW.found_on, NEW.due_on, NEW.what,
        NEW.written_at, NEW.written_by_id)
        OR OLD.told_dea_at IS NOT NULL AND (OLD.told_dea_at, OLD.told_dea_how)
           IS DISTINCT FROM (NEW.told_dea_at, NEW.told_dea_how)
        OR OLD.told_maker_at IS NOT NULL AND (OLD.told_maker_at, OLD.told_maker_how)
           IS DISTINCT FROM (NEW.told_maker_at, NEW.told_maker_how)
    THEN
        RAISE EXCEPTION 'incident % is a record: % refused', OLD.id, TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_epcsincident_stays BEFORE UPDATE OR DELETE ON vault_epcsincident
    FOR EACH ROW EXECUTE FUNCTION vault_epcsincident_stays();
"""
GONE = "".join(f"DROP TRIGGER vault_epcs{each}_stays ON vault_epcs{each};" for each in TABLES) + (
    "DROP FUNCTION vault_epcsincident_stays CASCADE;"
)


class Migration(migrations.Migration):
    dependencies = [("vault", "0016_electronic_prescriptions")]
    operations = [migrations.RunSQL(STAYS, GONE)]
