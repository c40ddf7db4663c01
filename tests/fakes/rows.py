"""A table in memory: whole rows by key, each write with a new ETag."""

from dataclasses import dataclass, field
from itertools import count

from shared.storage import keys
from shared.usecases.records import ConflictError, Versioned

_ETAGS = count(1)


@dataclass
class FakeRows[T]:
    """Rows by (partition, row). ETags never repeat; keys that tables would not take are refused."""

    stored: dict[tuple[str, str], Versioned[T]] = field(default_factory=dict)

    def get(self, partition: str, row: str) -> Versioned[T] | None:
        """The row, or null."""
        return self.stored.get((partition, row))

    def insert(self, partition: str, row: str, value: T) -> str:
        """A row that was not there. ConflictError where it was."""
        self.check(partition, row, None)
        return self.put(partition, row, value)

    def replace(self, partition: str, row: str, value: T, version: str) -> str:
        """A row at the version it was read. ConflictError where it moved or is gone."""
        self.check(partition, row, version)
        return self.put(partition, row, value)

    def put(self, partition: str, row: str, value: T) -> str:
        """The row, whatever was there."""
        version = f'W/"{next(_ETAGS)}"'
        self.stored[keys.checked(partition), keys.checked(row)] = Versioned(value=value, version=version)
        return version

    def delete(self, partition: str, row: str) -> None:
        """No row, whatever was there."""
        self.stored.pop((partition, row), None)

    def check(self, partition: str, row: str, version: str | None) -> None:
        """ConflictError unless the row is at that version; null: unless there is none."""
        found = self.get(keys.checked(partition), keys.checked(row))
        if (found.version if found else None) != version:
            raise ConflictError(f"{row} is not at version {version}")

    def between(self, partition: str, first: str, behind: str) -> list[Versioned[T]]:
        """The partition's rows from `first` up to but without `behind`, in order."""
        return [self.stored[key] for key in sorted(self.stored) if key[0] == partition and first <= key[1] < behind]

    def partition(self, partition: str) -> list[Versioned[T]]:
        """All rows of the partition, in order."""
        return [self.stored[key] for key in sorted(self.stored) if key[0] == partition]
