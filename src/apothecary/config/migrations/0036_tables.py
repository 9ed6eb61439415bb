"""Walls between pharmacies, once every table stands."""

from importlib.resources import files

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("config", "0001_walls"),
        ("config", "0002_walls_intake"),
        ("config", "0003_walls_claims"),
        ("config", "0004_walls_screening"),
        ("config", "0005_walls_counter"),
        ("config", "0006_walls_doors"),
        ("config", "0007_walls_filling"),
        ("config", "0008_walls_judgements"),
        ("config", "0009_walls_search"),
        ("config", "0010_walls_sig_codes"),
        ("config", "0011_walls_back_counts"),
        ("config", "0012_walls_several_payers"),
        ("config", "0013_walls_inquiries"),
        ("config", "0014_walls_prior_authorization"),
        ("config", "0015_walls_money"),
        ("config", "0016_walls_purchasing"),
        ("config", "0017_walls_stock"),
        ("config", "0018_walls_counts"),
        ("config", "0019_walls_compounds"),
        ("config", "0020_walls_vaccines"),
        ("config", "0021_walls_tracing"),
        ("config", "0022_walls_suspect_cases"),
        ("config", "0023_walls_recalled_lots"),
        ("config", "0024_walls_returns"),
        ("config", "0025_walls_vault"),
        ("config", "0026_walls_recalls"),
        ("config", "0027_walls_reports"),
        ("config", "0028_walls_orders"),
        ("config", "0029_walls_monitoring"),
        ("config", "0030_walls_transfers"),
        ("config", "0031_walls_electronic_orders"),
        ("config", "0032_walls_losses"),
        ("config", "0033_walls_collector"),
        ("config", "0034_walls_behind_counter"),
        ("config", "0035_walls_red_flags"),
        ("config", "0036_walls_look_ups"),
    ]
    dependencies = [
        ("claims", "0012_tables"),
        ("doors", "0002_tables"),
        ("drugs", "0011_tables"),
        ("filling", "0003_tables"),
        ("intake", "0004_tables"),
        ("journal", "0003_tables"),
        ("patients", "0004_tables"),
        ("pickup", "0004_tables"),
        ("prescriptions", "0011_tables"),
        ("purchasing", "0006_tables"),
        ("returns", "0005_tables"),
        ("screening", "0003_tables"),
        ("staff", "0003_tables"),
        ("stock", "0011_tables"),
        ("vault", "0013_tables"),
        ("verification", "0002_tables"),
        ("wires", "0002_tables"),
    ]
    operations = [
        migrations.RunSQL(files("apothecary.config").joinpath("sql/walls.sql").read_text())
    ]
