"""A call to a patient stays as it was written down."""

from django.db import migrations

KEPT = """
CREATE TRIGGER recall_try_stays BEFORE UPDATE OR DELETE ON returns_recalltry
    FOR EACH ROW EXECUTE FUNCTION returns_records_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("returns", "0003_recalls")]
    operations = [
        migrations.RunSQL(KEPT, "DROP TRIGGER recall_try_stays ON returns_recalltry;")
    ]
