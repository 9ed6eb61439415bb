"""Suspect cases, what was found out and who was told: kept six years (FDCA 582(d)(4))."""

from django.db import migrations

NEVER_DELETED = ("suspectcase", "suspectpackage", "verification", "drugnotification",
                 "partnernotice", "dispensersize")
NEVER_CHANGED = ("casenote",)
KEPT = "".join(
    f"CREATE TRIGGER {table}_kept BEFORE {what} ON purchasing_{table}"
    " FOR EACH ROW EXECUTE FUNCTION purchasing_tracing_is_kept();\n"
    for what, tables in (("DELETE", NEVER_DELETED), ("UPDATE OR DELETE", NEVER_CHANGED))
    for table in tables
)
FREE = "".join(
    f"DROP TRIGGER {table}_kept ON purchasing_{table};\n"
    for table in (*NEVER_DELETED, *NEVER_CHANGED)
)


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0005_suspect_cases")]
    operations = [migrations.RunSQL(KEPT, FREE)]
