"""What a pharmacist said of a red flag is never changed."""

from django.db import migrations

STAYS = """
CREATE TRIGGER vault_flag_look_stays BEFORE UPDATE OR DELETE ON vault_flaglook
    FOR EACH ROW EXECUTE FUNCTION vault_is_append_only();
"""
GONE = "DROP TRIGGER vault_flag_look_stays ON vault_flaglook;"


class Migration(migrations.Migration):
    dependencies = [("vault", "0011_red_flags")]
    operations = [migrations.RunSQL(STAYS, GONE)]
