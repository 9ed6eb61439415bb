"""What was done about a changed schedule stays once it is done; no task is deleted."""

from django.db import migrations

STAYS = """
CREATE OR REPLACE FUNCTION vault_scheduletask_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR
       (OLD.change_id, OLD.product_id, OLD.was, OLD.now, OLD.found_at) IS DISTINCT FROM
       (NEW.change_id, NEW.product_id, NEW.was, NEW.now, NEW.found_at) THEN
        RAISE EXCEPTION 'changed schedule % is a record: % refused', OLD.id, TG_OP
            USING ERRCODE = 'AP900';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vault_scheduletask_stays BEFORE UPDATE OR DELETE ON vault_scheduletask
    FOR EACH ROW EXECUTE FUNCTION vault_scheduletask_stays();
"""
GONE = "DROP FUNCTION vault_scheduletask_stays CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("vault", "0017_electronic_prescriptions_stay")]
    operations = [migrations.RunSQL(STAYS, GONE)]
