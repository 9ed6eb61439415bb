"""Records that the law wants kept are not deleted: the database refuses, whoever asks.

Rows that change while they are worked on stay changeable; they only never go. The rooms whose
records are append-only have triggers of their own.
"""

from django.db import migrations

TABLES = (
    *("prescriptions_prescription", "prescriptions_fill", "prescriptions_judgement"),
    *("intake_arrival", "intake_image", "verification_check"),
    *("pickup_sale", "pickup_saleline", "claims_claim"),
    *("purchasing_receivedpackage", "purchasing_receipt", "purchasing_invoice"),
    *("vault_discrepancycase", "vault_vaultcount", "vault_powerofattorney", "vault_registrant"),
    *("vault_monitoringfile", "vault_monitoringrecord", "vault_lookup"),
)
REFUSE = """
CREATE OR REPLACE FUNCTION record_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % is a record: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'AP900';
END $$;
"""
STAYS = REFUSE + "".join(
    f"""
CREATE TRIGGER {table}_is_kept BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION record_is_kept();
"""
    for table in TABLES
)
GONE = "DROP FUNCTION record_is_kept CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0038_walls_electronic_prescriptions"),
        ("claims", "0012_tables"),
        ("intake", "0004_tables"),
        ("pickup", "0004_tables"),
        ("prescriptions", "0013_emergency_orders_stay"),
        ("purchasing", "0006_tables"),
        ("verification", "0002_tables"),
    ]
    operations = [migrations.RunSQL(STAYS, GONE)]
