"""What was written down of an emergency order, of its cover and of a notice stays."""

from django.db import migrations

STAYS = """
CREATE OR REPLACE FUNCTION emergency_record_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of an emergency order stays: % refused', TG_OP
        USING ERRCODE = 'AP900';
END $$;
CREATE TRIGGER emergency_order_stays BEFORE UPDATE OR DELETE ON prescriptions_emergencyorder
    FOR EACH ROW EXECUTE FUNCTION emergency_record_stays();
CREATE TRIGGER emergency_cover_stays BEFORE UPDATE OR DELETE ON prescriptions_emergencycover
    FOR EACH ROW EXECUTE FUNCTION emergency_record_stays();
CREATE TRIGGER emergency_notice_stays BEFORE UPDATE OR DELETE ON prescriptions_emergencynotice
    FOR EACH ROW EXECUTE FUNCTION emergency_record_stays();
"""
GONE = "DROP FUNCTION emergency_record_stays CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0012_emergency_orders")]
    operations = [migrations.RunSQL(STAYS, GONE)]
