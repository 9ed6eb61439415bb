"""What came in stays as it came: its bytes are never changed, and no message is deleted."""

from django.db import migrations

STAYS = """
CREATE OR REPLACE FUNCTION wires_incoming_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.pharmacy_id, OLD.partner, OLD.format, OLD.message_id,
        OLD.received_at, OLD.raw, OLD.sha256) IS DISTINCT FROM
       (NEW.pharmacy_id, NEW.partner, NEW.format, NEW.message_id, NEW.received_at, NEW.raw,
        NEW.sha256) THEN
        RAISE EXCEPTION 'message % is a record: % refused', OLD.message_id, TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wires_incoming_stays BEFORE UPDATE OR DELETE ON wires_incoming
    FOR EACH ROW EXECUTE FUNCTION wires_incoming_stays();
"""
GONE = "DROP FUNCTION wires_incoming_stays CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("wires", "0002_tables")]
    operations = [migrations.RunSQL(STAYS, GONE)]
