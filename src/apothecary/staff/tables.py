"""Making all tables of a room at once."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Tables(Operation):
    """The steps to a room's models, taken as one: each table is made as it is after the last.

    Django renders every model of the house that hangs together with the one it touches, for
    each step anew; as all belong to a pharmacy, a new installation waited a minute for that.
    """

    reversible = False

    def __init__(self, steps: Sequence[Operation]) -> None:
        self.steps = steps

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Take the steps unseen; the models are rendered when the tables are made."""
        if "apps" in vars(state):
            del state.apps
        for step in self.steps:
            step.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the tables; what one refers to in another is tied when all are there."""
        for step in self.steps:
            if isinstance(step, CreateModel):
                model = to_state.apps.get_model(app_label, step.name)
                if self.allow_migrate_model(schema_editor.connection.alias, model):
                    schema_editor.create_model(model)

    def describe(self) -> str:
        return f"Make {len(self.steps)} steps of tables at once"
